"""A second engine: the candidate's way in Firefox, which Playwright cannot drive where it is the machine's own."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from tests.browser.walking import PASSWORD, PERSON, registered_there
from tests.photos import pictures
from tools.find_browser import find_firefox
from tools.node import find_node
from webapp.database import opened_database
from webapp.records import Photo, PhotoVersion

SCRIPT = Path(__file__).parent / "firefox.js"
COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def colour(seen: list[int]) -> str:
    """The corner's colour that comes closest."""
    return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], seen, strict=True)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_photo_that_lies_on_its_side_arrives_upright_from_firefox(
    database_url: str, tmp_path: Path
) -> None:
    firefox, node = find_firefox(), find_node()
    if firefox is None or node is None:
        pytest.skip("no Firefox on this machine (Debian: apt install firefox-esr), or no Node.js")
    photo = tmp_path / "IMG_6.jpg"
    photo.write_bytes(pictures.written(pictures.marked(2_000, 1_500), quality=90, exif=pictures.exif(6)))
    async with registered_there(database_url, tmp_path) as (_, site):
        # FIREFOX_WHOLE_WAY=yes: through every material to handing in, for a longer look.
        more = ["--to-the-end"] if os.environ.get("FIREFOX_WHOLE_WAY") else []
        process = await asyncio.create_subprocess_exec(
            *(str(node / "node"), str(SCRIPT), str(firefox), site.url, PERSON.number, PASSWORD, str(photo)),
            *more,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complaints = await process.communicate()
        assert process.returncode == 0, complaints.decode()
        seen = json.loads(said)
        async with opened_database(database_url):
            stored = await Photo.get(id=seen["photo"])
            version = await PhotoVersion.get(photo_id=stored.id, number=stored.version)
    assert seen["engine"].startswith("firefox/")
    assert (seen["width"], seen["height"]) == (version.width, version.height)
    assert version.height > version.width
    assert version.size <= 204_800
    # Turned once to the right: what was bottom left is top left now.
    assert [colour(corner) for corner in seen["corners"]] == ["white", "red", "lime", "blue"]
    assert seen["problems"] == []
    assert seen["handedIn"] is bool(more)
