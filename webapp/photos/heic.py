"""HEIC (ISO/IEC 23008-12), as phones write it; only originals come as such."""

from __future__ import annotations

import pillow_heif
from PIL import Image

from webapp.photos.heif import examine_boxes
from webapp.photos.refusals import PhotoRefused
from webapp.photos.structure import bounded

_FAULTS = (OSError, ValueError, SyntaxError, RuntimeError, IndexError, KeyError, TypeError, EOFError)
"""pillow-heif's list, and what its metadata parsing can raise."""

pillow_heif.options.DECODE_THREADS = 1
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


def heic_pixels(data: bytes, most: int) -> tuple[Image.Image, bytes]:
    """The primary picture, upright, and its ICC profile (empty where there is none).

    Its own rotation (``irot``) has been obeyed; the EXIF orientation repeats it and is ignored. HEVC carries
    no check sums: bytes changed inside a tile are not noticed. Raises :class:`PhotoRefused`.
    """
    examine_boxes(data)
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
