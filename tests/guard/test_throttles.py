"""Counting tries in vain: everywhere or nowhere, also when many come at once, and under keys that tell nothing."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.guard.rows import Throttle
from webapp.guard.throttles import Counted, Throttles, forget_old_tries
from webapp.rules.refusals import Refused
from webapp.rules.throttling import ACCOUNT, ACCOUNT_AT_ADDRESS, ADDRESS, NETWORK, Allowance
from webapp.settings import Settings

THROTTLES = Throttles(b"s" * 32)
SMALL = Allowance(2, timedelta(minutes=30), timedelta(seconds=30), timedelta(minutes=15))
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database, open."""
    async with opened_database(settings.database_url):
        yield


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The guard's clock: what stands in the list is now."""
    moment = [now()]
    monkeypatch.setattr("webapp.guard.throttles.now", lambda: moment[0])
    return moment


def tries_of(
    *, known: bool = False, account: str = "zhangsan", address: str = "198.51.100.7"
) -> list[Counted]:
    """What a try to sign in counts against."""
    return THROTTLES.for_sign_in("candidate", account, address, known_device=known)


async def tried(counted: list[Counted]) -> bool:
    """Whether a try may be made; it is counted then."""
    try:
        await THROTTLES.take(counted)
    except Refused as refused:
        return refused.code != "tries.wait"
    return True


@either_will_do
async def test_the_free_tries_are_free_and_the_next_one_waits(watch: list[datetime]) -> None:
    assert [await tried(tries_of()) for _ in range(7)] == [True] * 5 + [False] * 2
    with pytest.raises(Refused) as refused:
        await THROTTLES.take(tries_of())
    assert refused.value.facts == {"seconds": 30}
    watch[0] += timedelta(seconds=30)
    assert [await tried(tries_of()) for _ in range(2)] == [True, False], "one try, and twice the wait"
    with pytest.raises(Refused) as refused:
        await THROTTLES.take(tries_of())
    assert refused.value.facts == {"seconds": 60}


@either_will_do
async def test_whoever_must_wait_under_one_key_is_counted_under_none(watch: list[datetime]) -> None:
    for _ in range(5):
        await tried(tries_of())
    before = {row.key: row.tries for row in await Throttle.all()}
    assert sorted(before.values()) == [5, 5, 5]
    assert not await tried(tries_of())
    assert {row.key: row.tries for row in await Throttle.all()} == before
    assert await tried(tries_of(account="lisi")), "a neighbour at the same address goes on"


@either_will_do
async def test_success_clears_the_account_here_and_gives_the_others_their_try_back(
    watch: list[datetime],
) -> None:
    for _ in range(4):
        await tried(tries_of())
    await THROTTLES.take(tries_of())
    await THROTTLES.succeeded(tries_of())
    found = {row.key: row.tries for row in await Throttle.all()}
    here, address, account = tries_of()
    assert here.key not in found
    assert (found[address.key], found[account.key]) == (4, 4)
    assert [await tried(tries_of()) for _ in range(6)] == [True] * 5 + [False]


@either_will_do
async def test_success_without_a_count_is_no_error() -> None:
    await THROTTLES.succeeded(tries_of())
    assert await Throttle.all().count() == 0


async def test_fifty_at_once_are_fifty_tries() -> None:
    told = Counter(await asyncio.gather(*(tried(tries_of()) for _ in range(50))))
    assert told == {True: 5, False: 45}
    assert {row.tries for row in await Throttle.all()} == {5}


async def test_tries_that_count_against_the_same_keys_in_another_order_do_not_block_each_other() -> None:
    counted = [Counted(f"{number:064d}", SMALL) for number in range(6)]
    rounds = [tried(counted if number % 2 else counted[::-1]) for number in range(20)]
    async with asyncio.timeout(30):
        assert Counter(await asyncio.gather(*rounds)) == {True: 2, False: 18}


