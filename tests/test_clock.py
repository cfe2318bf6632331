"""Time comes by two doors, and only one of them can be moved."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.house import EXAM, House
from webapp import clock
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.database import opened_database
from webapp.settings import Settings

SOON = timedelta(seconds=2)


TESTS = Path(__file__).parent
TELLS_TIME = {"now", "exam_now", "time", "monotonic", "perf_counter", "datetime", "date", "today", "utcnow"}
MOVERS = {"freezegun", "time_machine", "libfaketime", "faketime"}


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


def time_moved_in(source: str) -> Iterator[str]:
    """Whose idea of time a test's source replaces, by dotted name; and libraries that would do it for all."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            )
            yield from (name for name in names if name.split(".")[0] in MOVERS)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "setattr"
        ):
            said = [
                str(one.value) if isinstance(one, ast.Constant) else ast.unparse(one) for one in node.args
            ]
            whole = isinstance(node.args[0], ast.Constant)
            name = said[0] if whole else f"{said[0]}.{said[1]}"
            yield from [name] if name.rpartition(".")[2] in TELLS_TIME else []


def test_tests_move_time_only_through_the_clocks_doors() -> None:
    moved = {
        (path.relative_to(TESTS).as_posix(), name)
        for path in TESTS.rglob("*.py")
        for name in time_moved_in(path.read_text())
    }
    assert ("guard/test_sessions.py", "webapp.guard.sessions.now") in moved
    wrong = []
    for path, name in sorted(moved):
        module, _dot, door = name.rpartition(".")
        real = module.startswith("webapp.") and getattr(importlib.import_module(module), door, None)
        if real not in {clock.now, clock.exam_now}:
            wrong.append((path, name))
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import freezegun", "freezegun"),
        ("from time_machine import travel", "time_machine"),
        ("monkeypatch.setattr(time, 'time', f)", "time.time"),
        ("monkeypatch.setattr('itsdangerous.timed.time', f)", "itsdangerous.timed.time"),
    ],
)
def test_any_other_way_would_be_noticed(source: str, name: str) -> None:
    assert list(time_moved_in(source)) == [name]


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

    async def ask(question: object) -> list[list[object]]:
        asked.append(question)
        return [[]]

    monkeypatch.setattr("webapp.clock.ask", ask)
    clock.allow_moving(movable=False)
    await clock.exam_now()
    assert asked == []
    clock.allow_moving(movable=True)
    await clock.exam_now()
    assert len(asked) == 1
