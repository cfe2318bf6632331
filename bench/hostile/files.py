"""What is sent: the third-party files with their verdicts, and files of our own that are made to cost."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tests.photos import pictures

FOLDERS = ("hostile", "orientation", "camera", "documents", "heic")
LIMIT = 204_800
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PALETTE = (pictures.chunk(b"PLTE", bytes(range(256)) * 3), pictures.chunk(b"tRNS", bytes(range(256))))


@dataclass(frozen=True)
class Sent:
    """One file. A verdict is ``accept``, ``reject`` or ``either``."""

    name: str
    data: bytes = field(repr=False)
    stored: str
    """The right verdict where it is to be stored as it is."""
    original: str
    """The right verdict for an original, which is shrunk first."""
    like: str = ""
    """The good file that this one must not cost more than; empty: a photo as the page sends it."""


def third_party(material: Path) -> Iterator[Sent]:
    """The corpus. What is refused there for its size or as HEIC alone may come as an original."""
    for folder in FOLDERS:
        for entry in json.loads((material / "corpus" / folder / "manifest.json").read_text())["files"]:
            data = (material / "corpus" / folder / entry["file"]).read_bytes()
            whole = "accept" if "through_the_page" in entry else "either"
            large = entry["size"] > LIMIT or folder == "heic"
            yield Sent(
                f"{folder}/{entry['file']}", data, entry["verdict"], whole if large else entry["verdict"]
            )


def good() -> Sent:
    """The canary: a photo as the page sends it, which must be taken first and last."""
    return Sent("a good photo", pictures.photo(), "accept", "accept")


def generated() -> Iterator[Sent]:
    """Valid and broken files that are small to send and large to decode."""
    yield from _whole()
    yield from _of_24_megapixels()
    yield from _too_much()
    yield from _broken()


def originals() -> Iterator[Sent]:
    """The largest that are taken, and what is just above: too large to be stored as they are."""
    plain: dict[str, Any] = {"quality": 60, "optimize": True}
    yield Sent("JPEG of 12 MP", pictures.written(pictures.page(4000, 3000), quality=90), "reject", "accept")
    yield Sent("JPEG of 201 MP", _grey_jpeg(16_400, 12_256), "reject", "accept")
    yield Sent("JPEG of 211 MP", _grey_jpeg(16_400, 12_900), "reject", "reject")
    large = Image.new("RGB", (8_900, 6_700), (200, 190, 180))
    yield Sent("progressive of 60 MP", pictures.written(large, progressive=True, **plain), "reject", "accept")
    yield Sent(
        "progressive of 60 MP in 4:4:4",
        pictures.written(large, progressive=True, subsampling=0, **plain),
        "reject",
        "either",
    )
    yield Sent("PNG of 40 MP", png(7_300, 5_470, 8, 2), "reject", "accept")
    yield Sent("PNG of 40 MP with alpha", png(7_300, 5_470, 8, 6), "reject", "accept")
    strip = pictures.written(Image.effect_noise((70_000, 30), 60), "PNG")
    yield Sent("PNG longer than a JPEG may be", strip, "reject", "accept")
    yield Sent("PNG of 41 MP", png(7_400, 5_600, 8, 2), "reject", "reject")


def _grey_jpeg(width: int, height: int) -> bytes:
    return pictures.written(Image.new("L", (width, height), 128), quality=50, optimize=True)


def _accepted(name: str, data: bytes) -> Sent:
    return Sent(name, data, "accept", "accept")


def _refused(name: str, data: bytes) -> Sent:
    return Sent(name, data, "reject", "reject")


def _whole() -> Iterator[Sent]:
    photo, small = pictures.photo(), pictures.page(640, 480)
    yield _accepted("exactly 204,800 bytes", photo + bytes(LIMIT - len(photo)))
    yield Sent("204,801 bytes", photo + bytes(LIMIT + 1 - len(photo)), "reject", "accept")
    yield _accepted("lying, 2,016 x 1,512", _lying(photo))
    yield _accepted("CMYK", pictures.written(small.convert("CMYK"), quality=40))
    yield _accepted(
        "MPO",
        pictures.written(small, "MPO", quality=40, save_all=True, append_images=[small.rotate(180)]),
    )
    for name, depth, colour in (("16-bit grey", 16, 0), ("16-bit RGBA", 16, 6), ("palette", 8, 3)):
        yield _accepted(f"PNG, {name}", png(640, 480, depth, colour))
    yield _accepted("PNG, interlaced", png(640, 480, 8, 2, interlaced=True))
    plain = png(640, 480, 8, 2)
    bomb = zlib.compress(bytes(100 << 20), 9)
    yield _accepted("PNG, zTXt of 100 MB", _with(plain, b"zTXt", b"k\0\0" + bomb))
    yield _accepted("PNG, iCCP of 100 MB", _with(plain, b"iCCP", b"k\0\0" + bomb))
    yield _accepted("PNG, iTXt of 100 MB", _with(plain, b"iTXt", b"k\0\1\0\0\0" + bomb))
    text = pictures.chunk(b"tEXt", b"Comment\0")
    yield _accepted("PNG, 8,000 tEXt", pictures.with_chunks(plain, *[text] * 8_000))
    longer = _png_of(640, 480, zlib.compress(bytes(50 << 20), 9))
    yield Sent("PNG, more pixel data than rows", longer, "either", "either")


def _of_24_megapixels() -> Iterator[Sent]:
    for name, depth, colour in (
        ("grey", 8, 0),
        ("16-bit grey", 16, 0),
        ("RGB", 8, 2),
        ("palette", 8, 3),
        ("grey with alpha", 8, 4),
        ("RGBA", 8, 6),
        ("16-bit RGBA", 16, 6),
    ):
        data = png(6_000, 4_000, depth, colour)
        yield _accepted(f"PNG of 24 MP, {name}", data)
        turned = pictures.chunk(b"eXIf", pictures.exif(6).tobytes()[6:])
        yield _accepted(f"PNG of 24 MP, {name}, lying", pictures.with_chunks(data, turned))
    flat = Image.new("RGB", (6_000, 4_000), (200, 190, 180))
    kinds: dict[str, dict[str, Any]] = {"baseline": {}, "progressive": {"progressive": True}}
    for name, how in kinds.items():
        data = pictures.written(flat, quality=50, optimize=True, **how)
        yield _accepted(f"{name} of 24 MP", data)
        yield _accepted(f"{name} of 24 MP, lying", _lying(data))
    full = Image.new("RGB", (4_900, 3_300), (200, 190, 180))
    for name, how in kinds.items():
        data = pictures.written(full, quality=50, optimize=True, subsampling=0, **how)
        yield _accepted(f"{name} of 16 MP in 4:4:4", data)


def _too_much() -> Iterator[Sent]:
    # A phone may have made them, and the original's way takes what it has the memory for.
    for side, name in ((6_400, "41 MP"), (8_000, "64 MP"), (13_300, "177 MP")):
        yield Sent(f"JPEG of {name}", _grey_jpeg(side, side), "reject", "either")
        yield Sent(f"PNG of {name}", png(side, side, 1, 0), "reject", "reject")
    for side in (1_500, 4_000):
        scans = pictures.many_scans(side, side, 4_558)
        yield _refused(f"4,558 scans of {side} x {side}", scans)
    yield Sent("60 scans of 24 MP", pictures.many_scans(6_000, 4_000, 60), "reject", "either")
    yield _refused("JPEG that claims 4,290 MP", pictures.with_size(_grey_jpeg(64, 64), 65_500, 65_500))
    claims = pictures.png_header(0x7FFFFFFF, 0x7FFFFFFF)
    yield _refused("PNG that claims most", claims + _ends(zlib.compress(bytes(1 << 20))))
    text = pictures.chunk(b"tEXt", b"k\0")
    yield _refused(
        "PNG, 12,000 chunks, no end", (pictures.with_chunks(png(9, 9, 8, 2), *[text] * 12_000))[:-12]
    )


def _broken() -> Iterator[Sent]:
    photo = pictures.photo()
    middle = len(photo) // 2
    yield _refused("zeroed middle", photo[:middle] + bytes(30_000) + photo[middle + 30_000 :])
    yield _refused("three kilobytes missing", photo[:middle] + photo[middle + 3_000 :])
    yield _refused("cut, end put on", photo[:middle] + b"\xff\xd9")
    yield _refused("cut", photo[:middle])
    smooth = pictures.written(pictures.page(1200, 900), quality=40, progressive=True)
    yield _refused("progressive, cut, end put on", smooth[: len(smooth) // 2] + b"\xff\xd9")
    flat = pictures.written(Image.new("RGB", (6_000, 4_000), "teal"), quality=50, optimize=True)
    cut = flat[: len(flat) // 2] + b"\xff\xd9"
    yield Sent("24 MP, cut, end put on", cut, "reject", "reject", "baseline of 24 MP")
    rows = zlib.compress(bytes((6_000 * 3 + 1) * 3_999), 9)
    missing = pictures.png_header(6_000, 4_000) + _ends(rows)
    yield Sent("PNG of 24 MP, one row missing", missing, "reject", "reject", "PNG of 24 MP, RGB")
    frames = [Image.new("RGB", (400, 300), colour) for colour in ("red", "blue")]
    yield _refused("APNG", pictures.written(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    yield _refused("nothing", b"")


def _lying(jpeg: bytes) -> bytes:
    return pictures.with_segments(jpeg, pictures.segment(0xE1, pictures.exif(6).tobytes()))


def _with(plain: bytes, name: bytes, body: bytes) -> bytes:
    return pictures.with_chunks(plain, pictures.chunk(name, body))


def _ends(packed: bytes) -> bytes:
    return pictures.chunk(b"IDAT", packed) + pictures.chunk(b"IEND", b"")


def _png_of(width: int, height: int, packed: bytes) -> bytes:
    return pictures.png_header(width, height) + _ends(packed)


def png(width: int, height: int, depth: int, colour: int, *, interlaced: bool = False) -> bytes:
    """A valid PNG of one tone, made row by row."""
    passes = (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    )
    packer, parts = zlib.compressobj(9), []
    for x, y, dx, dy in passes if interlaced else ((0, 0, 1, 1),):
        columns, rows = -(-(width - x) // dx), -(-(height - y) // dy)
        row = b"\0" + b"\x55" * ((columns * depth * _SAMPLES[colour] + 7) // 8)
        parts += [packer.compress(row) for _ in range(rows)]
    header = pictures.png_header(width, height, depth, colour, interlaced=interlaced)
    return header + b"".join(_PALETTE if colour == 3 else ()) + _ends(b"".join(parts) + packer.flush())
