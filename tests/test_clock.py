"""Time comes by two doors, and only one of them can be moved."""

from __future__ import annotations

import ast
import inspect
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.house import EXAM, House
from webapp import clock
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.database import opened_database
from webapp.settings import Settings

SOON = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the clock may be moved is a matter of the whole process; the next test finds it as this one did."""
    monkeypatch.setattr(clock, "_movable", clock._movable)


@pytest.fixture
async def unmovable(settings: Settings) -> AsyncIterator[None]:
    """An open database whose clock row says two days, in an installation whose clock cannot be moved."""
    async with opened_database(settings.database_url):
        await move_exam_clock(EXAM, timedelta(days=2), by="operator")
        clock.allow_moving(movable=False)
        yield


def test_there_are_two_doors_and_no_third() -> None:
    tree = ast.parse(inspect.getsource(clock))
    public = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    }
    assert public == {"now", "exam_now", "exam_offset", "allow_moving"}


def test_real_time_is_utc_and_aware() -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < SOON


async def test_moving_moves_the_exams_time_and_not_the_real_one(house: House) -> None:
    assert await clock.exam_offset() == timedelta(0)
    assert abs(await clock.exam_now() - clock.now()) < SOON
    for offset in (timedelta(days=40), timedelta(hours=-3), timedelta(0)):
        await move_exam_clock(EXAM, offset, by="operator")
        assert await clock.exam_offset() == offset
        assert abs(await clock.exam_now() - clock.now() - offset) < SOON
        assert abs(clock.now() - datetime.now(UTC)) < SOON


async def test_where_the_clock_cannot_be_moved_its_row_does_not_matter(unmovable: None) -> None:
    assert abs(await clock.exam_now() - clock.now()) < SOON
    clock.allow_moving(movable=True)
    assert abs(await clock.exam_now() - clock.now() - timedelta(days=2)) < SOON


async def test_where_the_clock_cannot_be_moved_no_database_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No database is open here, and asking one would fail."""
    asked: list[object] = []

    async def ask(**conditions: object) -> None:
        asked.append(conditions)

    monkeypatch.setattr("webapp.clock.ExamClock.get_or_none", ask)
    clock.allow_moving(movable=False)
    await clock.exam_now()
    assert asked == []
    clock.allow_moving(movable=True)
    await clock.exam_now()
    assert asked == [{"id": 1}]
