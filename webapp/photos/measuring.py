"""What a stored photo looks like, in a few figures: measured on the small copy, so that it costs next to nothing."""

from __future__ import annotations

from itertools import pairwise

from PIL import Image, ImageFilter, ImageStat

from webapp.photos.judged import Measured

GRID = 16
"""Cells on each side; the difference hash has two bits for each."""
DEAD_ZONE = 4
"""Grey levels (of 255) by which neighbours must differ to count: less is noise, and paper is full of it."""
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
_SMALLEST = 3
"""Pixels on each side that the Laplacian needs."""


def measured(small: Image.Image) -> Measured:
    """The figures of a picture of at most 320 pixels on its long side, grey or RGB."""
    grey = small.convert("L")
    return Measured(
        sharpness=_sharpness(grey),
        brightness=round(ImageStat.Stat(grey).mean[0]),
        difference_hash=difference_hash(grey),
    )


def difference_hash(grey: Image.Image) -> str:
    """dHash with a dead zone: is each cell of a 16 x 16 grid brighter, or darker, than the one left of it.

    Two planes of 256 bits, row by row, as 128 hex digits: first "brighter", then "darker". What lies within the dead
    zone is neither, so that blank paper says nothing. :mod:`webapp.rules.likeness` compares two of them.
    """
    cells = list(grey.resize((GRID + 1, GRID), Image.Resampling.BOX).tobytes())
    brighter = darker = 0
    for row in range(GRID):
        line = cells[row * (GRID + 1) : (row + 1) * (GRID + 1)]
        for left, right in pairwise(line):
            brighter = brighter << 1 | (right - left > DEAD_ZONE)
            darker = darker << 1 | (left - right > DEAD_ZONE)
    return f"{brighter:064x}{darker:064x}"


def _sharpness(grey: Image.Image) -> float:
    """Variance of the Laplacian; 0 for what is too small to have one."""
    if min(grey.size) < _SMALLEST:
        return 0.0
    edges = grey.filter(_LAPLACIAN).crop((1, 1, grey.width - 1, grey.height - 1))
    return round(ImageStat.Stat(edges).var[0], 1)
