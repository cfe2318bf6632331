"""What is no table, or more than one can be, is refused before anything reads it."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.registrations import sample_record
from tests.tables import repacked, text_table, workbook
from webapp.rules.fields import FIELDS
from webapp.sheets import bounds, tables, unpacking, workbooks
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.tables import read_table

SHEET = "xl/worksheets/sheet1.xml"


def sound() -> bytes:
    return workbook([sample_record(1, "zhang")])


def why_not(data: bytes) -> Why:
    with pytest.raises(NoTable) as none:
        read_table(data, "baoming.xlsx")
    return none.value.why


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    def edit(parts: dict[str, bytes]) -> None:
        parts[part] = change(parts.get(part, b""))

    return repacked(sound(), edit)


def with_part(name: str, content: bytes = b"x") -> bytes:
    return changed(name, lambda _: content)


def without_part(name: str) -> bytes:
    def drop(parts: dict[str, bytes]) -> None:
        del parts[name]

    return repacked(sound(), drop)


def with_cells(cells: str) -> bytes:
    """The sound workbook with more at its end."""
    return changed(SHEET, lambda sheet: sheet.replace(b"</sheetData>", f"{cells}</sheetData>".encode()))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", Why.EMPTY),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), Why.OLD_EXCEL),
        (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), Why.PASSWORD),
        (b"\x89PNG\r\n\x1a\n\x00\x00", Why.UNKNOWN_KIND),
        (b'<?xml version="1.0"?><Workbook/>', Why.WEB_PAGE),
        (b"PK\x03\x04 and no archive", Why.DAMAGED),
        (sound()[:-400], Why.DAMAGED),
        (without_part("xl/workbook.xml"), Why.UNKNOWN_KIND),
        (without_part(SHEET), Why.DAMAGED),
        (with_part("xl/workbook.bin"), Why.BINARY_EXCEL),
        (with_part("content.xml"), Why.OPEN_DOCUMENT),
        (with_part("xl/vbaProject.bin"), Why.MACROS),
        (with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"), Why.LINKS_OUTSIDE),
        (with_part("xl/Worksheets/sheet1.xml", b"<worksheet/>"), Why.DAMAGED),
        (with_part(SHEET, b"<worksheet><sheetData>"), Why.DAMAGED),
        (with_part("xl/media/zeros.xml", b"<x>" + b"0" * 3_000_000 + b"</x>"), Why.BOMB),
    ],
)
def test_each_kind_of_file_that_cannot_be_read_has_its_own_reason(data: bytes, why: Why) -> None:
    assert len(read_table(sound(), "baoming.xlsx").rows) == 1
    assert why_not(data) is why


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "docProps/app.xml"])
def test_a_document_type_is_refused_in_any_part_before_an_entity_grows(part: str) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    assert why_not(changed(part, lambda xml: laughs + xml)) is Why.ENTITIES
    outside = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    assert why_not(changed(part, lambda xml: outside + xml)) is Why.ENTITIES


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ('<row r="9"><c r="XFD9"><v>1</v></c></row>', Why.TOO_MANY_COLUMNS),
        ("<row r='1048576'><c r='A1048576'><v>1</v></c></row>", Why.TOO_MANY_CELLS),
        ('<y:row xmlns:y="y"><y:c r="ZZ9"><y:v>1</y:v></y:c></y:row>', Why.TOO_MANY_COLUMNS),
        ("<row r='9'>" + "<c><v>1</v></c>" * 300 + "</row>", Why.TOO_MANY_COLUMNS),
        ('<row r="9"><c r="A0"><v>1</v></c></row>', Why.DAMAGED),
        ('<row r="9"><c r="A"><v>1</v></c></row>', Why.DAMAGED),
        ('<row r="9"><c r="A9" t="s"><v>7</v></c></row>', Why.DAMAGED),
    ],
)
def test_a_cell_far_away_is_noticed_before_memory_is_taken_for_the_way_there(cells: str, why: Why) -> None:
    assert why_not(with_cells(cells)) is why


def test_cells_that_are_only_coloured_are_not_far_away() -> None:
    table = with_cells('<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0" t="n"/></row>')
    assert len(read_table(table, "baoming.xlsx").rows) == 1


def test_a_long_text_that_many_cells_share_is_counted_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    )
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(3, 1003))

    def share(parts: dict[str, bytes]) -> None:
        parts["xl/sharedStrings.xml"] = shared % (b"x" * 1000)
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", f"{cells}</sheetData>".encode())

    table = repacked(sound(), share)
    assert len(read_table(table, "baoming.xlsx").rows) == 1001
    monkeypatch.setattr("webapp.sheets.scanning.MOST_TEXT", 999_999)
    assert why_not(table) is Why.BOMB


def test_merged_areas_cannot_be_larger_than_a_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    merged = '</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'
    table = changed(SHEET, lambda sheet: sheet.replace(b"</sheetData>", merged.encode()))
    assert len(read_table(table, "baoming.xlsx").rows) == 1
    monkeypatch.setattr(workbooks, "MOST_CELLS", 150)
    assert why_not(table) is Why.TOO_MANY_CELLS


def test_an_archive_that_lies_about_a_size_is_damaged() -> None:
    data = bytearray(sound())
    place = data.index(b"PK\x01\x02")
    while data[place + 46 : place + 46 + len(SHEET)] != SHEET.encode():
        place = data.index(b"PK\x01\x02", place + 1)
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    assert why_not(bytes(data)) is Why.DAMAGED


@pytest.mark.parametrize(
    ("module", "bound", "most", "why"),
    [
        (tables, "MOST_BYTES", 2_000, Why.TOO_LARGE),
        (tables, "MOST_ROWS", 2, Why.TOO_MANY_ROWS),
        (tables, "MOST_COLUMNS", 40, Why.TOO_MANY_COLUMNS),
        (unpacking, "MOST_UNPACKED", 10_000, Why.BOMB),
        (unpacking, "MOST_PARTS", 5, Why.BOMB),
    ],
)
def test_every_bound_is_kept(
    monkeypatch: pytest.MonkeyPatch, module: object, bound: str, most: int, why: Why
) -> None:
    three = [sample_record(number, f"k{number}") for number in (1, 2, 3)]
    assert len(read_table(workbook(three), "baoming.xlsx").rows) == 3
    monkeypatch.setattr(module, bound, most)
    assert why_not(workbook(three)) is why
    if module is tables:
        assert why_not(text_table(three)) is why


def test_a_table_of_the_most_rows_fits_into_the_area_that_a_sheet_may_have() -> None:
    assert (bounds.MOST_ROWS + bounds.HEADING_ROWS) * len(FIELDS) <= bounds.MOST_CELLS


def test_a_panic_inside_the_reading_library_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        """As pyo3 raises it; the real one cannot be imported."""

    def panic(_data: object) -> None:
        raise PanicException

    monkeypatch.setattr(workbooks, "CalamineWorkbook", SimpleNamespace(from_filelike=panic))
    assert why_not(sound()) is Why.DAMAGED


def test_any_damage_to_a_workbook_is_a_reason_or_leaves_rows() -> None:
    chance = random.Random(20200506)
    data = sound()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    reasons = set()
    for _ in range(300):
        part = chance.choice(names)

        def hurt(content: bytes) -> bytes:
            places = [chance.randrange(len(content)) for _ in range(chance.randint(1, 4))]
            hurting = bytearray(content)
            for place in places:
                hurting[place] = chance.choice(b"<>/\"'&x0 r\x00\xff")
            return bytes(hurting)

        try:
            read_table(changed(part, hurt), "baoming.xlsx")
        except NoTable as none:
            reasons.add(none.why)
    assert Why.DAMAGED in reasons
