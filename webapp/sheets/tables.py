"""Reading a table: the headings found, its columns told, its rows handed out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.rules.fields import FIELDS, Field, Fields, Kind, by_column, column_key
from webapp.rules.row_problems import Code, RawRow
from webapp.rules.row_values import tidy
from webapp.sheets import kinds
from webapp.sheets.bounds import HEADING_ROWS, MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from webapp.sheets.delimited import decoded, delimited_rows
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.workbooks import Value, is_date, shown_in_sheet, text_of, visible_sheets

_MARKS = "*＊"
"""Forms mark the headings that must be filled in."""
_FEW = 3
"""A row with so many headings that we know is meant as the headings."""
_HEADING_SHOWN = 40


@dataclass(frozen=True)
class SheetRows:
    """A table as it was read."""

    name: str
    """The file's name, as it was given."""
    kind: str
    """``xlsx`` or ``csv``."""
    sheet: str
    """The sheet's name; empty for a .csv."""
    heading_line: int
    encoding: str
    """``UTF-8``, ``GB18030`` or ``UTF-16``; empty for a workbook."""
    places: Mapping[str, int]
    """Where each field's column stands, the first being 0."""
    columns: tuple[str, ...]
    """The codes of the fields that have a column, in the table's order."""
    absent: tuple[str, ...]
    """The codes of the fields that have none."""
    unknown: tuple[str, ...]
    """Headings that are no field's."""
    rows: tuple[RawRow, ...]
    """Without those that are empty and those that only repeat the headings."""


@dataclass(frozen=True)
class _Found:
    sheet: str
    line: int
    headings: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[Value]]]
    """Those below the headings, with their lines."""
    encoding: str = ""


def read_table(data: bytes, name: str, fields: Fields = FIELDS) -> SheetRows:
    """The registration table in a file, by its bytes; ``name`` is only kept. :class:`NoTable` says why not."""
    if len(data) > MOST_BYTES:
        raise NoTable(Why.TOO_LARGE, most=MOST_BYTES)
    known = by_column(fields)
    kind = kinds.kind_of(data)
    found = _in_workbook(data, known) if kind is kinds.Kind.WORKBOOK else _in_text(data, known)
    columns = _columns(found, known)
    rows = tuple(_raw_rows(found, columns, is_text=kind is kinds.Kind.TEXT))
    if not rows:
        raise NoTable(Why.NO_ROWS)
    codes = tuple(field.code for field in columns.values())
    return SheetRows(
        name=name,
        kind=kind.value,
        sheet=found.sheet,
        heading_line=found.line,
        encoding=found.encoding,
        places={field.code: place for place, field in columns.items()},
        columns=codes,
        absent=tuple(code for code in fields if code not in codes),
        unknown=tuple(
            tidy(heading)[:_HEADING_SHOWN]
            for place, heading in enumerate(found.headings)
            if place not in columns and tidy(heading)
        ),
        rows=rows,
    )


def _in_workbook(data: bytes, known: Mapping[str, Field]) -> _Found:
    tables = []
    for sheet in visible_sheets(data):
        lines: Iterable[tuple[int, Sequence[Value]]] = enumerate(sheet.rows, 1)
        if found := _headings_in(sheet.name, iter(lines), known):
            tables.append(found)
    whole = [table for table in tables if not _missing(table.headings, known)]
    if len(whole) > 1:
        raise NoTable(Why.SEVERAL_TABLES, sheets=tuple(table.sheet for table in whole))
    if not tables:
        raise NoTable(Why.NO_HEADINGS, rows=HEADING_ROWS)
    return (whole or tables)[0]


def _in_text(data: bytes, known: Mapping[str, Field]) -> _Found:
    def count(cells: Sequence[str]) -> int:
        return _known_headings(cells, known)

    text, encoding = decoded(data)
    found = _headings_in("", delimited_rows(text, count), known)
    if found is None:
        raise NoTable(Why.NO_HEADINGS, rows=HEADING_ROWS)
    return replace(found, encoding=encoding)


