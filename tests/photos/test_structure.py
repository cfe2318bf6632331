from __future__ import annotations

import time
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.photos.pictures import (
    chunk,
    exif,
    many_scans,
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
from webapp.photos.exif import orientation
from webapp.photos.heif import examine_boxes, is_heic
from webapp.photos.jpeg import MAX_SCANS, JpegStructure
from webapp.photos.png import PngStructure
from webapp.photos.refusals import PhotoRefused
from webapp.photos.structure import Most, affordable, bounded, examine

JPEG = written(marked(40, 30))
PNG = written(marked(40, 30), "PNG")


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        examine(data)
    return refused.value.code


def jpeg(data: bytes) -> JpegStructure:
    found = examine(data)
    assert isinstance(found, JpegStructure)
    return found


def png(data: bytes) -> PngStructure:
    found = examine(data)
    assert isinstance(found, PngStructure)
    return found


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_tells_size_scans_and_components(progressive: bool) -> None:
    found = jpeg(written(page(300, 200), progressive=progressive))
    assert (found.width, found.height, found.components) == (300, 200, 3)
    assert found.progressive is progressive
    assert (found.scans > 1) is progressive
    assert found.buffered is progressive
    assert (found.orientation, found.trailing, found.jfif, found.several) == (1, 0, True, False)


def test_a_grey_jpeg_has_one_component_and_a_printers_four() -> None:
    assert jpeg(written(Image.new("L", (9, 9)))).components == 1
    found = jpeg(written(Image.new("CMYK", (9, 9))))
    assert (found.components, found.adobe) == (4, 0)


@pytest.mark.parametrize("turn", range(1, 9))
def test_orientation_is_read_from_jpeg_and_png(turn: int) -> None:
    for kind in ("JPEG", "PNG"):
        found = examine(written(marked(40, 30), kind, exif=exif(turn)))
        assert found.orientation == turn
        assert found.upright_size == ((40, 30) if turn < 5 else (30, 40))


@pytest.mark.parametrize("byte_order", ["little", "big"])
def test_orientation_is_read_in_both_byte_orders(byte_order: str) -> None:
    order = "little" if byte_order == "little" else "big"
    head = b"II*\0" if order == "little" else b"MM\0*"

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if order == "little" else "big")

    entry = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(6, 2) + b"\0\0"
    assert orientation(head + number(8, 4) + number(1, 2) + entry + number(0, 4)) == 6


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"II*\0",
        b"MM\0*\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0",
        b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x01\0\0\0\x06\0\0\0",
        b"rubbish!" * 9,
    ],
)
def test_exif_that_makes_no_sense_means_upright(block: bytes) -> None:
    assert orientation(block) == 1


def test_the_first_picture_of_a_multi_picture_file_is_found() -> None:
    both = written(marked(40, 30), "MPO", save_all=True, append_images=[Image.new("RGB", (20, 20), "black")])
    found = jpeg(both)
    assert (found.several, found.width, found.height) == (True, 40, 30)
    assert found.trailing > 0
    assert read(found.cleaned(both)).size == (40, 30)


def test_a_cleaned_jpeg_has_the_same_pixels_and_nothing_else() -> None:
    dirty = (
        with_segments(
            written(marked(40, 30), exif=exif(1), icc_profile=b"p" * 600, comment=b"<script>"),
            segment(0xE0, b"JFXX\0thumbnail"),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"),
            segment(0xED, b"Photoshop 3.0\0secret"),
            segment(0xFE, b"secret"),
        )
        + b"PK\x03\x04 trailing"
    )
    found = jpeg(dirty)
    assert found.trailing == len(b"PK\x03\x04 trailing")
    assert found.icc == b"p" * 600
    clean = found.cleaned(dirty)
    for word in (b"Maker", b"Exif", b"ICC", b"secret", b"script", b"xmp", b"JFXX", b"PK\x03\x04"):
        assert word in dirty, "there must be something to cut"
        assert word not in clean
    assert read(clean).tobytes() == read(JPEG).tobytes()
    assert jpeg(clean).cleaned(clean) == clean


def test_a_thumbnail_in_the_jfif_segment_is_cut() -> None:
    body = b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01" + b"RGB"
    dirty = JPEG[:2] + segment(0xE0, body) + JPEG[20:]
    assert b"RGB" in dirty
    assert b"RGB" not in jpeg(dirty).cleaned(dirty)


