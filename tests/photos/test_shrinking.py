from __future__ import annotations

import io
import time
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile

from tests.photos.pictures import (
    chunk,
    difference,
    exif,
    many_scans,
    marked,
    page,
    photo,
    png_header,
    read,
    segment,
    with_segments,
    with_size,
    written,
)
from webapp.photos.encoding import HIGH, LOW, encoded, fitted, legible_size, tables
from webapp.photos.glance import BOUNDS, ORIGINAL_LIMIT, glance
from webapp.photos.heic import heic_pixels
from webapp.photos.judged import LIMIT
from webapp.photos.judging import judge
from webapp.photos.refusals import PhotoRefused
from webapp.photos.shrinking import shrink
from webapp.photos.worker import Unreadable


def heic(image: Image.Image, **how: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=60, **how)
    return out.getvalue()


def shrunk(data: bytes, limit: int = LIMIT) -> Image.Image:
    """Shrunk and judged, as the worker does it; the judge must find nothing to do."""
    small = shrink(data, limit)
    judged = judge(small, "image/jpeg", limit)
    assert judged.data == small
    assert not judged.facts.reencoded
    return read(small)


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        judge(shrink(data), "image/jpeg")
    return refused.value.code


def test_a_12_megapixel_photo_becomes_a_legible_jpeg_near_the_limit() -> None:
    original = written(page(4032, 3024), quality=92, exif=exif(1))
    assert len(original) > 5 * LIMIT
    small = shrink(original)
    assert LIMIT * LOW <= len(small) <= LIMIT * HIGH
    picture = read(small)
    assert picture.size == (2016, 1512)
    assert picture.info.get("progressive")
    assert difference(picture, page(4032, 3024)) < 3


def test_the_luma_table_is_flat_with_finer_dc_and_the_chroma_steep() -> None:
    luma, chroma = tables(20)
    assert luma[0] in (10, 11)
    assert {luma[n] for n in (1, 8, 9, 2, 16)} <= {16, 17}
    assert set(luma[3:8]) <= {20, 21}
    assert (chroma[0] in (10, 11), chroma[63] > 110) == (True, True)
    assert {1} == set(tables(0.1)[0])
    assert max(tables(2000)[0]) == 255


def test_the_tables_are_written_in_the_order_that_they_are_given() -> None:
    steps = [list(range(1, 65)), list(range(64, 0, -1))]
    with Image.open(io.BytesIO(encoded(marked(64, 48), steps))) as image:
        assert isinstance(image, JpegImageFile)
        assert image.quantization == {0: steps[0], 1: steps[1]}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIC"])
@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_an_original_comes_out_upright(kind: str, turn: int) -> None:
    upright = marked(640, 448)
    back = {
        1: None,
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }[turn]
    lying = upright if back is None else upright.transpose(back)
    # pillow-heif writes irot for the orientation and leaves it in EXIF: to be obeyed once, not twice.
    data = heic(lying, exif=exif(turn).tobytes()) if kind == "HEIC" else written(lying, kind, exif=exif(turn))
    picture = shrunk(data, 6_000)
    assert picture.width > picture.height
    assert difference(picture, upright) < 5


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_printers_jpegs_are_taken(mode: str) -> None:
    picture = shrunk(written(marked(640, 448).convert(mode)), 6_000)
    assert picture.mode == ("L" if mode == "L" else "RGB")
    assert difference(picture, marked(640, 448).convert(mode).convert("RGB")) < 5


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_usual_kind_of_png_is_taken(mode: str) -> None:
    image = marked(640, 448).convert("L").point(lambda level: 255 * (level > 100)).convert(mode)
    picture = shrunk(written(image, "PNG"), 2_000)
    assert difference(picture, image.convert("RGB")) < 8


def test_a_16_bit_grey_png_is_not_white() -> None:
    row = (20_000).to_bytes(2, "little") * 320 + b"\xff\xff" * 320
    scan = written(Image.frombytes("I;16", (640, 448), row * 448), "PNG", exif=exif(3))
    picture = shrunk(scan).convert("L")
    assert abs(int(str(picture.getpixel((600, 100)))) - 78) < 6
    assert int(str(picture.getpixel((40, 100)))) > 245


def test_transparency_lies_on_white_unless_the_strokes_are_white() -> None:
    for ink, ground in (("black", 255), ("white", 0)):
        drawn = Image.new("RGBA", (640, 448), (0, 0, 0, 0))
        drawn.paste(Image.new("RGBA", (320, 224), ink), (160, 112))
        picture = shrunk(written(drawn, "PNG", exif=exif(3)), 8_000).convert("L")
        corner, middle = (int(str(picture.getpixel(at))) for at in ((5, 5), (320, 224)))
        assert abs(corner - ground) < 6
        assert abs(middle - corner) > 200


