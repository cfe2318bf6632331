"""What is durable when: a photo's row is committed only after its files, and their names, would survive a power cut."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tortoise import connections
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.sqlite.client import SqliteClient

from tests.house import House
from tests.photos import pictures
from webapp.actions import sweep_photos
from webapp.clock import now
from webapp.photos.shelf import ShelfKey
from webapp.records import Incoming, PhotoVersion

FILE, NAMES = ["fsync of a file", "rename"], ["fsync of its folder"]
"""Photo and preview stand in one folder, whose names are made durable once, after both renames."""


class Order:
    """Notes what happens to files, and when a transaction that made a row is over."""

    def __init__(self, data: Path, patch: pytest.MonkeyPatch) -> None:
        self.noted: list[str] = []
        self._data, self._named_in = data, data / "nowhere"
        self._fsync, self._rename = os.fsync, Path.rename
        patch.setattr(os, "fsync", self.fsync)
        patch.setattr(Path, "rename", lambda path, to: self.rename(path, to))  # noqa: PLW0108  # to bind the path
        patch.setattr(TransactionWrapper, "commit", self._noting(TransactionWrapper.commit))

    def _noting(self, commit: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        async def committed(connection: object) -> None:
            self.noted.append("commit")
            await commit(connection)

        return committed

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[list[str]]:
        """SQLite itself says when it commits, whoever asks it to."""
        client: Any = connections.get("default")
        if not isinstance(client, SqliteClient):
            yield self.noted
            return
        async with client.acquire_connection() as connection:
            pass
        watch = connection._conn.set_trace_callback
        await connection._execute(watch, lambda sql: self.noted.append("commit") if sql == "COMMIT" else None)
        try:
            yield self.noted
        finally:
            await connection._execute(watch, None)

    def fsync(self, handle: int) -> None:
        self._fsync(handle)
        found, path = os.fstat(handle), Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_relative_to(self._data):
            if not stat.S_ISDIR(found.st_mode):
                assert found.st_size > 0, "written before"
                self.noted.append("fsync of a file")
            elif path == self._named_in:
                self.noted.append("fsync of its folder")

    def rename(self, path: Path, to: Path) -> Path:
        self.noted.append("rename")
        self._named_in = to.parent
        return self._rename(path, to)


@pytest.mark.parametrize(
    ("kind", "files", "status"), [("image/jpeg", 2, 201), ("application/octet-stream", 1, 202)]
)
async def test_write_fsync_rename_fsync_of_the_folder_and_only_then_commit(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: str, files: int, status: int
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    data = pictures.written(pictures.page(640, 480), quality=80)
    assert (await browser.get("/my")).status == 200
    with monkeypatch.context() as patch:
        order = Order(house.app.config["SETTINGS"].data, patch)
        path = f"/my/photos/{uuid4()}?slot=ID.front"
        async with order.watched() as noted:
            assert (await browser.ask("PUT", path, data, Content_Type=kind)).status == status
    assert await (PhotoVersion if status == 201 else Incoming).all().count() == 1
    while noted[0] == "commit":
        noted = noted[1:]  # of the session, before the photo's bytes had come
    assert noted[: 2 * files + 2] == [*FILE * files, *NAMES, "commit"]


async def test_a_file_that_stood_too_long_without_a_row_gets_none_and_the_sweep_looks_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    path, kind = f"/my/photos/{uuid4()}?slot=ID.front", {"Content_Type": "image/jpeg"}
    data = pictures.written(pictures.page(640, 480), quality=80)
    with monkeypatch.context() as patch:
        patch.setattr("webapp.actions.store_photo.MOST_BETWEEN", timedelta(seconds=-1))
        answer = await browser.ask("PUT", path, data, **kind)
        assert (answer.status, answer.code) == (503, "photo.busy")
    assert await PhotoVersion.all().count() == 0
    assert (await browser.ask("PUT", path, data, **kind)).status == 201
    looks: list[int] = []
    real = sweep_photos._without_row

    async def committed_meanwhile(keys: set[ShelfKey]) -> set[ShelfKey]:
        looks.append(len(keys))
        return keys if len(looks) == 1 else await real(keys)

    later = now() + timedelta(hours=25)
    monkeypatch.setattr("webapp.actions.sweep_photos.now", lambda: later)
    monkeypatch.setattr(sweep_photos, "_without_row", committed_meanwhile)
    assert await sweep_photos.sweep_photos(house.app.extensions["photo_desk"]) == 0
    assert looks == [2, 2]
    assert (await browser.get(path.partition("?")[0])).status == 200
