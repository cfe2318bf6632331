"""Pictures that tests need, made here: pages of print, broken ones, bombs."""

from __future__ import annotations

import io
import random
import struct
import zlib
from functools import cache
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageStat

CORNERS = ("red", "lime", "blue", "white")
"""Colours of the corners of :func:`marked`, clockwise from top left."""


@cache
def page(width: int, height: int, noise: int = 12) -> Image.Image:
    """Something like a photographed page: lines of dark blocks on grey paper with grain."""
    dice = random.Random(width * height)
    paper = Image.new("RGB", (width, height), (228, 224, 215))
    pen = ImageDraw.Draw(paper)
    for y in range(height // 30, height * 29 // 30, max(6, height // 60)):
        x = width // 30
        while x < width * 28 // 30:
            word = dice.randint(width // 200 + 1, width // 40 + 1)
            pen.rectangle((x, y, x + word, y + max(2, height // 150)), fill=(45, 45, 50))
            x += word + dice.randint(4, 20)
    if not noise:
        return paper
    return Image.blend(paper, Image.effect_noise((width, height), noise).convert("RGB"), 0.15)


def marked(width: int, height: int) -> Image.Image:
    """A grey picture with another colour in each corner, so that every turn of it looks different."""
    image = Image.new("RGB", (width, height), "grey")
    pen = ImageDraw.Draw(image)
    third, fourth = width // 3, height // 4
    for colour, x, y in zip(
        CORNERS, (0, width - third, width - third, 0), (0, 0, height - fourth, height - fourth), strict=True
    ):
        pen.rectangle((x, y, x + third, y + fourth), fill=colour)
    return image


def written(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def read(data: bytes) -> Image.Image:
    image: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference per channel, 0 to 255, after bringing both to one size."""
    small = [image.convert("RGB").resize((64, 64)) for image in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*small)).mean)


@cache
def photo(limit: int = 204_800) -> bytes:
    """A baseline JPEG of 2,016 x 1,512 pixels just under ``limit``."""
    for quality in range(60, 4, -1):
        data = written(page(2016, 1512), quality=quality, optimize=True)
        if len(data) <= limit:
            return data
    raise AssertionError("the page does not fit")


def exif(orientation: int) -> Image.Exif:
    """EXIF with an orientation, a maker and a GPS position."""
    block = Image.Exif()
    block[0x010F] = "Maker of Cameras"
    block[0x0112] = orientation
    block.get_ifd(0x8825)[1] = "N"
    block.get_ifd(0x8825)[2] = (39.0, 7.0, 12.0)
    return block


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """The JPEG with segments put in behind its start marker."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG whose frame header claims another size."""
    frame = next(at for at in range(2, len(jpeg)) if jpeg[at] == 0xFF and jpeg[at + 1] in (0xC0, 0xC1, 0xC2))
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def many_scans(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated: each repetition costs a walk over all coefficients."""
    plain = written(Image.new("L", (width, height), 128), quality=50, progressive=True)
    starts = [at for at in range(len(plain) - 1) if plain[at : at + 2] == b"\xff\xda"]
    end = plain.rfind(b"\xff\xd9")
    return plain[:end] + plain[starts[-1] : end] * (scans - len(starts)) + plain[end:]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """The PNG with chunks put in behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def png_header(
    width: int, height: int, depth: int = 8, colour: int = 2, *, interlaced: bool = False
) -> bytes:
    body = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", body)
