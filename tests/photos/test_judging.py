from __future__ import annotations

import hashlib
import io
import time
import zlib
from contextlib import suppress
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.photos.pictures import (
    chunk,
    difference,
    exif,
    marked,
    page,
    photo,
    png_header,
    read,
    segment,
    with_chunks,
    with_segments,
    with_size,
    written,
)
from webapp.photos.judged import LIMIT, Judged
from webapp.photos.judging import judge
from webapp.photos.refusals import REFUSALS, Code, PhotoRefused
from webapp.photos.structure import examine


def refusal(data: bytes, limit: int = LIMIT) -> str:
    with pytest.raises(PhotoRefused) as refused:
        judge(data, "image/jpeg", limit)
    return refused.value.code


def assert_fit_to_store(judged: Judged, limit: int = LIMIT) -> None:
    """What every accepted photo must be."""
    assert len(judged.data) <= limit
    assert judged.sha256_stored == hashlib.sha256(judged.data).hexdigest()
    again = examine(judged.data)
    assert again.cleaned(judged.data) == judged.data
    assert (again.orientation, again.media_type) == (1, judged.media_type)
    stored = read(judged.data)
    assert stored.size == (judged.width, judged.height)
    assert not dict(stored.getexif())
    assert not {"icc_profile", "xmp", "comment", "exif"} & set(stored.info)
    preview = read(judged.preview)
    assert (preview.format, max(preview.size) <= 320) == ("JPEG", True)
    assert len(judged.preview) < 40_000


def test_every_code_is_listed_once_with_its_meaning() -> None:
    assert sorted(REFUSALS) == sorted(get_args(Code))
    assert all(REFUSALS.values())


@pytest.mark.parametrize("progressive", [False, True])
def test_a_good_jpeg_keeps_its_pixels_bit_by_bit(progressive: bool) -> None:
    data = written(page(1200, 900), quality=40, progressive=progressive)
    judged = judge(data, "image/jpeg")
    assert_fit_to_store(judged)
    assert judged.data == data
    assert (judged.media_type, judged.width, judged.height) == ("image/jpeg", 1200, 900)
    assert judged.facts.kind == ("progressive" if progressive else "baseline")
    assert (judged.facts.reencoded, judged.facts.cut, judged.facts.otherwise_declared) == (False, 0, False)
    assert difference(read(judged.preview), read(data)) < 6


def test_metadata_is_cut_and_the_pixels_are_untouched() -> None:
    bare = written(page(800, 600), quality=50)
    data = written(page(800, 600), quality=50, exif=exif(1), icc_profile=b"p" * 999, comment=b"x") + b"<html>"
    assert b"Maker" in data
    judged = judge(data, "image/jpeg")
    assert_fit_to_store(judged)
    assert b"Maker" not in judged.data
    assert read(judged.data).tobytes() == read(bare).tobytes()
    assert judged.facts.cut == len(data) - len(judged.data) > 1000
    assert (judged.facts.trailing, judged.facts.reencoded) == (6, False)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("turn", range(2, 9))
def test_an_orientation_becomes_real(kind: str, turn: int) -> None:
    way = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}[turn]
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turn]
    upright = marked(160, 112)
    lying = upright.transpose(Image.Transpose(back))
    assert difference(lying.transpose(Image.Transpose(way)), upright) == 0
    judged = judge(written(lying, kind, exif=exif(turn)), f"image/{kind.lower()}")
    assert_fit_to_store(judged)
    assert (judged.width, judged.height) == (160, 112)
    assert difference(read(judged.data), upright) < 4
    assert difference(read(judged.preview), upright) < 4
    assert difference(read(judged.data), lying) > 20
    assert (judged.facts.orientation, judged.facts.reencoded) == (turn, True)
    assert judged.media_type == f"image/{kind.lower()}"


def test_a_turned_photo_comes_under_the_limit_again() -> None:
    data = with_exif(photo(), 6)
    judged = judge(data, "image/jpeg", len(data))
    assert_fit_to_store(judged, len(data))
    assert (judged.width, judged.height) == (1512, 2016)
    small = written(page(640, 480), quality=60, exif=exif(6))
    tight = judge(small, "image/jpeg", len(small))
    assert_fit_to_store(tight, len(small))
    assert difference(read(tight.data), read(small).transpose(Image.Transpose.ROTATE_270)) < 3


