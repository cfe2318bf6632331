"""Registration tables as they come: real workbooks and texts, sound or with the troubles of real ones."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from webapp.rules.fields import FIELDS, Record

HEADINGS = tuple(field.column for field in FIELDS.values())


def columns_of(record: Mapping[str, Any]) -> list[Any]:
    """A record as the cells of a row, in the order of ``HEADINGS``."""
    return [record.get(code, "") for code in FIELDS]


def column(code: str) -> int:
    """The place of a field's column, from 1 as in a spreadsheet."""
    return list(FIELDS).index(code) + 1


def workbook(
    records: Iterable[Record], *, title: Sequence[str] = (), change: Callable[[Worksheet], None] | None = None
) -> bytes:
    """An .xlsx with the rows of ``title`` above the headings; ``change`` spoils the sheet before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for words in title:
        sheet.append([words])
    sheet.append(list(HEADINGS))
    for record in records:
        sheet.append(columns_of(record))
    if change is not None:
        change(sheet)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def text_table(
    records: Iterable[Record], *, title: Sequence[str] = (), encoding: str = "utf-8", delimiter: str = ","
) -> bytes:
    """A .csv with lines of ``title`` above the headings."""
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, delimiter=delimiter)
    writer.writerows([words] for words in title)
    writer.writerow(HEADINGS)
    writer.writerows(columns_of(record) for record in records)
    return kept.getvalue().encode(encoding)


def repacked(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A workbook whose parts were changed by hand."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return kept.getvalue()
