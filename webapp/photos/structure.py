"""What a file is by its bytes, and whether its pixels may be decoded at all."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.photos import jpeg, png
from webapp.photos.jpeg import JpegStructure, examine_jpeg
from webapp.photos.png import PngStructure, examine_png
from webapp.photos.refusals import PhotoRefused

Structure = JpegStructure | PngStructure

_OTHERS = (
    (0, b"GIF8"),
    (8, b"WEBP"),
    (4, b"ftyp"),
    (0, b"BM"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (0, b"II+\0"),
    (0, b"MM\0+"),
    (0, b"8BPS"),
    (0, b"%PDF-"),
    (0, b"\0\0\0\x0cjP  "),
    (0, b"\xff\x4f\xff\x51"),
    (0, b"\0\0\0\x0cJXL "),
    (0, b"\xff\x0a"),
    (0, b"\0\0\1\0"),
    (0, b"\x89JNG"),
    (0, b"\x8aMNG"),
    (0, b"%!PS"),
    (0, b"<svg"),
)
"""(offset, signature) of what people send instead: worth another sentence than plain rubbish."""


def examine(data: bytes) -> Structure:
    """The structure of a JPEG or PNG, told by its first bytes alone; :class:`PhotoRefused` for the rest."""
    if not data:
        raise PhotoRefused("empty")
    if data.startswith(jpeg.MAGIC):
        found: Structure = examine_jpeg(data)
    elif data.startswith(png.MAGIC):
        found = examine_png(data)
    elif any(data[at : at + len(mark)] == mark for at, mark in _OTHERS):
        raise PhotoRefused("not_jpeg_or_png")
    else:
        raise PhotoRefused("not_a_photo")
    if not found.width or not found.height:
        raise PhotoRefused("too_small")
    return found


@dataclass(frozen=True)
class Most:
    """What decoding one picture may take, told from its header."""

    scanned: int
    """Pixels times scans: each scan of a JPEG walks over all of it."""
    coefficients: int
    """Bytes, of a JPEG whose decoder must hold them all."""


def affordable(found: Structure, most: Most) -> None:
    """Refuses what would take more; called before anything is decoded."""
    if not isinstance(found, JpegStructure) or not found.buffered:
        return
    if found.scans * found.width * found.height > most.scanned:
        raise PhotoRefused("too_complex")
    if found.coefficients > most.coefficients:
        raise PhotoRefused("too_heavy")


def bounded(width: int, height: int, most: int) -> None:
    """Refuses more than ``most`` pixels; called before anything decodes one."""
    if width * height > most:
        raise PhotoRefused("too_many_pixels", width=width, height=height)
