"""The most legible JPEG under a limit: quantisation tables made for text, scaled until the bytes fit.

Strokes live in the mid and high frequencies that the standard tables punish. A flat luma table with finer DC
and first AC keeps them (a coarse DC mottles blank paper); the browser's encoder uses the same weights.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image

from webapp.photos.decoding import EIGHTHS, resized
from webapp.photos.refusals import PhotoRefused

Tables = Sequence[Sequence[int]]
"""Luma and chroma, 64 steps each, natural order (row by row)."""

LONG_SIDE = 2016
"""Pixels: the broad optimum is 1,800 to 2,800 for a page of print under 200 KB."""
_AREA = LONG_SIDE * LONG_SIDE * 3 / 4
MOST_ENCODED = 5_100_000
"""Pixels of a shrunk picture."""
LONGEST_SIDE = 65_500
"""Pixels: libjpeg writes no more, and a PNG may have more in 40 million pixels."""
_ABOUT = 0.9
"""Of the legible size: not so much less that resampling what is above would show more."""
_BROADER = 1.29
"""Times the legible size: up to here the decoder's own scale is kept, because resampling costs legibility."""
AIM, LOW, HIGH = 0.987, 0.972, 0.998
"""Of the limit: where to aim, and between what to stop."""
_FIRST, _FINEST, _COARSEST = 18.0, 3.0, 250.0
"""Below the finest scale nothing more is seen; small pictures stop there."""
_ATTEMPTS = 8
_SAMPLES = 3
_NEAR = 0.06
"""So near, a whole encoding may check the last step."""
_SAME = 1 + 1 / 256
"""Between two scales nearer than this nothing is to be found that is worth another encoding."""
_MCU = 16
"""Pixels: a unit of 4:2:0 coding."""
_FEWEST_ROWS = 8
"""Of the sample; smaller pictures cost little as they are."""
_HEAD = 600
"""Bytes of tables and headers, about."""
_SMALLEST_SIDE = 32


