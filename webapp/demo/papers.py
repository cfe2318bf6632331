"""The base papers: what lies on the desk before a name is written on it. Each is drawn once a process."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from webapp.demo.lettering import Colour, write

Size = tuple[int, int]
WIDE: Size = (1600, 1200)
TALL: Size = (1200, 1600)
MARGIN = 24
"""How much larger than a photo a scene is on each side: each photo is another cut of it."""
_SAMPLE = "演示 SAMPLE"
_RED = (196, 48, 40)
_RULED, _PRINTED = (70, 72, 78), (134, 136, 142)
_SKIN, _HAIR, _SHIRT = (226, 190, 164), (46, 40, 38), (98, 122, 146)


@dataclass(frozen=True)
class Look:
    """How a kind of paper looks: sizes in pixels, the angle in degrees as it lies."""

    photo: Size
    paper: Size
    angle: float
    desk: tuple[int, int, int]
    ground: tuple[int, int, int]
    draw: Callable[[ImageDraw.ImageDraw, Size], None]
    ink: tuple[int, int, int] = (32, 34, 40)
    quality: int = 70


@dataclass(frozen=True)
class Scene:
    """A paper on its desk, and where on it a name is written."""

    picture: Image.Image
    look: Look

    def with_ink(self, ink: Image.Image) -> Image.Image:
        """A copy with ``ink`` (a mask of the paper's size) written on the paper, in the paper's angle."""
        copy = self.picture.copy()
        box = ink.getbbox()
        if box is None:
            return copy
        # Only where something is written, which is a fraction of the paper; its middle turns around the paper's.
        words = ink.crop(box).rotate(self.look.angle, Image.Resampling.BILINEAR, expand=True)
        turn = math.radians(self.look.angle)
        right = (box[0] + box[2] - ink.width) / 2
        down = (box[1] + box[3] - ink.height) / 2
        x = copy.width / 2 + right * math.cos(turn) + down * math.sin(turn)
        y = copy.height / 2 - right * math.sin(turn) + down * math.cos(turn)
        copy.paste(self.look.ink, (round(x - words.width / 2), round(y - words.height / 2)), words)
        return copy


def _noise(size: Size, seed: str) -> Image.Image:
    grains = random.Random(seed).randbytes(size[0] * size[1])
    return Image.frombytes("L", size, grains)


def _coloured(colour: tuple[int, int, int], shades: Image.Image, strength: float) -> Image.Image:
    """A ground of one colour that varies with ``shades`` by that many steps of 255 each way."""
    bands = [shades.point([max(0, min(255, round(c + (v - 128) / 128 * strength))) for v in range(256)])
             for c in colour]  # fmt: skip
    return Image.merge("RGB", bands)


def _desk(size: Size, colour: tuple[int, int, int], seed: str) -> Image.Image:
    grain = _noise((size[0] // 60, size[1] // 3), seed).resize(size, Image.Resampling.BICUBIC)
    fine = _noise((size[0] // 2, size[1] // 2), f"{seed} fine").resize(size, Image.Resampling.BILINEAR)
    return _coloured(colour, ImageChops.blend(grain, fine, 0.35), 22)


def portrait(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
    """Nobody's head and shoulders, as on a pass photo."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top

    def inside(x1: float, y1: float, x2: float, y2: float) -> tuple[float, float, float, float]:
        return (left + width * x1, top + height * y1, left + width * x2, top + height * y2)

    draw.rectangle(box, fill=(214, 226, 236), outline=(150, 160, 168))
    draw.pieslice(inside(0.1, 0.66, 0.9, 1.3), 180, 360, fill=_SHIRT)
    draw.rectangle(inside(0.41, 0.5, 0.59, 0.7), fill=_SKIN)
    draw.ellipse(inside(0.28, 0.16, 0.72, 0.6), fill=_SKIN)
    draw.chord(inside(0.26, 0.12, 0.74, 0.5), 180, 360, fill=_HAIR)


def _star(centre: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    points = []
    for step in range(10):
        reach = radius if step % 2 == 0 else radius * 0.4
        turn = math.pi / 5 * step - math.pi / 2
        points.append((centre[0] + reach * math.cos(turn), centre[1] + reach * math.sin(turn)))
    return points


def seal(
    draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, words: str = "示例专用章"
) -> None:
    """A red round seal of no office."""
    x, y = centre
    draw.ellipse(
        (x - radius, y - radius, x + radius, y + radius), outline=_RED, width=max(3, round(radius / 14))
    )
    draw.polygon(_star((x, y - radius * 0.16), radius * 0.4), fill=_RED)
    size = round(min(radius * 0.34, radius * 1.5 / len(words)))
    write(draw, (x, y + radius * 0.34), words, size, _RED, centred=True)


def _lines(
    draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], count: int, shade: Colour
) -> None:
    """Printed lines that nobody needs to read."""
    left, top, right, bottom = box
    widths = random.Random(f"{box}")
    step = (bottom - top) / count
    for row in range(count):
        y = top + step * row
        end = right if row < count - 1 else left + (right - left) * widths.uniform(0.3, 0.7)
        x = left
        while x < end:
            word = min(widths.uniform(24, 90), end - x)
            draw.rectangle((x, y, x + word, y + step * 0.34), fill=shade)
            x += word + 9


def _card_front(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    for row in range(0, height, 14):
        draw.line((0, row, width, row + 60), fill=(214, 228, 232), width=2)
    portrait(draw, (width * 0.66, height * 0.14, width * 0.93, height * 0.68))


def _card_back(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    for row in range(0, height, 14):
        draw.line((0, row + 60, width, row), fill=(226, 216, 226), width=2)
    seal(draw, (width * 0.18, height * 0.3), height * 0.19, "示例")


def _holding(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    middle = width / 2

    def around(x: float, y: float, reach: float, rise: float) -> tuple[float, float, float, float]:
        return (middle + x - reach, y - rise, middle + x + reach, y + rise)

    draw.rectangle((0, 0, width, height), fill=(206, 212, 214))
    draw.rectangle((0, 0, width * 0.3, height), fill=(198, 205, 208))
    draw.pieslice(around(0, height, 500, height / 2), 180, 360, fill=_SHIRT)
    draw.rectangle(around(0, height * 0.47, 80, 120), fill=(212, 174, 148))
    draw.ellipse(around(0, height * 0.28, 205, 296), fill=_SKIN)
    draw.chord(around(0, height * 0.235, 225, 272), 180, 360, fill=_HAIR)
    draw.arc(around(0, height * 0.365, 60, 40), 20, 160, fill=(150, 84, 76), width=8)
    top, bottom = height * 0.6, height * 0.6 + 416
    for side in (-1, 1):
        draw.ellipse(around(side * 80, height * 0.29, 22, 16), fill=_HAIR)
        draw.ellipse(around(side * 345, bottom - 95, 70, 135), fill=_SKIN)
    draw.rounded_rectangle((middle - 330, top, middle + 330, bottom), 26, fill=(236, 243, 245))
    portrait(draw, (middle + 130, top + 40, middle + 296, top + 250))
    for side in (-1, 1):
        draw.rounded_rectangle(around(side * 315, bottom - 95, 42, 65), 40, fill=_SKIN)


def _certificate(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    for inset, line in ((34, 8), (54, 2)):
        draw.rectangle((inset, inset, width - inset, height - inset), outline=(176, 142, 84), width=line)
    portrait(draw, (110, 300, 320, 590))
    seal(draw, (width * 0.79, height * 0.76), 120)


def _form(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    for row in (250, 330, 410, 490, 570, 650, 920, 1110, height - 130):
        draw.line((70, row, width - 70, row), fill=_RULED, width=3)
    for x in (70, 260, width - 70):
        draw.line((x, 250, x, height - 130), fill=_RULED, width=3)
    _lines(draw, (285, 680, width - 95, 900), 6, _PRINTED)
    _lines(draw, (285, 945, width - 95, 1095), 4, _PRINTED)
    seal(draw, (width * 0.7, height - 235), 96, "示例单位公章")
    draw.arc((330, height - 260, 470, height - 180), 160, 380, fill=(40, 52, 110), width=5)
    draw.arc((420, height - 280, 560, height - 200), 20, 250, fill=(40, 52, 110), width=5)


def _letter(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    draw.line((80, 190, width - 80, 190), fill=_RED, width=5)
    _lines(draw, (90, 620, width - 90, 1080), 9, _PRINTED)
    seal(draw, (width * 0.72, height - 230), 110)
    draw.arc((120, height - 260, 280, height - 160), 170, 390, fill=(40, 52, 110), width=6)
    draw.arc((230, height - 270, 380, height - 180), 10, 240, fill=(40, 52, 110), width=6)


def _printout(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    draw.rectangle((70, 190, width - 70, 196), fill=(42, 108, 168))
    portrait(draw, (width - 320, 260, width - 100, 560))
    for row in range(300, 1000, 76):
        draw.line((90, row, width - 360 if row < 580 else width - 90, row), fill=(190, 194, 200), width=2)
    cells, cell = random.Random("code"), 9
    for x in range(21):
        for y in range(21):
            if cells.random() < 0.5:
                place = (110 + x * cell, height - 330 + y * cell)
                draw.rectangle((*place, place[0] + cell - 1, place[1] + cell - 1), fill=(20, 20, 24))
    _lines(draw, (340, height - 320, width - 100, height - 160), 5, _PRINTED)


def _booklet(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    draw.rectangle((width / 2 - 4, 0, width / 2 + 4, height), fill=(176, 166, 150))
    draw.rectangle((width / 2 + 4, 0, width / 2 + 30, height), fill=(226, 220, 206))
    portrait(draw, (width * 0.15, height * 0.2, width * 0.35, height * 0.58))
    seal(draw, (width * 0.33, height * 0.66), 84)
    for row in range(round(height * 0.22), round(height * 0.8), 74):
        draw.line((width * 0.56, row + 56, width * 0.94, row + 56), fill=(168, 160, 146), width=2)


def _cover(draw: ImageDraw.ImageDraw, size: Size) -> None:
    width, height = size
    gold = (206, 170, 92)
    draw.rounded_rectangle((26, 26, width - 26, height - 26), 22, outline=(120, 40, 52), width=5)
    draw.ellipse((width / 2 - 130, 330, width / 2 + 130, 590), outline=gold, width=9)
    draw.polygon(_star((width / 2, 460), 84), fill=gold)
    write(draw, (width / 2, 160), "PASSPORT", 84, gold, centred=True)


_WOOD, _GREY, _GREEN, _BROWN = (166, 132, 98), (142, 150, 154), (112, 134, 124), (134, 104, 82)
LOOKS = {
    "card": Look(WIDE, (1240, 782), 2.1, _WOOD, (234, 242, 244), _card_front),
    "card back": Look(WIDE, (1240, 782), -1.6, _WOOD, (244, 238, 244), _card_back),
    "holding": Look(TALL, (1200 + 2 * MARGIN, 1600 + 2 * MARGIN), 0, _GREY, (206, 212, 214), _holding, quality=74),
    "certificate": Look(WIDE, (1340, 940), -1.3, _GREY, (250, 244, 228), _certificate, (92, 62, 24)),
    "form": Look(TALL, (1010, 1420), 1.2, _GREEN, (248, 248, 246), _form),
    "letter": Look(TALL, (1010, 1420), -1.8, _BROWN, (249, 248, 244), _letter),
    "printout": Look(TALL, (1010, 1420), 0.9, _GREY, (252, 252, 252), _printout),
    "booklet": Look(WIDE, (1360, 900), 1.5, _GREEN, (246, 240, 226), _booklet),
    "cover": Look(TALL, (880, 1220), -2.2, _WOOD, (92, 26, 38), _cover, (206, 170, 92)),
}  # fmt: skip


@cache
def scene(kind: str) -> Scene:
    """The paper of that kind on its desk, a little larger than a photo."""
    look = LOOKS[kind]
    whole = (look.photo[0] + 2 * MARGIN, look.photo[1] + 2 * MARGIN)
    plain = Image.new("RGB", look.paper, look.ground)
    look.draw(ImageDraw.Draw(plain), look.paper)
    _mark(plain, look)
    grain = _coloured((128, 128, 128), _noise(look.paper, f"{kind} paper"), 5)
    paper = ImageChops.add(plain, grain, offset=-128)
    sheet = Image.new("L", look.paper, 255).rotate(look.angle, Image.Resampling.BICUBIC, expand=True)
    place = ((whole[0] - sheet.width) // 2, (whole[1] - sheet.height) // 2)
    picture = _desk(whole, look.desk, kind)
    shadow = Image.new("L", whole, 0)
    shadow.paste(120, (place[0] + 10, place[1] + 14), sheet)
    picture.paste((20, 22, 24), (0, 0), shadow.filter(ImageFilter.BoxBlur(12)))
    picture.paste(paper.rotate(look.angle, Image.Resampling.BICUBIC, expand=True), place, sheet)
    return Scene(picture, look)


def _mark(paper: Image.Image, look: Look) -> None:
    """So that nobody takes it for a document: the word runs over every paper."""
    word = Image.new("L", (760, 150), 0)
    write(ImageDraw.Draw(word), (380, 16), _SAMPLE, 104, 54, centred=True)
    turned = word.rotate(18, Image.Resampling.BILINEAR, expand=True)
    width, height = look.paper
    for row in (height // 2,) if width > height else (height // 3, height * 4 // 5):
        paper.paste(_RED, (width // 2 - turned.width // 2, row - turned.height // 2), turned)
