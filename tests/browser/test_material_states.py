"""A material's page while something happens on it, at every size, in the dark and in large text: nothing is wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, expect

from tests.browser.browsers import PHONE
from tests.browser.test_material import BYPASSING, choose, is_in, opened, photo, signed_in, wrong
from tests.house import activated_candidate
from tests.served import Served, served
from webapp.database import opened_database

pytestmark = pytest.mark.asyncio(loop_scope="module")

PEOPLE = ("guocheng", "xiugai", "huashu")
SHOTS = os.environ.get("SHOTS", "")
"""A folder for pictures of what the test sees, for people."""
# So tall that a bar at the bottom covers nothing, which axe would take for small targets.
SIZES: tuple[ViewportSize, ...] = (
    {"width": 320, "height": 5_000},
    {"width": 1_280, "height": 5_000},
    {"width": 390, "height": 5_000},
)
LARGE = """isLarge => {
    if (isLarge) document.documentElement.dataset.text = "large"
    else delete document.documentElement.dataset.text
}"""
SCALE = "size => { document.documentElement.style.fontSize = size }"
SAY_ALL = """() => {
    const said = document.getElementById("material-say")
    for (const template of document.querySelectorAll("template[data-say], template[data-deadline-mark]"))
        said.append(template.content.cloneNode(true))
    return said.children.length
}"""
EVERY_STATE = """names => {
    const places = document.querySelector(".slots")
    const first = places.querySelector("photo-slot")
    for (const name of names) {
        const place = first.cloneNode()
        for (const [key, value] of Object.entries({
            state: name, label: "第 1 张 " + name, words: "12月1日 09:30，480 KB", photo: name,
            progress: "40", sent: "190", total: "480", advice: "blurred dark",
        })) place.setAttribute(key, value)
        place.removeAttribute("id")
        places.append(place)
    }
}"""
STATES = (
    *("empty", "optional", "preparing", "held", "kept", "announced", "sending", "stale", "processing"),
    *("arrived", "refused", "unusable", "returned", "locked", "early"),
)


@pytest.fixture(scope="module")
def product(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product with one candidate for each walk."""
    data = tmp_path_factory.mktemp("states")
    (data / "webapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite://{data / 'webapp.sqlite3'}"

    async def bring_in() -> None:
        async with opened_database(url):
            for name in PEOPLE:
                await activated_candidate(name)

    asyncio.run(bring_in())
    with served(url, data, processes=1) as running:
        yield running


async def looked_at(page: Page, name: str) -> list[str]:
    """What is wrong with the page as it stands, at each size, in the dark, in large text and at twice the size."""
    found: list[str] = []

    async def look(how: str) -> None:
        found.extend(f"{name}, {how}: {problem}" for problem in await wrong(page))
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"{name}-{how}.png", full_page=True)

    for size in SIZES:
        await page.set_viewport_size(size)
        await look(f"{size['width']} px")
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await look("dark")
    await page.emulate_media(color_scheme="light")
    await page.evaluate(SCALE, "200%")
    await look("twice the text")
    await page.evaluate(SCALE, "")
    await page.evaluate(LARGE, True)
    await page.set_viewport_size(SIZES[0])
    await look("large text")
    await page.evaluate(LARGE, False)
    await page.set_viewport_size(PHONE)
    return found


async def test_photos_refused_sending_and_waiting_a_question_and_an_undo_bar(
    browser: Browser, product: Served
) -> None:
    phone, page = await signed_in(browser, product, "guocheng", **BYPASSING)
    await opened(page, "OTHER")
    await choose(page, photo(1))
    await is_in(page.locator("photo-slot").first, "arrived")
    asked = 0

    async def refuses_one_and_hangs(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await route.fulfill(status=413, body="too large for this proxy")

    async def leaves_time_to_look(route: Route) -> None:
        if route.request.method != "DELETE":
            return await route.fallback()
        answer = await route.fetch()
        return await route.fulfill(response=answer, json={**await answer.json(), "undo_until_seconds": 600})

    await phone.route("**/my/photos/**", leaves_time_to_look)
    await phone.route("**/my/photos/*slot=*", refuses_one_and_hangs)
    await choose(page, photo(2), photo(3), photo(4), photo(4))
    for state in ("refused", "sending", "kept"):
        await is_in(page.locator(f"photo-slot[state={state}]"), state)
    await expect(page.locator("#unsent-bar")).to_contain_text("正在上传")
    await expect(page.locator("#material-same")).to_contain_text("已经选过")
    found = await looked_at(page, "under-way")
    await page.get_by_role("button", name="删除第 1 张").click()
    await expect(page.locator("undo-bar")).to_be_visible()
    found += await looked_at(page, "undo")
    assert found == []


async def test_a_photo_being_looked_at_and_cropped(browser: Browser, product: Served) -> None:
    _, page = await signed_in(browser, product, "xiugai")
    await opened(page)
    await choose(page, photo())
    await is_in(page.locator("photo-slot").first, "arrived")
    await page.get_by_role("button", name="查看、裁剪人像面").click()
    await expect(page.locator("light-table img")).to_be_visible(timeout=15_000)
    found = await looked_at(page, "mending")
    await page.get_by_role("toolbar", name="调整照片").get_by_role("button", name="裁剪").click()
    await expect(page.locator("corner-frame [data-photo]")).to_be_visible(timeout=15_000)
    found += await looked_at(page, "cropping")
    assert found == []


async def test_every_state_of_a_place_and_every_message(browser: Browser, product: Served) -> None:
    _, page = await signed_in(browser, product, "huashu", **BYPASSING)
    await opened(page, "OTHER")

    async def never_answers(_: Route) -> None:
        """No such photo is there; what is shown here shall stay."""

    await page.route("**/my/photos/processing/**", never_answers)
    assert await page.evaluate(SAY_ALL) > 10
    await page.evaluate(EVERY_STATE, STATES)
    await expect(page.locator("photo-slot")).to_have_count(1 + len(STATES))
    found = await looked_at(page, "everything")
    assert found == []
