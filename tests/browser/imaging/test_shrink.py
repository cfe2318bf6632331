"""A photo's way below the limit, in a real browser."""

from __future__ import annotations

import base64
import functools
import io
import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page

from tests.browser.imaging.photo_site import Site, phone, serving
from tests.browser.imaging.wide_gamut import in_srgb, tagged

LIMIT = 204_800
SHRINK = """async ({path, turns, maxBytes}) => {
  const { turnPhoto } = await import("/static/js/imaging/shrink.js");
  const file = await (await fetch(path)).blob();
  const done = [];
  try {
    const { blob, width, height, engine, advice } =
      await turnPhoto(file, turns, { maxBytes, onProgress: (part) => done.push(part) });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return { data: btoa(text), type: blob.type, width, height, engine, advice, done };
  } catch (error) {
    return { code: error.code, name: error.name };
  }
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture(scope="module")
def tab(browser: Browser, site: Site) -> Iterator[Page]:
    with phone(browser, site) as context:
        yield context.new_page()


@pytest.fixture
def page(tab: Page, site: Site) -> Page:
    """Loaded anew for each test: nothing is stored, and what one changed in the page is gone for the next."""
    site.before_scripts = ""
    tab.goto("/")
    return tab


def shrink(page: Page, site: Site, data: bytes, turns: int = 0, max_bytes: int = LIMIT) -> dict[str, Any]:
    site.files["/chosen"] = data
    result: dict[str, Any] = page.evaluate(SHRINK, {"path": "/chosen", "turns": turns, "maxBytes": max_bytes})
    if "data" in result:
        result["data"] = base64.b64decode(result["data"])
    return result


@functools.cache
def photo(width: int, height: int) -> Image.Image:
    """Paper with print and a camera's noise; its upper left corner is red, the upper right one blue."""
    picture = Image.new("RGB", (width, height), (228, 224, 214))
    draw = ImageDraw.Draw(picture)
    chance = random.Random(1)
    for row in range(height // 12, height, height // 48):
        for column in range(width // 10, width - width // 10, width // 60):
            draw.rectangle(
                (column, row, column + chance.randrange(4, width // 80 + 6), row + height // 120),
                fill=(40, 42, 50),
            )
    draw.rectangle((0, 0, width // 12, height // 12), fill=(220, 20, 20))
    draw.rectangle((width - width // 12, 0, width, height // 12), fill=(20, 20, 220))
    tile = Image.effect_noise((256, 256), 40).filter(ImageFilter.GaussianBlur(0.8)).convert("RGB")
    grain = Image.new("RGB", (width, height))
    for top in range(0, height, 256):
        for left in range(0, width, 256):
            grain.paste(tile, (left, top))
    return Image.blend(picture, grain, 0.08)


def jpeg(picture: Image.Image, orientation: int = 1, **options: Any) -> bytes:
    """The file of a camera that was held so that the picture needs this EXIF orientation."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = picture.transpose(back[orientation]) if orientation > 1 else picture
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera maker"
    out = io.BytesIO()
    stored.save(out, "JPEG", exif=exif, **{"quality": 92, **options})
    return out.getvalue()


def opened(result: dict[str, Any]) -> Image.Image:
    picture = Image.open(io.BytesIO(result["data"]), formats=("JPEG", "PNG"))
    picture.load()
    assert (result["width"], result["height"]) == picture.size
    assert not picture.getexif()
    assert b"Camera maker" not in result["data"]
    return picture


def corners(picture: Image.Image) -> tuple[str, str]:
    """Colours of the upper left and upper right corner."""
    small = picture.convert("RGB").resize((24, 24))

    def colour(x: int) -> str:
        value = small.getpixel((x, 0))
        assert isinstance(value, tuple)
        red, _, blue = value
        return "red" if red > blue + 60 else "blue" if blue > red + 60 else "grey"

    return colour(0), colour(23)


def test_a_photo_of_twelve_megapixels_lies_between_97_and_100_per_cent_of_the_limit_and_upright(
    page: Page, site: Site
) -> None:
    portrait = photo(3024, 4032)
    data = jpeg(portrait, orientation=6)
    assert len(data) > 5 * LIMIT
    assert Image.open(io.BytesIO(data)).size == (4032, 3024), "the file itself must lie on its side"

    result = shrink(page, site, data)

    picture = opened(result)
    assert 0.97 * LIMIT <= len(result["data"]) <= LIMIT
    assert picture.size == (1512, 2016)
    assert corners(picture) == ("red", "blue")
    assert (result["engine"], result["type"], result["advice"]) == ("scaled", "image/jpeg", [])
    assert result["done"] == sorted(result["done"])
    assert result["done"][-1] == 1


def without(page: Page, site: Site, *names: str) -> None:
    """Loads the page anew as a browser that lacks these, in its workers too."""
    site.before_scripts = "".join(f"delete globalThis.{name};" for name in names)
    page.goto("/")
    page.evaluate(f"() => {{ for (const name of {list(names)!r}) delete globalThis[name]; }}")


def test_what_a_browser_lacks_costs_time_and_not_legibility(page: Page, site: Site) -> None:
    data = jpeg(photo(1800, 1200), orientation=6, quality=95)
    sheet = photo(1200, 900).convert("RGBA")
    sheet.putalpha(sheet.convert("L").point([0 if value > 120 else 255 for value in range(256)]))
    sheet.paste((255, 255, 255, 255), (100, 100, 300, 200))
    out = io.BytesIO()
    Image.merge("RGBA", (*sheet.convert("RGB").point(lambda _: 250).split(), sheet.getchannel("A"))).save(
        out, "PNG", compress_level=0
    )
    assert min(len(data), len(out.getvalue())) > LIMIT
    for lacking, engine in {
        ("ImageDecoder",): "bitmap",
        ("ImageDecoder", "VideoFrame"): "bitmap",
        ("OffscreenCanvas", "ImageDecoder"): "stripes",
        ("WebAssembly",): "scaled",
        ("Worker",): "stripes",
    }.items():
        without(page, site, *lacking)
        result = shrink(page, site, data)
        assert result.get("engine") == engine, (lacking, result)
        assert 0.97 * LIMIT <= len(result["data"]) <= LIMIT, lacking
        assert opened(result).size == (1800, 1200)
        assert corners(opened(result)) == ("red", "blue"), lacking
        if engine == "bitmap" or lacking == ("Worker",):
            light_on_nothing = opened(shrink(page, site, out.getvalue())).convert("L").resize((24, 24))
            assert light_on_nothing.getpixel((12, 0)) < 60, lacking  # type: ignore[operator]


def test_a_picture_that_fits_at_no_quality_is_drawn_anew_a_few_times_only(page: Page, site: Site) -> None:
    data = jpeg(Image.effect_noise((1600, 1200), 200).convert("RGB"), quality=60)
    most = 40_000
    for lacking in (("OffscreenCanvas", "ImageDecoder"), ("Worker",)):
        without(page, site, *lacking)
        page.evaluate(
            """() => {
              globalThis.rowsRead = 0;
              const read = CanvasRenderingContext2D.prototype.getImageData;
              CanvasRenderingContext2D.prototype.getImageData = function (x, y, width, height) {
                if (this.canvas.width > 300) globalThis.rowsRead += height;
                return read.call(this, x, y, width, height);
              };
            }"""
        )
        result = shrink(page, site, data, max_bytes=most)
        assert result.get("engine") == "stripes", (lacking, result)
        assert 0.8 * most <= len(result["data"]) <= most
        assert page.evaluate("rowsRead") < 3 * 1200, lacking


def test_every_way_gives_the_advice_too(page: Page, site: Site) -> None:
    noise = Image.effect_noise((900, 600), 60).convert("RGB")
    dark = noise.point([value // 4 for value in range(256)] * 3)
    for lacking, engine in {
        (): "scaled",
        ("OffscreenCanvas", "ImageDecoder"): "stripes",
        ("Worker",): "stripes",
    }.items():
        without(page, site, *lacking)
        seen = [shrink(page, site, jpeg(picture, quality=98)) for picture in (noise, dark)]
        assert [result.get("engine") for result in seen] == [engine, engine], lacking
        assert [result["advice"] for result in seen] == [[], ["dark"]], lacking
        kept = shrink(page, site, jpeg(dark, quality=60))
        assert (kept["engine"], kept["advice"]) == ("kept", ["dark"])


def test_colours_of_a_wider_gamut_become_those_of_srgb(page: Page, site: Site) -> None:
    picture = photo(1800, 1200).copy()
    picture.paste((60, 180, 70), (600, 400, 1200, 800))
    assert in_srgb(picture).getpixel((900, 600)) != picture.getpixel((900, 600))
    for lacking in ((), ("ImageDecoder",), ("Worker",)):
        without(page, site, *lacking)
        shown = opened(shrink(page, site, tagged(picture))).convert("RGB")
        assert "icc_profile" not in shown.info
        wanted = in_srgb(picture).getpixel((900, 600))
        pairs = zip(shown.getpixel((900, 600)), wanted, strict=True)  # type: ignore[arg-type]
        assert all(abs(seen - right) < 8 for seen, right in pairs), lacking


def test_odd_sizes_grey_and_full_chroma_come_out_as_they_are(page: Page, site: Site) -> None:
    colours = photo(901, 603)
    for lacking in ((), ("ImageDecoder",), ("OffscreenCanvas", "ImageDecoder"), ("Worker",)):
        without(page, site, *lacking)
        for width, height in ((1, 1), (1, 7), (2, 3), (15, 17), (33, 8), (1, 600)):
            # Lying on its side it cannot be kept as it is.
            result = shrink(page, site, jpeg(colours.resize((width, height)), 6, quality=98))
            assert opened(result).size == (width, height), (lacking, result["engine"])
        grey = opened(shrink(page, site, jpeg(colours.convert("L"), 6, quality=98)))
        assert grey.size == (901, 603)
        red, green, blue = (channel.tobytes() for channel in grey.convert("RGB").split())
        assert (
            max(abs(a - b) for a, b in (*zip(red, green, strict=True), *zip(red, blue, strict=True))) < 3
        ), lacking
        full = opened(shrink(page, site, jpeg(colours, 6, quality=98, subsampling=0)))
        assert (full.size, corners(full)) == ((901, 603), ("red", "blue")), lacking


FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")


@pytest.mark.skipif(FIREFOX is None, reason="no Firefox on this machine")
def test_firefox_shows_photos_upright_and_of_odd_sizes_too(site: Site) -> None:
    site.before_scripts = ""
    files = {f"/fox{turn}": jpeg(photo(900, 600), turn, quality=98) for turn in range(1, 9)}
    odd = {f"/odd{width}x{height}": (width, height) for width, height in ((1, 1), (2, 3), (17, 33), (1, 600))}
    files |= {path: jpeg(photo(901, 603).resize(size), 6, quality=98) for path, size in odd.items()}
    files["/full"] = jpeg(photo(900, 600), 5, quality=98, subsampling=0)
    files["/grey"] = jpeg(photo(900, 600).convert("L"), 8, quality=98)
    site.files.update(files)
    program = Path(__file__).with_name("in_firefox.mjs")
    command = ["node", str(program), str(FIREFOX), site.url, *files]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    results = {result["path"]: result for result in map(json.loads, said.splitlines())}
    for path, result in results.items():
        assert "data" in result, result
        shown = opened({**result, "data": base64.b64decode(result["data"])})
        assert shown.size == odd.get(path, (900, 600)), path
        if path.startswith(("/fox", "/full")):
            assert corners(shown) == ("red", "blue"), path


def test_a_worker_that_breaks_down_is_no_reason_to_do_without(page: Page, site: Site) -> None:
    site.before_scripts = "if (!globalThis.document) throw new Error('as old browsers do');"
    result = shrink(page, site, jpeg(photo(1800, 1200), orientation=3, quality=95))
    assert (result.get("engine"), corners(opened(result))) == ("stripes", ("red", "blue")), result


def test_every_exif_orientation_comes_out_upright_and_turns_on_from_there(page: Page, site: Site) -> None:
    for orientation in range(1, 9):
        data = jpeg(photo(900, 600), orientation, quality=98)
        assert len(data) > LIMIT
        upright = opened(shrink(page, site, data))
        assert (upright.size, corners(upright)) == ((900, 600), ("red", "blue")), orientation
        turned = opened(shrink(page, site, data, turns=1))
        assert (turned.size, corners(turned)[1]) == ((600, 900), "red"), orientation


def test_a_small_upright_jpeg_keeps_its_pixels_and_loses_its_metadata(page: Page, site: Site) -> None:
    data = jpeg(photo(600, 400), quality=70)
    assert len(data) < LIMIT
    assert b"Camera maker" in data
    result = shrink(page, site, data)
    assert result["engine"] == "kept"
    assert opened(result).tobytes() == Image.open(io.BytesIO(data)).tobytes()


def test_a_small_jpeg_that_lies_on_its_side_is_turned(page: Page, site: Site) -> None:
    result = shrink(page, site, jpeg(photo(400, 600), orientation=8, quality=70))
    assert result["engine"] == "scaled"
    assert opened(result).size == (400, 600)
    assert corners(opened(result)) == ("red", "blue")


def test_a_large_png_with_alpha_becomes_a_jpeg_on_white(page: Page, site: Site) -> None:
    picture = photo(2400, 1800).convert("RGBA")
    picture.paste((0, 0, 0, 0), (1200, 900, 2400, 1800))
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    result = shrink(page, site, out.getvalue())
    assert len(result["data"]) <= LIMIT
    assert result["type"] == "image/jpeg"
    shown = opened(result)
    assert shown.size == (2016, 1512)
    assert all(value > 245 for value in shown.convert("RGB").getpixel((1700, 1200)) or ())  # type: ignore[union-attr]


def test_a_small_png_keeps_its_pixels_and_a_noisy_picture_still_fits(page: Page, site: Site) -> None:
    out = io.BytesIO()
    photo(240, 180).convert("RGBA").save(out, "PNG")
    assert len(out.getvalue()) < LIMIT
    small = shrink(page, site, out.getvalue())
    assert (small["engine"], small["type"]) == ("kept", "image/png")
    noise = Image.effect_noise((1800, 1200), 120).convert("RGB")
    result = shrink(page, site, jpeg(noise))
    assert len(result["data"]) <= LIMIT
    assert max(opened(result).size) >= 600


def test_another_limit_is_obeyed(page: Page, site: Site) -> None:
    result = shrink(page, site, jpeg(photo(900, 600)), max_bytes=60_000)
    assert 0.9 * 60_000 <= len(result["data"]) <= 60_000


def test_what_cannot_be_shrunk_says_why(page: Page, site: Site) -> None:
    whole = jpeg(photo(800, 600))
    assert "data" in shrink(page, site, whole), "the whole file must be fine"
    assert shrink(page, site, whole[: len(whole) // 2])["code"] == "undecodable"
    assert shrink(page, site, b"\xff\xd8\xff\xe0not a picture\xff\xd9")["code"] == "undecodable"
    assert shrink(page, site, b"")["code"] == "undecodable"
    assert shrink(page, site, b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")["code"] == (
        "undecodable"
    )
    frame = whole.index(b"\xff\xc0")
    huge = whole[: frame + 5] + b"\xff\x00\xff\x00" + whole[frame + 9 :]
    assert shrink(page, site, huge + b"\0" * LIMIT)["code"] in {"too_many_pixels", "undecodable"}


def test_a_picture_of_one_colour_is_taken_but_a_canvas_that_forgets_is_not(page: Page, site: Site) -> None:
    flat = jpeg(Image.new("RGB", (2000, 1500), (12, 12, 12)), orientation=3)
    assert shrink(page, site, flat)["engine"] == "scaled"
    without(page, site, "Worker")
    assert shrink(page, site, flat)["engine"] == "stripes"
    page.evaluate(
        """() => {
          const draw = CanvasRenderingContext2D.prototype.drawImage;
          CanvasRenderingContext2D.prototype.drawImage = function (...args) {
            if (this.canvas.width * this.canvas.height < 1e6) draw.apply(this, args);
          };
        }"""
    )
    assert shrink(page, site, jpeg(photo(2400, 1800)))["code"] == "blank"


def test_a_browser_that_falsifies_what_is_read_back_is_noticed(page: Page, site: Site) -> None:
    without(page, site, "Worker")
    page.evaluate(
        """() => {
          CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) => new ImageData(width, height);
        }"""
    )
    assert shrink(page, site, jpeg(photo(2400, 1800)))["code"] == "blank"


def test_shrinking_ends_when_it_is_taken_back_and_the_next_one_goes_on(page: Page, site: Site) -> None:
    site.files["/chosen"] = jpeg(photo(2400, 1800))
    codes = page.evaluate(
        """async () => {
          const { shrinkPhoto } = await import("/static/js/imaging/shrink.js");
          const file = await (await fetch("/chosen")).blob();
          const first = new AbortController();
          const early = new AbortController();
          early.abort();
          const name = (promise) => promise.then(({ engine }) => engine, ({ code }) => code);
          return await Promise.all([
            name(shrinkPhoto(file, {
              signal: first.signal,
              onProgress: (done) => { if (done >= 0.4) first.abort(); },
            })),
            name(shrinkPhoto(file, { signal: early.signal })),
            name(shrinkPhoto(file)),
          ]);
        }"""
    )
    assert codes == ["aborted", "aborted", "scaled"]


def test_halving_in_strips_shows_the_same_picture_where_smoothing_has_no_quality(
    page: Page, site: Site
) -> None:
    data = jpeg(photo(3024, 4032), orientation=6)
    direct = opened(shrink(page, site, data)).convert("L").resize((150, 200))
    without(page, site, "Worker")
    page.evaluate("() => { delete CanvasRenderingContext2D.prototype.imageSmoothingQuality; }")
    halved = opened(shrink(page, site, data))
    assert corners(halved) == ("red", "blue")
    small = halved.convert("L").resize((150, 200))
    pairs = zip(direct.tobytes(), small.tobytes(), strict=True)
    assert max(abs(a - b) for a, b in pairs) < 24


MATERIAL = os.environ.get("TEST_MATERIAL")


@pytest.mark.skipif(MATERIAL is None, reason="TEST_MATERIAL names no folder with photos of real cameras")
def test_photos_of_real_cameras_end_below_the_limit_upright_and_clean(page: Page, site: Site) -> None:
    assert MATERIAL is not None
    corpus = Path(MATERIAL) / "corpus"
    files = sorted([*(corpus / "orientation").glob("*.jpg"), *(corpus / "documents").glob("*.*g")])
    assert len(files) > 20
    for path in files:
        result = shrink(page, site, path.read_bytes())
        assert "data" in result, (path.name, result)
        picture = opened(result)
        assert len(result["data"]) <= LIMIT
        if path.parent.name == "orientation":
            assert picture.size == (1800, 1200), path.name
