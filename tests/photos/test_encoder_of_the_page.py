"""What the page's own JPEG encoder writes, seen by decoders that share nothing with it; and its tables, by ours."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import simplejpeg
from PIL import Image, ImageChops, ImageOps, ImageStat

from tools.node import environment_with, find_node
from webapp.photos.encoding import tables
from webapp.photos.structure import examine

WRITER = Path(__file__).parents[1] / "js" / "encoder" / "write-files.js"
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    node = find_node()
    assert node, "run make set-up"
    folder = tmp_path_factory.mktemp("encoded")
    subprocess.run(["node", WRITER, folder], check=True, env=environment_with(node))
    return folder, json.loads((folder / "manifest.json").read_text())


def _upright(folder: Path, file: Any) -> Image.Image:
    pixels = (folder / f"{file['name']}.rgba").read_bytes()
    image = Image.frombytes("RGBA", (file["width"], file["height"]), pixels).convert("RGB")
    turn = TURNS.get(file["orientation"])
    return image.transpose(turn) if turn is not None else image


def _difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one, other).convert("RGB")).mean)


def test_pillow_and_libjpeg_turbo_decode_alike_what_the_page_encoded(written: tuple[Path, Any]) -> None:
    folder, manifest = written
    assert len(manifest["files"]) == 24
    for file in manifest["files"]:
        data = (folder / f"{file['name']}.jpg").read_bytes()
        assert len(data) <= 12000
        assert examine(data).cleaned(data) == data, "the server finds something to cut"
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            assert image.mode == ("L" if file["grey"] else "RGB"), file
            assert bool(image.info.get("progressive")) == file["progressive"], file
            pillow = image.convert("RGB")
        strict = Image.fromarray(simplejpeg.decode_jpeg(data, strict=True))
        assert _difference(pillow, strict) < 0.5, file

        upright = _upright(folder, file)
        expected = ImageOps.grayscale(upright).convert("RGB") if file["grey"] else upright
        assert pillow.size == expected.size, file
        near = _difference(pillow.reduce(4), expected.reduce(4))
        assert near < 9, (file, near)
        if file["width"] > 100:
            turned = pillow.transpose(Image.Transpose.ROTATE_180)
            assert _difference(turned.reduce(4), expected.reduce(4)) > 2 * near, file


def test_the_servers_tables_are_the_pages(written: tuple[Path, Any]) -> None:
    _, manifest = written
    for row in manifest["tables"]:
        luma, chroma = tables(row["scale"])
        assert [*luma, *chroma] == row["steps"], row["scale"]
