"""The door to the database: writing only inside a transaction, and a transaction whole or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import aiosqlite
import pytest
from tortoise import connections
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.expressions import F

from webapp.clock import now
from webapp.database import (
    WroteOutsideTransaction,
    database_now,
    inside_transaction,
    opened_database,
    transaction,
    unapplied,
)
from webapp.records import ChainHead, Exam

ROOT = Path(__file__).parents[1]
WAIT = 20
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture(autouse=True)
async def opened(database_url: str) -> AsyncIterator[None]:
    """The database, open."""
    async with opened_database(database_url):
        yield


@transaction
async def make_heads(*chains: str) -> None:
    """Rows to try things with."""
    for chain in chains:
        await ChainHead.create(chain=chain)


async def sequences() -> dict[str, int]:
    """What stands in the rows that :func:`make_heads` made."""
    return {head.chain: head.sequence for head in await ChainHead.exclude(chain__startswith="exam:")}


async def raised(chain: str) -> int:
    """Raises one row's number; how many rows that changed."""
    return await ChainHead.filter(chain=chain).update(sequence=F("sequence") + 1)


WRITES: dict[str, Callable[[], Awaitable[object]]] = {
    "create": lambda: ChainHead.create(chain="new"),
    "save": lambda: ChainHead(chain="new").save(),
    "update": lambda: ChainHead.filter(chain="a").update(sequence=7),
    "update_or_create": lambda: ChainHead.update_or_create(chain="a", defaults={"sequence": 7}),
    "get_or_create": lambda: ChainHead.get_or_create(chain="new"),
    "bulk_create": lambda: ChainHead.bulk_create([ChainHead(chain="new")]),
    "bulk_update": lambda: ChainHead.bulk_update([ChainHead(chain="a", sequence=7)], ["sequence"]),
    "delete": lambda: ChainHead.filter(chain="a").delete(),
}


async def test_every_kind_of_write_is_refused_outside_a_transaction_and_done_inside() -> None:
    for kind, write in WRITES.items():
        await make_heads("a")
        with pytest.raises(WroteOutsideTransaction):
            await write()
        assert await sequences() == {"a": 0}, kind
        await transaction(write)()
        assert await sequences() != {"a": 0}, kind
        await transaction(lambda: ChainHead.exclude(chain__startswith="exam:").delete())()


async def test_a_row_that_was_read_outside_cannot_be_saved_outside() -> None:
    await make_heads("a")
    head = await ChainHead.get(chain="a")
    head.sequence = 7
    with pytest.raises((WroteOutsideTransaction, OperationalError)):
        await head.save()
    assert await sequences() == {"a": 0}


@only_sqlite
async def test_the_connection_for_reading_cannot_write_whatever_is_asked_of_it() -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await connections.get("reading").execute_query("DELETE FROM chain_head")


async def test_a_transaction_is_all_or_nothing() -> None:
    await make_heads("a", "b")

    @transaction
    async def both(*, fails: bool) -> None:
        await raised("a")
        if fails:
            raise LookupError("half way")
        await raised("b")

    with pytest.raises(LookupError):
        await both(fails=True)
    assert await sequences() == {"a": 0, "b": 0}
    await both(fails=False)
    assert await sequences() == {"a": 1, "b": 1}


async def test_what_the_database_itself_refuses_takes_the_whole_transaction_along() -> None:
    @transaction
    async def twice() -> None:
        await ChainHead.create(chain="a")
        await ChainHead.create(chain="b")
        await ChainHead.create(chain="a")

    with pytest.raises(IntegrityError):
        await twice()
    assert await sequences() == {}
    await make_heads("a", "b")


async def test_a_transaction_inside_another_is_part_of_it() -> None:
    await make_heads("a", "b")

    @transaction
    async def outer(*, fails: bool) -> None:
        assert inside_transaction()
        await transaction(partial(raised, "a"))()
        await raised("b")
        if fails:
            raise LookupError("half way")

    with pytest.raises(LookupError):
        await outer(fails=True)
    assert await sequences() == {"a": 0, "b": 0}
    await outer(fails=False)
    assert await sequences() == {"a": 1, "b": 1}
    assert not inside_transaction()


