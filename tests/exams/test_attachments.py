"""The attachments say what the catalogue says, their PDFs are not older than they, and the examples are plain."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools.print_attachments import MOST_BYTES, attachments, page, printed_from, source_digest
from webapp.exams import load_package, package_folder
from webapp.rules.catalogue import Material, Rule

CODE = "tianjin_2020"
PACKAGE = load_package(CODE)
EXAMPLES = sorted((package_folder(CODE) / "examples").iterdir())
MARKS = {Rule.ALL: "**\\* 所有考生**", Rule.WHEN: "**必传**", Rule.OPTIONAL: "**选传**"}

ELEMENTS = {"svg", "g", "rect", "circle", "ellipse", "path", "polygon", "text", "clipPath"}


def count_said(material: Material) -> str:
    """How the first attachment says how many photos."""
    if not material.least:
        return f"最多 {material.most} 张，可以不传"
    same = material.least == material.most
    return f"{material.most} 张" if same else f"{material.least}–{material.most} 张"


def test_the_first_attachment_describes_the_whole_catalogue() -> None:
    text = (package_folder(CODE) / "attachments" / "1-materials.md").read_text("utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)
    numbered = [section for section in sections if re.match(r"\d+\. ", section)]
    assert len(numbered) == len(PACKAGE.materials)
    for number, (section, material) in enumerate(zip(numbered, PACKAGE.materials, strict=True), 1):
        lines = section.splitlines()
        assert lines[0] == f"{number}. {material.name.zh_hans}"
        assert lines[2] == MARKS[material.rule]
        assert f"- 几张：{count_said(material)}。" in lines
        assert any(line.startswith("- 谁要交：") for line in lines)
        assert any(line.startswith("- 要看清：") for line in lines)


@pytest.mark.parametrize("text", attachments(), ids=lambda text: text.stem)
def test_a_printed_attachment_is_not_older_than_its_text(text: Path) -> None:
    assert printed_from(text) == source_digest(text), "print it again: python -m tools.print_attachments"
    pdf = text.with_suffix(".pdf").read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) <= MOST_BYTES


def test_a_changed_text_or_style_changes_the_digest(tmp_path: Path) -> None:
    text, style = tmp_path / "a.md", tmp_path / "a.css"
    text.write_text("# 甲", "utf-8")
    style.write_text("p {}", "utf-8")
    first = source_digest(text, style)
    assert source_digest(text, style) == first
    assert printed_from(text) == ""
    text.write_text("# 乙", "utf-8")
    second = source_digest(text, style)
    style.write_text("p { margin: 0 }", "utf-8")
    assert len({first, second, source_digest(text, style)}) == 3


def test_html_in_a_text_is_shown_and_not_obeyed() -> None:
    printed = page("# <b>题</b>\n\n<script>alert(1)</script>\n", "")
    assert "&lt;script&gt;" in printed
    assert "<script>" not in printed
    assert "<title>&lt;b&gt;题&lt;/b&gt;</title>" in printed


def test_every_example_is_used_and_every_used_one_is_there() -> None:
    used = set()
    for material in PACKAGE.materials:
        slots = (*material.slots, *(slot for variant in material.variants for slot in variant.slots))
        used |= {material.example.file}
        used |= {variant.example.file for variant in material.variants if variant.example}
        used |= {slot.example.file for slot in slots if slot.example}
    assert used == {file.name for file in EXAMPLES}
    assert {f"{material.code}.svg" for material in PACKAGE.materials} <= used


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_is_a_light_drawing_that_the_content_policy_lets_pass(file: Path) -> None:
    assert file.stat().st_size < 8192
    drawing = ElementTree.fromstring(file.read_text("utf-8"))  # noqa: S314 - our own file
    assert drawing.get("viewBox") == "0 0 320 240"
    assert "样例" in "".join(drawing.itertext())
    for element in drawing.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ELEMENTS
        assert not [
            name for name in element.attrib if name == "style" or "href" in name or name.startswith("on")
        ]