def _headings_in(
    sheet: str, rows: Iterator[tuple[int, Sequence[Value]]], known: Mapping[str, Field]
) -> _Found | None:
    """The first row that has every required heading, or else the one with most headings that we know."""
    looked: list[tuple[int, tuple[str, ...]]] = []
    for line, cells in rows:
        headings = tuple(_shown(cell) for cell in cells)
        if not _missing(headings, known):
            return _Found(sheet, line, headings, rows)
        looked.append((line, headings))
        if len(looked) == HEADING_ROWS:
            break
    line, headings = max(looked, key=lambda row: _known_headings(row[1], known), default=(0, ()))
    return _Found(sheet, line, headings, rows) if _known_headings(headings, known) >= _FEW else None


def _shown(cell: Value) -> str:
    text = text_of(cell)
    return "" if isinstance(text, Code) else text


def _key(heading: str) -> str:
    return column_key(heading).strip(_MARKS)


def _known_headings(cells: Sequence[str], known: Mapping[str, Field]) -> int:
    return len({_key(cell) for cell in cells} & known.keys())


def _missing(headings: Sequence[str], known: Mapping[str, Field]) -> tuple[str, ...]:
    keys = {_key(heading) for heading in headings}
    return tuple(field.column for key, field in known.items() if field.required and key not in keys)


def _columns(found: _Found, known: Mapping[str, Field]) -> dict[int, Field]:
    """The fields by their places; :class:`NoTable` where one stands twice, or one that must be there does not."""
    if len(found.headings) > MOST_COLUMNS:
        raise NoTable(Why.TOO_MANY_COLUMNS, most=MOST_COLUMNS)
    columns = {
        place: known[key] for place, heading in enumerate(found.headings) if (key := _key(heading)) in known
    }
    counts = Counter(field.column for field in columns.values())
    if twice := tuple(column for column, count in counts.items() if count > 1):
        raise NoTable(Why.COLUMNS_TWICE, columns=twice, line=found.line)
    if missing := _missing(found.headings, known):
        raise NoTable(Why.COLUMNS_MISSING, columns=missing, line=found.line)
    return columns


def _raw_rows(found: _Found, columns: Mapping[int, Field], *, is_text: bool) -> Iterator[RawRow]:
    read = 0
    for line, cells in found.rows:
        texts = [text_of(cell) for cell in cells]
        if not any(isinstance(text, Code) or tidy(text) for text in texts) or _repeats(texts, found.headings):
            continue
        read += 1
        if read > MOST_ROWS:
            raise NoTable(Why.TOO_MANY_ROWS, most=MOST_ROWS)
        told = {
            field.code: _cell(field, cells[place], texts[place])
            for place, field in columns.items()
            if place < len(cells) and texts[place] != ""
        }
        # In a .csv one comma too many moves all cells behind it; in a workbook it is a note beside the table.
        stood = {
            field.code: shown_in_sheet(cells[place])
            for place, field in columns.items()
            if isinstance(told.get(field.code), Code) and not isinstance(cells[place], Code)
        }
        more = is_text and _reaches_beyond(texts, found.headings)
        yield RawRow(line, told, more_cells=more, stood=stood)


def _cell(field: Field, value: Value, text: str | Code) -> str | Code:
    """A code that looks like a date to a spreadsheet is lost; a date in a column of dates is welcome."""
    return Code.TEXT_AS_DATE if is_date(value) and field.kind in {Kind.TEXT, Kind.CHOICE} else text


def _repeats(texts: Sequence[str | Code], headings: Sequence[str]) -> bool:
    """Whether a row is the headings again, as in tables that were made for printing."""
    told = [(place, text) for place, text in enumerate(texts) if text != ""]
    return len(told) >= _FEW and all(
        place < len(headings) and _key(text) == _key(headings[place]) for place, text in told
    )


def _reaches_beyond(texts: Sequence[str | Code], headings: Sequence[str]) -> bool:
    filled = max((place for place, heading in enumerate(headings) if heading.strip()), default=-1)
    return any(isinstance(text, Code) or tidy(text) for text in texts[filled + 1 :])