async def test_a_transaction_reads_what_it_wrote_and_nobody_else_does_until_it_ends() -> None:
    await make_heads("a")
    wrote, looked = asyncio.Event(), asyncio.Event()

    @transaction
    async def writing() -> int:
        await raised("a")
        wrote.set()
        await looked.wait()
        return (await ChainHead.get(chain="a")).sequence

    async with asyncio.timeout(WAIT):
        running = asyncio.ensure_future(writing())
        await wrote.wait()
        seen = await sequences()
        looked.set()
        assert (seen, await running) == ({"a": 0}, 1)
    assert await sequences() == {"a": 1}


async def test_reading_does_not_wait_behind_this_processs_running_transaction() -> None:
    """On SQLite this process writes through one connection: a page read through it would stand in that queue."""
    await make_heads("a")
    began, end = asyncio.Event(), asyncio.Event()

    @transaction
    async def long() -> None:
        await raised("a")
        began.set()
        await end.wait()

    @transaction
    async def reading_inside() -> dict[str, int]:
        return await sequences()

    running = asyncio.ensure_future(long())
    await began.wait()
    async with asyncio.timeout(WAIT):
        assert await sequences() == {"a": 0}
        assert await unapplied() == []
        assert abs(await database_now() - now()) < timedelta(seconds=5)
    behind = asyncio.ensure_future(reading_inside())
    done, _ = await asyncio.wait([behind], timeout=0.3)
    if connections.get("default").capabilities.dialect == "sqlite":
        assert not done, "a second transaction does wait"
    end.set()
    await running
    assert await behind in ({"a": 0}, {"a": 1})


@only_postgres
async def test_a_deadlock_is_tried_once_more() -> None:
    await make_heads("a", "b")
    tries: list[str] = []
    first_rows = {"a": asyncio.Event(), "b": asyncio.Event()}

    @transaction
    async def crossing(first: str, second: str) -> None:
        tries.append(first)
        await raised(first)
        first_rows[first].set()
        await first_rows[second].wait()
        await raised(second)

    async with asyncio.timeout(WAIT):
        await asyncio.gather(crossing("a", "b"), crossing("b", "a"))
    # The victim's second try may take the row back before the other is woken, and then that one is the victim once.
    assert len(tries) in {3, 4}, "one of the two was the victim, and nobody tried more than twice"
    assert max(tries.count("a"), tries.count("b")) == 2
    assert await sequences() == {"a": 2, "b": 2}, "and nothing of it was done twice"


class Deadlock(Exception):
    """What a driver raises: known by its SQLSTATE."""

    sqlstate = "40P01"


async def test_a_second_deadlock_in_a_row_is_told() -> None:
    await make_heads("a")
    tries = []

    @transaction
    async def unlucky() -> None:
        tries.append(await raised("a"))
        raise Deadlock

    with pytest.raises(Deadlock):
        await unlucky()
    assert tries == [1, 1]
    assert await sequences() == {"a": 0}


async def test_what_fails_for_another_reason_is_not_tried_again() -> None:
    tries = []

    @transaction
    async def failing() -> None:
        tries.append(1)
        raise OperationalError("deadlock was the name of my cat")

    with pytest.raises(OperationalError):
        await failing()
    assert tries == [1]


@transaction
async def raise_both() -> None:
    """Two writes that belong together."""
    await raised("a")
    await raised("b")


async def test_a_request_that_is_given_up_leaves_all_or_nothing_and_the_door_open() -> None:
    """A phone that loses its network cancels its request anywhere, also while a transaction begins or ends."""
    await make_heads("a", "b")
    for turns in range(60):
        task = asyncio.ensure_future(raise_both())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        found = await sequences()
        assert found["a"] == found["b"]
    async with asyncio.timeout(WAIT):
        before = (await sequences())["a"]
        await asyncio.gather(*(raise_both() for _ in range(10)))
        assert (await sequences())["a"] == before + 10


