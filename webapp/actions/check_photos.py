"""Does every row still have its file, and is the file what was stored? Read whole, one after the other.

It changes nothing, and can run beside the serving processes: what they take out meanwhile is no finding.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from webapp.actions.photo_desk import PhotoDesk
from webapp.photos.shelf import NotOnShelf, Shelf, ShelfDamaged, shelf_key
from webapp.records import Incoming, PhotoVersion
from webapp.records.reading.case_rows import WAITING

SLICE = 200
MISSING, CLOSED, OTHER = "missing", "closed", "other"
"""No such file; it cannot be opened (damaged, or its key is off the ring); its bytes are not those that were stored."""
_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Finding:
    """A row whose file is not what it should be."""

    photo: str
    """Its id."""
    part: str
    """``version <n>``, ``preview <n>`` or ``original``."""
    file: str
    what: str
    """One of the words above."""


async def check_photos(desk: PhotoDesk, told: Callable[[int], None]) -> AsyncIterator[Finding]:
    """All findings; ``told`` hears how many files were looked at since it was last called."""
    after = 0
    while rows := await PhotoVersion.filter(id__gt=after).order_by("id").limit(SLICE):
        for row in rows:
            async for finding in _of_version(desk.shelf, row):
                yield finding
            told(2)
        after = rows[-1].id
    for waiting in await Incoming.filter(state=WAITING).order_by("arrived_at"):
        what = await asyncio.to_thread(_of_original, desk.originals / waiting.file, waiting.sha256)
        # A row that no longer waits has become a photo while we looked.
        if what and await Incoming.exists(id=waiting.id, state=WAITING):
            yield Finding(str(waiting.id), "original", waiting.file, what)
        told(1)


async def files_to_check() -> int:
    """How many there are."""
    return 2 * await PhotoVersion.all().count() + await Incoming.filter(state=WAITING).count()


async def _of_version(shelf: Shelf, row: PhotoVersion) -> AsyncIterator[Finding]:
    for part, key, sha256 in (("version", row.shelf_key, row.sha256), ("preview", row.preview_key, "")):
        what = await _of_file(shelf, key, sha256)
        if what and await PhotoVersion.exists(id=row.id):
            yield Finding(str(row.photo_id), f"{part} {row.number}", key, what)


async def _of_file(shelf: Shelf, key: str, sha256: str) -> str:
    try:
        data = await shelf.get(shelf_key(key))
    except NotOnShelf:
        return MISSING
    except (ShelfDamaged, OSError, ValueError):  # of a name that is none: the others are to be looked at, too
        return CLOSED
    if sha256 and await asyncio.to_thread(_digest, data) != sha256:
        return OTHER
    return ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _of_original(path: Path, sha256: str) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        return MISSING
    except OSError:
        return CLOSED
    return "" if digest.hexdigest() == sha256 else OTHER
