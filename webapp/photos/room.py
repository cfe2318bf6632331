"""Room to decode in: one big picture at a time on this machine, whose memory goes back to the system at once.

Each serving process has a decoding process of its own. Two that hold a hundred megabytes each, and keep them for
the next photo, would be more than the machine was promised for photos.
"""

from __future__ import annotations

import ctypes
import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from webapp.photos.encoding import MOST_ENCODED
from webapp.photos.jpeg import JpegStructure
from webapp.photos.structure import Structure

_ALONE = 40_000_000
"""Bytes: with more a picture waits until no other such is at work."""
_KEPT = 24_000_000
"""Bytes that a process may keep for the next photo. Giving back and asking anew costs a few milliseconds."""
_GATE = Path(__file__)
"""Locked while a big picture is decoded: any file that all decoding processes of an installation can read."""
_BYTES_TO_ENCODE = 24
"""Per pixel: as it is decoded, as Pillow holds it, turned, and the encoder's coefficients."""


def needed(found: Structure, *, again: bool) -> int:
    """About the bytes that decoding takes; ``again``: its pixels are turned and encoded again."""
    pixels = found.width * found.height
    encoding = _BYTES_TO_ENCODE * min(pixels, MOST_ENCODED) if again else 0
    if isinstance(found, JpegStructure):
        return encoding + (found.coefficients if found.buffered else 0)
    # Pillow's pixels take one byte, of 16 bits two, and four where they have several samples.
    return encoding + pixels * (4 if found.colour in (2, 4, 6) else 1 + (found.depth == 16))


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """While inside, ``size`` bytes may be taken; what is kept longer must be small."""
    with ExitStack() as gate:
        if size > _ALONE:
            # Where the file system knows no locks, the bound of each process must do.
            with suppress(OSError):
                fcntl.flock(gate.enter_context(_GATE.open("rb")), fcntl.LOCK_EX)
        try:
            yield
        finally:
            if size > _KEPT:
                _give_back()


def _give_back() -> None:
    # glibc alone keeps what was freed; where this function is missing there is nothing to give back.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