def _zigzag() -> list[int]:
    """Natural index of each zigzag position."""
    return sorted(range(64), key=lambda n: (n // 8 + n % 8, n // 8 if (n // 8 + n % 8) % 2 else n % 8))


_DITHER = [0.0] * 64
for _position, _natural in enumerate(_zigzag()):
    _DITHER[_natural] = _position * 0.618034 % 1

_STEEP = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)
"""Standard chroma table (T.81, K.2)."""
_LUMA = [{0: 0.5}.get(n, 0.8 if n in (1, 2, 8, 9, 16) else 1.0) for n in range(64)]
_CHROMA = [0.5, *(step / 17 for step in _STEEP[1:])]


def tables(scale: float) -> Tables:
    """Text tables at a scale; each entry rounds at another point, so that the size can be met finely."""
    return [
        [min(255, max(1, math.floor(scale * weight + _DITHER[n]))) for n, weight in enumerate(weights)]
        for weights in (_LUMA, _CHROMA)
    ]


def encoded(image: Image.Image, steps: Tables, sampling: int = 2) -> bytes:
    """A progressive JPEG without metadata; ``sampling`` as Pillow counts it (0 4:4:4, 1 4:2:2, 2 4:2:0)."""
    out = io.BytesIO()
    image.save(
        out,
        "JPEG",
        qtables=[list(table) for table in steps],
        subsampling=sampling,
        progressive=True,
        optimize=True,
    )
    return out.getvalue()


def legible_size(width: int, height: int) -> tuple[int, int]:
    """At most 2016 pixels on the long side; long strips keep their area, or the print would vanish."""
    longest = max(LONG_SIDE, math.sqrt(_AREA * max(width, height) / min(width, height)))
    scale = min(1.0, min(longest, LONGEST_SIDE) / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def is_near_legible(width: int, height: int) -> bool:
    """Whether a picture is encoded as it is, in at most 5.1 megapixels."""
    longest = min(LONGEST_SIDE, _BROADER * max(legible_size(width, height)))
    return width * height <= MOST_ENCODED and max(width, height) <= longest


def legible_eighths(width: int, height: int) -> int:
    """The JPEG decoder's smallest scale (of 8) that gives about the legible size, or more."""
    longest, wanted = max(width, height), max(legible_size(width, height))
    return min(EIGHTHS, math.ceil(_ABOUT * wanted * EIGHTHS / longest))


def fitted(image: Image.Image, limit: int) -> bytes:
    """The finest JPEG of at most ``limit`` bytes of a grey or RGB picture, made smaller only where even the
    coarsest tables are not enough. :class:`PhotoRefused` ``too_large`` if nothing fits.
    """
    while True:
        data = _at_this_size(image, limit)
        if data:
            return data
        if max(image.size) <= _SMALLEST_SIDE:
            raise PhotoRefused("too_large", limit=limit)
        width, height = image.size
        image = resized(image, (max(1, width * 3 // 4), max(1, height * 3 // 4)))


class _Line:
    """ln(bytes) over ln(scale), a slowly bending line for fresh pixels: a secant says where ``aim`` bytes lie."""

    def __init__(self, aim: float) -> None:
        self._aim = aim
        self._slope = 1.4
        self._before: tuple[float, float] | None = None

    def next(self, scale: float, size: float) -> float:
        """The scale to try after one that gave ``size`` bytes."""
        if self._before and self._before[1] != size and self._before[0] != scale:
            bend = math.log(self._before[1] / size) / math.log(scale / self._before[0])
            self._slope = bend if 0.3 < bend < 4 else self._slope
        self._before = scale, size
        step: float = (size / self._aim) ** (1 / self._slope)
        return min(_COARSEST, max(_FINEST, scale * step))


def _first_scale(image: Image.Image, limit: int) -> float:
    """Where the search begins, told from every fourth row of blocks: a fraction of what an encoding costs."""
    scale = _FIRST
    sample = _every_fourth_row(image)
    if sample is None:
        return scale
    share, line = sample.height / image.height, _Line(max(1, limit - _HEAD) * AIM)
    for _ in range(_SAMPLES):
        before = scale
        scale = line.next(scale, max(1, len(encoded(sample, tables(scale))) - _HEAD) / share)
        if abs(math.log(scale / before)) < _NEAR:
            break
    return scale


def _every_fourth_row(image: Image.Image) -> Image.Image | None:
    count = image.height // (4 * _MCU)
    if count < _FEWEST_ROWS:
        return None
    sample = Image.new(image.mode, (image.width, count * _MCU))
    for row in range(count):
        # Not always the same one of four: print has lines at equal distances, too.
        top = (4 * row + row * 7 % 4) * _MCU
        sample.paste(image.crop((0, top, image.width, top + _MCU)), (0, row * _MCU))
    return sample


def _at_this_size(image: Image.Image, limit: int) -> bytes:
    """The finest of at most ``limit`` bytes that a few attempts find; empty when even the coarsest is more.

    For pixels of a JPEG size over scale is a staircase (up to twice their old step nothing changes): where the
    secant does not arrive, halving finds the edge.
    """
    best = b""
    too_fine, fits = _FINEST / 2, _COARSEST * 2
    scale, line = _first_scale(image, limit), _Line(limit * AIM)
    for attempt in range(_ATTEMPTS, 0, -1):
        data = encoded(image, tables(scale))
        size = len(data)
        if size <= limit:
            best, fits = data, scale
        else:
            too_fine = scale
        if limit * LOW <= size <= limit * HIGH or too_fine >= _COARSEST or fits <= _FINEST:
            break
        if fits / too_fine < _SAME:
            break
        scale = line.next(scale, size)
        if not too_fine < scale < fits or attempt <= _ATTEMPTS // 2:
            scale = math.sqrt(too_fine * fits)
        if attempt == 2 and not best:
            scale = _COARSEST
    return best
