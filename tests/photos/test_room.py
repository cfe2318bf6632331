from __future__ import annotations

import io
import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

from PIL import Image

from tests.photos.pictures import chunk, png_header, written
from webapp.photos.decoding import reduced, resized
from webapp.photos.room import needed, room_for
from webapp.photos.structure import examine

ROOT = Path(__file__).parents[2]


def test_two_big_pictures_are_not_decoded_at_the_same_time() -> None:
    other = """
        import sys
        from webapp.photos.room import room_for
        print("asked", flush=True)
        with room_for(int(sys.argv[1])):
            print("in", flush=True)
    """
    command = [sys.executable, "-c", textwrap.dedent(other)]
    with room_for(100_000_000):
        small = subprocess.run([*command, "1000"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert small.stdout.split() == ["asked", "in"]
        waiting = subprocess.Popen([*command, "100000000"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "asked\n"
        try:
            waiting.wait(0.2)
        except subprocess.TimeoutExpired:
            pass
        else:
            raise AssertionError("it did not wait")
    assert waiting.communicate()[0] == "in\n"


def test_what_is_needed_is_told_from_the_header() -> None:
    baseline = examine(written(Image.new("RGB", (1600, 1200))))
    progressive = examine(written(Image.new("RGB", (1600, 1200)), progressive=True))
    body = chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    rgba, grey = (examine(png_header(1600, 1200, 8, colour) + body) for colour in (6, 0))
    pixels = 1600 * 1200
    assert needed(baseline, again=False) == 0
    assert needed(progressive, again=False) == pixels * 3
    assert needed(rgba, again=False) == pixels * 4
    assert needed(grey, again=False) == pixels
    assert needed(baseline, again=True) > 20 * pixels


def test_a_picture_made_smaller_in_bands_is_the_same_as_at_once() -> None:
    image = Image.effect_noise((1501, 1111), 60).convert("RGB")

    def band(top: int, rows: int) -> Image.Image:
        return image.crop((0, top, image.width, top + rows))

    assert reduced(image.size, 7, band).tobytes() == image.reduce(7).tobytes()


def test_a_large_picture_of_any_mode_comes_to_the_size_that_is_asked() -> None:
    image = Image.linear_gradient("L").resize((1200, 900))
    wanted = image.resize((120, 90), Image.Resampling.LANCZOS)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        data = io.BytesIO()
        image.convert(mode).save(data, "PNG")
        small = resized(Image.open(data), (120, 90)).convert("L")
        pairs = zip(small.tobytes(), wanted.tobytes(), strict=True)
        assert sum(abs(one - other) for one, other in pairs) / len(wanted.tobytes()) < (
            12 if mode == "1" else 2
        )
