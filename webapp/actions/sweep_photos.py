"""Removes files that no row points at: what a crash, a cancelled request or a lost race left behind.

Only files older than a day, and only after a second look under a lock. What an original's row says was taken out goes
sooner.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

from webapp.actions.photo_desk import PhotoDesk
from webapp.clock import now
from webapp.database import keep_others_from_writing, transaction
from webapp.photos.receiving import arrivals
from webapp.photos.shelf import Shelf, ShelfKey
from webapp.records import Incoming, PhotoVersion
from webapp.records.reading.case_rows import WAITING

log = logging.getLogger("webapp.sweep")
OLDER_THAN = timedelta(hours=24)
REMOVED_FOR = timedelta(hours=1)
"""An original that its owner took out can come back for so long; each may be 64 MB."""
SLICE = 200


async def sweep_photos(desk: PhotoDesk) -> int:
    """How many files were removed. One that cannot be removed keeps no other from it."""
    # The originals first: each may be 64 MB, and whatever is wrong with the shelf, they are elsewhere.
    return await _sweep_originals(desk) + await _sweep_shelf(desk.shelf)


async def _sweep_shelf(shelf: Shelf) -> int:
    removed = 0
    async for old in _in_slices(shelf):
        loose = await _without_row(old)
        # No row is ever written for a file this old (see version_row), but one may be on its way to its commit.
        for key in await _still_without_row(loose) if loose else ():
            removed += await _went(key, shelf.delete(key))
    return removed + await shelf.tidy(now(), OLDER_THAN)


async def _went(name: str, removal: Awaitable[None]) -> bool:
    try:
        await removal
    except OSError as fault:
        log.error("a file without a row stays: %s", name, exc_info=fault)
        return False
    return True


async def _in_slices(shelf: Shelf) -> AsyncIterator[set[ShelfKey]]:
    old: set[ShelfKey] = set()
    async for key, age in shelf.keys(now()):
        if age > OLDER_THAN:
            old.add(key)
        if len(old) == SLICE:
            yield old
            old = set()
    if old:
        yield old


async def _without_row(keys: set[ShelfKey]) -> set[ShelfKey]:
    pictures = await PhotoVersion.filter(shelf_key__in=list(keys)).values_list("shelf_key", flat=True)
    previews = await PhotoVersion.filter(preview_key__in=list(keys)).values_list("preview_key", flat=True)
    return keys.difference(pictures, previews)


@transaction
async def _still_without_row(keys: set[ShelfKey]) -> set[ShelfKey]:
    await keep_others_from_writing(PhotoVersion)
    return await _without_row(keys)


async def _sweep_originals(desk: PhotoDesk) -> int:
    removed = 0
    for path, age in await arrivals(desk.originals, now()):
        row = await Incoming.get_or_none(file=path.name) if age > REMOVED_FOR else None
        kept = row is not None and row.state == WAITING
        if not kept and age > (OLDER_THAN if row is None else REMOVED_FOR):
            removed += await _went(path.name, asyncio.to_thread(path.unlink, missing_ok=True))
    return removed
