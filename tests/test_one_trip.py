"""Work that is taken to SQLite's thread as a whole: a transaction like any other, and readings of one moment."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError, OperationalError

from webapp.database import inside_transaction, opened_database, transaction
from webapp.one_trip import WaitedForSomethingElse, reading_in_one_trip, transaction_in_one_trip
from webapp.records import ChainHead
from webapp.statements import NoTransaction, Statement, ask, inserted, write

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HEADS = Statement("SELECT chain FROM \"chain_head\" WHERE chain NOT LIKE 'exam:%' ORDER BY chain")


@pytest.fixture(autouse=True)
async def opened(database_url: str) -> AsyncIterator[None]:
    """The database, open."""
    async with opened_database(database_url):
        yield


def head(chain: str) -> Statement:
    """A row to try things with."""
    return inserted(ChainHead, chain=chain, sequence=0, digest="", sealed_sequence=0)


async def heads() -> list[str]:
    """Which of them stand."""
    (rows,) = await ask(HEADS)
    return [row["chain"] for row in rows]


async def test_it_is_all_or_nothing_and_sees_what_it_wrote() -> None:
    @transaction_in_one_trip
    async def two(*, fails: bool) -> list[str]:
        assert inside_transaction()
        await write(head("a"))
        if fails:
            raise LookupError("half way")
        await write(head("b"))
        return await heads()

    with pytest.raises(LookupError):
        await two(fails=True)
    assert await heads() == []
    assert await two(fails=False) == ["a", "b"]
    assert await heads() == ["a", "b"]
    assert not inside_transaction()


@only_sqlite
async def test_all_of_it_runs_in_the_connections_thread() -> None:
    @transaction_in_one_trip
    async def where() -> set[int]:
        seen = {threading.get_ident()}
        await write(head("a"))
        return {*seen, threading.get_ident()}

    (thread,) = await where()
    assert thread != threading.get_ident()


async def test_what_the_database_refuses_is_told_as_everywhere_and_takes_all_along() -> None:
    @transaction_in_one_trip
    async def twice() -> None:
        await write(head("a"))
        await write(head("a"))

    with pytest.raises(IntegrityError):
        await twice()
    assert await heads() == []

    @transaction_in_one_trip
    async def nonsense() -> None:
        await write(Statement("SELECT nothing FROM nowhere"))

    with pytest.raises(OperationalError):
        await nonsense()

    @transaction_in_one_trip
    async def once() -> None:
        await write(head("b"))

    await once()
    assert await heads() == ["b"]


async def test_inside_another_transaction_it_is_part_of_it() -> None:
    @transaction_in_one_trip
    async def inner() -> None:
        await write(head("a"))

    @transaction
    async def outer(*, fails: bool) -> None:
        await inner()
        if fails:
            raise LookupError("after it")

    with pytest.raises(LookupError):
        await outer(fails=True)
    assert await heads() == []
    await outer(fails=False)
    assert await heads() == ["a"]


@only_sqlite
async def test_waiting_for_anything_else_is_a_mistake_that_leaves_nothing_behind() -> None:
    @transaction_in_one_trip
    async def waits_for_a_model() -> None:
        await write(head("a"))
        await ChainHead.create(chain="b")

    @transaction_in_one_trip
    async def sleeps() -> None:
        await write(head("a"))
        await asyncio.sleep(0)

    for work, told in ((waits_for_a_model, RuntimeError), (sleeps, WaitedForSomethingElse)):
        with pytest.raises(told):
            await work()
        assert await heads() == []

    @transaction_in_one_trip
    async def right() -> None:
        await write(head("c"))

    await right()
    assert await heads() == ["c"]


async def test_given_up_it_goes_to_its_end_and_keeps_nobody_out() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @transaction_in_one_trip
    async def slow(chain: str) -> None:
        await write(head(chain))
        begun.set()
        go_on.wait(10)

    go_on.set()
    await slow("a")
    begun.clear()
    running = asyncio.ensure_future(slow("b"))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert begun.is_set()
    assert await heads() == ["a", "b"]
    await slow("c")
    assert await heads() == ["a", "b", "c"]


@only_sqlite
async def test_a_begin_that_fails_keeps_nobody_out(database_url: str) -> None:
    @transaction_in_one_trip
    async def one() -> None:
        await write(head("a"))

    await connections.get("default").execute_query("PRAGMA busy_timeout=20")
    other = sqlite3.connect(Path(database_url.removeprefix("sqlite://")), isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError):
            await one()
        other.execute("ROLLBACK")
    finally:
        other.close()
    await one()
    assert await heads() == ["a"]


@only_sqlite
async def test_a_reading_sees_one_moment(database_url: str) -> None:
    def written_elsewhere() -> None:
        other = sqlite3.connect(Path(database_url.removeprefix("sqlite://")))
        with other:
            other.execute("INSERT INTO chain_head VALUES ('a', 0, '', 0)")
        other.close()

    async def before_and_after() -> tuple[list[str], list[str]]:
        before = await heads()
        written_elsewhere()
        return before, await heads()

    assert await reading_in_one_trip(before_and_after)() == ([], [])
    assert await heads() == ["a"]


async def test_a_reading_that_is_given_up_is_no_fault_and_keeps_nobody_out() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @reading_in_one_trip
    async def slow() -> list[str]:
        begun.set()
        go_on.wait(10)
        return await heads()

    go_on.set()
    assert await slow() == []
    begun.clear()
    go_on.clear()
    running = asyncio.ensure_future(slow())
    if connections.get("reading").capabilities.dialect == "sqlite":
        assert await asyncio.to_thread(begun.wait, 10)
    running.cancel()
    asyncio.get_running_loop().call_later(0.1, go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await slow() == []


async def test_a_reading_does_not_write() -> None:
    @reading_in_one_trip
    async def writes() -> None:
        await write(head("a"))

    with pytest.raises(NoTransaction):
        await writes()
    assert await heads() == []
