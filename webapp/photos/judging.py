"""Whether a received photo may be stored, and what is stored of it. Runs in a process of the pool."""

from __future__ import annotations

import hashlib
import io

from PIL import Image

from webapp.photos.decoding import EIGHTHS, pixels, plain, resized
from webapp.photos.jpeg import JpegStructure
from webapp.photos.judged import LIMIT, Facts, Judged
from webapp.photos.measuring import measured
from webapp.photos.refusals import PhotoRefused
from webapp.photos.room import needed, room_for
from webapp.photos.structure import Most, Structure, affordable, bounded, examine
from webapp.photos.uprighting import BY_ORIENTATION, reencoded

MOST_PIXELS = 24_000_000
"""Of a photo that is stored: more can not be legible in 200 KB, and costs every viewer its decoding."""
MOST = Most(scanned=20 * MOST_PIXELS, coefficients=150_000_000)
"""24 megapixels in 20 scans, or in full colour resolution."""
PREVIEW_SIDE = 320
_PREVIEW_QUALITY = 75


def judge(data: bytes, declared: str, limit: int = LIMIT) -> Judged:
    """Decides by bytes alone; ``declared`` (a media type) is only compared for the facts.

    Upright pixels in ordinary colours stay bit by bit what they were and lose their metadata only; others are
    turned and encoded again under ``limit``. Raises :class:`PhotoRefused`.
    """
    if len(data) > limit:
        raise PhotoRefused("too_large", limit=limit)
    found = examine(data)
    bounded(found.width, found.height, MOST_PIXELS)
    affordable(found, MOST)
    way = BY_ORIENTATION.get(found.orientation)
    again = way is not None or _printing_colours(found)
    clean = found.cleaned(data)
    with room_for(needed(found, again=again)):
        if not again:
            return accepted(clean, found, _small(clean, found), declared, cut=len(data) - len(clean))
        return accepted_again(clean, found, way, declared, limit)


def accepted_again(
    clean: bytes, found: Structure, way: Image.Transpose | None, declared: str, limit: int
) -> Judged:
    """The outcome for pixels that are turned and encoded again."""
    stored, image = reencoded(clean, found, way, limit)
    return accepted(stored, found, image, declared, size=image.size)


def accepted(
    stored: bytes,
    found: Structure,
    image: Image.Image,
    declared: str,
    *,
    size: tuple[int, int] | None = None,
    cut: int = 0,
) -> Judged:
    """The outcome for bytes that may be stored; ``image`` is what the preview is made of.

    ``size``: of the re-encoded picture; None where the received pixels are kept.
    """
    media_type = "image/png" if stored.startswith(b"\x89") else "image/jpeg"
    width, height = size or (found.width, found.height)
    small = _at_preview_size(image)
    return Judged(
        data=stored,
        media_type=media_type,
        width=width,
        height=height,
        sha256_stored=hashlib.sha256(stored).hexdigest(),
        preview=_written(small),
        facts=Facts(
            kind=_kind(found),
            orientation=found.orientation,
            reencoded=size is not None,
            cut=cut,
            trailing=found.trailing,
            otherwise_declared=declared.partition(";")[0].strip().lower() != found.media_type,
        ),
        measured=measured(small),
    )


def _at_preview_size(image: Image.Image) -> Image.Image:
    """At most 320 pixels on its long side, never enlarged."""
    scale = min(1.0, PREVIEW_SIDE / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    # Of what an accepted photo costs, this was half: Lanczos and counted Huffman codes show nothing at this size.
    return plain(resized(image, size, Image.Resampling.HAMMING))


def _written(small: Image.Image) -> bytes:
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_PREVIEW_QUALITY)
    return out.getvalue()


def _small(clean: bytes, found: Structure) -> Image.Image:
    """Read to its end, but of a JPEG no more pixels than the preview needs."""
    longest = max(found.width, found.height)
    eighths = min(EIGHTHS, -(-PREVIEW_SIDE * EIGHTHS // longest))
    return pixels(clean, found, eighths)


def _printing_colours(found: Structure) -> bool:
    return isinstance(found, JpegStructure) and found.components == 4


def _kind(found: Structure) -> str:
    if not isinstance(found, JpegStructure):
        return "png"
    return "progressive" if found.progressive else "baseline"
