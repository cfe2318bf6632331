"""The process that reads one table: the file on its standard input, the table in lines of JSON on its output.

The first line of the input is the order; all that follows is the file. The first line of the output is the table's
head or why it is none; each further line is a slice of its rows, checked.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from webapp.rules.field_values import Choice
from webapp.rules.fields import FIELDS, Fields, with_choices
from webapp.rules.registration_rows import checked_rows
from webapp.rules.row_problems import CheckedRow, Code, Problem, RawRow
from webapp.rules.words import Words
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.tables import SheetRows, read_table

_MEMORY = 6 << 30
"""Bytes of address space; the largest table takes about half of it."""
_CPU_SECONDS = 300
_CELL_SHOWN = 400
"""Characters kept of a failed row's cell."""


def main() -> None:
    """Reads, answers and ends."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    if sys.platform == "linux":  # elsewhere the limit is not kept, or cannot be set below what is in use
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    order = json.loads(sys.stdin.buffer.readline())
    for told in answers(order, sys.stdin.buffer.read()):
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")


def answers(order: Mapping[str, Any], data: bytes) -> Iterator[Any]:
    """What is said of a file, line by line; ``order`` as :func:`webapp.sheets.reading.order_for` gives it."""
    fields = _fields(order["choices"])
    try:
        table = read_table(data, order["name"], fields)
    except NoTable as none:
        yield {"why": none.why.value, "facts": dict(none.facts)}
        return
    except MemoryError:
        yield {"why": Why.TOO_MANY_CELLS.value, "facts": {}}
        return
    yield _head(table)
    if order["rows"]:
        yield from _slices(table, checked_rows(table.rows, fields, order["sites"]), order["slice"])


def _fields(lists: Mapping[str, list[list[Any]]]) -> Fields:
    """The product's fields with the closed lists of the exam."""
    choices = {
        code: tuple(Choice(value, Words(*words)) for value, words in options)
        for code, options in lists.items()
    }
    return with_choices(FIELDS, choices)


def _head(table: SheetRows) -> dict[str, Any]:
    return {
        "kind": table.kind,
        "sheet": table.sheet,
        "heading_line": table.heading_line,
        "encoding": table.encoding,
        "places": dict(table.places),
        "absent": table.absent,
        "unknown": table.unknown,
        "rows": len(table.rows),
    }


def _slices(table: SheetRows, rows: list[CheckedRow], size: int) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), size):
        both = zip(table.rows[start : start + size], rows[start : start + size], strict=True)
        yield [_row(raw, row) for raw, row in both]


def _row(raw: RawRow, row: CheckedRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "record": dict(row.record),
        "problems": [_problem(one) for one in row.problems],
        "warnings": [_problem(one) for one in row.warnings],
        "cells": {} if row.is_good else {code: _shown(raw, code, cell) for code, cell in raw.cells.items()},
    }


def _problem(problem: Problem) -> list[Any]:
    return [problem.field, problem.code.value, dict(problem.facts)]


def _shown(raw: RawRow, code: str, cell: str | Code) -> str:
    return (raw.stood.get(code, "") if isinstance(cell, Code) else cell)[:_CELL_SHOWN]


if __name__ == "__main__":
    main()
