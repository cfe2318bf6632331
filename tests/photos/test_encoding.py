"""The page and the server encode with the same tables, and each scale means the same on both sides."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.photos.pictures import page, written
from tools.node import environment_with, find_node
from webapp.photos import encoding
from webapp.photos.encoding import (
    HIGH,
    LONGEST_SIDE,
    LOW,
    MOST_ENCODED,
    fitted,
    is_near_legible,
    legible_size,
    tables,
)
from webapp.photos.shrinking import shrink

QUANTISATION = Path(__file__).parents[2] / "static/js/imaging/encoder/quantisation.js"
SCALES = [3, 4.75, 7.125, 10, 13.3125, 18, 21.7, 33.3, 60, 99.99, 180, 250]


def test_the_page_makes_the_same_tables() -> None:
    node = find_node()
    assert node is not None, "Node.js is set up by make set-up"
    script = """
        const { tablesAt } = await import(process.argv[1]);
        const all = JSON.parse(process.argv[2]).map((scale) => Array.from(tablesAt(scale).steps));
        console.log(JSON.stringify(all));
    """
    said = subprocess.run(
        ["node", "--input-type=module", "-e", script, QUANTISATION.as_uri(), json.dumps(SCALES)],
        env=environment_with(node),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = json.loads(said)
    ours = [[step for table in tables(scale) for step in table] for scale in SCALES]
    assert ours[0] != ours[1]
    assert theirs == ours


def test_a_fresh_picture_needs_few_encodings(monkeypatch: pytest.MonkeyPatch) -> None:
    image = page(2016, 1512)
    sizes: list[int] = []
    encode = encoding.encoded

    def counted(picture, steps, sampling=2):  # type: ignore[no-untyped-def]
        sizes.append(picture.width * picture.height)
        return encode(picture, steps, sampling)

    monkeypatch.setattr(encoding, "encoded", counted)
    data = fitted(image, 204_800)
    assert 204_800 * LOW <= len(data) <= 204_800 * HIGH
    assert sum(sizes) / (2016 * 1512) < 4, "a search by whole encodings took eight here"


def test_no_picture_is_encoded_with_more_than_5_megapixels() -> None:
    assert is_near_legible(2500, 1875)
    assert not is_near_legible(2400, 2400), "1.19 times the legible size, but 5.8 megapixels"
    for size in ((30_000, 20_000), (9_000, 9_000), (1_000, 60_000)):
        width, height = legible_size(*size)
        assert width * height <= MOST_ENCODED


def test_a_strip_longer_than_a_jpeg_may_be_is_made_shorter() -> None:
    for length in (65_501, 70_000, 1_000_000):
        strip = Image.effect_noise((length, 3), 60)
        with Image.open(io.BytesIO(shrink(written(strip, "PNG"), 100_000))) as small:
            assert small.size[0] == LONGEST_SIDE
