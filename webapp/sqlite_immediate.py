"""Tortoise's SQLite engine with two differences: a transaction takes the write lock when it begins, and moments
are written in UTC, since SQLite compares them as texts.

A module of its own because Tortoise finds an engine, and the dialect of its migrations, by the module's name.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections


def _in_utc(moment: datetime) -> str:
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(" ")


# After the import above, which registers Tortoise's own: that one keeps whatever zone a moment has.
sqlite3.register_adapter(datetime, _in_utc)


class _ImmediateWrapper(SqliteTransactionWrapper):
    async def begin(self) -> None:
        # Plain BEGIN takes the write lock at the first write; two that have read by then cannot both go on,
        # and SQLite says "database is locked" at once, whatever busy_timeout is.
        # What a failed COMMIT may have left open was reported as failed, so it must not come true now.
        await self._connection.rollback()
        await self._connection.execute("BEGIN IMMEDIATE")


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


class ImmediateSqliteClient(SqliteClient):
    """Tortoise's SQLite client, whose transactions take the write lock when they begin."""

    def _in_transaction(self) -> TransactionContext:
        return _ImmediateContext(_ImmediateWrapper(self), self._lock)


client_class = ImmediateSqliteClient  # Tortoise imports an engine by module and looks for this name
