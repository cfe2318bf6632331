"""The last evening on a bad network: photos do not get through, an announcement does, and after the bell they do."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, BrowserContext, FilePayload, Page, Route, expect

from tests.browser.browsers import PHONE, chromium
from tests.house import CANDIDATE_PASSWORD, EXAM, activated_candidate
from tests.photos import pictures
from tests.served import Served, served
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.clock import now
from webapp.database import opened_database
from webapp.records import Case, Photo
from webapp.records.reading.exams import open_exam

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SHOTS = os.environ.get("SHOTS", "")
"""A folder for pictures of what the test sees, for people."""


@dataclass
class Evening:
    """The product, its database, and phones of one candidate."""

    product: Served
    browser: Browser
    bell: datetime
    errors: list[str] = field(default_factory=list)
    """Of scripts."""

    async def time(self, moment: datetime) -> None:
        """The exam's clock shows this."""
        await move_exam_clock(EXAM, moment - now(), by="operator")

    async def phone(self) -> BrowserContext:
        """Another phone of the same person."""
        # Routes that the test lays are not seen by what goes through a service worker.
        context = await self.browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(self.product.url)
        await page.locator("[name=user_name]").fill("zhangsan")
        await page.locator("[name=password]").fill(CANDIDATE_PASSWORD)
        await page.get_by_role("button", name="登录", exact=True).click()
        await page.wait_for_url("**/my")
        return context


@pytest.fixture
async def evening(database_url: str, tmp_path: Path) -> AsyncIterator[Evening]:
    """Ten minutes before the bell."""
    async with opened_database(database_url):
        await activated_candidate("zhangsan")
        bell = (await open_exam()).window.bell
        with served(database_url, tmp_path) as product:
            async with chromium() as browser:
                found = Evening(product, browser, bell)
                await found.time(bell - timedelta(minutes=10))
                yield found


async def seen(page: Page, name: str) -> None:
    """Keeps a picture, where somebody wants to look."""
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def lose(route: Route) -> None:
    """The network loses this."""
    await route.abort("connectionreset")


LOOK_AND_NUDGE = """() => {
    const place = document.querySelector("photo-slot[slot=front]");
    const look = () => { if (place.getAttribute("state") === "locked") came(); };
    new MutationObserver(look).observe(place, { attributes: true });
    setInterval(() => dispatchEvent(new Event("online")), 200);
}"""


async def test_a_photo_announced_on_a_bad_network_comes_in_after_the_bell(evening: Evening) -> None:
    phone = await evening.phone()
    page = phone.pages[0]
    await phone.route("**/my/photos/*", lose)
    await page.goto(f"{evening.product.url}/my/materials/ID")
    album = page.locator(".actions input[type=file]:not([capture])")
    photo = pictures.written(pictures.page(2_000, 1_500, 20), quality=85)
    await album.set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo})
    place = page.locator("photo-slot[slot=front]")
    await expect(place.locator(".state:visible")).to_have_text("已登记", timeout=20_000)
    end = (evening.bell + timedelta(hours=2)).astimezone(ZoneInfo("Asia/Shanghai"))
    until = f"最晚 {end.month}月{end.day}日 {end:%H:%M}"
    await expect(place).to_contain_text(f"{until} 传完")
    await seen(page, "place-announced")
    await page.goto(f"{evening.product.url}/my")
    await expect(page.locator("#list-say")).to_contain_text(f"1 张照片已登记，{until} 传完")
    await expect(page.locator("li[data-material=ID]")).to_contain_text("1 张，已登记")
    await expect(page.locator("#announced")).to_be_hidden()
    await seen(page, "list-announced")

    other = (await evening.phone()).pages[0]
    await expect(other.locator("#announced")).to_contain_text("有 1 张照片已登记")
    await seen(other, "list-announced-elsewhere")

    await evening.time(evening.bell + timedelta(minutes=1))
    await page.goto(f"{evening.product.url}/my/materials/ID")
    await expect(place.locator(".state:visible")).to_have_text("已登记")
    await seen(page, "place-after-the-bell")
    assert (await Case.get()).stage == "collecting"

    came = asyncio.Event()
    await page.expose_function("came", came.set)
    await page.evaluate(LOOK_AND_NUDGE)

    async def answered_before_the_photo_came(route: Route) -> None:
        """The page left behind works on until the new one is there: what it sends meanwhile is not on that one."""
        answer = await route.fetch()
        await phone.unroute("**/my/photos/*", lose)
        await asyncio.wait_for(came.wait(), 20)
        await route.fulfill(response=answer)

    await phone.route("**/my/materials/ID", answered_before_the_photo_came)
    await page.reload()
    await expect(place).to_have_attribute("state", "locked", timeout=20_000)
    await expect(place.locator(".slot__note:visible")).to_contain_text("KB")
    await expect(place.locator(".minus:visible")).to_have_count(0)
    await seen(page, "place-arrived-after-the-bell")
    assert (await Photo.get()).in_grace
    assert evening.errors == []


async def test_a_registered_photo_is_not_given_up_after_the_bell_for_one_that_comes_too_late(
    evening: Evening,
) -> None:
    phone = await evening.phone()
    page = phone.pages[0]
    await phone.route("**/my/photos/*", lose)
    await page.goto(f"{evening.product.url}/my/materials/ID")
    await expect(page.locator("[data-album]")).to_be_attached()
    await evening.time(evening.bell - timedelta(seconds=6))
    photos = [pictures.written(pictures.page(1_200 + 8 * number, 900), quality=85) for number in (0, 1)]
    files: list[FilePayload] = [
        {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": data} for data in photos
    ]
    await page.locator("[data-album]").set_input_files([files[0]])
    place = page.locator("photo-slot[slot=front]")
    await expect(place).to_have_attribute("state", "announced", timeout=20_000)
    announced = await place.get_attribute("photo")
    await page.get_by_role("button", name="查看、裁剪人像面").click()
    await page.wait_for_timeout(7_000)
    await page.locator("mend-screen input[type=file]").set_input_files([files[1]])
    await expect(page.locator("#material-say")).to_contain_text("照片按登记时的样子上传")
    await expect(place).to_have_attribute("photo", str(announced))
    await phone.unroute("**/my/photos/*")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(place).to_have_attribute("state", re.compile("arrived|locked"), timeout=20_000)
    assert [str(one.id) for one in await Photo.all()] == [announced]
    assert evening.errors == []
