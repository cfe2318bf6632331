"""The boxes of a HEIC (ISO/IEC 14496-12, 23008-12) read without decoding a pixel."""

from __future__ import annotations

from webapp.photos.refusals import PhotoRefused

_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_MAX_BRANDS = 256
"""Bytes of the file type box that are looked at."""
_MAX_BOXES = 1_000


def is_heic(data: bytes) -> bool:
    """Whether the file type box names an HEVC-coded picture."""
    if data[4:8] != b"ftyp":
        return False
    length = min(int.from_bytes(data[:4]), _MAX_BRANDS)
    brands = {data[at : at + 4] for at in (8, *range(16, length, 4))}
    return not _BRANDS.isdisjoint(brands) or (b"mif1" in brands and b"avif" not in brands)


def examine_boxes(data: bytes) -> None:
    """Follows the outer boxes to the end: libheif shows a file without its end as if nothing were missing.

    Raises :class:`PhotoRefused`: truncated, damaged, too_complex.
    """
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
