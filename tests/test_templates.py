"""Every template compiles, and none does what the content policy or the translators could not bear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from quart import Quart

from webapp.app import WebApp
from webapp.pages.language import translate, translate_plural
from webapp.pages.static_files import asset

TEMPLATES = Path(__file__).parents[1] / "templates"
ALL = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
HAN = re.compile(r"[㐀-鿿]")


@pytest.fixture
def bare_app() -> Quart:
    """An app that only makes templates."""
    app = WebApp("webapp.app", static_folder=None, template_folder="../templates")
    app.jinja_env.install_gettext_callables(translate, translate_plural, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["asset"] = asset
    return app


def test_there_are_templates() -> None:
    assert len(ALL) > 20


@pytest.mark.parametrize("name", ALL)
def test_it_compiles(name: str, bare_app: Quart) -> None:
    bare_app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", ALL)
def test_it_has_no_inline_script_or_style(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    assert not re.search(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "| safe" not in text
    assert "|safe" not in text


@pytest.mark.parametrize("name", ALL)
def test_its_words_go_through_the_catalogues(name: str) -> None:
    text = (TEMPLATES / name).read_text()
    for marked in (r"\{#.*?#\}", r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", r"\{\{.*?\}\}", r"\{%.*?%\}"):
        text = re.sub(marked, "", text, flags=re.DOTALL)
    assert HAN.findall(text) == []


@pytest.mark.parametrize("name", ALL)
def test_it_is_short_enough_to_read(name: str) -> None:
    assert len((TEMPLATES / name).read_text().splitlines()) <= 160