def test_colours_of_a_wide_profile_become_those_that_are_meant() -> None:
    # A profile whose red and blue are exchanged shows at once whether it was obeyed.
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red, blue = srgb.index(b"rXYZ"), srgb.index(b"bXYZ")
    swapped = bytearray(srgb)
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    image = Image.new("RGB", (640, 448), (200, 30, 30))
    stored = shrunk(written(image, icc_profile=bytes(swapped)), 4_000).getpixel((9, 9))
    assert isinstance(stored, tuple)
    assert stored[2] > 150
    assert stored[0] < 80
    kept = shrunk(written(image, icc_profile=b"rubbish"), 4_000).getpixel((9, 9))
    assert isinstance(kept, tuple)
    assert kept[0] > 180


def test_an_original_that_fits_without_its_metadata_keeps_its_pixels() -> None:
    data = written(page(1200, 900), quality=40, exif=exif(1))
    heavy = with_segments(data, *[segment(0xE5, b"x" * 60_000)] * 4)
    assert len(heavy) > LIMIT
    assert read(shrink(heavy)).tobytes() == read(data).tobytes()
    png = written(marked(64, 48), "PNG")
    assert shrink(png) == judge(png, "image/png").data


def test_a_long_strip_keeps_its_width_for_reading() -> None:
    assert legible_size(4032, 3024) == (2016, 1512)
    assert legible_size(800, 600) == (800, 600)
    width, height = legible_size(1080, 8000)
    assert width > 600
    assert abs(width / height - 1080 / 8000) < 0.001
    strip = shrunk(written(page(1080, 8000), quality=90))
    assert strip.width > 600


def test_even_noise_comes_under_the_limit() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((800, 600), 120) for _ in range(3)])
    data = fitted(noise, 15_000)
    assert len(data) <= 15_000
    with pytest.raises(PhotoRefused) as refused:
        fitted(noise, 200)
    assert refused.value.code == "too_large"


def test_bounds_hold_before_anything_is_decoded() -> None:
    small, buffered = (
        written(Image.new("RGB", (16, 16))),
        written(Image.new("RGB", (16, 16)), progressive=True),
    )
    started = time.process_time()
    assert BOUNDS == {"jpeg": 210_000_000, "buffered": 60_000_000, "png": 40_000_000, "heic": 60_000_000}
    assert refusal(with_size(small, 21_000, 10_001)) == "too_many_pixels"
    assert refusal(with_size(buffered, 10_000, 6_001)) == "too_many_pixels"
    assert refusal(png_header(8_000, 5_001) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")) == "too_many_pixels"
    assert refusal(many_scans(500, 500, 900)) == "too_complex"
    assert refusal(b"x" * (ORIGINAL_LIMIT + 1)) == "too_large"
    assert time.process_time() - started < 0.5


def test_a_heic_above_its_bound_is_refused_before_decoding() -> None:
    data = heic(page(640, 480))
    assert heic_pixels(data, 640 * 480)[0].size == (640, 480)
    with pytest.raises(PhotoRefused) as refused:
        heic_pixels(data, 640 * 480 - 1)
    assert (refused.value.code, refused.value.seen) == ("too_many_pixels", {"width": 640, "height": 480})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 scan", "not_jpeg_or_png"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "not_jpeg_or_png"),
        (b"hello", "not_a_photo"),
        (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0\0\0\x10meta" + b"\0" * 8, "damaged"),
    ],
)
def test_what_is_no_photo_is_refused_here_too(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_damaged_original_is_refused_and_not_half_shown() -> None:
    whole = written(page(800, 600), quality=90)
    middle = len(whole) // 2
    assert refusal(whole[:middle]) == "truncated"
    assert refusal(whole[:middle] + b"\xff\xd9") == "damaged"
    assert refusal(whole[:middle] + bytes(900) + whole[middle + 900 :]) == "damaged"
    apple = heic(page(640, 480))
    assert len(shrink(apple)) > 1000
    assert refusal(apple[: len(apple) * 2 // 3]) == "truncated"


def test_an_original_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "original"
    path.write_bytes(photo())
    assert shrink(path) == shrink(photo())
    with pytest.raises(Unreadable):
        shrink(tmp_path / "not there")


def test_what_the_structure_tells_of_an_original_is_told_without_a_process(tmp_path: Path) -> None:
    path = tmp_path / "original"
    for data, code in (
        (b"%PDF-1.7 scan", "not_jpeg_or_png"),
        (photo()[:-2], "truncated"),
        (many_scans(1000, 1000, 900), "too_complex"),
        (with_size(photo(), 21_000, 10_001), "too_many_pixels"),
        (heic(page(640, 480))[:-9], "truncated"),
    ):
        path.write_bytes(data)
        with pytest.raises(PhotoRefused) as refused:
            glance(path)
        assert refused.value.code == code
    for good in (photo(), heic(page(640, 480))):
        path.write_bytes(good)
        glance(path)
