from __future__ import annotations

import pytest
from PIL import Image

from tests.photos.pictures import difference, marked, page, photo, read, written
from tests.photos.test_judging import assert_fit_to_store
from webapp.photos.judged import LIMIT
from webapp.photos.judging import judge
from webapp.photos.refusals import PhotoRefused
from webapp.photos.turning import turned


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(("quarters", "degrees"), [(1, -90), (2, 180), (3, 90), (-1, 90), (5, -90)])
def test_quarters_turn_clockwise(kind: str, quarters: int, degrees: int) -> None:
    image = marked(160, 112)
    judged = turned(written(image, kind), quarters)
    assert_fit_to_store(judged)
    assert judged.media_type == f"image/{kind.lower()}"
    assert (judged.width, judged.height) == ((112, 160) if quarters % 2 else (160, 112))
    assert difference(read(judged.data), image.rotate(degrees, expand=True)) < 4
    assert difference(read(judged.preview), image.rotate(degrees, expand=True)) < 5


def test_a_whole_turn_changes_nothing() -> None:
    data = written(page(640, 480))
    assert turned(data, 4).data == judge(data, "image/jpeg").data


def test_a_photo_at_the_limit_stays_under_it_and_legible() -> None:
    data = photo()
    assert len(data) > LIMIT * 0.9
    judged = turned(data, 1)
    assert_fit_to_store(judged)
    assert (judged.width, judged.height) == (1512, 2016)
    assert difference(read(judged.data), read(data).transpose(Image.Transpose.ROTATE_270)) < 3


def test_four_quarters_come_back_to_almost_the_same_picture() -> None:
    data = written(page(640, 480), quality=40)
    now = data
    for _ in range(4):
        now = turned(now, 1).data
    one, other = read(data).convert("L"), read(now).convert("L")
    pairs = zip(one.tobytes(), other.tobytes(), strict=True)
    assert sum(abs(a - b) for a, b in pairs) / (640 * 480) < 0.3


def test_a_palette_png_with_transparency_is_turned_as_such() -> None:
    image = marked(64, 48).quantize(8)
    data = written(image, "PNG", transparency=0)
    judged = turned(data, 1)
    stored = read(judged.data)
    assert (stored.mode, "transparency" in stored.info) == ("P", True)
    upright = read(data).convert("RGBA").transpose(Image.Transpose.ROTATE_270)
    assert stored.convert("RGBA").tobytes() == upright.tobytes()


def test_a_png_that_no_longer_fits_becomes_a_jpeg() -> None:
    data = written(page(300, 200), "PNG")
    judged = turned(data, 1, 20_000)
    assert_fit_to_store(judged, 20_000)
    assert judged.media_type == "image/jpeg"
    assert len(data) > 20_000


def test_what_cannot_be_decoded_cannot_be_turned() -> None:
    with pytest.raises(PhotoRefused) as refused:
        turned(photo()[:5000] + b"\xff\xd9", 1)
    assert refused.value.code == "damaged"
