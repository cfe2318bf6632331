"""What an original is, told from its structure alone: no process is started for what this refuses."""

from __future__ import annotations

from pathlib import Path

from webapp.photos.heif import examine_boxes, is_heic
from webapp.photos.jpeg import JpegStructure
from webapp.photos.refusals import PhotoRefused
from webapp.photos.structure import Most, Structure, affordable, bounded, examine

ORIGINAL_LIMIT = 64 << 20
BOUNDS = {"jpeg": 210_000_000, "buffered": 60_000_000, "png": 40_000_000, "heic": 60_000_000}
"""Most pixels by kind, from the memory that decoding takes (in a process bounded to 768 MB).
``buffered``: a JPEG of several scans, whose coefficients are all held at once."""
MOST = Most(scanned=20 * BOUNDS["buffered"], coefficients=290_000_000)
_AT_A_GLANCE = 8 << 20
"""Bytes: a larger file costs more to read than a process to start."""


def examined(original: bytes) -> Structure | None:
    """The structure of an original that may be decoded; None for a HEIC, whose size its decoder tells.

    Raises :class:`PhotoRefused`.
    """
    if len(original) > ORIGINAL_LIMIT:
        raise PhotoRefused("too_large", limit=ORIGINAL_LIMIT)
    if is_heic(original):
        examine_boxes(original)
        return None
    found = examine(original)
    bounded(found.width, found.height, BOUNDS[_kind(found)])
    affordable(found, MOST)
    return found


def glance(path: Path) -> None:
    """Raises :class:`PhotoRefused` as :func:`examined`, and OSError; a large file is left to the process."""
    if path.stat().st_size <= _AT_A_GLANCE:
        examined(path.read_bytes())


def _kind(found: Structure) -> str:
    if isinstance(found, JpegStructure):
        return "buffered" if found.buffered else "jpeg"
    return "png"
