"""The one thing that we want to know from EXIF: how the picture must be turned to stand upright."""

from __future__ import annotations

from typing import Literal

_ORIENTATION = 0x0112
_WIDTH = {3: 2, 4: 4}
"""TIFF types SHORT and LONG in bytes; cameras write SHORT."""
_ENTRY = 12

TRANSPOSING = range(5, 9)
"""Orientations that exchange width and height."""


def orientation(tiff: bytes) -> int:
    """1 to 8 as in EXIF 2.32 (tag 0x0112) from a TIFF block; 1 where it is absent or makes no sense."""
    order: Literal["little", "big"]
    if tiff[:4] == b"II*\0":
        order = "little"
    elif tiff[:4] == b"MM\0*":
        order = "big"
    else:
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    directory = number(4, 4)
    entries = min(number(directory, 2), (len(tiff) - directory) // _ENTRY)
    for entry in range(directory + 2, directory + 2 + _ENTRY * entries, _ENTRY):
        if number(entry, 2) == _ORIENTATION:
            size = _WIDTH.get(number(entry + 2, 2), 0)
            value = number(entry + 8, size)
            return value if number(entry + 4, 4) == 1 and 1 <= value <= 8 else 1
    return 1
