"""Statements that depend on each other's answers, carried out in one trip to SQLite's thread.

A transaction asks, decides, writes, asks again. On SQLite each of these steps goes to the connection's thread and
back, which costs more than the step. So whatever asks nothing but plain SQL is itself taken to that thread: its
coroutine runs there, and each :func:`webapp.statements.ask` in it is answered on the spot. On PostgreSQL, where the
database is elsewhere, the same coroutine runs as any other.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from typing import Any, ParamSpec, TypeVar

from tortoise import connections
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.backends.sqlite.client import translate_exceptions as sqlite_exceptions
from tortoise.exceptions import IntegrityError, OperationalError

from webapp.database import inside_transaction, marked_as_transaction, to_its_end, transaction
from webapp.statements import HandedOver, answered_in_thread, handing_over

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
Work = Callable[Arguments, Coroutine[Any, Any, Answer]]
_BEGIN = {"default": "BEGIN IMMEDIATE", "reading": "BEGIN"}


class WaitedForSomethingElse(Exception):
    """Work that goes in one trip may wait for statements only: a mistake in our code.

    What needs the event loop itself, such as a model's query, is told by Python that there is none.
    """


def transaction_in_one_trip(work: Work[Arguments, Answer]) -> Callable[Arguments, Awaitable[Answer]]:
    """As :func:`webapp.database.transaction`, for ``work`` that waits for plain SQL only."""
    return _in_one_trip(work, transaction(work), "default")


def reading_in_one_trip(work: Work[Arguments, Answer]) -> Callable[Arguments, Awaitable[Answer]]:
    """``work`` that only asks, in plain SQL. On SQLite all of it sees one moment."""
    return _in_one_trip(work, work, "reading")


def _in_one_trip(
    work: Work[Arguments, Answer], step_by_step: Callable[Arguments, Awaitable[Answer]], name: str
) -> Callable[Arguments, Awaitable[Answer]]:
    """``name``: of the connection; ``step_by_step``: what is done where there is no thread to go to."""

    @functools.wraps(work)
    async def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        client = connections.get(name)
        if inside_transaction() or not isinstance(client, SqliteClient):
            return await step_by_step(*args, **kwargs)
        context = copy_context()
        context.run(handing_over, name)
        if name == "default":
            context.run(marked_as_transaction)
        # A reading, too: its coroutine cannot be closed while it runs in the thread.
        return await to_its_end(_taken(client, _BEGIN[name], context, work(*args, **kwargs)))

    return wrapped


@sqlite_exceptions
async def _taken(client: Any, begin: str, context: Context, work: Coroutine[Any, Any, Answer]) -> Answer:
    try:
        async with client.acquire_connection() as connection:
            # aiosqlite's way of asking its thread for more than one statement has no public name.
            answer: Answer = await connection._execute(
                context.run, _carried_out, connection._conn, begin, work
            )
            return answer
    finally:
        work.close()  # where it was never begun; else it has ended


def _carried_out(connection: sqlite3.Connection, begin: str, work: Coroutine[Any, Any, Answer]) -> Answer:
    # What a failed COMMIT may have left open was reported as failed, so it must not come true now.
    connection.rollback()
    connection.execute(begin)
    try:
        answer = _conversed(connection, work)
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    return answer


def _conversed(connection: sqlite3.Connection, work: Coroutine[Any, Any, Answer]) -> Answer:
    go_on: Callable[[Any], Any] = work.send
    told: Any = None
    while True:
        try:
            asked = go_on(told)
        except StopIteration as end:
            answer: Answer = end.value
            return answer
        go_on = work.throw
        if not isinstance(asked, HandedOver):
            told = WaitedForSomethingElse(type(asked).__name__)
            continue
        try:
            told, go_on = answered_in_thread(connection, asked.statements), work.send
        except sqlite3.OperationalError as fault:
            told = OperationalError(fault)
        except sqlite3.IntegrityError as fault:
            told = IntegrityError(fault)
