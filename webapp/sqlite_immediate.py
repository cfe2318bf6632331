"""Tortoise's SQLite engine with three differences.

A transaction takes the write lock when it begins. Moments are written in UTC, since SQLite compares them as texts.
A query that is given up while its connection is being made keeps nobody out afterwards.

A module of its own because Tortoise finds an engine, and the dialect of its migrations, by the module's name.
"""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from typing import Any

from tortoise.backends.base.client import ConnectionWrapper, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections


def _in_utc(moment: datetime) -> str:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(" ")


# After the import above, which registers Tortoise's own: that one keeps whatever zone a moment has.
sqlite3.register_adapter(datetime, _in_utc)


def _begin(connection: sqlite3.Connection) -> None:
    connection.rollback()
    connection.execute("BEGIN IMMEDIATE")


class _ImmediateWrapper(SqliteTransactionWrapper):
    async def begin(self) -> None:
        # Plain BEGIN takes the write lock at the first write; two that have read by then cannot both go on,
        # and SQLite says "database is locked" at once, whatever busy_timeout is.
        # What a failed COMMIT may have left open was reported as failed, so it must not come true now.
        # One trip to the connection's thread, for which aiosqlite has no public name.
        connection: Any = self._connection
        await connection._execute(_begin, connection._conn)


class _ImmediateContext(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        # Tortoise's own takes the process's lock and keeps it for ever when BEGIN fails on a locked or full disk.
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        begun: TransactionalDBClient = self.connection
        return begun


class _LetsGo(ConnectionWrapper[Any]):
    async def __aenter__(self) -> Any:
        # Tortoise's own keeps the process's lock for ever when connecting fails or is given up: the first question
        # after a slow start may be a probe that does not wait.
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class ImmediateSqliteClient(SqliteClient):
    """Tortoise's SQLite client, whose transactions take the write lock when they begin."""

    async def create_connection(self, with_db: bool) -> None:
        """Goes to its end also when given up: half made, a connection would be used without its pragmas."""
        making = asyncio.ensure_future(super().create_connection(with_db))
        try:
            await asyncio.shield(making)
        except asyncio.CancelledError:
            await asyncio.wait([making])
            raise

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """One query's turn on the connection."""
        return _LetsGo(self._lock, self)

    def _in_transaction(self) -> TransactionContext:
        return _ImmediateContext(_ImmediateWrapper(self), self._lock)


client_class = ImmediateSqliteClient  # Tortoise imports an engine by module and looks for this name