def test_turning_a_jpeg_keeps_its_own_tables_and_so_nearly_all_of_it() -> None:
    lying = written(page(640, 480), quality=30, subsampling=2)
    judged = judge(with_exif(lying, 6), "image/jpeg")
    turned = read(lying).transpose(Image.Transpose.ROTATE_270).convert("L")
    levels = zip(turned.tobytes(), read(judged.data).convert("L").tobytes(), strict=True)
    assert max(abs(before - after) for before, after in levels) <= 3


def with_exif(jpeg: bytes, orientation: int) -> bytes:
    return with_segments(jpeg, segment(0xE1, exif(orientation).tobytes()))


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    data = photo()
    whole = data + b"\0" * (LIMIT - len(data))
    assert len(whole) == 204_800
    assert_fit_to_store(judge(whole, "image/jpeg"))
    assert refusal(whole + b"\0") == "too_large"


def test_bytes_decide_and_not_what_was_declared() -> None:
    png = written(marked(40, 30), "PNG")
    judged = judge(png, "image/jpeg")
    assert (judged.media_type, judged.facts.otherwise_declared) == ("image/png", True)
    assert not judge(png, "image/PNG; charset=binary").facts.otherwise_declared
    assert refusal(b"GIF89a" + b"\0" * 100) == "not_jpeg_or_png"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_usual_kind_of_png_is_taken(mode: str) -> None:
    image = marked(640, 480).convert("L").convert("RGBA") if mode == "RGBA" else None
    image = image or (
        Image.new("I;16", (640, 480), 30_000) if mode == "I;16" else marked(640, 480).convert(mode)
    )
    data = written(image, "PNG")
    judged = judge(data, "image/png")
    assert_fit_to_store(judged)
    assert read(judged.data).tobytes() == read(data).tobytes()


def test_a_16_bit_grey_png_gets_a_preview_that_is_not_white() -> None:
    row = (20_000).to_bytes(2, "little") * 320 + b"\xff\xff" * 320
    image = Image.frombytes("I;16", (640, 480), row * 480)
    preview = read(judge(written(image, "PNG"), "image/png").preview).convert("L")
    assert abs(int(str(preview.getpixel((10, 10)))) - 78) < 6
    assert int(str(preview.getpixel((310, 10)))) > 245


@pytest.mark.parametrize(("ink", "ground"), [("black", 255), ("white", 0)])
def test_strokes_on_nothing_stay_visible_in_the_preview(ink: str, ground: int) -> None:
    drawn = Image.new("RGBA", (640, 480), (0, 0, 0, 0))
    drawn.paste(Image.new("RGBA", (320, 240), ink), (160, 120))
    preview = read(judge(written(drawn, "PNG"), "image/png").preview).convert("L")
    corner, middle = (int(str(preview.getpixel(at))) for at in ((5, 5), (160, 120)))
    assert abs(corner - ground) < 6
    assert abs(middle - corner) > 200


def test_the_colours_of_a_printers_jpeg_become_ordinary() -> None:
    data = written(marked(160, 112).convert("CMYK"), quality=95)
    judged = judge(data, "image/jpeg")
    assert_fit_to_store(judged)
    assert judged.facts.reencoded
    assert read(judged.data).mode == "RGB"
    assert difference(read(judged.data), marked(160, 112)) < 4


def test_a_one_pixel_photo_and_a_very_long_one_are_taken() -> None:
    for size in ((1, 1), (8000, 1), (1, 8000), (30_000, 30)):
        for kind in ("JPEG", "PNG"):
            assert_fit_to_store(judge(written(Image.new("RGB", size, "teal"), kind), f"image/{kind.lower()}"))


