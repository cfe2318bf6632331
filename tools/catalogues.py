"""Brings the catalogues of words up to the code: new words come in untranslated, words no longer used go.

python -m tools.catalogues            writes webapp/pages/locale/<language>/webapp.po
python -m tools.catalogues --check    only says what is missing, superfluous or untranslated
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "webapp" / "pages" / "locale"
LANGUAGES = {"zh-Hant": "zh_Hant_TW", "en": "en_GB"}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true"}}
KEYWORDS = {"_": None, "later": None, "gettext": None, "ngettext": (1, 2)}


def extracted() -> Catalog:
    """All words that stand in the code, with the files they stand in."""
    found = Catalog()
    for folder in ("webapp", "templates"):
        for file, _line, message, comments, _context in extract_from_dir(
            str(ROOT / folder), METHODS, OPTIONS, KEYWORDS, comment_tags=("words:",)
        ):
            # Line numbers would change with every edit; the file is enough to find the words.
            found.add(message, locations=[(f"{folder}/{file}", 0)], auto_comments=comments)
    return found


def catalogue(language: str) -> Catalog:
    """The catalogue as it stands, empty if there is none yet."""
    file = LOCALE / language / "webapp.po"
    if not file.exists():
        return Catalog(locale=LANGUAGES[language])
    with file.open("rb") as stream:
        return read_po(stream, locale=LANGUAGES[language])


def updated(language: str) -> bytes:
    """The catalogue's text with exactly the words of the code."""
    known, fresh = catalogue(language), Catalog(locale=LANGUAGES[language], fuzzy=False)
    for message in extracted():
        if message.id:
            old = known.get(message.id)
            places = sorted({(file, 0) for file, _ in message.locations})
            fresh.add(message.id, old.string if old else "", locations=places, flags=message.flags)
    written = BytesIO()
    write_po(written, fresh, width=110, omit_header=True, sort_output=True, include_lineno=False)
    return written.getvalue()


def untranslated(language: str) -> list[str]:
    """Words of the code that the catalogue does not say in its language."""
    known = catalogue(language)
    missing = []
    for message in extracted():
        if not message.id:
            continue
        said = known.get(message.id)
        strings = said.string if said else ""
        if not (all(strings) if isinstance(strings, tuple | list) else strings):
            missing.append(message.id if isinstance(message.id, str) else message.id[0])
    return missing


def superfluous(language: str) -> list[str]:
    """Words of the catalogue that stand nowhere in the code."""
    used = {message.id if isinstance(message.id, str) else message.id[0] for message in extracted()}
    ids = (message.id for message in catalogue(language) if message.id)
    return [one for one in (i if isinstance(i, str) else i[0] for i in ids) if one not in used]


def main() -> None:
    """See the module's docstring."""
    check = "--check" in sys.argv
    wrong = 0
    for language in LANGUAGES:
        if not check:
            file = LOCALE / language / "webapp.po"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(updated(language))
        missing, over = untranslated(language), superfluous(language)
        wrong += len(missing) + len(over)
        print(f"{language}: {len(missing)} untranslated, {len(over)} superfluous")
        for message in [*missing, *over][:40] if check else []:
            print(f"  {message}")
    sys.exit(1 if check and wrong else 0)


if __name__ == "__main__":
    main()