def test_a_known_browser_is_not_held_up_by_what_others_try_at_the_account() -> None:
    def allowances(counted: list[Counted]) -> list[Allowance]:
        return [one.allowance for one in counted]

    assert allowances(tries_of()) == [ACCOUNT_AT_ADDRESS, ADDRESS, ACCOUNT]
    assert allowances(tries_of(known=True)) == allowances(tries_of()), "a stolen cookie does not try for ever"
    assert [one.key == other.key for one, other in zip(tries_of(), tries_of(known=True), strict=True)] == [
        True,
        True,
        False,
    ], "but nobody without one reaches that count"
    assert [one.cleared_by_success for one in tries_of()] == [True, False, False]


def test_whoever_holds_a_whole_ipv6_network_is_counted_as_one() -> None:
    one, other, foreign = (
        {counted.key for counted in tries_of(address=address) if counted.allowance is NETWORK}
        for address in ("2001:db8:1:2::", "2001:db8:1:fe::", "2001:db8:2:2::")
    )
    assert one == other
    assert one.isdisjoint(foreign)
    assert len(one | foreign) == 2
    assert [counted.allowance for counted in THROTTLES.for_address("door", "2001:db8:1:2::")] == [
        ADDRESS,
        NETWORK,
    ]
    assert NETWORK not in [counted.allowance for counted in tries_of()], "of IPv4 an address is what there is"


def test_what_is_counted_separately_has_a_key_of_its_own() -> None:
    others = [
        tries_of(),
        tries_of(account="lisi"),
        tries_of(address="198.51.100.8"),
        THROTTLES.for_sign_in("staff", "zhangsan", "198.51.100.7", known_device=False),
        THROTTLES.for_account("password", "zhangsan"),
        # Nobody can call an account so that its key becomes that of something else.
        THROTTLES.for_sign_in("candidate", "from", "198.51.100.7", known_device=False)[:1],
    ]
    keys = [{one.key for one in counted} for counted in others]
    assert keys[0] & keys[1] == {tries_of()[1].key}, "only the address is shared"
    assert keys[0] & keys[2] == {tries_of()[2].key}, "only the account is shared"
    assert keys[0].isdisjoint(keys[3] | keys[4] | keys[5])


def test_the_keys_tell_neither_account_nor_address_without_our_secret() -> None:
    for one in tries_of():
        assert re.fullmatch(r"[0-9a-f]{64}", one.key)
    assert {one.key for one in tries_of()} == {one.key for one in tries_of()}
    foreign = Throttles(b"t" * 32).for_sign_in("candidate", "zhangsan", "198.51.100.7", known_device=False)
    assert {one.key for one in foreign}.isdisjoint(one.key for one in tries_of())


@either_will_do
async def test_counts_are_forgotten_after_a_day_and_not_before(watch: list[datetime]) -> None:
    await tried(tries_of())
    watch[0] += timedelta(hours=24)
    assert await forget_old_tries() == 0
    watch[0] += timedelta(seconds=1)
    await tried(tries_of(account="lisi", address="198.51.100.9"))
    assert await forget_old_tries() == 3
    assert await forget_old_tries() == 0
    assert await Throttle.all().count() == 3


@either_will_do
async def test_the_table_counts_for_all_processes(watch: list[datetime]) -> None:
    """Another process has only the table: its count goes on where this one's stands."""

    @transaction
    async def elsewhere() -> None:
        await Throttle.create(key="k" * 64, tries=2, since=watch[0])

    await elsewhere()
    assert [await tried([Counted("k" * 64, SMALL)]) for _ in range(2)] == [True, False]


async def test_a_count_that_is_given_up_while_another_looks_for_it_is_made_again() -> None:
    async def let_in() -> None:
        with suppress(Refused):  # too many at once: told so, and not a fault
            await THROTTLES.take(tries_of())
            await THROTTLES.succeeded(tries_of())

    for _ in range(10):
        await asyncio.gather(*(let_in() for _ in range(20)))
