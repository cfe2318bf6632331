"""Workbooks (.xlsx): the values of their visible sheets, with the line on which each row stands."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from webapp.rules.row_problems import Code
from webapp.sheets.bounds import MOST_CELLS, MOST_COLUMNS
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.scanning import ScannedSheet, scanned
from webapp.sheets.unpacking import Parts

Value = str | int | float | bool | date | datetime | time | timedelta | Code
"""What a cell holds; a code where it holds nothing that can be told."""

_DIGITS_KEPT = 10**15
"""A spreadsheet keeps 15 digits of a number."""


@dataclass(frozen=True)
class Sheet:
    """A sheet's name and its cells, the first row and column being 0."""

    name: str
    rows: list[list[Value]]


def visible_sheets(data: bytes) -> Iterator[Sheet]:
    """The sheets that people see, in their order; merged cells below each other all have the value."""
    scans = scanned(Parts(data))
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for about in book.sheets_metadata:
                if about.typ is not SheetTypeEnum.WorkSheet or about.visible is not SheetVisibleEnum.Visible:
                    continue
                if about.name not in scans:
                    raise NoTable(Why.DAMAGED)
                _check_area(scans[about.name])
                yield _read(book.get_sheet_by_name(about.name), scans[about.name])
    except CalamineError as reason:
        raise NoTable(Why.DAMAGED) from reason
    except BaseException as reason:
        if (
            type(reason).__name__ != "PanicException"
        ):  # a panic in the library's Rust code, which has no name here
            raise
        raise NoTable(Why.DAMAGED) from reason


def text_of(value: Value) -> str | Code:
    """A cell's value as a person would write it down."""
    match value:
        case str():  # a code as well
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def shown_in_sheet(value: Value) -> str:
    """A cell whose text is lost, as the spreadsheet shows it: ``4.9E+17``."""
    return f"{value:.2G}" if isinstance(value, float | int) else str(value)


def is_date(value: Value) -> bool:
    """Whether the spreadsheet takes this for a date or a time."""
    return isinstance(value, date | time | timedelta)


def _number(value: float) -> str | Code:
    if not abs(value) < _DIGITS_KEPT:  # this way round, what is not a number at all is caught as well
        return Code.DAMAGED_NUMBER
    return str(int(value)) if value == int(value) else f"{value:.15g}"


def _moment(value: datetime) -> str:
    whole = value.replace(microsecond=0)
    if value.microsecond >= 500_000 and value.year < date.max.year:  # fractions of a day do not come out even
        whole += timedelta(seconds=1)
    return whole.date().isoformat() if whole.time() == time.min else whole.isoformat(" ")


def _check_area(scan: ScannedSheet) -> None:
    if scan.columns > MOST_COLUMNS:
        raise NoTable(Why.TOO_MANY_COLUMNS, most=MOST_COLUMNS)
    if scan.rows * scan.columns > MOST_CELLS:
        raise NoTable(Why.TOO_MANY_CELLS)


def _read(sheet: CalamineSheet, scan: ScannedSheet) -> Sheet:
    rows: list[list[Value]] = [list[Value](row) for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), code in scan.hidden.items():
        _put(rows, row, column, code)
    _spread(rows, sheet.merged_cell_ranges or [])
    return Sheet(sheet.name, rows)


def _put(rows: list[list[Value]], row: int, column: int, value: Value) -> None:
    rows += [[] for _ in range(row + 1 - len(rows))]
    rows[row] += [""] * (column + 1 - len(rows[row]))
    rows[row][column] = value


def _spread(rows: list[list[Value]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """What merged cells mean: one below the other, all have the value; side by side, nobody can say whose it is."""
    spread = 0
    for (top, left), (bottom, right) in ranges:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        if value == "":
            continue
        last_row, last_column = min(bottom, len(rows) - 1), min(right, MOST_COLUMNS - 1)
        spread += (last_row - top + 1) * (last_column - left + 1)
        if spread > MOST_CELLS:
            raise NoTable(Why.TOO_MANY_CELLS)
        for row in range(top, last_row + 1):
            for column in range(left, last_column + 1):
                if (row, column) != (top, left):
                    _put(rows, row, column, value if left == right else Code.MERGED_ACROSS)
