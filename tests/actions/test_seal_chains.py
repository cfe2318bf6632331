"""The daily seal: once a day, over the chains that have grown, bound to the day before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.actions.recording import record
from webapp.actions.seal_chains import seal_chains
from webapp.database import opened_database, transaction
from webapp.records import ChainHead, ChainSeal, SealedHead
from webapp.records.reading.chains import all_breaks
from webapp.settings import Settings

FIRST = datetime(2020, 4, 23, 0, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, open."""
    async with opened_database(settings.database_url):
        yield


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The sealing clock: what stands in the list is now."""
    moment = [FIRST]
    monkeypatch.setattr("webapp.actions.seal_chains.now", lambda: moment[0])
    return moment


@transaction
async def grow(*chains: str) -> None:
    """One more event in each chain."""
    for chain in chains:
        await record(chain, actor="clock", what="case.closed")


async def heads_of(day: date) -> dict[str, int]:
    """What was sealed on a day."""
    return {one.chain: one.sequence for one in await SealedHead.filter(day=day)}


@either_will_do
async def test_a_day_is_sealed_once(watch: list[datetime]) -> None:
    await grow("case:1")
    assert await seal_chains() is True
    await grow("case:1")
    watch[0] += timedelta(hours=23)
    assert await seal_chains() is False
    assert await ChainSeal.all().count() == 1
    assert (await heads_of(FIRST.date()))["case:1"] == 1
    watch[0] += timedelta(hours=1)
    assert await seal_chains() is True
    assert (await heads_of(FIRST.date() + DAY))["case:1"] == 2


async def test_only_chains_that_have_grown_are_in_it(watch: list[datetime]) -> None:
    await grow("case:1", "case:2", "case:2")
    await seal_chains()
    assert (await heads_of(FIRST.date())).items() >= {"case:1": 1, "case:2": 2}.items()
    await grow("case:2")
    watch[0] += DAY
    await seal_chains()
    assert await heads_of(FIRST.date() + DAY) == {"case:2": 3}
    assert {
        head.chain: head.sealed_sequence for head in await ChainHead.filter(chain__startswith="case:")
    } == {
        "case:1": 1,
        "case:2": 3,
    }


@either_will_do
async def test_a_quiet_day_is_sealed_too_and_bound_to_the_one_before(watch: list[datetime]) -> None:
    await seal_chains()
    for _ in range(2):
        watch[0] += DAY
        assert await seal_chains() is True
    first, second, third = await ChainSeal.all().order_by("day")
    assert (second.heads, third.heads) == (0, 0)
    assert (first.previous, second.previous, third.previous) == ("", first.digest, second.digest)
    assert len({first.digest, second.digest, third.digest}) == 3
    assert await all_breaks() == []


@either_will_do
async def test_days_on_which_nobody_sealed_leave_no_break(watch: list[datetime]) -> None:
    await seal_chains()
    await grow("case:1")
    watch[0] += 5 * DAY
    await seal_chains()
    assert await ChainSeal.all().count() == 2
    assert await all_breaks() == []


async def test_of_many_who_seal_at_once_one_does(watch: list[datetime]) -> None:
    await grow("case:1", "case:2")
    for _ in range(3):
        told = await asyncio.gather(*(seal_chains() for _ in range(8)))
        assert sorted(told) == [False] * 7 + [True]
        await grow("case:1")
        watch[0] += DAY
    assert await ChainSeal.all().count() == 3
    assert await all_breaks() == []


async def test_chains_may_grow_while_they_are_sealed(watch: list[datetime]) -> None:
    for _ in range(4):
        await asyncio.gather(seal_chains(), *(grow("case:1") for _ in range(8)))
        assert await all_breaks() == []
        watch[0] += DAY
    await seal_chains()
    assert (await ChainHead.get(chain="case:1")).sealed_sequence == 32
    assert await all_breaks() == []
