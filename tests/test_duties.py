"""What falls due is done at once and again, and one duty's failure is nobody else's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from tests.house import activated_candidate
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.duties import DUTIES, Duty, keep_duties
from webapp.guard.rows import Session, Throttle
from webapp.guard.sessions import open_session
from webapp.records import ChainSeal, Event
from webapp.settings import Settings

WAIT = 20


async def keep_until(settings: Settings, duties: tuple[Duty, ...], enough: Callable[[], bool]) -> None:
    """Keeps ``duties``, and one more that ends it all once ``enough`` is true."""
    stop = asyncio.Event()

    async def look() -> None:
        if enough():
            stop.set()

    async with asyncio.timeout(WAIT):
        await keep_duties(settings, stop, (*duties, Duty("look", 0.01, look)))


def counted(done: list[str], name: str) -> Callable[[], Awaitable[object]]:
    """Work that notes that it was done."""

    async def work() -> None:
        done.append(name)

    return work


def failing(done: list[str], name: str) -> Callable[[], Awaitable[object]]:
    """Work that notes that it was tried, and fails."""

    async def work() -> None:
        done.append(name)
        raise RuntimeError("the shelf is full")

    return work


sqlite_is_enough = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@sqlite_is_enough
async def test_a_duty_is_done_at_once_and_then_again_at_its_interval(settings: Settings) -> None:
    done: list[str] = []
    duties = (Duty("often", 0.01, counted(done, "often")), Duty("rarely", 3600, counted(done, "rarely")))
    await keep_until(settings, duties, lambda: done.count("often") >= 3)
    assert done.count("rarely") == 1


@sqlite_is_enough
async def test_a_failing_duty_is_tried_again_and_ends_no_other(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []
    duties = (Duty("broken", 0.01, failing(done, "broken")), Duty("sound", 0.01, counted(done, "sound")))
    with caplog.at_level(logging.ERROR, "webapp.duties"):
        await keep_until(settings, duties, lambda: done.count("broken") >= 3 and done.count("sound") >= 3)
    assert {record.getMessage() for record in caplog.records} == {"duty failed: broken"}


@sqlite_is_enough
async def test_nothing_is_done_once_it_has_been_stopped(settings: Settings) -> None:
    done: list[str] = []
    stop = asyncio.Event()
    stop.set()
    await keep_duties(settings, stop, (Duty("late", 0.01, counted(done, "late")),))
    assert done == []


@sqlite_is_enough
async def test_stopping_does_not_wait_for_the_next_interval(settings: Settings) -> None:
    done: list[str] = []
    await keep_until(settings, (Duty("rarely", 3600, counted(done, "rarely")),), lambda: bool(done))
    assert done == ["rarely"]


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, for looking and doing."""
    async with opened_database(settings.database_url):
        yield


@transaction
async def make_old_rows() -> None:
    """One session that has ended, and one count of tries that nobody needs any more."""
    past = now() - timedelta(days=2)
    await Session.all().limit(1).update(idle_until=past)
    await Throttle.create(key="old", tries=3, since=past)
    await Throttle.create(key="new", tries=3, since=now())


async def test_each_duty_does_its_work_and_again_does_nothing(opened: None) -> None:
    candidate = await activated_candidate("zhangsan")
    await open_session(candidate_id=candidate.id)
    await make_old_rows()
    await open_session(candidate_id=candidate.id)
    assert (await Session.all().count(), await Throttle.all().count(), await ChainSeal.all().count()) == (
        2,
        2,
        0,
    )
    events = await Event.all().count()
    for _ in range(2):
        for duty in DUTIES:
            await duty.work()
        assert await Session.all().count() == 1
        assert [row.key for row in await Throttle.all()] == ["new"]
        assert await ChainSeal.all().count() == 1
        assert await Event.all().count() == events


async def test_two_processes_that_keep_the_same_duties_do_no_harm(opened: None) -> None:
    candidate = await activated_candidate("zhangsan")
    await open_session(candidate_id=candidate.id)
    await make_old_rows()
    await asyncio.gather(*(duty.work() for duty in (*DUTIES, *DUTIES)))
    assert (await Session.all().count(), await Throttle.all().count(), await ChainSeal.all().count()) == (
        0,
        1,
        1,
    )
