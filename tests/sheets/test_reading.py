"""A table is read by a process of its own, which can die without taking anybody with it."""

from __future__ import annotations

import asyncio
import io
import sys
from asyncio.subprocess import PIPE, Process

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.registrations import sample_record
from tests.tables import column, text_table, workbook
from webapp.rules.fields import FIELDS
from webapp.rules.row_problems import Code, Problem
from webapp.sheets import reading as module
from webapp.sheets.reading import reading
from webapp.sheets.refusals import NoTable, Why
from webapp.sheets.writing_workbooks import Page, workbook_of


async def test_rows_come_in_slices_with_what_is_wrong_and_how_it_stood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SLICE", 2)
    people = [sample_record(n, f"ceshi{n}") for n in range(1, 6)]
    data = workbook(people, title=["标题"], change=lambda sheet: spoil(sheet, column("id_number")))
    async with reading(data, "baoming.xlsx", FIELDS, {"1201"}) as table:
        assert (table.head.rows, table.head.heading_line, table.head.places["name"]) == (5, 2, 9)
        slices = [part async for part in table.slices]
    assert [len(part) for part in slices] == [2, 2, 1]
    damaged, sound = slices[0]
    assert damaged.row.problems == (Problem("id_number", Code.DAMAGED_NUMBER),)
    assert damaged.cells["id_number"] == "4.9E+17"
    assert (sound.row.record, sound.cells) == (people[1], {})


def spoil(sheet: Worksheet, place: int) -> None:
    sheet.cell(3, place, 4.9e17)


async def test_whoever_only_wants_the_head_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Process] = []
    start = module._started

    async def noted() -> Process:
        started.append(await start())
        return started[-1]

    monkeypatch.setattr(module, "_started", noted)
    people = [sample_record(n, f"ceshi{n}") for n in range(1, 900)]
    async with reading(text_table(people), "baoming.csv", FIELDS) as table:
        assert (table.head.rows, table.head.encoding) == (899, "UTF-8")
    assert started[0].returncode is not None


@pytest.mark.parametrize(
    "dies", ["raise SystemExit(1)", "import os; os.kill(os.getpid(), 9)", "print('nonsense')"]
)
async def test_a_file_that_kills_its_reader_is_damaged(monkeypatch: pytest.MonkeyPatch, dies: str) -> None:
    async def started() -> Process:
        return await asyncio.create_subprocess_exec(sys.executable, "-c", dies, stdin=PIPE, stdout=PIPE)

    monkeypatch.setattr(module, "_started", started)
    with pytest.raises(NoTable) as none:
        async with reading(b"x" * 3_000_000, "baoming.csv", FIELDS):
            pass
    assert none.value.why is Why.DAMAGED


def test_what_is_written_is_text_and_no_formula() -> None:
    rows = [["=1+1", "0123", "990101199502030018", "\x00甲"]]
    book = openpyxl.load_workbook(io.BytesIO(workbook_of([Page("报名信息", ["甲", "乙", "丙", "丁"], rows)])))
    sheet = book["报名信息"]
    assert [cell.value for cell in sheet[2]] == ["=1+1", "0123", "990101199502030018", "甲"]
    assert {(cell.data_type, cell.number_format) for cell in sheet[2]} == {("s", "@")}
