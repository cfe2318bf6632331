"""Tables as text: comma, tab or semicolon between cells, in UTF-8 or GB18030, as Chinese Excel and WPS write them."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable, Iterator, Sequence

from webapp.sheets.bounds import HEADING_ROWS
from webapp.sheets.refusals import NoTable, Why

_DELIMITERS = (",", "\t", ";")
_AS_TEXT = ('="', '"')
"""``="0123"``: how a .csv tells a spreadsheet to keep the zero."""

Row = tuple[int, list[str]]
"""The number of the line on which a row begins, and its cells."""


def decoded(data: bytes) -> tuple[str, str]:
    """The text of the file, without a byte order mark, and its encoding: ``UTF-8``, ``GB18030`` or ``UTF-16``."""
    marked = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(data[:2])
    for encoding in (marked,) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding), encoding.removesuffix("-sig").upper()
        except UnicodeDecodeError:
            continue
    raise NoTable(Why.BAD_TEXT)


def delimited_rows(text: str, headings: Callable[[Sequence[str]], int]) -> Iterator[Row]:
    """The rows of a text; ``headings`` says how many headings it knows among a row's cells."""
    best = max(_DELIMITERS, key=lambda delimiter: _known_headings(text, delimiter, headings))
    return _rows(text, best)


def _known_headings(text: str, delimiter: str, headings: Callable[[Sequence[str]], int]) -> int:
    known = 0
    try:
        for _, cells in itertools.islice(_rows(text, delimiter), HEADING_ROWS):
            known = max(known, headings(cells))
    except NoTable:
        pass  # told when the rows are read with the delimiter that is chosen
    return known


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [_shown(cell) for cell in cells]
            line = reader.line_num + 1
    except csv.Error as reason:
        raise NoTable(Why.BAD_QUOTES, line=line) from reason


def _shown(cell: str) -> str:
    before, after = _AS_TEXT
    is_text = cell.startswith(before) and cell.endswith(after) and len(cell) > len(before)
    return cell[len(before) : -len(after)] if is_text else cell
