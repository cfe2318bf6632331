"""Removes files that no row points at: what a crash, a cancelled request or a lost race left behind.

Only files older than a day, so that nothing is removed between a file's writing and its row's. What an original's
row says was taken out goes sooner.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from webapp.actions.photo_desk import PhotoDesk
from webapp.clock import now
from webapp.photos.receiving import arrivals
from webapp.records import Incoming, PhotoVersion
from webapp.records.reading.case_rows import WAITING

OLDER_THAN = timedelta(hours=24)
REMOVED_FOR = timedelta(hours=1)
"""An original that its owner took out can come back for so long; each may be 64 MB."""


async def sweep_photos(desk: PhotoDesk) -> int:
    """How many files were removed. A row is never written for a file this old, so looking twice is not needed."""
    moment, removed = now(), await desk.shelf.tidy(now(), OLDER_THAN)
    async for key, age in desk.shelf.keys(moment):
        if age > OLDER_THAN and not await _on_a_row(key):
            await desk.shelf.delete(key)
            removed += 1
    for path, age in await arrivals(desk.originals, moment):
        row = await Incoming.get_or_none(file=path.name) if age > REMOVED_FOR else None
        kept = row is not None and row.state == WAITING
        if not kept and age > (OLDER_THAN if row is None else REMOVED_FOR):
            await asyncio.to_thread(path.unlink, missing_ok=True)
            removed += 1
    return removed


async def _on_a_row(key: str) -> bool:
    return await PhotoVersion.exists(shelf_key=key) or await PhotoVersion.exists(preview_key=key)
