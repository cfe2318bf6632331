"""A phone in front of the registration site, with the product behind it: how the way of a candidate begins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.browsers import PHONE, Witness, chromium
from tests.demo.site_process import RunningSite, running_site
from tests.house import EXAM
from tests.photos import pictures
from tests.served import Served, served
from webapp.actions.note_api_keys import note_key_made
from webapp.actions.take_registrations import take_registrations
from webapp.database import opened_database
from webapp.demo.fetching import KEY_FILE
from webapp.demo.records import CANDIDATES
from webapp.demo.tickets import FILE
from webapp.demo.tickets import make_key as make_ticket_key
from webapp.guard.api_keys import Scope, make_key
from webapp.records.reading.exams import open_exam

PERSON = CANDIDATES[0]
PASSWORD = "Yishi-8899"


@cache
def from_a_phone() -> bytes:
    """4,000 x 3,000 pixels with grain and EXIF orientation 6; about 3 MB."""
    page = pictures.page(4_000, 3_000, 40)
    data = pictures.written(page, quality=82, exif=pictures.exif(6))
    assert 2_000_000 < len(data) < 4_500_000
    return data


@dataclass
class Walk:
    """The product, the registration site beside it, the browser, and a phone."""

    product: Served
    site: str
    browser: Browser
    phone: BrowserContext
    page: Page


@asynccontextmanager
async def registered_there(database_url: str, folder: Path) -> AsyncIterator[tuple[Served, RunningSite]]:
    """The product and the registration site beside it, where one person is registered."""
    async with opened_database(database_url):
        taken = await take_registrations(await open_exam(), [PERSON.record], by="operator")
        assert taken.added == 1
        note = partial(note_key_made, EXAM, "operator")
        made = await make_key("报名系统", [Scope.RESULTS_READ], note)
    (folder / KEY_FILE).write_text(made.key)
    key = make_ticket_key(folder / FILE)
    with (
        served(database_url, folder, ticket_keys=key) as product,
        running_site(folder, product.url) as site,
    ):
        yield product, site


@asynccontextmanager
async def in_front_of_the_site(
    database_url: str, folder: Path, *, scripts: bool = True
) -> AsyncIterator[Walk]:
    """One person is registered; at the end no page has done what a page must never do."""
    async with registered_there(database_url, folder) as (product, site), chromium() as browser:
        phone = await browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=scripts)
        # The ticket is the only thing that goes from one site to the other.
        witness = Witness(phone, (product.url, site.url))
        yield Walk(product, site.url, browser, phone, await phone.new_page())
        assert witness.seen == []


async def come_in(walk: Walk, *, scripts: bool) -> None:
    """From the registration to the list of materials, for the first time."""
    page = walk.page
    await page.goto(f"{walk.site}/people/{PERSON.number}")
    await page.get_by_role("button", name="上传相关材料").click()
    if not scripts:
        await page.get_by_role("button", name="继续").click()
    await page.wait_for_url("**/activate")
    assert PERSON.record["name"] in await page.inner_text("main")
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#password_again").fill(PASSWORD)
    await page.locator("[name=question_1]").select_option("primary_school")
    await page.locator("[name=answer_1]").fill("示例路小学")
    await page.locator("[name=question_2]").select_option("first_ward")
    await page.locator("[name=answer_2]").fill("心血管内科")
    await page.locator("[name=pledges]").check()
    await page.locator("[name=consent]").check()
    await page.get_by_role("button", name="激活", exact=True).click()
    await page.wait_for_url("**/my")
    await expect(page.locator("main")).to_contain_text("身份证明")
