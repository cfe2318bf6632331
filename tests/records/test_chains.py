"""Whatever somebody does to the events behind our back shows: edit, delete, reorder, add, cut off, also with seals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from tortoise.expressions import F

from tests.house import EXAM
from webapp.actions.recording import exam_chain, record
from webapp.actions.seal_chains import seal_chains
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.records import ChainHead, ChainSeal, Event, SealedHead
from webapp.records.reading import chains
from webapp.records.reading.chains import Break, all_breaks, chain_breaks, first_break, seal_breaks
from webapp.rules.chain import Link, heads_digest, link_digest, seal_digest
from webapp.settings import Settings

OTHER = exam_chain(EXAM)  # loading the exam wrote its first event
CHAIN = "case:8e0b"
DAYS = [date(2020, 4, 23), date(2020, 4, 24), date(2020, 4, 25)]
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@transaction
async def add_event(chain: str = CHAIN, **facts: object) -> None:
    """One more event."""
    await record(chain, actor="staff:1", what="verdict.saved", subject=chain, **facts)


@pytest.fixture(autouse=True)
async def written(settings: Settings) -> AsyncIterator[None]:
    """Six events in one chain, and what the house itself has written in another."""
    async with opened_database(settings.database_url):
        for number in range(6):
            await add_event(material="ID", number=number)
        yield


@pytest.fixture
async def sealed(written: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, sealed on three days; the chain grew before each."""
    for number, day in enumerate(DAYS):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=now().tzinfo)
        monkeypatch.setattr("webapp.actions.seal_chains.now", lambda noon=noon: noon)
        assert await seal_chains()
        if number < 2:
            await add_event(sealed=number)


def digest_of(event: Event, previous: str) -> str:
    """An event's digest as whoever knows our code computes it."""
    return link_digest(
        Link(
            event.chain,
            event.sequence,
            event.at,
            event.actor,
            event.what,
            event.subject,
            event.facts,
            previous,
        )
    )


async def forge(sequence: int, *, onwards: bool, **changes: object) -> None:
    """Changes an event and makes its digest fit, or also those of all events after it and the head."""
    await Event.filter(chain=CHAIN, sequence=sequence).update(**changes)
    before = await Event.get_or_none(chain=CHAIN, sequence=sequence - 1)
    previous = before.digest if before else ""
    for event in await Event.filter(chain=CHAIN, sequence__gte=sequence).order_by("sequence"):
        digest = digest_of(event, previous)
        await Event.filter(id=event.id).update(previous=previous, digest=digest)
        previous = digest
        if not onwards:
            return
    await ChainHead.filter(chain=CHAIN).update(digest=previous)


async def cut_off(count: int, *, head_too: bool) -> None:
    """Deletes the newest events, and makes the head fit."""
    head = await ChainHead.get(chain=CHAIN)
    await Event.filter(chain=CHAIN, sequence__gt=head.sequence - count).delete()
    if head_too:
        last = await Event.get(chain=CHAIN, sequence=head.sequence - count)
        await ChainHead.filter(chain=CHAIN).update(
            sequence=last.sequence, digest=last.digest, sealed_sequence=last.sequence
        )


async def swap(first: int, second: int) -> None:
    """Lets two events change places."""
    for old, new in ((first, -1), (second, first), (-1, second)):
        await Event.filter(chain=CHAIN, sequence=old).update(sequence=new)


async def close_the_gap(missing: int) -> None:
    """Deletes an event and renumbers those after it."""
    await Event.filter(chain=CHAIN, sequence=missing).delete()
    for event in await Event.filter(chain=CHAIN, sequence__gt=missing).order_by("sequence"):
        await Event.filter(id=event.id).update(sequence=event.sequence - 1)
    await ChainHead.filter(chain=CHAIN).update(sequence=F("sequence") - 1)


async def append_behind_the_head() -> None:
    """An event that fits, written by somebody who forgot the head."""
    last = await Event.filter(chain=CHAIN).order_by("-sequence").first()
    assert last is not None
    made = Event(
        chain=CHAIN, sequence=last.sequence + 1, at=now(), actor="staff:2", what="verdict.saved", subject=CHAIN,
        facts={}, previous=last.digest,
    )  # fmt: skip
    made.digest = digest_of(made, last.digest)
    await made.save()


