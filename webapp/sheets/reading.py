"""A table read by a process of its own: reading costs seconds, and a file that kills its reader kills nobody else."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webapp.rules.fields import Fields
from webapp.rules.row_problems import CheckedRow, Code, Problem
from webapp.sheets.refusals import NoTable, Why

SLICE = 200
"""Rows that come together: as many as one transaction takes."""
_SECONDS = 600.0
"""Between two lines, on a busy machine; what the process may take of a processor, it bounds itself."""
_LINE = 64 << 20
_WRITTEN_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class TableHead:
    """What a file is, before its rows."""

    kind: str
    """``xlsx`` or ``csv``."""
    sheet: str
    heading_line: int
    encoding: str
    places: Mapping[str, int]
    """Where each field's column stands, the first being 0."""
    absent: tuple[str, ...]
    unknown: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class ReadRow:
    """A row, read and checked; ``cells``: as they stand in the file, where it cannot be taken."""

    row: CheckedRow
    cells: Mapping[str, str]


@dataclass(frozen=True)
class ReadTable:
    """A table whose rows come in slices, once."""

    head: TableHead
    slices: AsyncIterator[list[ReadRow]]


@asynccontextmanager
async def reading(
    data: bytes, name: str, fields: Fields, sites: Collection[str] = (), *, rows: bool = True
) -> AsyncIterator[ReadTable]:
    """The table in ``data``; without ``rows`` only its head. :class:`NoTable` as :func:`read_table` raises it.

    ``sites``: codes of the offices that a row may name.
    """
    process = await _started()
    order = json.dumps(order_for(name, fields, sites, rows=rows)).encode() + b"\n"
    feeding = asyncio.create_task(_feed(process, order, data))
    try:
        yield ReadTable(head_told(await _line(process)), _slices(process))
    finally:
        # Whoever leaves early has what they wanted; nothing of the process is left behind.
        feeding.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.gather(feeding, return_exceptions=True)
        await process.wait()


async def _started() -> Process:
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "webapp.sheets.worker"),
        stdin=PIPE,
        stdout=PIPE,
        env={"PYTHONUTF8": "1", "PYTHONPATH": paths},  # nothing of the server's own environment
        limit=_LINE,
    )


def order_for(name: str, fields: Fields, sites: Collection[str], *, rows: bool) -> dict[str, Any]:
    """What the process is told before it gets the file."""
    return {
        "name": name,
        "choices": _choices(fields),
        "sites": sorted(sites),
        "rows": rows,
        "slice": SLICE,
    }


def _choices(fields: Fields) -> dict[str, list[Any]]:
    def words(choice: Any) -> list[str]:
        return [choice.words.zh_hans, choice.words.zh_hant, choice.words.en]

    return {
        code: [[choice.value, words(choice)] for choice in field.choices]
        for code, field in fields.items()
        if field.choices
    }


async def _feed(process: Process, order: bytes, data: bytes) -> None:
    pipe = process.stdin
    assert pipe is not None  # noqa: S101 - for mypy: it was asked for
    with suppress(BrokenPipeError, ConnectionResetError):
        pipe.write(order)
        for start in range(0, len(data), _WRITTEN_AT_ONCE):
            pipe.write(data[start : start + _WRITTEN_AT_ONCE])
            await pipe.drain()
        pipe.close()


async def _line(process: Process) -> Any:
    """None at the end, also where that came too early."""
    pipe = process.stdout
    assert pipe is not None  # noqa: S101 - for mypy: it was asked for
    try:
        async with asyncio.timeout(_SECONDS):
            line = await pipe.readline()
        return json.loads(line) if line.endswith(b"\n") else None
    except TimeoutError as late:
        raise NoTable(Why.TOO_MANY_CELLS) from late
    except ValueError as nonsense:
        raise NoTable(Why.DAMAGED) from nonsense


def head_told(told: Any) -> TableHead:
    """The head as the process writes it; :class:`NoTable` where it says why there is none."""
    if told is None:
        raise NoTable(Why.DAMAGED)  # the process died of it
    if "why" in told:
        facts = {key: tuple(v) if isinstance(v, list) else v for key, v in told["facts"].items()}
        raise NoTable(Why(told["why"]), **facts)
    return TableHead(
        kind=told["kind"],
        sheet=told["sheet"],
        heading_line=told["heading_line"],
        encoding=told["encoding"],
        places=told["places"],
        absent=tuple(told["absent"]),
        unknown=tuple(told["unknown"]),
        rows=told["rows"],
    )


async def _slices(process: Process) -> AsyncIterator[list[ReadRow]]:
    while (told := await _line(process)) is not None:
        yield slice_told(told)
    if await process.wait():
        raise NoTable(Why.DAMAGED)


def slice_told(told: list[Any]) -> list[ReadRow]:
    """Some rows as the process writes them."""
    return [ReadRow(_row(one), one["cells"]) for one in told]


def _row(told: Mapping[str, Any]) -> CheckedRow:
    return CheckedRow(
        told["line"],
        told["record"],
        tuple(_problem(one) for one in told["problems"]),
        tuple(_problem(one) for one in told["warnings"]),
    )


def _problem(told: list[Any]) -> Problem:
    field, code, facts = told
    return Problem(field, Code(code), facts)
