"""Tables that go out: .csv in UTF-8 with a byte order mark, as Excel and WPS expect it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is run as a formula where the file is opened (OWASP, CSV injection); East Asian
spreadsheets take the full-width signs for the same."""


def csv_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as bytes, each ended by CR LF (RFC 4180); a cell that would be a formula gets a ``'`` before it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell's text, kept from being a formula."""
    return f"'{cell}" if cell.startswith(_BEGINS_FORMULA) else cell