TAMPERINGS: dict[str, tuple[Callable[[], Awaitable[object]], Break]] = {
    "edit who": (
        lambda: Event.filter(chain=CHAIN, sequence=3).update(actor="staff:2"),
        Break(CHAIN, 3, "edited"),
    ),
    "edit what": (lambda: Event.filter(chain=CHAIN, sequence=3).update(what="x"), Break(CHAIN, 3, "edited")),
    "edit the subject": (
        lambda: Event.filter(chain=CHAIN, sequence=1).update(subject=""),
        Break(CHAIN, 1, "edited"),
    ),
    "edit the facts": (
        lambda: Event.filter(chain=CHAIN, sequence=6).update(facts={"material": "ID", "number": 50}),
        Break(CHAIN, 6, "edited"),
    ),
    "edit the time": (
        lambda: Event.filter(chain=CHAIN, sequence=3).update(at=now() - timedelta(days=1)),
        Break(CHAIN, 3, "edited"),
    ),
    "edit and make its digest fit": (
        lambda: forge(3, onwards=False, actor="staff:2"),
        Break(CHAIN, 4, "edited"),
    ),
    "delete the first": (lambda: Event.filter(chain=CHAIN, sequence=1).delete(), Break(CHAIN, 1, "missing")),
    "delete in the middle": (
        lambda: Event.filter(chain=CHAIN, sequence=3).delete(),
        Break(CHAIN, 3, "missing"),
    ),
    "delete and renumber": (lambda: close_the_gap(3), Break(CHAIN, 3, "edited")),
    "reorder": (lambda: swap(3, 4), Break(CHAIN, 3, "edited")),
    "move to another chain": (
        lambda: Event.filter(chain=CHAIN, sequence=6).update(chain="case:9"),
        Break(CHAIN, 6, "cut_off"),
    ),
    "cut off one": (lambda: cut_off(1, head_too=False), Break(CHAIN, 6, "cut_off")),
    "cut off three": (lambda: cut_off(3, head_too=False), Break(CHAIN, 4, "cut_off")),
    "delete all": (lambda: Event.filter(chain=CHAIN).delete(), Break(CHAIN, 1, "cut_off")),
    "delete the head": (lambda: ChainHead.filter(chain=CHAIN).delete(), Break(CHAIN, 7, "cut_off")),
    "edit the head": (
        lambda: ChainHead.filter(chain=CHAIN).update(digest="0" * 64),
        Break(CHAIN, 6, "edited"),
    ),
    "set the head back": (
        lambda: ChainHead.filter(chain=CHAIN).update(sequence=5),
        Break(CHAIN, 6, "edited"),
    ),
    "append behind the head": (append_behind_the_head, Break(CHAIN, 7, "edited")),
}


async def test_untouched_chains_and_seals_are_whole(sealed: None) -> None:
    assert await chain_breaks(CHAIN) == await chain_breaks(OTHER) == []
    assert await seal_breaks() == []
    assert await all_breaks() == []
    await add_event()
    assert await all_breaks() == [], "also when a chain has grown since"


@either_will_do
@pytest.mark.parametrize("kind", TAMPERINGS)
async def test_tampering_with_events_is_noticed_where_it_happened(kind: str) -> None:
    tamper, expected = TAMPERINGS[kind]
    assert await all_breaks() == []
    await transaction(tamper)()
    assert await chain_breaks(CHAIN) == [expected]
    assert expected in await all_breaks()
    assert await chain_breaks(OTHER) == []


async def test_every_row_counts_also_where_the_database_has_kept_json_and_times_its_own_way() -> None:
    await add_event(
        words="考区", number=1.5, big=2**53 + 1, nested={"b": [None, True], "a": "\u2028"}, empty={}
    )
    assert await chain_breaks(CHAIN) == []
    await transaction(TAMPERINGS["edit the facts"][0])()
    assert await chain_breaks(CHAIN) == [Break(CHAIN, 6, "edited")]


@either_will_do
@pytest.mark.parametrize(
    "tamper",
    [
        lambda: cut_off(1, head_too=True),
        lambda: cut_off(4, head_too=True),
        lambda: forge(4, onwards=True, actor="staff:2"),
        lambda: forge(1, onwards=True, actor="staff:2"),
    ],
)
async def test_what_fits_together_again_is_noticed_by_the_seals_alone(
    sealed: None, tamper: Callable[[], Awaitable[object]]
) -> None:
    await transaction(tamper)()
    assert (await chain_breaks(CHAIN))[0].what == "cut_off"

    @transaction
    async def without_seals() -> None:
        await SealedHead.all().delete()
        await ChainHead.all().update(sealed_sequence=0)

    await without_seals()
    assert await chain_breaks(CHAIN) == [], "without them it would go unseen"
    assert await seal_breaks() != [], "and they cannot be taken away unseen"


