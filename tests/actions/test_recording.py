"""Events: each in the transaction of what it tells about, one after the other, whoever writes at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.records import ChainHead, Event
from webapp.records.reading.chains import all_breaks, chain_breaks
from webapp.settings import Settings

CHAIN = "case:8e0b"
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, open."""
    async with opened_database(settings.database_url):
        yield


@transaction
async def recorded(chain: str = CHAIN, **facts: object) -> Event:
    """One event, recorded."""
    await record(chain, actor="staff:1", what="verdict.saved", subject="case:8e0b", **facts)
    return await Event.filter(chain=chain).latest("sequence")


async def test_an_event_says_who_what_about_what_and_when() -> None:
    event = await recorded(material="ID", slots=["front", "back"])
    row = await Event.get(id=event.id)
    assert (row.chain, row.sequence, row.actor, row.what, row.subject) == (
        CHAIN,
        1,
        "staff:1",
        "verdict.saved",
        "case:8e0b",
    )
    assert row.facts == {"material": "ID", "slots": ["front", "back"]}
    assert abs(row.at - now()) < timedelta(seconds=5)
    assert (row.previous, len(row.digest)) == ("", 64)


@either_will_do
async def test_each_event_names_the_one_before_it_and_the_head_the_newest() -> None:
    first, second = await recorded(), await recorded()
    assert (second.sequence, second.previous) == (first.sequence + 1, first.digest)
    head = await ChainHead.get(chain=CHAIN)
    assert (head.sequence, head.digest) == (second.sequence, second.digest)
    assert await chain_breaks(CHAIN) == []


@either_will_do
async def test_chains_do_not_count_each_other() -> None:
    for chain in (CHAIN, "case:9", CHAIN):
        await recorded(chain)
    assert [event.sequence for event in await Event.filter(chain=CHAIN).order_by("id")] == [1, 2]
    assert [event.sequence for event in await Event.filter(chain="case:9")] == [1]
    assert exam_chain("tianjin_2020") == "exam:tianjin_2020"


@either_will_do
async def test_outside_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        await record(CHAIN, actor="staff:1", what="verdict.saved")
    assert await Event.filter(chain=CHAIN).count() == 0


async def test_what_did_not_happen_leaves_no_event_and_no_gap() -> None:
    @transaction
    async def fails() -> None:
        await record(CHAIN, actor="staff:1", what="verdict.saved")
        raise LookupError

    await recorded()
    with pytest.raises(LookupError):
        await fails()
    assert (await recorded()).sequence == 2
    assert await chain_breaks(CHAIN) == []


@either_will_do
async def test_facts_that_have_no_spelling_are_refused_whole() -> None:
    with pytest.raises(TypeError):
        await recorded(moment=now())
    assert await Event.filter(chain=CHAIN).count() == 0
    assert (await recorded(moment=now().isoformat())).sequence == 1


async def test_fifty_at_once_make_one_chain_without_gap_or_fork() -> None:
    await asyncio.gather(*(recorded(number=number) for number in range(50)))
    events = await Event.filter(chain=CHAIN).order_by("sequence")
    assert [event.sequence for event in events] == list(range(1, 51))
    assert sorted(event.facts["number"] for event in events) == list(range(50))
    assert await all_breaks() == []
