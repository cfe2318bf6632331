"""HEIC (ISO/IEC 23008-12), as phones write it; only originals come as such."""

from __future__ import annotations

import math

import pillow_heif
from PIL import Image

from webapp.photos.decoding import reduced
from webapp.photos.refusals import PhotoRefused
from webapp.photos.structure import bounded

_FAULTS = (OSError, ValueError, SyntaxError, RuntimeError, IndexError, KeyError, TypeError, EOFError)
"""pillow-heif's list, and what its metadata parsing can raise."""

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


def heic_pixels(data: bytes, most: int, keep: int = 24_000_000) -> tuple[Image.Image, bytes]:
    """The primary picture, upright, and its ICC profile (empty where there is none).

    Above ``keep`` pixels it comes smaller by a whole factor, so that it is never held twice. Its own rotation
    (``irot``) has been obeyed; the EXIF orientation repeats it and is ignored. HEVC carries no check sums: bytes
    changed inside a tile are not noticed. ``data`` has gone through ``examine_boxes``. Raises :class:`PhotoRefused`.
    """
    try:
        file = pillow_heif.open_heif(data)
        width, height = file.size
        bounded(width, height, most)
        data = file.data
        # The header may have said something else.
        width, height = file.size
        bounded(width, height, most)
        image = _pixels(file, data, keep)
    except MemoryError:
        raise
    except _FAULTS as fault:
        raise PhotoRefused("too_heavy" if "memory" in str(fault).lower() else "damaged") from fault
    return image, file.info.get("icc_profile") or b""


def _pixels(file: pillow_heif.HeifFile, data: bytes, keep: int) -> Image.Image:
    width, height = file.size
    stride = file.stride

    def band(top: int, rows: int) -> Image.Image:
        part = memoryview(data)[top * stride : (top + rows) * stride]
        return Image.frombytes(file.mode, (width, rows), part, "raw", file.mode, stride)

    factor = math.ceil(math.sqrt(width * height / keep))
    return band(0, height) if factor == 1 else reduced(file.size, factor, band)