@transaction
async def delete_whole_chain() -> None:
    """Events and head of one chain, as if it had never been."""
    await Event.filter(chain=CHAIN).delete()
    await ChainHead.filter(chain=CHAIN).delete()


@either_will_do
async def test_a_chain_that_vanished_with_its_head_is_missed(sealed: None) -> None:
    await delete_whole_chain()
    assert Break(CHAIN, 1, "cut_off") in await all_breaks()


@either_will_do
async def test_events_that_nobody_recorded_are_noticed_without_a_head() -> None:
    @transaction
    async def invent() -> None:
        await Event.create(
            chain="case:9", sequence=1, at=now(), actor="staff:1", what="x", subject="", facts={}, previous="",
            digest="0" * 64,
        )  # fmt: skip

    await invent()
    assert [one.chain for one in await all_breaks()] == ["case:9"]


async def reseal(day: date) -> None:
    """Makes a day's seal fit its heads, as whoever knows our code can."""
    heads = [(one.chain, one.sequence, one.digest) for one in await SealedHead.filter(day=day)]
    before = await ChainSeal.filter(day__lt=day).order_by("-day").first()
    digest, previous = heads_digest(heads), before.digest if before else ""
    await ChainSeal.filter(day=day).update(
        heads_digest=digest, previous=previous, digest=seal_digest(day.isoformat(), digest, previous)
    )


async def edit_head_and_reseal(day: date) -> None:
    """Changes what was sealed on a day, and that day's seal with it."""
    await SealedHead.filter(day=day, chain=CHAIN).update(digest="0" * 64)
    await reseal(day)


async def drop_day(day: date) -> None:
    """A whole day's seal with its heads."""
    await SealedHead.filter(day=day).delete()
    await ChainSeal.filter(day=day).delete()


SEAL_TAMPERINGS: dict[str, tuple[Callable[[], Awaitable[object]], Sequence[str]]] = {
    "edit a sealed head": (
        lambda: SealedHead.filter(day=DAYS[1], chain=CHAIN).update(digest="0" * 64),
        ["seal:2020-04-24"],
    ),
    "delete a sealed head": (
        lambda: SealedHead.filter(day=DAYS[0], chain=CHAIN).delete(),
        ["seal:2020-04-23"],
    ),
    "add a sealed head": (
        lambda: SealedHead.create(day=DAYS[1], chain="case:9", sequence=1, digest="0" * 64),
        ["seal:2020-04-24"],
    ),
    "edit a seal": (
        lambda: ChainSeal.filter(day=DAYS[1]).update(digest="0" * 64),
        ["seal:2020-04-24", "seal:2020-04-25"],
    ),
    "edit a head and make its seal fit": (lambda: edit_head_and_reseal(DAYS[1]), ["seal:2020-04-25"]),
    "drop the first day": (lambda: drop_day(DAYS[0]), ["seal:2020-04-24"]),
    "drop a day in the middle": (lambda: drop_day(DAYS[1]), ["seal:2020-04-25"]),
    "drop the newest seal alone": (lambda: ChainSeal.filter(day=DAYS[2]).delete(), ["seal:2020-04-25"]),
    "drop the newest day": (lambda: drop_day(DAYS[2]), []),
}


@either_will_do
@pytest.mark.parametrize("kind", SEAL_TAMPERINGS)
async def test_tampering_with_seals_is_noticed(sealed: None, kind: str) -> None:
    tamper, expected = SEAL_TAMPERINGS[kind]
    await transaction(tamper)()
    assert [one.chain for one in await seal_breaks()] == list(expected)
    assert {one.what for one in await seal_breaks()} <= {"seal"}
    assert await all_breaks() != []


@either_will_do
async def test_a_chain_longer_than_one_slice_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "_SLICE", 2)
    assert await chain_breaks(CHAIN) == []
    await transaction(lambda: Event.filter(chain=CHAIN, sequence=5).update(actor="staff:2"))()
    assert await chain_breaks(CHAIN) == [Break(CHAIN, 5, "edited")]
    await transaction(lambda: Event.filter(chain=CHAIN, sequence=5).delete())()
    assert await chain_breaks(CHAIN) == [Break(CHAIN, 5, "missing")]


@either_will_do
async def test_a_page_of_events_is_checked_from_the_digest_before_it() -> None:
    rows = await Event.filter(chain=CHAIN, sequence__gte=3).order_by("sequence")
    assert first_break(rows, rows[0].previous) is None
    assert first_break(rows, "0" * 64) == 3
    assert first_break([rows[0], rows[2]], rows[0].previous) == 5
    assert first_break([], "") is None
