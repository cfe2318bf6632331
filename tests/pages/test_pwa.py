"""The app: its manifest, the service worker, the page for when there is no network, and how it gets onto the phone."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tests.house import House, test_settings
from webapp.app import create_app
from webapp.guard.headers import SERVICE_WORKER_POLICY
from webapp.pages.pwa import DESK, ICONS, PAPER, shell, worker_source
from webapp.pages.static_files import ROOT, build

TEMPLATES = Path(__file__).parents[2] / "templates"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_the_manifest_has_what_an_app_needs_and_speaks_the_persons_language(house: House) -> None:
    answer = await house.browser().get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    said = json.loads(answer.text)
    assert (said["start_url"], said["scope"], said["display"]) == ("/my", "/", "standalone")
    assert "天津考区" in said["name"]
    assert (said["lang"], said["short_name"]) == ("zh-Hans", "报名材料")
    english = json.loads((await house.browser().get("/manifest.webmanifest", Accept_Language="en")).text)
    assert (english["lang"], english["start_url"]) == ("en", "/my")
    page = (await house.browser().get("/")).text
    assert '<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">' in page


async def test_icons_are_there_in_the_sizes_that_the_manifest_says(house: House) -> None:
    icons = json.loads((await house.browser().get("/manifest.webmanifest")).text)["icons"]
    assert [icon["purpose"] for icon in icons] == ["any", "any", "maskable"]
    for icon in icons:
        assert (await house.browser().get(icon["src"])).status == 200
    for file, sizes, purpose in ICONS:
        data = build().files[f"icons/{file}"].plain
        assert len(data) < 8_000
        picture = Image.open(io.BytesIO(data)).convert("RGBA")
        assert f"{picture.width}x{picture.height}" == sizes
        assert picture.getpixel((picture.width // 8, picture.height // 2)) == pytest.approx(
            (0x0B, 0x5A, 0x5C, 255), abs=2
        )
        shows_ground = picture.getchannel("A").getpixel((0, 0)) == 0
        assert shows_ground is (purpose == "any")
    for_ios = Image.open(io.BytesIO(build().files["icons/apple-touch-icon.png"].plain)).convert("RGBA")
    assert for_ios.getchannel("A").getextrema() == (255, 255), "iOS shows black where nothing is"


def test_colours_are_those_of_the_look(database_url: str) -> None:
    tokens = (ROOT / "css" / "tokens.css").read_text()
    light, dark = (re.findall(rf"--{name}: (#[0-9a-f]{{6}})", tokens)[:2] for name in ("paper", "desk"))
    assert (light[0], dark[0]) == (PAPER, DESK)
    piece = (TEMPLATES / "pieces" / "app.html").read_text()
    assert set(re.findall(r"#[0-9a-f]{6}", piece)) == set(light)


async def test_the_worker_is_asked_for_anew_each_time_and_may_fetch_but_nothing_else(house: House) -> None:
    answer = await house.browser().get("/service-worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"] == SERVICE_WORKER_POLICY
    assert "Set-Cookie" not in answer.headers
    assert answer.text == worker_source(build())
    assert f'"build": "{build().name}"' in answer.text.splitlines()[0]


def test_the_shell_has_all_that_pages_of_candidates_load_and_nothing_of_staff(database_url: str) -> None:
    files = shell(build())
    assert set(files) <= set(build().files)
    folders = ("candidate", "account", "doorway", "help", "errors", "pwa")
    layouts = [TEMPLATES / "layouts" / f"{name}.html" for name in ("candidate", "doorway")]
    pages = [*layouts, *(page for folder in folders for page in (TEMPLATES / folder).glob("*.html"))]
    named = {name for page in pages for name in re.findall(r'asset\("(js/[^"]+\.js)"', page.read_text())}
    assert len(named) >= 4
    assert named <= set(files)
    for name in (
        "js/imaging/shrink.js",
        "js/installing.js",
        "js/vendor/idb/index.js",
        "js/outbox/store.js",
        "js/waiting-list.js",
    ):
        assert name in files, "loaded by another one"
    assert not [name for name in files if "desk/" in name or re.search(r"staff|review|service-worker", name)]


async def test_where_the_operator_wants_none_the_worker_removes_itself(house: House, tmp_path: Path) -> None:
    settings = test_settings(house.app.config["SETTINGS"].database_url, tmp_path, without_service_worker=True)
    client = create_app(settings).test_client()
    answer = await client.get("/service-worker.js")
    text = await answer.get_data(as_text=True)
    assert "unregister()" in text
    assert "fetch" not in text
    assert answer.headers["Cache-Control"] == "no-cache"


async def test_the_offline_page_says_nothing_of_whoever_asks_for_it(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    home = (await browser.get("/my")).text
    page = await browser.get("/offline")
    assert page.text == (await house.browser().get("/offline")).text
    assert "Set-Cookie" not in page.headers
    name = re.search(r"<strong>([^<]+)</strong>", home)
    assert name is not None
    assert name[1] not in page.text
    assert "现在没有网络" in page.text
    assert "demo-bar" not in page.text, "its clock would stand"
    assert f"/static/{build().name}/" in page.text, "by which the worker knows that it is of its build"


@pytest.mark.parametrize("path", ["/help/home-screen", "/help/browser"])
async def test_drawn_help_is_one_step_from_the_help_and_says_each_step_in_words(
    house: House, path: str
) -> None:
    assert f'href="{path}"' in (await house.browser().get("/help")).text
    page = (await house.browser().get(path)).text
    assert len(re.findall(r'<li class="guide__step"><p>[^<]+</p>', page)) >= 3
    assert len(re.findall(r'<svg class="draw" [^>]*aria-hidden="true"', page)) >= 2


async def test_the_list_leads_to_the_help_for_installing_at_its_foot(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    home = (await browser.get("/my")).text
    assert 'href="/help/home-screen"' in home.partition('<footer class="foot">')[2]
