"""Tables that go out open in a spreadsheet as they are, and nothing in them runs."""

from __future__ import annotations

import csv
import io

import pytest

from webapp.sheets.writing import BYTE_ORDER_MARK, csv_rows


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_rows_come_back_as_they_were_written() -> None:
    rows = [["报名号", "姓名"], ["20201201", '张"三,\n丰']]
    assert read_back(BYTE_ORDER_MARK + csv_rows(rows)) == rows
    assert csv_rows([["a", "b"]]) == b"a,b\r\n"


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_begins_like_a_formula_is_text(begins: str) -> None:
    assert read_back(csv_rows([[f"{begins}1+1", f"1{begins}1"]])) == [[f"'{begins}1+1", f"1{begins}1"]]
