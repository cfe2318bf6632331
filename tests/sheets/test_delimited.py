"""Tables as text, in the encodings and with the separators that spreadsheets in China write."""

from __future__ import annotations

import pytest

from tests.registrations import sample_record
from tests.tables import text_table
from webapp.rules.row_problems import RawRow
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.tables import SheetRows, read_table

RECORDS = [sample_record(1, "zhang", name="测试㐂"), sample_record(2, "li", unit_name='示例"一"院, 东\n区')]


def read(data: bytes) -> SheetRows:
    return read_table(data, "baoming.csv")


def refused(data: bytes) -> NoTable:
    with pytest.raises(NoTable) as none:
        read(data)
    return none.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_and_separator_gives_the_same_rows(encoding: str, delimiter: str) -> None:
    table = read(text_table(RECORDS, title=("2020 年，报名; 表",), encoding=encoding, delimiter=delimiter))
    assert (table.kind, table.sheet, table.heading_line) == ("csv", "", 2)
    assert table.rows == (RawRow(3, RECORDS[0]), RawRow(4, RECORDS[1]))


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    table = read(text_table([RECORDS[1], RECORDS[0]], title=("", "表", "")))
    assert [row.line for row in table.rows] == [5, 7], "the first row's unit is written on two lines"


def test_codes_that_were_protected_from_spreadsheets_lose_the_protection() -> None:
    table = text_table([{**RECORDS[0], "unit_code": '="0123"'}])
    assert read(table).rows[0].cells["unit_code"] == "0123"


def test_a_comma_too_many_is_noticed() -> None:
    whole = text_table([sample_record(1, "zhang", workplace="示例市第一医院")]).decode()
    assert not read(whole.encode()).rows[0].more_cells
    moved = whole.replace("示例市第一医院,SAMPLE01", "示例市第一医院,东院,SAMPLE01")
    assert moved != whole
    assert read(moved.encode()).rows[0].more_cells


def test_text_that_is_no_table_is_told_apart() -> None:
    whole = text_table(RECORDS)
    assert refused(b" \r\n ").why is Why.EMPTY
    assert refused("你好，世界".encode()).why is Why.NO_HEADINGS
    assert refused(whole[:-1] + b"\xff\xff\xff").why is Why.BAD_TEXT
    assert refused(b"<html><table>" + whole).why is Why.WEB_PAGE
    assert refused(b"%PDF-1.7\x00\x00").why is Why.UNKNOWN_KIND
    assert refused(text_table([])).why is Why.NO_ROWS


def test_quotation_marks_that_do_not_add_up_are_told_with_their_line() -> None:
    broken = text_table([RECORDS[0]]) + text_table([RECORDS[0]]).split(b"\r\n")[1].replace(
        b"zhang", b'"zhang'
    )
    none = refused(broken)
    assert (none.why, none.facts) == (Why.BAD_QUOTES, {"line": 3})


def test_a_cell_without_an_end_is_refused() -> None:
    endless = text_table([{**RECORDS[0], "email": "x" * 200_000}])
    assert refused(endless).why is Why.BAD_QUOTES