def broken() -> dict[str, bytes]:
    good, progressive = photo(), written(page(1200, 900), quality=40, progressive=True)
    middle = len(good) // 2
    zeroed = good[:middle] + bytes(30_000) + good[middle + 30_000 :]
    return {
        "zeroed middle": zeroed,
        "three kilobytes missing": good[:middle] + good[middle + 3000 :],
        "cut, end marker put on": good[:middle] + b"\xff\xd9",
        "progressive, cut, end marker put on": progressive[: len(progressive) // 2] + b"\xff\xd9",
    }


@pytest.mark.parametrize("how", sorted(broken()))
def test_damage_that_pillow_forgives_is_refused(how: str) -> None:
    data = broken()[how]
    read(data)
    assert refusal(data) == "damaged"


def test_a_jpeg_without_its_end_is_truncated() -> None:
    assert refusal(photo()[:-2]) == "truncated"
    assert refusal(photo()[:100_000]) == "truncated"


def test_a_png_with_too_little_pixel_data_is_damaged() -> None:
    rows = zlib.compress(b"\0" * (1 + 3 * 40) * 20)
    whole = zlib.compress(b"\0" * (1 + 3 * 40) * 30)
    head, tail = png_header(40, 30), chunk(b"IEND", b"")
    assert_fit_to_store(judge(head + chunk(b"IDAT", whole) + tail, "image/png"))
    assert refusal(head + chunk(b"IDAT", rows) + tail) == "damaged"
    assert refusal(head + chunk(b"IDAT", b"rubbish") + tail) == "damaged"
    assert_fit_to_store(
        judge(head + chunk(b"IDAT", whole[:9]) + chunk(b"IDAT", whole[9:]) + tail, "image/png")
    )


def test_an_interlaced_png_is_complete_with_its_seven_passes() -> None:
    sizes = [(5, 4), (5, 4), (10, 4), (10, 8), (20, 7), (20, 15), (40, 15)]
    rows = b"".join((b"\0" + b"\x80" * columns) * lines for columns, lines in sizes)
    head = png_header(40, 30, colour=0, interlaced=True)
    tail = chunk(b"IEND", b"")
    assert_fit_to_store(judge(head + chunk(b"IDAT", zlib.compress(rows)) + tail, "image/png"))
    assert refusal(head + chunk(b"IDAT", zlib.compress(rows[:-1])) + tail) == "damaged"


def test_more_than_24_megapixels_are_refused_before_decoding() -> None:
    small = written(Image.new("RGB", (16, 16)))
    claims = {
        "JPEG": with_size(small, 6000, 4001),
        "PNG": png_header(6000, 4001) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""),
        "largest JPEG": with_size(small, 65_500, 65_500),
        "largest PNG": png_header(0x7FFFFFFF, 0x7FFFFFFF) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""),
    }
    started = time.process_time()
    assert {refusal(data) for data in claims.values()} == {"too_many_pixels"}
    assert time.process_time() - started < 0.1
    assert_fit_to_store(judge(written(Image.new("L", (6000, 4000)), optimize=True), "image/jpeg"))


def test_text_chunks_that_inflate_to_200_megabytes_cost_nothing() -> None:
    flood = zlib.compress(b"\0" * (50 << 20), 9)
    assert len(flood) < LIMIT
    bomb = with_chunks(written(marked(40, 30), "PNG"), chunk(b"zTXt", b"k\0\0" + flood))
    started = time.process_time()
    assert_fit_to_store(judge(bomb, "image/png"))
    assert time.process_time() - started < 0.5


def test_a_file_that_is_two_things_loses_the_other_one() -> None:
    data = written(page(320, 240)) + b"<html><script>alert(1)</script></html>"
    judged = judge(data, "image/jpeg")
    assert b"script" not in judged.data
    assert judged.facts.trailing > 0


def test_what_comes_out_is_taken_again_unchanged() -> None:
    for data in (photo(), written(marked(40, 30), "PNG"), written(page(640, 480), exif=exif(8))):
        once = judge(data, "image/jpeg")
        twice = judge(once.data, once.media_type)
        assert (twice.data, twice.sha256_stored) == (once.data, once.sha256_stored)


def test_the_outcome_survives_the_pipe() -> None:
    sent = photo()
    longer = sent + b"behind the end"
    judged = judge(sent, "image/jpeg")
    for outcome, received in ((judged, b""), (judged, sent), (judge(longer, "image/jpeg"), longer)):
        assert Judged.from_frame(*outcome.as_frame(received), received) == outcome
    assert len(judged.as_frame(sent)[1][0]) < len(sent) // 2, "its end is known there"
    head, blobs = judged.as_frame()
    with pytest.raises(ValueError, match="received"):
        Judged.from_frame({**head, "tail": 9}, blobs, b"")


@given(
    st.sampled_from(["JPEG", "PNG", "progressive"]),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=8)), min_size=1, max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_a_mutated_photo_is_taken_or_refused_and_never_an_error(
    kind: str, cuts: list[tuple[int, bytes]]
) -> None:
    image = page(96, 64)
    data = written(image, progressive=True) if kind == "progressive" else written(image, kind)
    for at, patch in cuts:
        place = at % len(data)
        data = data[:place] + patch + data[place + len(patch) // 2 :]
    with suppress(PhotoRefused):
        judged = judge(data, "image/jpeg")
        assert_fit_to_store(judged)
        Image.open(io.BytesIO(judged.data), formats=("JPEG", "PNG")).load()
