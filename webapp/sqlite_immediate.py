"""Tortoise's SQLite engine with one difference: a transaction takes the write lock when it begins.

A module of its own because Tortoise finds an engine, and the dialect of its migrations, by the module's name.
"""

from __future__ import annotations

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper


class _ImmediateWrapper(SqliteTransactionWrapper):
    async def begin(self) -> None:
        # Plain BEGIN takes the write lock at the first write; two that have read by then cannot both go on,
        # and SQLite says "database is locked" at once, whatever busy_timeout is.
        await self._connection.commit()
        await self._connection.execute("BEGIN IMMEDIATE")


class ImmediateSqliteClient(SqliteClient):
    """Tortoise's SQLite client, whose transactions take the write lock when they begin."""

    def _in_transaction(self) -> TransactionContext:
        return SqliteTransactionContext(_ImmediateWrapper(self), self._lock)


client_class = ImmediateSqliteClient  # Tortoise imports an engine by module and looks for this name
