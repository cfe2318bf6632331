"""The original's way: a photo of up to 64 MB that the phone could not shrink. Runs in its own process."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from webapp.photos.decoding import ordinary, pixels, resized
from webapp.photos.encoding import fitted, is_near_legible, legible_eighths, legible_size
from webapp.photos.glance import BOUNDS, examined
from webapp.photos.heic import heic_pixels
from webapp.photos.jpeg import JpegStructure
from webapp.photos.judged import LIMIT
from webapp.photos.judging import MOST_PIXELS
from webapp.photos.structure import Structure
from webapp.photos.uprighting import upright
from webapp.photos.worker import Unreadable


def shrink(original: bytes | Path, limit: int = LIMIT) -> bytes:
    """The most legible JPEG of at most ``limit`` bytes, upright, in sRGB, without metadata.

    A JPEG or PNG that is upright and fits as soon as its metadata is cut keeps its pixels. What comes out is
    judged like any other photo. Raises :class:`PhotoRefused`, :class:`~webapp.photos.worker.Unreadable`.
    """
    if isinstance(original, Path):
        original = _read(original)
    found = examined(original)
    if found is None:
        image, profile = heic_pixels(original, BOUNDS["heic"])
        return _legible(image, profile, 1, limit)
    clean = found.cleaned(original)
    del original
    if len(clean) <= limit and _may_stay(found):
        return clean
    if isinstance(found, JpegStructure):
        image = pixels(clean, found, legible_eighths(found.width, found.height))
        return _legible(image, found.icc, found.orientation, limit)
    return _legible(pixels(clean, found), found.profile(), found.orientation, limit)


def _legible(image: Image.Image, profile: bytes, orientation: int, limit: int) -> bytes:
    size = legible_size(*image.size)
    if not is_near_legible(*image.size):
        image = resized(image, size)
    return fitted(upright(ordinary(image, profile), orientation), limit)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Unreadable(f"the original cannot be read: {fault.strerror}") from fault


def _may_stay(found: Structure) -> bool:
    usual = not isinstance(found, JpegStructure) or found.components in (1, 3)
    return usual and found.orientation == 1 and found.width * found.height <= MOST_PIXELS
