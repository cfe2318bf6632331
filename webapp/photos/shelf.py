"""Where stored photos stand: one sealed file per version, named by chance, never changed and never shared."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NewType, Protocol

from webapp.folders import make_folder, sync_folder
from webapp.keyring import KeyringProblem
from webapp.photos.disk import (
    KEEP_FREE,
    UNFINISHED,
    ShelfFull,
    check_room,
    write_durably,
    write_together,
)

__all__ = [
    "LocalShelf",
    "NotOnShelf",
    "Sealer",
    "Shelf",
    "ShelfDamaged",
    "ShelfFull",
    "ShelfKey",
    "shelf_key",
]

ShelfKey = NewType("ShelfKey", str)
"""32 hex digits, random."""

_KEY = re.compile(r"[0-9a-f]{32}")
_LEVEL = re.compile(r"[0-9a-f]{2}")


class Sealer(Protocol):
    """Authenticated encryption with keys that rotate; :class:`webapp.keyring.Keyring` is one."""

    def seal(self, purpose: str, plain: bytes) -> bytes: ...

    def unseal(self, purpose: str, sealed: bytes) -> bytes: ...

    def sealed_by_newest(self, sealed: bytes) -> bool: ...


class NotOnShelf(Exception):
    """No file under this key."""


class ShelfDamaged(Exception):
    """The file is not what was put there, or its key is no longer on the ring."""


class Shelf(Protocol):
    """What actions know of it; a local folder now, a bucket where several machines serve."""

    async def put(self, data: bytes) -> ShelfKey:
        """Stores a version; durable when it returns. Raises :class:`ShelfFull`."""

    async def put_together(self, *parts: bytes) -> list[ShelfKey]:
        """Stores what belongs together, cheaper than one by one; all durable when it returns, or none is left."""

    async def get(self, key: ShelfKey) -> bytes:
        """The bytes. Raises :class:`NotOnShelf`, :class:`ShelfDamaged`."""

    async def delete(self, key: ShelfKey) -> None:
        """Removes a version for good; one that is gone already is no error."""

    async def seal_anew(self, key: ShelfKey) -> bool:
        """Puts the same bytes under the newest key's seal; whether they were under another. Raises as :meth:`get` does.

        Whatever interrupts it, the version can be read: under the old seal, or under the new one.
        """

    def keys(self, now: datetime) -> AsyncIterator[tuple[ShelfKey, timedelta]]:
        """Every version with its age at ``now`` (aware), in no order; some may go or come meanwhile."""

    async def tidy(self, now: datetime, older: timedelta) -> int:
        """Removes what crashes left half written ``older`` ago; how many."""


def shelf_key(text: str) -> ShelfKey:
    """``text`` as a key; ValueError for anything that could name another path."""
    if not _KEY.fullmatch(text):
        raise ValueError("not a shelf key")
    return ShelfKey(text)


class LocalShelf:
    """A folder with two levels below it, 256 folders each. Files are handled in threads, one trip each."""

    def __init__(self, folder: Path, sealer: Sealer, *, keep_free: int = KEEP_FREE) -> None:
        self._folder = folder
        self._sealer = sealer
        self._keep_free = keep_free

    async def put(self, data: bytes) -> ShelfKey:
        key = ShelfKey(secrets.token_hex(16))
        await asyncio.to_thread(self._put, key, data)
        return key

    async def put_together(self, *parts: bytes) -> list[ShelfKey]:
        # One folder for all: its name is made durable once, and one that is missing is made once.
        beginning = secrets.token_hex(2)
        keys = [ShelfKey(beginning + secrets.token_hex(14)) for _ in parts]
        await asyncio.to_thread(self._put_together, keys, parts)
        return keys

    async def get(self, key: ShelfKey) -> bytes:
        return await asyncio.to_thread(self._get, key)

    async def delete(self, key: ShelfKey) -> None:
        await asyncio.to_thread(self._delete, key)

    async def seal_anew(self, key: ShelfKey) -> bool:
        return await asyncio.to_thread(self._seal_anew, key)

    async def keys(self, now: datetime) -> AsyncIterator[tuple[ShelfKey, timedelta]]:
        async for name, age in self._files(now):
            if _KEY.fullmatch(name):
                yield ShelfKey(name), age

    async def tidy(self, now: datetime, older: timedelta) -> int:
        removed = 0
        async for name, age in self._files(now):
            if name.endswith(UNFINISHED) and age > older:
                await asyncio.to_thread(self._path(name).unlink, missing_ok=True)
                removed += 1
        return removed

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name[2:4] / name

    def _put(self, key: ShelfKey, data: bytes) -> None:
        # The key is part of the purpose: two files that exchange their names open no more.
        sealed = self._sealer.seal(_purpose(key), data)
        make_folder(self._folder)
        check_room(self._folder, len(sealed), self._keep_free)
        write_durably(self._path(key), sealed)

    def _put_together(self, keys: Sequence[ShelfKey], parts: Sequence[bytes]) -> None:
        sealed = {
            self._path(key): self._sealer.seal(_purpose(key), data)
            for key, data in zip(keys, parts, strict=True)
        }
        make_folder(self._folder)
        check_room(self._folder, sum(map(len, sealed.values())), self._keep_free)
        write_together(sealed)

    def _get(self, key: ShelfKey) -> bytes:
        return self._unsealed(key, self._read(key))

    def _seal_anew(self, key: ShelfKey) -> bool:
        sealed = self._read(key)
        if self._sealer.sealed_by_newest(sealed):
            return False
        anew = self._sealer.seal(_purpose(key), self._unsealed(key, sealed))
        check_room(self._folder, len(anew), self._keep_free)
        # A version that is deleted meanwhile comes back as a file without a row, which the sweep takes.
        write_durably(self._path(key), anew)
        return True

    def _read(self, key: ShelfKey) -> bytes:
        try:
            return self._path(shelf_key(key)).read_bytes()
        except FileNotFoundError:
            raise NotOnShelf(key) from None

    def _unsealed(self, key: ShelfKey, sealed: bytes) -> bytes:
        try:
            return self._sealer.unseal(_purpose(key), sealed)
        except KeyringProblem as fault:
            raise ShelfDamaged(key) from fault

    def _delete(self, key: ShelfKey) -> None:
        path = self._path(shelf_key(key))
        try:
            path.unlink()
        except FileNotFoundError:
            return
        sync_folder(path.parent)

    async def _files(self, now: datetime) -> AsyncIterator[tuple[str, timedelta]]:
        for first in await asyncio.to_thread(_levels, self._folder):
            for second in await asyncio.to_thread(_levels, first):
                for name, written in await asyncio.to_thread(_written, second):
                    yield name, now - written


def _purpose(key: ShelfKey) -> str:
    return f"shelf/{key}"


def _levels(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [entry for entry in folder.iterdir() if _LEVEL.fullmatch(entry.name)]


def _written(folder: Path) -> list[tuple[str, datetime]]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                found.append((entry.name, datetime.fromtimestamp(entry.stat().st_mtime, UTC)))
            except FileNotFoundError:
                # Deleted while we looked.
                continue
    return found
