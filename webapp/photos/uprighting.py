"""Pixels turned for real: what must be encoded again, with as little loss as the limit allows."""

from __future__ import annotations

import io

from PIL import Image, JpegImagePlugin

from webapp.photos.decoding import EIGHTHS, ordinary, pixels, resized
from webapp.photos.encoding import (
    MOST_ENCODED,
    Tables,
    encoded,
    fitted,
    legible_eighths,
    legible_size,
)
from webapp.photos.jpeg import JpegStructure
from webapp.photos.structure import Structure

_Way = Image.Transpose

BY_ORIENTATION = {
    2: _Way.FLIP_LEFT_RIGHT,
    3: _Way.ROTATE_180,
    4: _Way.FLIP_TOP_BOTTOM,
    5: _Way.TRANSPOSE,
    6: _Way.ROTATE_270,
    7: _Way.TRANSVERSE,
    8: _Way.ROTATE_90,
}
"""What makes a picture of EXIF orientation 2 to 8 upright (Pillow counts anticlockwise)."""
BY_QUARTERS = {1: _Way.ROTATE_270, 2: _Way.ROTATE_180, 3: _Way.ROTATE_90}
"""Clockwise quarter turns, as people say them."""
_EXCHANGING = frozenset({_Way.TRANSPOSE, _Way.TRANSVERSE, _Way.ROTATE_90, _Way.ROTATE_270})
_SAMPLINGS = frozenset({0, 2})
"""4:4:4 and 4:2:0 stay what they are when turned by a quarter; 4:2:2 would not."""


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as its EXIF orientation means it."""
    way = BY_ORIENTATION.get(orientation)
    return image if way is None else image.transpose(way)


def reencoded(
    clean: bytes, found: Structure, way: Image.Transpose | None, limit: int
) -> tuple[bytes, Image.Image]:
    """A file of at most ``limit`` bytes and its pixels, turned ``way``.

    A PNG stays one if it fits. A JPEG keeps its own quantisation tables (turned with it) if it fits: its
    coefficients then fall nearly where they were. Otherwise the most legible JPEG under the limit.
    """
    size = found.width, found.height
    if found.width * found.height > MOST_ENCODED:
        # More than 200 KB can show: it is made smaller first, which a JPEG's decoder does by itself.
        eighths = legible_eighths(*size) if isinstance(found, JpegStructure) else EIGHTHS
        image = resized(pixels(clean, found, eighths), legible_size(*size))
        return _most_legible(image, found, way, limit)
    image = _turned(pixels(clean, found), way)
    if isinstance(found, JpegStructure):
        image = ordinary(image, found.icc)
        data = _with_own_tables(clean, image, way)
    else:
        data = _png(image)
    if 0 < len(data) <= limit:
        return data, image
    return _most_legible(resized(image, legible_size(*image.size)), found, None, limit)


def _most_legible(
    image: Image.Image, found: Structure, way: Image.Transpose | None, limit: int
) -> tuple[bytes, Image.Image]:
    profile = found.icc if isinstance(found, JpegStructure) else b""
    image = _turned(ordinary(image, profile), way)
    return fitted(image, limit), image


def _turned(image: Image.Image, way: Image.Transpose | None) -> Image.Image:
    return image if way is None else image.transpose(way)


def _with_own_tables(clean: bytes, image: Image.Image, way: Image.Transpose | None) -> bytes:
    with Image.open(io.BytesIO(clean), formats=("JPEG",)) as before:
        assert isinstance(before, JpegImagePlugin.JpegImageFile)  # noqa: S101
        own = before.quantization
        sampling = JpegImagePlugin.get_sampling(before) if image.mode == "RGB" else 0
    steps = [own[number] for number in sorted(own)]
    usual = sorted(own) == list(range(len(own))) and len(own) <= 2 and sampling in _SAMPLINGS
    if not usual or max(map(max, steps)) > 255:
        return b""
    try:
        return encoded(image, _turned_tables(steps) if way in _EXCHANGING else steps, sampling)
    except OSError:
        # Finer tables than Pillow's buffer reckons with.
        return b""


def _turned_tables(steps: Tables) -> Tables:
    return [[table[n % 8 * 8 + n // 8] for n in range(64)] for table in steps]


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=9)
    return out.getvalue()
