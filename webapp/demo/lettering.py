"""Words on drawn papers: in a Chinese font where the machine has one, else Chinese becomes bars of its length."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

# A collection holds several fonts; the number is that of Simplified Chinese.
PLACES = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
    ("/System/Library/Fonts/STHeiti Medium.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
    ("C:/Windows/Fonts/msyh.ttc", 0),
)
AnyFont = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = int | tuple[int, int, int]


@cache
def chinese_place() -> tuple[str, int] | None:
    """Where this machine has a Chinese font."""
    return next((place for place in PLACES if Path(place[0]).is_file()), None)


@cache
def font(size: int) -> AnyFont:
    """The font at that size in pixels; Pillow brings a Latin one of its own."""
    place = chinese_place()
    if place is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(place[0], size, index=place[1], layout_engine=ImageFont.Layout.BASIC)


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    words: str,
    size: int,
    fill: Colour,
    *,
    centred: bool = False,
) -> None:
    """One line of words whose top left corner (or top centre) is at ``place``."""
    left, top = place
    if chinese_place() is None and not words.isascii():
        width = sum(size * (0.5 if letter.isascii() else 0.92) for letter in words)
        left -= width / 2 if centred else 0
        draw.rectangle((left, top + size * 0.35, left + width, top + size * 0.8), fill=fill)
        return
    draw.text((left, top), words, fill=fill, font=font(size), anchor="ma" if centred else "la")