@only_sqlite
async def test_a_question_given_up_while_its_connection_is_made_keeps_nobody_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, real = connections.get("reading"), aiosqlite.connect
    await client.close()
    connecting, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*given: object, **facts: object) -> object:
        connecting.set()
        await go_on.wait()
        return await real(*given, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr("tortoise.backends.sqlite.client.aiosqlite.connect", slow)
    asked = asyncio.create_task(database_now())
    await connecting.wait()
    asked.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await asked
    async with asyncio.timeout(WAIT):
        await database_now()
    written = await client.execute_query_dict("PRAGMA query_only")
    assert written == [{"query_only": 1}], "with all its pragmas"


@only_sqlite
async def test_a_request_given_up_while_it_waits_for_another_process_keeps_nobody_out(
    database_url: str,
) -> None:
    await make_heads("a", "b")
    other = sqlite3.connect(database_url.removeprefix("sqlite://"), isolation_level=None, timeout=WAIT)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.ensure_future(raise_both())
    await asyncio.sleep(0.2)
    assert not task.done(), "it waits"
    task.cancel()
    await asyncio.sleep(0)
    other.execute("ROLLBACK")
    await asyncio.wait([task], timeout=WAIT)
    assert task.cancelled()
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()
    async with asyncio.timeout(WAIT):
        await raise_both()


READ_THEN_WRITE = """
import asyncio, sys
from tortoise.backends.sqlite.client import SqliteClient
from webapp.database import opened_database, transaction
from webapp.records import ChainHead, Exam
from webapp.sqlite_immediate import ImmediateSqliteClient

url, number, begin = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if begin == "plain":
    ImmediateSqliteClient._in_transaction = SqliteClient._in_transaction

@transaction
async def read_then_write():
    head = await ChainHead.select_for_update().get(chain="a")
    await asyncio.sleep(0.001)
    await ChainHead.filter(chain="a").update(sequence=head.sequence + 1)

async def main():
    async with opened_database(url):
        await ChainHead.exists(chain="a")
        print("ready", flush=True)
        sys.stdin.readline()
        told = await asyncio.gather(*(read_then_write() for _ in range(number)), return_exceptions=True)
        print("; ".join({str(one) for one in told if one is not None}), flush=True)

asyncio.run(main())
"""


def read_then_write_in_two_processes(url: str, begin: str) -> list[str]:
    """Two processes with 32 such transactions each, all at once; what went wrong in each of them."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", READ_THEN_WRITE, url, "32", begin],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=120)[0].strip() for process in processes]


async def test_sixty_four_at_once_in_two_processes_all_read_and_write(database_url: str) -> None:
    await make_heads("a")
    assert read_then_write_in_two_processes(database_url, "immediate") == ["", ""]
    assert await sequences() == {"a": 64}


@only_sqlite
async def test_with_a_plain_begin_some_of_them_would_find_the_database_locked(database_url: str) -> None:
    await make_heads("a")
    told = read_then_write_in_two_processes(database_url, "plain")
    assert "database is locked" in " ".join(told)
    assert (await sequences())["a"] < 64


async def test_moments_are_compared_as_instants_whatever_zone_they_were_written_in() -> None:
    noon = datetime(2020, 5, 6, 12, tzinfo=UTC)
    shown = noon.astimezone(ZoneInfo("Asia/Shanghai"))

    @transaction
    async def write() -> None:
        exam = await Exam.first()
        assert exam is not None
        await Exam.filter(id=exam.id).update(loaded_at=shown)

    await write()
    assert [row.loaded_at for row in await Exam.all()] == [noon]
    for moment in (noon, shown, noon.astimezone(timezone(-timedelta(hours=8)))):
        assert await Exam.filter(loaded_at__lte=moment).count() == 1
        assert await Exam.filter(loaded_at__gt=moment).count() == 0
        assert await Exam.filter(loaded_at__lt=moment + timedelta(seconds=1)).count() == 1
        assert await Exam.filter(loaded_at__gt=moment - timedelta(seconds=1)).count() == 1
