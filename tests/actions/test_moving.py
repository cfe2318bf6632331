"""Every row of the table of moves by the actions: allowed once, refused for each condition, what it leaves."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.actions.table_lines import LINES, Line
from tests.cases.way import FEW, Way, announce, exam_time, load_variant, on_the_way
from webapp import clock
from webapp.clock import now
from webapp.database import opened_database
from webapp.records import (
    Announcement,
    Case,
    CaseFlag,
    CaseMove,
    Event,
    Supplement,
)
from webapp.records.reading.chains import chain_breaks
from webapp.rules.places import (
    Move,
    Stage,
)
from webapp.rules.refusals import Refused
from webapp.rules.stages import TABLE, rows_from
from webapp.rules.verdicts import round_after
from webapp.settings import Settings


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> dict[int, str]:
    """A database for each number of levels, shared by this module: every test brings a candidate of its own."""
    folder, urls = tmp_path_factory.mktemp("levels"), {}
    for levels in (1, 2, 3):
        shutil.copy(sqlite_template, folder / str(levels))
        urls[levels] = f"sqlite://{folder / str(levels)}"
        asyncio.run(_load(urls[levels], levels))
    return urls


async def _load(url: str, levels: int) -> None:
    async with opened_database(url):
        await load_variant(levels, materials=FEW)


@asynccontextmanager
async def on_time(url: str) -> AsyncIterator[None]:
    """The database, open, on a day within the window."""
    clock.allow_moving(movable=True)
    async with opened_database(url):
        await exam_time(now())
        yield


def test_every_row_and_every_condition_of_the_table_is_tried_here() -> None:
    tried: dict[int, set[str]] = {}
    for line in LINES:
        for row in rows_from(line.start, line.levels):
            leads = (
                {line.leads}
                if row.leads.__name__ == "where_it_was"
                else {row.leads(line.start, line.levels, None)}
            )
            if (row.move, row.by) == (line.move, line.by) and line.leads in leads:
                tried.setdefault(TABLE.index(row), set()).update(code for code, _ in line.breaks)
    # The two rows of `close` differ in the first two; after publishing one person only proposes (see below).
    elsewhere = {"case.empty", "case.not_empty", "persons.one"}
    assert tried == {
        number: {condition.code for condition in row.conditions} - elsewhere
        for number, row in enumerate(TABLE)
    }


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
async def test_a_row_of_the_table(line: Line, databases: dict[int, str]) -> None:
    async with on_time(databases[line.levels]):
        await is_as_the_table_says(line)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_rows_of_the_table_on_the_other_database(settings: Settings) -> None:
    one_each = {(line.move, line.by, line.start.stage): line for line in LINES if line.levels == 2}
    async with on_time(settings.database_url):
        await load_variant(2, materials=FEW)
        for line in one_each.values():
            await exam_time(now())
            await is_as_the_table_says(replace(line, breaks=()))


async def seen(way: Way) -> list[Any]:
    """What a move would change; :func:`rows_of` looks closer and longer."""
    moves, events = CaseMove.filter(case_id=way.case_id), Event.filter(chain=f"case:{way.case_id}")
    return [*(await Case.filter(id=way.case_id).values()), await moves.count(), await events.count()]


async def is_as_the_table_says(line: Line) -> None:
    """Brings a new case there, tries the move with each thing that stands against it, and then with none."""
    way = await on_the_way(f"kaosheng{uuid4().hex}", team="team")
    await line.bring(way)
    assert await way.place() == line.start
    for code, spoil in line.breaks:
        async with spoil(way):
            before = await seen(way)
            with pytest.raises(Refused) as refused:
                await line.act(way)
            assert refused.value.code == code
            assert await seen(way) == before, "a refused move leaves nothing"

    before_it = await way.case()
    events = await Event.filter(chain=f"case:{way.case_id}").count()
    undone = await CaseMove.get(id=before_it.arrived_by) if line.move is Move.TAKE_BACK else None
    waits = line.move in {Move.SUBMIT, Move.CLOSE, Move.ANSWER, Move.EXPIRE}
    told = None if waits else await announce(way.case_id, "OTHER.page")
    await line.act(way)

    case = await way.case()
    assert await way.place() == line.leads
    assert case.version == before_it.version + 1
    took_back = Move(undone.move) if undone else None
    assert case.round == round_after(before_it.round, line.move, took_back=took_back)
    moves = await CaseMove.filter(case_id=way.case_id).order_by("number")
    made = moves[-1]
    assert [row.number for row in moves] == list(range(1, len(moves) + 1))
    assert (made.move, made.by) == (line.move.value, line.by.value)
    assert (made.from_stage, made.from_level) == (line.start.stage.value, line.start.level)
    assert (made.to_stage, made.to_level) == (line.leads.stage.value, line.leads.level)
    assert (made.round, made.previous) == (before_it.round, before_it.arrived_by)
    if undone:
        assert case.arrived_by == undone.previous
        assert (await CaseMove.get(id=undone.id)).undone_at is not None
        assert case.lease_holder == undone.person
        assert case.handed_in_at == before_it.handed_in_at
    else:
        assert case.arrived_by == made.id
        assert (case.lease_holder, case.lease_taken_at, case.lease_until) == (None, None, None)
    if waits:
        assert case.handed_in_at == made.exam_at
    assert {row.flag for row in await CaseFlag.filter(case_id=way.case_id)} == line.flags
    if told:
        ended = await Announcement.get(id=told.id)
        assert (ended.ended_at, ended.ended_why) == (made.exam_at, "moved")
    requests = await Supplement.filter(case_id=way.case_id)
    held = line.move is Move.WITHDRAW and line.start.stage is Stage.SUPPLEMENT
    assert [row.closed_at is None for row in requests] == [
        line.leads.stage is Stage.SUPPLEMENT or held
    ] * len(requests)
    new = await Event.filter(chain=f"case:{way.case_id}").order_by("sequence").offset(events)
    assert [event.what for event in new] == [f"case.{line.move.value}"]
    assert (new[0].actor, new[0].facts["version"]) == (made.actor, case.version)
    assert await chain_breaks(f"case:{way.case_id}") == []
