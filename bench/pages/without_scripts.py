"""A candidate's whole way with scripts switched off, on a copy of the demo.

    python -m bench.pages.without_scripts [--demo FOLDER]

From the registration site's ticket: activating, a photo in every place that must have one, deleting and undoing,
turning, handing in, taking back and handing in again, signing out and in, the demo's clock, then two published
results. Prints each step once it was seen; the first that does not come about ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
from pathlib import Path

from playwright.async_api import Browser, FilePayload, Page, expect

from bench.pages.demo import Demo, running_demo
from bench.pages.publish import publish
from bench.season import come_in_by_page
from tests.browser.browsers import PHONE, chromium
from tests.browser.walking import PASSWORD
from tests.photos import pictures

NEWCOMER = "ceshi30"
RESULTS = {"ceshi05": "审核通过", "ceshi11": "审核不通过"}
_WAITS = 60


async def phone(browser: Browser, demo: Demo) -> Page:
    """A page of a phone that runs no script."""
    context = await browser.new_context(
        base_url=demo.url, viewport=PHONE, locale="zh-CN", java_script_enabled=False
    )
    return await context.new_page()


async def press(page: Page, name: str) -> None:
    """One button, by all its words."""
    await page.get_by_role("button", name=name, exact=True).first.click()


async def activate(page: Page, demo: Demo) -> None:
    """From the ticket to the list."""
    await page.goto(f"{demo.site}/people/{demo.people[NEWCOMER]['registration_number']}")
    await press(page, "上传相关材料")
    await press(page, "继续")
    for name, value in {
        "password": PASSWORD,
        "password_again": PASSWORD,
        "answer_1": "示例路小学",
        "answer_2": "心血管内科",
    }.items():
        await page.locator(f"[name={name}]").fill(value)
    await page.locator("[name=question_1]").select_option("primary_school")
    await page.locator("[name=question_2]").select_option("first_ward")
    await page.locator("[name=pledges]").check()
    await page.locator("[name=consent]").check()
    await press(page, "激活")
    await page.wait_for_url("**/my")
    print("activated")


async def fill(page: Page) -> None:
    """Every place of one material; then one photo is deleted and taken back, and turned."""
    photo: FilePayload = {
        "name": "IMG_6.jpg",
        "mimeType": "image/jpeg",
        "buffer": pictures.written(pictures.marked(2_000, 1_500), exif=pictures.exif(6)),
    }
    arrived = page.locator("photo-slot[state=arrived]")
    for _ in range(_WAITS):
        form = page.locator("photo-slot[state=empty] form.plain").first
        if await form.count():
            await form.locator("input[type=file]").set_input_files(photo)
            await form.get_by_role("button", name="上传").click()
        elif await page.locator("photo-slot[state=processing]").count():
            await asyncio.sleep(1)
            await page.reload()
        else:
            break
    there = await arrived.count()
    await page.locator(".minus").first.click()
    await expect(arrived).to_have_count(there - 1)
    await press(page, "撤销")
    await expect(arrived).to_have_count(there)
    await page.locator("photo-slot[state=arrived] .slot__turn").first.click()
    await expect(arrived).to_have_count(there)
    print(f"{page.url.rpartition('/')[2]}: {there} uploaded, one deleted and taken back, one turned")


async def hand_in(page: Page) -> None:
    """Twice, with a change of mind in between."""
    await page.goto("/my/submission")
    await press(page, "提交审核")
    await page.wait_for_url("**/my?done=submitted")
    await press(page, "修改材料")
    await page.wait_for_url("**/my?done=recalled")
    await page.goto("/my/submission")
    await press(page, "提交审核")
    await page.wait_for_url("**/my?done=submitted")
    print("handed in, taken back, handed in")


async def sign_in(page: Page, user_name: str, password: str) -> None:
    """By the form on the first page."""
    await page.goto("/")
    await come_in_by_page(page, user_name, password)


async def way(demo: Demo) -> None:
    """All of it."""
    async with chromium() as browser:
        page = await phone(browser, demo)
        await activate(page, demo)
        missing = page.locator("[data-section=missing]:not([hidden]) a.row")
        while await missing.count():
            await missing.first.click()
            await fill(page)
            await page.goto("/my")
        await hand_in(page)
        await page.goto("/account")
        await page.get_by_role("button", name="退出").last.click()
        await page.wait_for_url("**/?notice=signed-out")
        await sign_in(page, NEWCOMER, PASSWORD)
        print("signed out and in")
        await page.locator(".demo-bar summary").click()
        await press(page, "过 1 小时")
        print("the clock went on")
        await asyncio.to_thread(publish, demo)
        for user_name, word in RESULTS.items():
            page = await phone(browser, demo)
            await sign_in(page, user_name, demo.people[user_name]["password"])
            await page.get_by_role("link", name=re.compile("结果")).first.click()
            await expect(page.locator("h1")).to_have_text(word)
            print(f"result: {word}")


def main() -> None:
    """Raises at the first step that fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--demo", default=os.environ.get("DEMO", ""), help="data folder of a built demo")
    options = parser.parse_args()
    with running_demo(Path(options.demo) if options.demo else None) as demo:
        asyncio.run(way(demo))


if __name__ == "__main__":
    main()
