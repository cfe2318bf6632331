"""The original's way: a photo of up to 64 MB that the phone could not shrink. Runs in its own process."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from webapp.photos.decoding import EIGHTHS, ordinary, pixels, resized
from webapp.photos.encoding import fitted, legible_size
from webapp.photos.heic import heic_pixels
from webapp.photos.heif import is_heic
from webapp.photos.jpeg import JpegStructure
from webapp.photos.judged import LIMIT
from webapp.photos.judging import MOST_PIXELS
from webapp.photos.refusals import PhotoRefused
from webapp.photos.structure import Structure, bounded, examine
from webapp.photos.uprighting import upright

ORIGINAL_LIMIT = 64 << 20
BOUNDS = {"jpeg": 210_000_000, "buffered": 60_000_000, "png": 40_000_000, "heic": 60_000_000}
"""Most pixels by kind, from the memory that decoding takes (in a process bounded to 768 MB).
``buffered``: a JPEG of several scans, whose coefficients are all held at once."""
_BROADER = 1.29
"""Times the legible size: up to here the decoder's own scale is kept, because resampling costs legibility."""


def shrink(original: bytes | Path, limit: int = LIMIT) -> bytes:
    """The most legible JPEG of at most ``limit`` bytes, upright, in sRGB, without metadata.

    A JPEG or PNG that is upright and fits as soon as its metadata is cut keeps its pixels. What comes out is
    judged like any other photo. Raises :class:`PhotoRefused`, and OSError when the file cannot be read.
    """
    data = original if isinstance(original, bytes) else original.read_bytes()
    if len(data) > ORIGINAL_LIMIT:
        raise PhotoRefused("too_large", limit=ORIGINAL_LIMIT)
    if is_heic(data):
        image, profile = heic_pixels(data, BOUNDS["heic"])
        return _legible(image, profile, 1, limit)
    found = examine(data)
    bounded(found.width, found.height, BOUNDS[_kind(found)])
    clean = found.cleaned(data)
    del data
    if len(clean) <= limit and _may_stay(found):
        return clean
    if isinstance(found, JpegStructure):
        image = pixels(clean, found, _eighths(found.width, found.height))
        return _legible(image, found.icc, found.orientation, limit)
    return _legible(pixels(clean, found), found.profile(), found.orientation, limit)


def _legible(image: Image.Image, profile: bytes, orientation: int, limit: int) -> bytes:
    size = legible_size(*image.size)
    if max(image.size) > _BROADER * max(size):
        image = resized(image, size)
    return fitted(upright(ordinary(image, profile), orientation), limit)


def _eighths(width: int, height: int) -> int:
    """The decoder's scale whose long side comes nearest to the legible one."""
    longest, wanted = max(width, height), max(legible_size(width, height))
    return min(range(1, EIGHTHS + 1), key=lambda n: abs(longest * n / EIGHTHS / wanted - 1))


def _kind(found: Structure) -> str:
    if isinstance(found, JpegStructure):
        return "buffered" if found.buffered else "jpeg"
    return "png"


def _may_stay(found: Structure) -> bool:
    usual = not isinstance(found, JpegStructure) or found.components in (1, 3)
    return usual and found.orientation == 1 and found.width * found.height <= MOST_PIXELS
