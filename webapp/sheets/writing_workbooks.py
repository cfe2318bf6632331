"""Workbooks that go out: every cell is text, so that no spreadsheet turns a number or a date into something else."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_TEXT = "@"
_WIDTHS = (8, 44)
"""Of a column, in characters."""


@dataclass(frozen=True)
class Page:
    """One sheet: its name, its headings, its rows."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[str]] = ()


def workbook_of(pages: Sequence[Page]) -> bytes:
    """An .xlsx with these sheets. Columns without a row are text as well: what is typed there stays as typed."""
    book = Workbook(write_only=True)
    for page in pages:
        sheet = book.create_sheet(page.name)
        sheet.freeze_panes = "A2"
        for place, heading in enumerate(page.headings, 1):
            column = sheet.column_dimensions[get_column_letter(place)]
            column.number_format = _TEXT
            column.width = _width(heading)
        sheet.append([_cell(sheet, heading, bold=True) for heading in page.headings])
        for row in page.rows:
            sheet.append([_cell(sheet, text) for text in row])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def column_letters(place: int) -> str:
    """What a spreadsheet calls the column at ``place``, the first being 0."""
    return get_column_letter(place + 1)


def _width(heading: str) -> int:
    least, most = _WIDTHS
    return min(most, max(least, 2 * len(heading) + 4))  # a Chinese character is two wide


def _cell(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # a text that begins with = would be a formula
    cell.number_format = _TEXT
    if bold:
        cell.font, cell.alignment = Font(bold=True), Alignment(vertical="center")
    return cell
