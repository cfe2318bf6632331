"""Where photos are handled: the processes that judge them, the shelf they stand on, the folder of originals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from webapp.keyring import Keyring
from webapp.photos.pool import JUDGING, SHRINKING, Bounds, Pool, PoolBusy, PoolProblem
from webapp.photos.refusals import PhotoRefused
from webapp.photos.shelf import LocalShelf, Shelf, ShelfFull
from webapp.rules.refusals import Refused

RETRY_SECONDS = 5
FULL_RETRY_SECONDS = 60


@dataclass(frozen=True)
class PhotoDesk:
    """One process's tools for photos."""

    pool: Pool
    shelf: Shelf
    originals: Path
    """Folder in which originals wait to be shrunk."""

    async def close(self) -> None:
        """Lets the photo at work finish, and ends the decoding processes."""
        await self.pool.close()


def photo_desk(data: Path, keyring: Keyring, bounds: Bounds = JUDGING) -> PhotoDesk:
    """The desk of one installation; ``data`` is its data folder. Processes are started when they are needed."""
    return PhotoDesk(Pool(bounds), LocalShelf(data / "shelf", keyring), data / "originals")


def shrinking_desk(data: Path, keyring: Keyring) -> PhotoDesk:
    """The same with processes that shrink originals, one at a time."""
    return photo_desk(data, keyring, SHRINKING)


class StoodTooLong(Exception):
    """A machine was suspended between a file and its row: by now the sweep may have taken the file away."""


PASSING = (PoolBusy, PoolProblem, ShelfFull, StoodTooLong)
"""What says nothing about a photo: it may be sent again."""


def as_refusal(fault: Exception) -> Refused:
    """What the photos' room said, as a refusal with words."""
    if isinstance(fault, PhotoRefused):
        return Refused(f"photo.{fault.code}", **fault.seen)
    if isinstance(fault, ShelfFull):
        return Refused("photo.shelf_full", seconds=FULL_RETRY_SECONDS)
    return Refused("photo.busy", seconds=RETRY_SECONDS)
