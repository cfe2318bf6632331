"""The user's language: Simplified Chinese unless the person chose, or the browser asks for, another of ours.

Words stand in the code in Simplified Chinese; the catalogues beside this file hold the other languages.
"""

from __future__ import annotations

import gettext as standard_gettext
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from quart import g, has_request_context, request

DEFAULT: Final = "zh-Hans"
LANGUAGES: Final = (("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English"))
LOCALES: Final = {"zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW", "en": "en_GB"}
COOKIE: Final = "language"
_CATALOGUES = Path(__file__).parent / "locale"


@cache
def _translations(language: str) -> standard_gettext.NullTranslations:
    file = _CATALOGUES / language / "webapp.po"
    if language == DEFAULT or not file.exists():
        return standard_gettext.NullTranslations()
    # Compiled here and not at set-up: there is then no stale compiled file to wonder about.
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=LOCALES[language])
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return standard_gettext.GNUTranslations(compiled)


def current_language() -> str:
    """The language of the request being answered, chosen once a request."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        g.language = _chosen()
    return str(g.language)


def _chosen() -> str:
    known = [code for code, _ in LANGUAGES]
    asked = request.cookies.get(COOKIE, "")
    if asked in known:
        return asked
    for tag, quality in request.accept_languages:
        lower = tag.lower()
        if quality > 0 and lower.startswith("zh"):
            parts = set(lower.split("-"))  # the script counts before the region: zh-Hans-HK is Simplified
            traditional = "hans" not in parts and parts & {"hant", "tw", "hk", "mo"}
            return "zh-Hant" if traditional else DEFAULT
        if quality > 0 and lower.startswith("en"):
            return "en"
    return DEFAULT


def translate(message: str) -> str:
    """``message`` in the user's language; placeholders are left as they are."""
    return _translations(current_language()).gettext(message)


def listed(names: Iterable[str]) -> str:
    """Several names as one phrase: 甲、乙 or "A, B"."""
    return format_list(list(names), locale=LOCALES[current_language()]) if names else ""


def translate_plural(one: str, many: str, number: int) -> str:
    """The form of the message for ``number``."""
    return _translations(current_language()).ngettext(one, many, number)


def _(message: str, **values: object) -> str:
    """``message`` in the user's language with its ``%(name)s`` filled in."""
    said = translate(message)
    return said % values if values else said


def later(message: str) -> str:
    """Marks words for the catalogues where they are only kept; :func:`_` says them when they are shown."""
    return message
