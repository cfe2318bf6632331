"""Files that nobody here wrote, each with the verdict that is right for it.

TEST_MATERIAL names the folder that holds them; without it these tests are skipped.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.photos.pictures import difference, read
from tests.photos.test_judging import assert_fit_to_store
from webapp.photos.judged import LIMIT
from webapp.photos.judging import judge
from webapp.photos.refusals import REFUSALS, PhotoRefused
from webapp.photos.shrinking import shrink

MATERIAL = os.environ.get("TEST_MATERIAL", "")
CORPUS = Path(MATERIAL) / "corpus"
SECONDS = 2.0
"""CPU that one file may take: the worst one here takes a tenth of it."""

pytestmark = pytest.mark.skipif(not MATERIAL, reason="TEST_MATERIAL names no folder with third-party files")


def listed(*folders: str) -> list[Any]:
    if not MATERIAL:
        return [pytest.param("", {}, id="no material")]
    return [
        pytest.param(folder, entry, id=f"{folder}/{entry['file']}")
        for folder in folders
        for entry in json.loads((CORPUS / folder / "manifest.json").read_text())["files"]
    ]


@pytest.mark.parametrize(("folder", "entry"), listed("hostile", "orientation", "camera", "documents", "heic"))
def test_a_file_gets_the_verdict_that_is_right_for_it(folder: str, entry: dict[str, Any]) -> None:
    data = (CORPUS / folder / entry["file"]).read_bytes()
    started = time.process_time()
    try:
        assert_fit_to_store(judge(data, "image/jpeg"))
        outcome = "accept"
    except PhotoRefused as refused:
        outcome = "reject" if refused.code in REFUSALS else refused.code
    assert entry["verdict"] in (outcome, "either")
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(("folder", "entry"), listed("orientation", "camera", "documents", "heic"))
def test_a_real_photo_of_any_size_goes_the_originals_way(folder: str, entry: dict[str, Any]) -> None:
    data = (CORPUS / folder / entry["file"]).read_bytes()
    judged = judge(shrink(data), "image/jpeg")
    assert_fit_to_store(judged)
    if entry["size"] <= LIMIT and judged.facts.orientation == 1:
        assert not judged.facts.reencoded
    expected = entry["through_the_page"].get("upright_size")
    if expected:
        width, height = expected
        assert abs(judged.width / judged.height - width / height) < 0.02
    if folder == "orientation":
        upright: Image.Image = Image.open(CORPUS / folder / "exifori__Landscape_1.jpg")
        with upright:
            assert difference(read(judged.data), upright) < 4
