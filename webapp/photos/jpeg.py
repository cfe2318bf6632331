"""The structure of a JPEG (ITU-T T.81, JFIF 1.02, EXIF 2.32) read without decoding a pixel."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from webapp.photos.exif import TRANSPOSING, orientation
from webapp.photos.refusals import PhotoRefused

MAGIC = b"\xff\xd8\xff"
MAX_SCANS = 64
"""libjpeg writes 10, others up to about 20; a 204 KB file of 4,558 scans costs 18 s of CPU."""
MAX_SEGMENTS = 20_000
_MAX_ICC = 1 << 20

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_RESTARTS = range(0xD0, 0xD8)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
"""DHT, DQT, DRI: all besides frame and scans that a decoder needs."""
_CODE = re.compile(rb"[^\xff]")
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

_JFIF = bytes.fromhex("ffe0 0010 4a46494600 0101 00 0001 0001 00 00")
"""Version 1.01 as libjpeg writes it, square pixels, no thumbnail."""


@dataclass(frozen=True)
class JpegStructure:
    """What the markers of the first picture say; ``kept`` are the slices that its pixels need."""

    width: int
    height: int
    components: int
    """1 grey, 3 colour, 4 CMYK or YCCK."""
    progressive: bool
    scans: int
    coefficients: int
    """Bytes of all coefficients, which a decoder of several scans holds at once."""
    orientation: int
    """EXIF 1 to 8."""
    jfif: bool
    adobe: int | None
    """Colour transform of an Adobe segment; without it a decoder mistakes some colours."""
    several: bool
    """MPO: cameras append more pictures behind the first, which is the one we take."""
    trailing: int
    """Bytes behind the end marker."""
    icc: bytes = field(repr=False)
    kept: tuple[slice, ...] = field(repr=False)

    @property
    def media_type(self) -> str:
        return "image/jpeg"

    @property
    def buffered(self) -> bool:
        """Whether a decoder must hold all coefficients at once."""
        return self.progressive or self.scans > 1

    @property
    def upright_size(self) -> tuple[int, int]:
        turned = self.orientation in TRANSPOSING
        return (self.height, self.width) if turned else (self.width, self.height)

    def cleaned(self, data: bytes) -> bytes:
        """The same pixels without metadata, comments, thumbnails and whatever stands behind the end."""
        parts = [b"\xff\xd8"]
        if self.jfif:
            parts.append(_JFIF)
        if self.adobe is not None:
            parts.append(b"\xff\xee\x00\x0eAdobe\x00\x64\0\0\0\0" + bytes([self.adobe]))
        parts += [data[kept] for kept in self.kept]
        return b"".join(parts) + b"\xff\xd9"


class _Reading:
    """What was seen so far on the way through the segments."""

    def __init__(self) -> None:
        self.frame: tuple[int, bytes] | None = None
        self.scans = 0
        self.jfif = False
        self.adobe: int | None = None
        self.exif: bytes | None = None
        self.several = False
        self.icc: dict[int, bytes] = {}
        self.kept: list[slice] = []

    def keeps(self, marker: int, body: bytes) -> bool:
        """Takes note of one segment; whether the pixels need it."""
        if marker in _FRAMES:
            if self.frame is not None:
                raise PhotoRefused("damaged")
            self.frame = _frame(marker, body)
        elif marker == _SOS:
            self.scans += 1
            if self.frame is None:
                raise PhotoRefused("damaged")
            if self.scans > MAX_SCANS:
                raise PhotoRefused("too_complex")
        elif marker not in _TABLES:
            self._aside(marker, body)
            return False
        return True

    def _aside(self, marker: int, body: bytes) -> None:
        if marker == 0xE0 and body[:5] == b"JFIF\0" and len(body) >= 14:
            self.jfif = True
        elif marker == 0xEE and body[:5] == b"Adobe" and len(body) >= 12:
            self.adobe = body[11]
        elif marker == 0xE1 and body[:5] == b"Exif\0" and self.exif is None and not self.scans:
            self.exif = body[6:]
        elif marker == 0xE2 and body[:4] == b"MPF\0":
            self.several = True
        elif marker == 0xE2 and body[:12] == b"ICC_PROFILE\0" and len(body) > 14:
            self.icc.setdefault(body[12], body[14:])

    def result(self, trailing: int) -> JpegStructure:
        if self.frame is None or not self.scans:
            raise PhotoRefused("damaged")
        marker, body = self.frame
        components = body[5]
        return JpegStructure(
            width=int.from_bytes(body[3:5]),
            height=int.from_bytes(body[1:3]),
            components=components,
            progressive=marker == _PROGRESSIVE,
            scans=self.scans,
            coefficients=_coefficients(body),
            orientation=orientation(self.exif or b""),
            jfif=self.jfif,
            adobe=_sane_transform(self.adobe, components),
            several=self.several,
            trailing=trailing,
            icc=self._profile(),
            kept=tuple(self.kept),
        )

    def _profile(self) -> bytes:
        numbers = sorted(self.icc)
        whole = all(after == before + 1 for before, after in pairwise(numbers))
        profile = b"".join(self.icc[number] for number in numbers) if whole else b""
        return profile if len(profile) <= _MAX_ICC else b""


def _sane_transform(adobe: int | None, components: int) -> int | None:
    """Decoders read an unknown transform as the usual one; written so, they need not guess."""
    if adobe is None or adobe in (0, 1 if components == 3 else 2):
        return adobe
    return 1 if components == 3 else 2


def _frame(marker: int, body: bytes) -> tuple[int, bytes]:
    if marker not in (_BASELINE, _EXTENDED, _PROGRESSIVE):
        raise PhotoRefused("unsupported_kind")
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise PhotoRefused("damaged")
    if body[0] != 8 or body[5] not in (1, 3, 4):
        raise PhotoRefused("unsupported_kind")
    if any(not 1 <= factor <= 4 for pair in _samplings(body) for factor in pair):
        raise PhotoRefused("damaged")
    return marker, body


def _samplings(body: bytes) -> list[tuple[int, int]]:
    """Horizontal and vertical factor of each component (T.81, B.2.2)."""
    return [(pair >> 4, pair & 15) for pair in body[7 : 6 + 3 * body[5] : 3]]


def _coefficients(body: bytes) -> int:
    """Blocks of 64 samples of two bytes each, in whole MCUs (T.81, A.2.4)."""
    factors = _samplings(body)
    across, down = (8 * max(pair[side] for pair in factors) for side in (0, 1))
    units = -(-int.from_bytes(body[3:5]) // across) * -(-int.from_bytes(body[1:3]) // down)
    return units * sum(horizontal * vertical for horizontal, vertical in factors) * 128


def examine_jpeg(data: bytes) -> JpegStructure:
    """Walks from marker to marker up to the first end marker.

    Raises :class:`PhotoRefused`: truncated, damaged, unsupported_kind, too_complex.
    """
    seen, at = _Reading(), 2
    for _ in range(MAX_SEGMENTS):
        start, marker = _marker(data, at)
        at = start + 2
        if marker == _EOI:
            return seen.result(trailing=len(data) - at)
        if marker == _TEM or marker in _RESTARTS:
            continue
        if marker in (0, _SOI):
            raise PhotoRefused("damaged")
        body = _body(data, at)
        at += 2 + len(body)
        needed = seen.keeps(marker, body)
        if marker == _SOS:
            found = _MARKER_IN_SCAN.search(data, at)
            if found is None:
                raise PhotoRefused("truncated")
            at = found.start()
        if needed:
            seen.kept.append(slice(start, at))
    raise PhotoRefused("too_complex")


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Where the marker at or behind ``at`` begins, and its code; any number of fill bytes may precede it."""
    if data[at : at + 1] not in (b"", b"\xff"):
        raise PhotoRefused("damaged")
    found = _CODE.search(data, at)
    if found is None:
        raise PhotoRefused("truncated")
    return found.start() - 1, data[found.start()]


def _body(data: bytes, at: int) -> bytes:
    length = int.from_bytes(data[at : at + 2])
    body = data[at + 2 : at + length]
    if at + 2 <= len(data) and length < 2:
        raise PhotoRefused("damaged")
    if len(body) != length - 2:
        raise PhotoRefused("truncated")
    return body