def test_an_rgb_jpeg_keeps_its_colours_without_metadata() -> None:
    coded = written(marked(40, 30), keep_rgb=True, quality=95)
    found = jpeg(coded)
    assert found.adobe == 0
    assert read(found.cleaned(coded)).tobytes() == read(coded).tobytes()


def test_comments_between_scans_are_cut() -> None:
    plain = written(page(300, 200), progressive=True)
    second = plain.index(b"\xff\xda", plain.index(b"\xff\xda") + 2)
    between = plain.rindex(b"\xff\xc4", 0, second)
    dirty = plain[:between] + segment(0xFE, b"secret") + plain[between:]
    clean = jpeg(dirty).cleaned(dirty)
    assert b"secret" not in clean
    assert read(clean).tobytes() == read(plain).tobytes()


def test_a_cleaned_png_has_the_same_pixels_and_nothing_else() -> None:
    dirty = (
        with_chunks(
            written(marked(40, 30).quantize(8), "PNG", transparency=0, exif=exif(1)),
            chunk(b"tEXt", b"Comment\0secret"),
            chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 100_000)),
            chunk(b"iCCP", b"k\0\0" + zlib.compress(b"profile")),
            chunk(b"gAMA", b"\0\1\2\3"),
        )
        + b"trailing"
    )
    found = png(dirty)
    assert (found.trailing, found.profile(), found.colour) == (8, b"profile", 3)
    clean = found.cleaned(dirty)
    names = [
        name for name in (b"tEXt", b"zTXt", b"iCCP", b"gAMA", b"eXIf", b"tRNS", b"PLTE") if name in clean
    ]
    assert names == [b"tRNS", b"PLTE"]
    assert b"trailing" not in clean
    assert read(clean).convert("RGBA").tobytes() == read(dirty).convert("RGBA").tobytes()


