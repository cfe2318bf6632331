"""The door to the database: opening it, migrating it, and the only place where a transaction begins.

Reads outside a transaction go to a connection of their own that cannot write (SQLite), so that a page
does not wait behind this process's running transaction. Writes outside :func:`transaction` are refused.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from tortoise import Tortoise, connections
from tortoise.backends.base.client import TransactionContext, TransactionContextPooled
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException
from tortoise.migrations.executor import MigrationExecutor
from tortoise.models import Model

APP = "webapp"
MODEL_MODULES = ("webapp.records", "webapp.guard.rows")
BUSY_MS = 20_000
_AFTER_DEADLOCK_SECONDS = 0.1
_DEADLOCK = "40P01"  # SQLSTATE, PostgreSQL's appendix A

DatabaseProblem = BaseORMException
"""What a database says when it cannot do what it is asked: gone, locked, no such table."""

_inside: ContextVar[bool] = ContextVar("inside_transaction", default=False)
Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class WroteOutsideTransaction(Exception):
    """Something tried to write without :func:`transaction` around it: a mistake in our code."""


class _Router:
    def db_for_read(self, model: type[Model]) -> str:
        return "default" if _inside.get() else "reading"

    def db_for_write(self, model: type[Model]) -> str:
        if not _inside.get():
            raise WroteOutsideTransaction(model.__name__)
        return "default"


def configuration(url: str) -> dict[str, Any]:
    """Tortoise's configuration for ``sqlite:///path`` or ``postgres://…``."""
    if url.startswith("sqlite://"):
        pragmas = {
            "journal_mode": "WAL",
            "synchronous": "FULL",
            "foreign_keys": "ON",
            "busy_timeout": BUSY_MS,
        }
        path = url.removeprefix("sqlite://")
        engine = {"engine": "webapp.sqlite_immediate", "credentials": {"file_path": path, **pragmas}}
        reading = {
            "engine": "webapp.sqlite_immediate",
            "credentials": {"file_path": path, **pragmas, "query_only": "ON"},
        }
        found: dict[str, Any] = {"default": engine, "reading": reading}
    else:
        found = {"default": url, "reading": url}
    return {
        "connections": found,
        "apps": {
            APP: {"models": list(MODEL_MODULES), "default_connection": "default", "migrations": "migrations"}
        },
        "routers": [_Router],
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(url: str) -> None:
    """Connects. Hypercorn serves requests in other tasks than the one that starts the app, hence the fallback."""
    # Tortoise keeps ready-made statements by the connection's name; those of another dialect would be used here.
    EXECUTOR_CACHE.clear()
    await Tortoise.init(config=configuration(url), _enable_global_fallback=True)


async def close_database() -> None:
    await Tortoise.close_connections()


@asynccontextmanager
async def opened_database(url: str) -> AsyncIterator[None]:
    """For commands and tests: connects for the length of a block."""
    await open_database(url)
    try:
        yield
    finally:
        await close_database()


def transaction(work: Callable[Arguments, Awaitable[Answer]]) -> Callable[Arguments, Awaitable[Answer]]:
    """Makes ``work`` one transaction: all of it or nothing.

    Nothing but its own queries may wait inside (no file, hash, template). A deadlock on PostgreSQL is tried
    once more, so ``work`` must not change anything but rows. Called from inside another transaction, it joins it.
    Once begun it goes to its end, also when whoever asked for it is cancelled meanwhile.
    """

    @functools.wraps(work)
    async def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        if _inside.get():
            return await work(*args, **kwargs)
        return await to_its_end(_run_again_after_deadlock(work, *args, **kwargs))

    return wrapped


async def to_its_end(work: Coroutine[Any, Any, Answer]) -> Answer:
    """What ``work`` answers. Given up by whoever waits for it, it is waited for all the same."""
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        # A phone that loses its network cancels its request, wherever that is. Cancelled while it begins,
        # Tortoise would keep its lock (SQLite) or its connection (PostgreSQL) for ever.
        await asyncio.wait([running])
        raise


async def keep_others_from_writing(model: type[Model]) -> None:
    """Inside a transaction: waits until whoever writes rows of this kind has ended, and lets nobody begin.

    On SQLite the transaction is already the only one that writes.
    """
    connection = connections.get("default")
    if connection.capabilities.dialect != "sqlite":
        await connection.execute_script(f'LOCK TABLE "{model._meta.db_table}" IN SHARE MODE')


async def _run_again_after_deadlock(
    work: Callable[Arguments, Awaitable[Answer]], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Answer:
    try:
        return await _run(work, *args, **kwargs)
    except Exception as failure:
        # Tortoise hands asyncpg's exception on as it is; only asyncpg's have this attribute.
        if getattr(failure, "sqlstate", None) != _DEADLOCK:
            raise
    # The other one first gets the row that it waits for; at once we might take it back, and meet again.
    await asyncio.sleep(_AFTER_DEADLOCK_SECONDS)
    return await _run(work, *args, **kwargs)


async def _run(
    work: Callable[Arguments, Awaitable[Answer]], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Answer:
    mark = _inside.set(True)
    try:
        async with _begun():
            return await work(*args, **kwargs)
    finally:
        _inside.reset(mark)


@asynccontextmanager
async def _begun() -> AsyncIterator[None]:
    context = connections.get("default")._in_transaction()
    try:
        await context.__aenter__()
    except BaseException:
        await _let_go(context)
        raise
    try:
        yield
    except BaseException as failure:
        await context.__aexit__(type(failure), failure, failure.__traceback__)
        raise
    await context.__aexit__(None, None, None)


async def _let_go(context: TransactionContext) -> None:
    """After a BEGIN that failed: Tortoise keeps the pool's connection then, and five such end all writing."""
    if not isinstance(context, TransactionContextPooled):
        return
    client: Any = context.client
    taken, pool = getattr(client, "_connection", None), client._parent._pool
    if taken is not None and pool is not None:
        await pool.release(taken)
    if hasattr(context, "token"):
        get_connections().reset(context.token)


def marked_as_transaction() -> None:
    """Tells what runs in this context that it is inside a transaction; for whoever has begun one."""
    _inside.set(True)


def inside_transaction() -> bool:
    """Whether the caller runs inside :func:`transaction`."""
    return _inside.get()


async def migrate(url: str) -> list[str]:
    """Brings the schema to its newest state and returns the names of the migrations that were run.

    One step of deploying, never of starting: two migrators at once collide.
    """
    done: list[str] = []

    def note(event: str, _label: str, name: str) -> None:
        if event == "apply_done":
            done.append(name)

    async with opened_database(url):
        executor = MigrationExecutor(connections.get("default"), configuration(url)["apps"])
        await executor.migrate(progress=note)
    return done


async def unapplied() -> list[str]:
    """Migrations that the open database still lacks."""
    executor = MigrationExecutor(connections.get("reading"), configuration("sqlite://")["apps"])
    plan = await executor.plan()
    return [step.migration.name for step in plan if not step.backward]


async def database_now() -> datetime:
    """The database's own clock (UTC); readiness compares ours with it."""
    connection = connections.get("reading")
    dialect = connection.capabilities.dialect
    question = (
        "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now') AS moment"
        if dialect == "sqlite"
        else "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') AS moment"
    )
    rows = await connection.execute_query_dict(question)
    return datetime.fromisoformat(rows[0]["moment"]).replace(tzinfo=UTC)


TORTOISE_ORM = configuration("sqlite://:memory:")
"""What Tortoise's own command line needs to write a new migration (see docs/developing.md)."""
