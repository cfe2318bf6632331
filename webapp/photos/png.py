"""The structure of a PNG (W3C PNG, third edition) read without decoding a pixel."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from webapp.photos.exif import TRANSPOSING, orientation
from webapp.photos.refusals import PhotoRefused

MAGIC = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 20_000
_MAX_LENGTH = 0x7FFFFFFF
_MAX_ICC = 1 << 20

_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PALETTE = 3
_TRANSPARENCY = {0: range(2, 3), 2: range(6, 7), _PALETTE: range(1, 257)}
"""Lengths of tRNS by colour type; it has no meaning in the others."""
_PALETTE_LENGTHS = range(3, 769, 3)
_CHECKED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_ANCILLARY = 0x20
"""Bit 5 of the first letter: a decoder may ignore the chunk."""
_NAME = re.compile(rb"[A-Za-z]{4}")
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Per pixel, by colour type."""
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column, first row and steps of each pass of an interlaced picture."""
_INFLATED_AT_ONCE = 1 << 18
_MOST_PER_BYTE = 1032
"""Of inflated data: the most that DEFLATE can put into one byte (258 bytes in two bits)."""


@dataclass(frozen=True)
class PngStructure:
    """What the chunks say; ``kept`` are the slices that the pixels need."""

    width: int
    height: int
    depth: int
    """Bits per sample."""
    colour: int
    """0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha."""
    interlaced: bool
    orientation: int
    """EXIF 1 to 8 from an eXIf chunk, which browsers obey."""
    trailing: int
    """Bytes behind IEND."""
    icc: bytes = field(repr=False)
    """The profile's chunk as stored, which can be a bomb: read it through :meth:`profile`."""
    kept: tuple[slice, ...] = field(repr=False)

    @property
    def media_type(self) -> str:
        return "image/png"

    @property
    def upright_size(self) -> tuple[int, int]:
        turned = self.orientation in TRANSPOSING
        return (self.height, self.width) if turned else (self.width, self.height)

    def profile(self) -> bytes:
        """The ICC profile; empty where it is absent, damaged or over 1 MB."""
        _, _, packed = self.icc.partition(b"\0")
        inflater = zlib.decompressobj()
        try:
            profile = inflater.decompress(packed[1:], _MAX_ICC)
        except zlib.error:
            return b""
        return profile if inflater.eof else b""

    def has_all_rows(self, clean: bytes) -> bool:
        """Whether the pixel data inflate to every row: Pillow fills what is missing with black.

        ``clean`` is the file as :meth:`cleaned` made it.
        """
        missing, inflater, at = self._filtered_size(), zlib.decompressobj(), len(MAGIC)
        if missing > len(clean) * _MOST_PER_BYTE:
            return False
        try:
            while missing > 0 and not inflater.eof and at < len(clean):
                length = int.from_bytes(clean[at : at + 4])
                packed = clean[at + 8 : at + 8 + length] if clean[at + 4 : at + 8] == b"IDAT" else b""
                while packed and missing > 0 and not inflater.eof:
                    missing -= len(inflater.decompress(packed, _INFLATED_AT_ONCE))
                    packed = inflater.unconsumed_tail
                at += 12 + length
        except zlib.error:
            return False
        return missing <= 0

    def _filtered_size(self) -> int:
        """Bytes of all rows, each with the byte that names its filter."""
        bits = self.depth * _SAMPLES[self.colour]
        passes = _ADAM7 if self.interlaced else ((0, 0, 1, 1),)
        sizes = [(-(-(self.width - x) // dx), -(-(self.height - y) // dy)) for x, y, dx, dy in passes]
        return sum(
            rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0
        )

    def cleaned(self, data: bytes) -> bytes:
        """The same samples in IHDR, PLTE, tRNS, IDAT and IEND, and nothing else."""
        return MAGIC + b"".join(data[kept] for kept in self.kept)


class _Reading:
    """What was seen so far on the way through the chunks."""

    def __init__(self, header: bytes) -> None:
        if len(header) != 13:
            raise PhotoRefused("damaged")
        self.width, self.height = int.from_bytes(header[:4]), int.from_bytes(header[4:8])
        self.depth, self.colour, compression, filtering, self.interlace = header[8:]
        if self.depth not in _DEPTHS.get(self.colour, ()) or compression or filtering or self.interlace > 1:
            raise PhotoRefused("damaged")
        self.palette = self.pixels = False
        self.last, self.exif, self.icc = b"IHDR", b"", b""

    def keeps(self, name: bytes, body: bytes) -> bool:
        """Takes note of one chunk behind IHDR; whether the pixels need it."""
        match name:
            case b"IDAT":
                if self.pixels and self.last != b"IDAT":
                    raise PhotoRefused("damaged")
                self.pixels = True
                return True
            case b"PLTE":
                if self.pixels or self.palette or len(body) not in _PALETTE_LENGTHS:
                    raise PhotoRefused("damaged")
                self.palette = True
                return self.colour == _PALETTE
            case b"IEND":
                if not self.pixels or (self.colour == _PALETTE and not self.palette):
                    raise PhotoRefused("damaged")
                return True
            case b"tRNS":
                return not self.pixels and len(body) in _TRANSPARENCY.get(self.colour, ())
            case b"eXIf":
                self.exif = self.exif or body
            case b"iCCP":
                self.icc = self.icc or body
            case b"acTL" if not self.pixels and int.from_bytes(body[:4]) > 1:
                raise PhotoRefused("animated")
            case b"IHDR":
                raise PhotoRefused("damaged")
            case _ if not name[0] & _ANCILLARY:
                raise PhotoRefused("unsupported_kind")
        return False

    def result(self, trailing: int, kept: list[slice]) -> PngStructure:
        return PngStructure(
            width=self.width,
            height=self.height,
            depth=self.depth,
            colour=self.colour,
            interlaced=bool(self.interlace),
            orientation=orientation(self.exif),
            trailing=trailing,
            icc=self.icc,
            kept=tuple(kept),
        )


def examine_png(data: bytes) -> PngStructure:
    """Walks from chunk to chunk up to IEND; the check sums of what is kept are verified.

    Raises :class:`PhotoRefused`: truncated, damaged, unsupported_kind, animated, too_complex.
    """
    seen: _Reading | None = None
    kept: list[slice] = []
    view, at, end = memoryview(data), len(MAGIC), len(data)
    for _ in range(MAX_CHUNKS):
        length, name = int.from_bytes(view[at : at + 4]), data[at + 4 : at + 8]
        after = at + 12 + length
        if at + 8 <= end and (length > _MAX_LENGTH or not _NAME.fullmatch(name)):
            raise PhotoRefused("damaged")
        if after > end:
            raise PhotoRefused("truncated")
        checksum = int.from_bytes(view[after - 4 : after])
        if name in _CHECKED and zlib.crc32(view[at + 4 : after - 4]) != checksum:
            raise PhotoRefused("damaged")
        body = b"" if name == b"IDAT" else data[at + 8 : after - 4]
        if seen is None:
            if name != b"IHDR":
                raise PhotoRefused("damaged")
            seen = _Reading(body)
            kept.append(slice(at, after))
        else:
            if seen.keeps(name, body):
                kept.append(slice(at, after))
            seen.last = name
            if name == b"IEND":
                return seen.result(end - after, kept)
        at = after
    raise PhotoRefused("too_complex")
