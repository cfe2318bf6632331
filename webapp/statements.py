"""Plain SQL where a request's cost is decided: several statements, one trip to the database.

A query by Tortoise costs five times what SQLite takes to answer it: each is composed anew and goes to the
connection's thread and back by itself. So the few places that every photo and every page pass through say in SQL
what they ask, and ask all at once. Anything else goes through the models.
"""

from __future__ import annotations

import functools
import json
import re
import sqlite3
import types
from collections.abc import Generator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise import connections
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.base_postgres.client import translate_exceptions as postgres_exceptions
from tortoise.backends.sqlite.client import SqliteClient
from tortoise.backends.sqlite.client import translate_exceptions as sqlite_exceptions
from tortoise.models import Model

Row = Any
"""A mapping from column to value, as the driver gives it."""
_LOCK = " FOR UPDATE"


class NoTransaction(Exception):
    """Something tried to write by SQL without a transaction around it: a mistake in our code."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``sql`` with a ``?`` for each of ``values``. ``FOR UPDATE`` at its end is for PostgreSQL alone.

    SQLite has locked the whole database when a transaction begins.
    """

    sql: str
    values: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Statements on their way from :func:`ask` to whoever drives the coroutine that asks."""

    statements: Sequence[Statement]


_handing_over: ContextVar[str] = ContextVar("handing_over", default="")
"""The connection whose thread this runs in: what is asked is answered there, by :mod:`webapp.one_trip`."""


def handing_over(connection: str) -> None:
    """From now on, in this context, statements are handed to whoever drives the coroutine."""
    _handing_over.set(connection)


@types.coroutine
def _handed_over(statements: Sequence[Statement]) -> Generator[HandedOver, list[list[Row]], list[list[Row]]]:
    return (yield HandedOver(statements))


async def ask(*questions: Statement) -> list[list[Row]]:
    """The rows of each question, all seen at one moment.

    Inside a transaction they see what it has done. Raises what Tortoise raises.
    """
    if _handing_over.get():
        return await _handed_over(questions)
    inside = connections.get("default")
    if isinstance(inside, TransactionalDBClient):
        return await _done(inside, questions)
    return await _done(connections.get("reading"), questions, snapshot=True)


async def write(*statements: Statement) -> list[list[Row]]:
    """Carries the statements out, in this order; what each of them returns. Raises what Tortoise raises."""
    taken_to = _handing_over.get()
    if taken_to == "default":
        return await _handed_over(statements)
    inside = connections.get("default")
    if taken_to or not isinstance(inside, TransactionalDBClient):
        raise NoTransaction(statements[0].sql)
    return await _done(inside, statements)


def inserted(model: type[Model], **values: Any) -> Statement:
    """A new row; ``values`` by column. A column that is not named gets the database's own default."""
    return Statement(_insertion(model, tuple(values)), tuple(values.values()))


@functools.cache
def _insertion(model: type[Model], columns: tuple[str, ...]) -> str:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - names of our own models


def as_json(value: object) -> str:
    """What a JSON column takes."""
    return json.dumps(value, ensure_ascii=False)


async def _done(client: Any, statements: Sequence[Statement], *, snapshot: bool = False) -> list[list[Row]]:
    several = snapshot and len(statements) > 1
    carry_out = _by_sqlite if isinstance(client, SqliteClient) else _by_postgres
    found: list[list[Row]] = await carry_out(client, statements, several)
    return found


@sqlite_exceptions
async def _by_sqlite(client: Any, statements: Sequence[Statement], snapshot: bool) -> list[list[Row]]:
    async with client.acquire_connection() as connection:
        # aiosqlite offers one statement a trip; its way of asking its thread for more has no public name.
        found: list[list[Row]] = await connection._execute(_in_thread, connection._conn, statements, snapshot)
        return found


@postgres_exceptions
async def _by_postgres(client: Any, statements: Sequence[Statement], snapshot: bool) -> list[list[Row]]:
    async with client.acquire_connection() as connection:
        if snapshot:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return [await _fetched(connection, one) for one in statements]
        return [await _fetched(connection, one) for one in statements]


def _in_thread(
    connection: sqlite3.Connection, statements: Sequence[Statement], snapshot: bool
) -> list[list[Row]]:
    if snapshot:
        connection.execute("BEGIN")
    try:
        return answered_in_thread(connection, statements)
    finally:
        if snapshot:
            connection.execute("COMMIT")


def answered_in_thread(connection: sqlite3.Connection, statements: Sequence[Statement]) -> list[list[Row]]:
    """The rows of each statement, by SQLite's own connection in its own thread."""
    return [
        connection.execute(
            one.sql.removesuffix(_LOCK),
            [str(value) if isinstance(value, UUID) else value for value in one.values],
        ).fetchall()
        for one in statements
    ]


async def _fetched(connection: Any, statement: Statement) -> list[Row]:
    found: list[Row] = await connection.fetch(_numbered(statement.sql), *statement.values)
    return found


@functools.cache
def _numbered(sql: str) -> str:
    """With PostgreSQL's $1, $2 … in place of the question marks."""
    numbers = iter(range(1, sql.count("?") + 1))
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
