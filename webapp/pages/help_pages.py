"""Public help: the manual and the attachments as pages first, files second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup
from quart import Blueprint, Response, abort
from quart.typing import ResponseReturnValue

from webapp.exams import package_folder, read_text
from webapp.guard.access import Audience, audience
from webapp.guard.rate import PAGE, PICTURE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language

blueprint = Blueprint("help_pages", __name__)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class HelpPage:
    """See ``templates/help/``; ``links`` are (title, address)."""

    title: str
    html: Markup
    links: list[tuple[str, str]]
    region_phone: str = ""
    region_hours: str = ""


@blueprint.get("/help")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def index() -> ResponseReturnValue:
    """All texts of the exam."""
    exam, language = await exam_shown(), current_language()
    links = [(d.title.said_in(language), f"/help/{d.name}") for d in exam.package.help]
    links += [(d.title.said_in(language), f"/attachments/{d.name}") for d in exam.package.attachments]
    office = exam.region_office
    page = HelpPage(_("帮助"), Markup(""), links, office.phone, exam.in_language(office.hours, language))
    return await render("help/index.html", page)


@cache
def _html(exam_code: str, path: str) -> Markup:
    """Read and rendered once a process: handlers wait for no file."""
    return Markup(_MARKDOWN.render(read_text(exam_code, path)))  # noqa: S704 - our own text, HTML in it is off


@cache
def _pdf_bytes(exam_code: str, name: str) -> bytes | None:
    file = package_folder(exam_code) / "attachments" / f"{name}.pdf"
    return file.read_bytes() if file.is_file() else None


async def _text_page(title: str, path: str, links: list[tuple[str, str]]) -> ResponseReturnValue:
    html = _html((await exam_shown()).code, path)
    return await render("help/text.html", HelpPage(title, html, links))


@blueprint.get("/help/<name>")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def help_text(name: str) -> ResponseReturnValue:
    """One help text."""
    exam, language = await exam_shown(), current_language()
    document = next((d for d in exam.package.help if d.name == name), None)
    if document is None:
        abort(404)
    return await _text_page(document.title.said_in(language), f"help/{name}.md", [])


@blueprint.get("/attachments/<name>")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def attachment(name: str) -> ResponseReturnValue:
    """An attachment as a page; with ``.pdf`` at the end the file."""
    exam, language = await exam_shown(), current_language()
    wanted = name.removesuffix(".pdf")
    document = next((d for d in exam.package.attachments if d.name == wanted), None)
    if document is None:
        abort(404)
    if name.endswith(".pdf"):
        return _pdf(exam.code, wanted)
    pdf = (_("下载 PDF 文件"), f"/attachments/{wanted}.pdf")
    return await _text_page(document.title.said_in(language), f"attachments/{wanted}.md", [pdf])


def _pdf(exam_code: str, name: str) -> Response:
    found = _pdf_bytes(exam_code, name)
    if found is None:
        abort(404)
    response = Response(found, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


PICTURE_SIZE = 320, 240
"""Of every drawn example, in its own units."""
MOST_IN_A_ROW = 3
"""Pictures side by side: as many as the style sheet can show parts of."""
_MOST_ROWS = 256


@cache
def _examples(exam_code: str) -> dict[str, bytes]:
    """The exam's drawn example pictures by file name, read once a process."""
    folder = package_folder(exam_code) / "examples"
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.svg"))}


@lru_cache(_MOST_ROWS)
def _drawn(exam_code: str, file: str) -> bytes | None:
    known = _examples(exam_code)
    if file in known:
        return known[file]
    names = file.removesuffix(".svg").split(",")
    if not file.endswith(".svg") or len(names) > MOST_IN_A_ROW:
        return None
    drawn = [known.get(f"{name}.svg") for name in names]
    if None in drawn:
        return None
    width, height = PICTURE_SIZE
    inner = b"".join(
        one.replace(b"<svg ", b'<svg x="%d" ' % (number * width), 1)
        for number, one in enumerate(filter(None, drawn))
    )
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d">%b</svg>' % (
        len(drawn) * width,
        height,
        inner,
    )


@blueprint.get("/examples/<file>")
@audience(Audience.PUBLIC)
@rate(PICTURE)
async def example(file: str) -> ResponseReturnValue:
    """A drawn picture of how a document should be photographed; ``a,b.svg`` is both side by side, in one request."""
    found = _drawn((await exam_shown()).code, file)
    if found is None:
        abort(404)
    response = Response(found, content_type="image/svg+xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
