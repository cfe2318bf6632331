"""HEIC (ISO/IEC 23008-12), as phones write it; only originals come as such."""

from __future__ import annotations

import pillow_heif
from PIL import Image

from webapp.photos.refusals import PhotoRefused
from webapp.photos.structure import bounded

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_FAULTS = (OSError, ValueError, SyntaxError, RuntimeError, IndexError, KeyError, TypeError, EOFError)
"""pillow-heif's list, and what its metadata parsing can raise."""
_MAX_BOXES = 1_000

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


def is_heic(data: bytes) -> bool:
    """Whether the file type box names an HEVC-coded picture."""
    if data[4:8] != b"ftyp":
        return False
    length = min(int.from_bytes(data[:4]), 256)
    brands = {data[at : at + 4] for at in (8, *range(16, length, 4))}
    return not _BRANDS.isdisjoint(brands) or (b"mif1" in brands and b"avif" not in brands)


def heic_pixels(data: bytes, most: int) -> tuple[Image.Image, bytes]:
    """The primary picture, upright, and its ICC profile (empty where there is none).

    Its own rotation (``irot``) has been obeyed; the EXIF orientation repeats it and is ignored. HEVC carries
    no check sums: bytes changed inside a tile are not noticed. Raises :class:`PhotoRefused`.
    """
    _whole(data)
    try:
        file = pillow_heif.open_heif(data)
        width, height = file.size
        bounded(width, height, most)
        image = file.to_pillow()
    except MemoryError:
        raise
    except _FAULTS as fault:
        raise PhotoRefused("too_heavy" if "memory" in str(fault).lower() else "damaged") from fault
    bounded(image.width, image.height, most)
    return image, image.info.get("icc_profile", b"")


def _whole(data: bytes) -> None:
    """libheif shows a file without its end as if nothing were missing: follow the outer boxes."""
    at, end = 0, len(data)
    for _ in range(_MAX_BOXES):
        length, header = int.from_bytes(data[at : at + 4]), 8
        if length == 1:
            length, header = int.from_bytes(data[at + 8 : at + 16]), 16
        if length == 0:
            return
        if length < header:
            raise PhotoRefused("damaged")
        at += length
        if at > end:
            raise PhotoRefused("truncated")
        if at == end:
            return
    raise PhotoRefused("too_complex")
