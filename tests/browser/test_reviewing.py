"""The reviewer's desk in the browser: a photo counts as seen once it was on the screen for a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pyotp
import pytest
from playwright.async_api import Page, expect

from tests.browser.browsers import TABLET, TABLET_WIDE, Witness, chromium
from tests.browser.examining import problems_of
from tests.cases.handed_in import lay_pictures
from tests.cases.rows import COMPLETE
from tests.house import EXAM, StaffHeld, activated_candidate, enrolled_staff
from tests.served import Served, served
from webapp import clock
from webapp.actions.claim import claim
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.actions.photo_desk import photo_desk
from webapp.actions.reviewing import Reviewer
from webapp.clock import now
from webapp.database import opened_database
from webapp.keyring import open_keyring
from webapp.records import Case, Photo, PhotoSeen
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Desk:
    """The running product with a case that waits, and somebody who reviews."""

    product: Served
    case_id: UUID
    reviewer: StaffHeld
    url: str


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A case handed in by its bell, and a reviewer of its site."""
    data = tmp_path_factory.mktemp("desk")
    (data / "webapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite://{data / 'webapp.sqlite3'}"
    keyring = open_keyring("", data / "keys")

    async def bring_in() -> tuple[UUID, StaffHeld]:
        pictures = photo_desk(data, keyring)
        async with opened_database(url):
            clock.allow_moving(movable=True)
            candidate = await activated_candidate("zhangsan", name="测试乙")
            case = await Case.get(candidate_id=candidate.id)
            await lay_pictures(pictures.shelf, case.id, COMPLETE)
            bell = (await open_exam()).window.bell
            await move_exam_clock(EXAM, bell + timedelta(hours=1) - now(), by="operator")
            await cases_fall_due()
            held = await enrolled_staff(keyring, "shenhe", "1201", [Role.REVIEWER])
        await pictures.close()
        return case.id, held

    case_id, held = asyncio.run(bring_in())
    with served(url, data, processes=1) as running:
        yield Desk(running, case_id, held, url)


async def signed_in(page: Page, desk: Desk) -> None:
    await page.goto("/staff/sign-in")
    await page.fill("[name=user_name]", desk.reviewer.user_name)
    await page.fill("[name=password]", desk.reviewer.password)
    await page.fill("[name=code]", pyotp.TOTP(desk.reviewer.secret).at(time.time() + 30))
    await page.press("[name=code]", "Enter")
    await page.wait_for_url("**/review")


async def on_screen(desk: Desk) -> set[str]:
    """The slots whose photo of the ID counts as seen."""
    async with opened_database(desk.url):
        rows = await PhotoSeen.filter(seen_at__not_isnull=True).select_related("version__photo")
        photos = await Photo.filter(case_id=desk.case_id, material="ID")
    seen = {row.version.photo_id for row in rows}
    return {photo.slot for photo in photos if photo.id in seen}


async def taken_over(desk: Desk) -> None:
    """A colleague who has the same post takes the case, and says why."""
    async with opened_database(desk.url):
        exam = await open_exam()
        offices = frozenset(office.id for office in exam.offices)
        await claim(exam, Reviewer(uuid4(), offices), desk.case_id, takeover_reason="absent")


async def test_only_a_photo_that_was_on_the_screen_for_a_second_may_be_judged(desk: Desk) -> None:
    async with chromium() as browser:
        context = await browser.new_context(viewport=TABLET_WIDE, locale="zh-CN", base_url=desk.product.url)
        context.set_default_timeout(15_000)
        witness, page = Witness(context, desk.product.url), await context.new_page()
        await signed_in(page, desk)
        await page.get_by_role("button", name="领下一份").click()
        await expect(page.locator("[data-report]")).to_have_count(0)  # the first photo was looked at
        await expect(page.locator("[data-unseen]")).to_contain_text("还有 2 张")
        await page.clock.install()
        await page.clock.pause_at(now() + timedelta(minutes=1))  # from here on time is what the test says
        await page.locator(".light__place", has_text="国徽面").click()
        await page.locator("light-table[ready] [data-photo]").evaluate("photo => photo.decode()")
        await page.clock.run_for(900)
        await page.locator(".light__place", has_text="手持证件").click()  # too soon
        await page.locator("light-table[ready] [data-photo]").evaluate("photo => photo.decode()")
        async with page.expect_response("**/seen?v=1"):
            await page.clock.run_for(1_200)
        assert await on_screen(desk) == {"front", "holding"}
        await page.locator("label[for=kind-accepted]").click()
        await page.get_by_role("button", name="保存，看下一项").click()
        await expect(page.get_by_role("alert")).to_contain_text("还有照片没有看过")
        async with page.expect_response("**/seen?v=1"):
            await page.locator(".light__place", has_text="国徽面").click()
            await page.locator("light-table[ready] [data-photo]").evaluate("photo => photo.decode()")
            await page.clock.run_for(1_200)
        await page.locator("[data-act=in]").click()
        await page.keyboard.press("-")
        await page.keyboard.press("+")
        assert "scale(1.4)" in str(await page.locator("[data-stage]").get_attribute("style"))
        await page.locator(".verdict [name=note]").fill("还要再看")
        await page.locator(".light__place", has_text="人像面").click()
        await page.locator(".strip__item").nth(1).click()  # another page
        await expect(page.locator(".strip__item[aria-current]")).to_contain_text("毕业证书")
        await page.locator(".strip__item").nth(0).click()
        await expect(page.locator(".verdict [name=note]")).to_have_value("还要再看")
        await page.get_by_role("heading", level=1).click()
        await page.keyboard.press("1")
        await page.keyboard.press("Enter")
        await expect(page.locator(".strip__item[aria-current]")).to_contain_text("毕业证书")
        await page.clock.resume()
        found = await problems_of(page)
        await page.set_viewport_size({**TABLET, "height": 3_000})
        found += await problems_of(page)
        await page.clock.pause_at(now() + timedelta(minutes=3))
        await page.locator(".verdict [name=note]").fill("没有写完")
        await taken_over(desk)
        await page.clock.run_for(6_000)
        await expect(page.locator("[data-lost-words]")).to_contain_text("同事已离岗")
        await page.get_by_role("button", name="保存，看下一项").click(force=True)
        await expect(page.locator(".verdict [name=note]")).to_have_value("没有写完")
        await page.get_by_role("link", name="看现在的样子").click()
        await expect(page.locator("[data-words]")).to_have_text("没有写完")
        await page.clock.resume()
        found += await problems_of(page)
        assert (found, witness.seen) == ([], [])
