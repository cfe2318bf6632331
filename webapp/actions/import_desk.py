"""What importing on a page needs at hand: the shelf on which uploaded files wait until they are taken in or dropped."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from webapp.clock import now
from webapp.keyring import Keyring
from webapp.photos.shelf import LocalShelf, Shelf
from webapp.records import RegistrationImport

OLDER_THAN = timedelta(hours=24)


@dataclass(frozen=True)
class ImportDesk:
    """One process's tools for imports."""

    shelf: Shelf
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """One file at a time is read while somebody waits for it: a large one takes a gigabyte."""
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Once set, work ends with the slice that is being done; another process goes on with it."""


def import_desk(data: Path, keyring: Keyring, stop: asyncio.Event | None = None) -> ImportDesk:
    """The desk of one installation; files stand sealed in a folder of their own beside the photos' shelf."""
    shelf = LocalShelf(data / "imports", keyring)
    return ImportDesk(shelf, stop=stop or asyncio.Event())


async def sweep_imports(desk: ImportDesk) -> int:
    """Removes files that no import needs, left behind by a crash; how many."""
    moment, removed = now(), await desk.shelf.tidy(now(), OLDER_THAN)
    async for key, age in desk.shelf.keys(moment):
        if age > OLDER_THAN and not await RegistrationImport.exists(shelf_key=key):
            await desk.shelf.delete(key)
            removed += 1
    return removed
