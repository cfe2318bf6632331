"""Photos of about 200 KB, no two of which have the same bytes, before or after their metadata are cut."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_DQT = b"\xff\xdb"
_TABLE = 64
_LAST = 40
"""Entries at a quantisation table's end that are varied: the finest waves, which hardly any block has."""


def drawn(material: Path, folder: Path) -> list[bytes]:
    """The base photos of the outside material's generator: pages of 2 megapixels, some of them lying on a side."""
    if not list(folder.glob("b*.jpg")):
        generator = material / "bench" / "server" / "gen_corpus.py"
        subprocess.run([sys.executable, generator, folder], check=True, stdout=subprocess.DEVNULL)
    return [path.read_bytes() for path in sorted(folder.glob("b*.jpg"))]


def unlike(photos: list[bytes], start: int) -> Iterator[bytes]:
    """The photos in turn, without end, each with other bytes than any before it, and still as good a JPEG.

    The number is written in the low bits of the first quantisation table: it outlives the cutting of metadata,
    which a comment would not.
    """
    number = start
    while True:
        photo = photos[number % len(photos)]
        at = photo.index(_DQT) + 5 + _TABLE - _LAST  # marker, length, and the byte that names the table
        changed = bytearray(photo)
        for bit in range(_LAST):
            # Never 0, which T.81 forbids, and one step off at the most.
            changed[at + bit] = max(2, changed[at + bit]) & 0xFE | (number >> bit & 1)
        yield bytes(changed)
        number += 1