def test_a_profile_that_inflates_to_200_megabytes_is_no_profile() -> None:
    bomb = with_chunks(PNG, chunk(b"iCCP", b"k\0\0" + zlib.compress(b"\0" * (20 << 20), 9)))
    started = time.process_time()
    assert png(bomb).profile() == b""
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xff", "not_a_photo"),
        (b"\xff\xd8", "not_a_photo"),
        (b"hello, this is a letter", "not_a_photo"),
        (b"<html><script>alert(1)</script>", "not_a_photo"),
        (b"MZ\x90\0", "not_a_photo"),
        (b"GIF89a\1\0\1\0", "not_jpeg_or_png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "not_jpeg_or_png"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "not_jpeg_or_png"),
        (b"%PDF-1.7", "not_jpeg_or_png"),
        (b"BM\0\0\0\0", "not_jpeg_or_png"),
        (b"\xff\xd8\xff", "truncated"),
        (b"\xff\xd8\xff\xd9", "damaged"),
        (JPEG[:-2], "truncated"),
        (JPEG[:300], "truncated"),
        (JPEG[:2] + b"\0\0" + JPEG[2:], "not_a_photo"),
        (JPEG[:20] + b"\0\0" + JPEG[20:], "damaged"),
        (JPEG[:2] + b"\xff\xfe\0\1" + JPEG[2:], "damaged"),
        (JPEG[:2] + b"\xff\xd8" + JPEG[2:], "damaged"),
        (with_segments(JPEG, segment(0xC0, b"\x08\0\x09\0\x09\1\1\x11\0")), "damaged"),
        (with_segments(JPEG, segment(0xDA, b"\1\1\0\0\x3f\0")), "damaged"),
        (JPEG.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc9\0\x11\x08"), "unsupported_kind"),
        (JPEG.replace(b"\xff\xc0\0\x11\x08", b"\xff\xc1\0\x11\x0c"), "unsupported_kind"),
        (with_size(JPEG, 0, 30), "too_small"),
        (with_size(JPEG, 40, 0), "too_small"),
        (PNG[:8], "truncated"),
        (PNG[:-12], "truncated"),
        (PNG[:100], "truncated"),
        (PNG[:40] + b"\xff" + PNG[41:], "damaged"),
        (PNG[:33] + PNG[8:], "damaged"),
        (PNG[:8] + PNG[33:], "damaged"),
        (png_header(0, 9) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""), "too_small"),
        (png_header(9, 9, 3) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""), "damaged"),
        (png_header(9, 9) + chunk(b"IEND", b""), "damaged"),
        (png_header(9, 9, 8, 3) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""), "damaged"),
        (png_header(9, 9) + chunk(b"IDAT", b"x") + chunk(b"tEXt", b"k\0v") + chunk(b"IDAT", b"x"), "damaged"),
        (with_chunks(PNG, chunk(b"ABCD", b"critical")), "unsupported_kind"),
        (with_chunks(PNG, chunk(b"ab1d", b"")), "damaged"),
        (with_chunks(PNG, b"\xff\xff\xff\xfftEXt"), "damaged"),
        (with_chunks(PNG, *[chunk(b"tEXt", b"k\0v")] * 20_000), "too_complex"),
        (with_segments(JPEG, *[segment(0xFE, b"")] * 20_000), "too_complex"),
    ],
)
def test_what_is_no_whole_jpeg_or_png_is_refused_by_name(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_an_animated_png_is_refused_and_one_of_a_single_frame_is_not() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    moving = written(frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert refusal(moving) == "animated"
    still = with_chunks(PNG, chunk(b"acTL", b"\0\0\0\1\0\0\0\0"))
    assert b"acTL" not in png(still).cleaned(still)


def test_a_jpeg_of_4558_scans_is_refused_without_decoding_one() -> None:
    bomb = many_scans(1000, 1000, 4558)
    started = time.process_time()
    assert refusal(bomb) == "too_complex"
    assert time.process_time() - started < 0.05
    assert jpeg(many_scans(100, 100, MAX_SCANS)).scans == MAX_SCANS


@pytest.mark.parametrize("filler", [b"\xff", b"\xff\x00", b"\xff\xd0", b"\xff\x01", b"\xff\xfe\0\2"])
def test_files_of_markers_only_are_walked_quickly(filler: bytes) -> None:
    data = b"\xff\xd8\xff" + filler * (2_000_000 // len(filler))
    started = time.process_time()
    assert refusal(data) in ("truncated", "damaged", "too_complex")
    assert time.process_time() - started < 0.5


def test_more_pixels_than_the_bound_are_refused_with_their_number() -> None:
    bounded(6000, 4000, 24_000_000)
    with pytest.raises(PhotoRefused) as refused:
        bounded(6000, 4001, 24_000_000)
    assert (refused.value.code, refused.value.seen) == ("too_many_pixels", {"width": 6000, "height": 4001})


def test_a_good_photo_is_walked_in_a_blink() -> None:
    data = photo()
    started = time.process_time()
    for _ in range(10):
        jpeg(data)
    assert (time.process_time() - started) / 10 < 0.01


def test_scans_and_coefficients_are_bounded_by_the_header_alone() -> None:
    few, many = jpeg(many_scans(640, 480, 12)), jpeg(many_scans(640, 480, 60))
    most = Most(scanned=20 * 640 * 480, coefficients=640 * 480 * 2)
    affordable(few, most)
    with pytest.raises(PhotoRefused) as refused:
        affordable(many, most)
    assert refused.value.code == "too_complex"
    for sampling, samples in ((0, 3), (1, 2), (2, 1.5)):
        found = jpeg(written(page(640, 480), progressive=True, subsampling=sampling))
        assert found.coefficients == 640 * 480 * 2 * samples
        with pytest.raises(PhotoRefused) as refused:
            affordable(found, most)
        assert refused.value.code == "too_heavy"
    # Without several scans nothing is held.
    affordable(jpeg(written(page(640, 480))), most)


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", JPEG[:200], PNG[:60]]),
)
@settings(max_examples=300, deadline=None)
def test_no_bytes_at_all_can_surprise_the_walkers(noise: bytes, start: bytes) -> None:
    with suppress(PhotoRefused):
        found = examine(start + noise)
        assert found.width * found.height > 0
        clean = found.cleaned(start + noise)
        assert examine(clean).cleaned(clean) == clean
    with suppress(PhotoRefused):
        is_heic(noise)
        examine_boxes(noise)
    assert 1 <= orientation(noise) <= 8
