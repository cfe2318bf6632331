"""Public help: every text of the exam as a page, the attachments as files too, and no other file."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from tests.house import House
from webapp.pages import help_pages
from webapp.records.reading.exams import open_exam

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_help_lists_every_text_and_each_opens_without_signing_in(house: House) -> None:
    exam, browser = await open_exam(), house.browser()
    index = await browser.get("/help")
    assert index.status == 200
    for document in exam.package.help:
        assert f'href="/help/{document.name}"' in index.text
        page = await browser.get(f"/help/{document.name}")
        assert page.status == 200
        assert document.title.zh_hans in page.text
        assert len(re.findall(r"<(?:p|li|td)>", page.text)) > 3, "there is something to read"


async def test_attachments_are_pages_first_and_files_second(house: House) -> None:
    exam, browser = await open_exam(), house.browser()
    index = (await browser.get("/help")).text
    assert len(exam.package.attachments) == 2
    for document in exam.package.attachments:
        assert f'href="/attachments/{document.name}"' in index
        page = await browser.get(f"/attachments/{document.name}")
        assert page.status == 200
        assert f'href="/attachments/{document.name}.pdf"' in page.text
        file = await browser.get(f"/attachments/{document.name}.pdf")
        assert file.status == 200
        assert file.headers["Content-Type"] == "application/pdf"
        assert file.headers["Content-Disposition"] == f'inline; filename="{document.name}.pdf"'
        assert file.text.startswith("%PDF-")
        assert "max-age=3600" in file.headers["Cache-Control"]
        assert "Set-Cookie" not in file.headers


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
async def test_titles_are_in_the_readers_language(house: House, language: str) -> None:
    exam = await open_exam()
    page = await house.browser().get("/help", Accept_Language=language)
    for document in (*exam.package.help, *exam.package.attachments):
        assert str(Markup.escape(document.title.said_in(language))) in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/help/nowhere",
        "/help/1-materials",
        "/help/entering.md",
        "/help/../exam",
        "/help/..%2fexam.toml",
        "/help/entering%00",
        "/attachments/entering",
        "/attachments/1-materials.md",
        "/attachments/1-materials.pdf.pdf",
        "/attachments/1-materials.PDF",
        "/attachments/..%2f..%2fexam.pdf",
        "/attachments/.pdf",
        "/examples/no-such.svg",
        "/examples/..%2fexam.toml",
        "/examples/ID,no-such.svg",
        "/examples/ID,ID,ID,ID,ID.svg",
        "/examples/,.svg",
        "/examples/ID",
        "/examples/ID,OTHER",
    ],
)
async def test_nothing_but_the_listed_texts_is_there(house: House, path: str) -> None:
    assert (await house.browser().get("/help/entering")).status == 200
    assert (await house.browser().get(path)).status == 404


async def test_html_in_a_text_is_shown_and_not_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "# 说明\n\n<script>alert(1)</script>\n\n[link](javascript:alert(1))\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    monkeypatch.setattr(help_pages, "_html", help_pages._html.__wrapped__)
    monkeypatch.setattr(help_pages, "read_text", lambda _code, _path: text)
    page = (await house.browser().get("/help/entering")).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "<table>" in page, "but tables are tables"


async def test_an_attachment_without_its_printed_file_is_not_found_and_still_a_page(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_pages, "_pdf_bytes", lambda _code, _name: None)
    assert (await house.browser().get("/attachments/1-materials.pdf")).status == 404
    assert (await house.browser().get("/attachments/1-materials")).status == 200
