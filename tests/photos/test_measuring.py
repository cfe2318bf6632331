"""What a stored photo looks like in figures, and that these tell apart what people would."""

from __future__ import annotations

from PIL import Image, ImageFilter

from tests.photos.pictures import marked, page, written
from webapp.photos.judged import Measured
from webapp.photos.judging import judge
from webapp.photos.shrinking import shrink
from webapp.rules.likeness import distance, nearly_the_same


def looks(image: Image.Image, quality: int = 40) -> Measured:
    return judge(written(image, quality=quality), "image/jpeg").measured


def test_a_copy_of_other_size_and_quality_is_nearly_the_same_and_another_page_is_not() -> None:
    first, other = page(900, 1200, 0), page(904, 1204, 0)
    small = first.resize((600, 800))
    mine = looks(first, quality=50).difference_hash
    assert nearly_the_same(mine, looks(small, quality=30).difference_hash)
    assert not nearly_the_same(mine, looks(other, quality=50).difference_hash)
    assert not nearly_the_same(mine, looks(marked(900, 1200)).difference_hash)


def test_the_originals_way_gives_nearly_the_same_as_the_phones() -> None:
    original = page(1_800, 2_400, 0)
    by_server = judge(shrink(written(original, quality=92)), "image/jpeg").measured
    by_phone = looks(original.resize((900, 1_200)))
    assert distance(by_server.difference_hash, by_phone.difference_hash) < 0.15


def test_a_blank_page_is_like_no_other_blank_page() -> None:
    white = looks(Image.new("RGB", (600, 800), "white")).difference_hash
    assert white == "0" * 128
    assert not nearly_the_same(white, white)


def test_the_hash_says_brighter_and_darker_from_left_to_right() -> None:
    step = Image.new("L", (320, 320), 40)
    step.paste(200, (160, 0, 320, 320))
    brighter, darker = (
        int(looks(way).difference_hash[at : at + 64], 16) for way, at in ((step, 0), (step, 64))
    )
    assert brighter.bit_count() >= 16
    assert darker == 0
    mirrored = step.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert int(looks(mirrored).difference_hash[:64], 16) == 0


def test_a_blurred_page_is_less_sharp_and_a_dark_one_less_bright() -> None:
    sharp = page(640, 480)
    assert looks(sharp).sharpness > 2 * looks(sharp.filter(ImageFilter.GaussianBlur(4))).sharpness
    bright = looks(sharp).brightness
    assert 100 < bright < 230
    assert looks(sharp.point(lambda level: level // 2)).brightness < 0.6 * bright


def test_the_smallest_picture_has_figures_too() -> None:
    assert looks(Image.new("L", (1, 1), 128)) == Measured(0.0, 128, "0" * 128)
