"""One candidate's whole way with three people: a phone, a reviewer's tablet, a manager's desk."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from playwright.async_api import Page, ViewportSize, expect

from tests.browser.browsers import DESKTOP, TABLET_WIDE, Witness
from tests.browser.walking import PERSON, Walk, come_in, from_a_phone, in_front_of_the_site
from tests.cases.rows import let_ten_seconds_pass
from tests.house import StaffHeld, enrolled_staff
from tests.photos import pictures
from webapp.database import opened_database
from webapp.keyring import open_keyring
from webapp.records import Candidate, Case, Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks
from webapp.rules.roles import Role


def small(number: int) -> bytes:
    """Another picture for each number: the same one twice would be asked about."""
    return pictures.written(pictures.page(900 + number, 1_200, 15), quality=80)


@dataclass
class Staff:
    """Who works on the case."""

    site: StaffHeld
    region: StaffHeld
    first: StaffHeld
    second: StaffHeld


async def staff_of(database_url: str, folder: Path) -> Staff:
    """Accounts that their owners have taken into use."""
    site = PERSON.record["site_code"]
    async with opened_database(database_url):
        keyring = open_keyring("", folder / "keys")
        return Staff(
            await enrolled_staff(keyring, "kaodian", site, [Role.REVIEWER]),
            await enrolled_staff(keyring, "kaoqu", "12", [Role.REVIEWER]),
            await enrolled_staff(keyring, "guanli1", "12", [Role.MANAGER]),
            await enrolled_staff(keyring, "guanli2", "12", [Role.MANAGER]),
        )


async def signed_in(walk: Walk, held: StaffHeld, size: ViewportSize) -> Page:
    """A browser of this person's own, signed in."""
    context = await walk.browser.new_context(viewport=size, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"{walk.product.url}/staff/sign-in")
    for name, value in held.form().items():
        await page.locator(f"[name={name}]").fill(value)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url(re.compile(r"/(review|staff)$"))
    return page


async def case_of(walk: Walk) -> Case:
    async with opened_database(walk.product.settings.database_url):
        candidate = await Candidate.get(registration_number=PERSON.number)
        return await Case.get(candidate_id=candidate.id)


async def ten_seconds_later(walk: Walk) -> None:
    async with opened_database(walk.product.settings.database_url):
        await let_ten_seconds_pass()


async def upload_all(walk: Walk) -> None:
    """The first photo is what a phone takes; the others need not be as large."""
    page, url, buffer, number = walk.page, walk.product.url, from_a_phone(), 0
    await page.goto(f"{url}/my")
    rows = page.locator("[data-section=missing] a.row")
    addresses = [await row.get_attribute("href") for row in await rows.all()]
    assert len(addresses) >= 4
    for address in addresses:
        await page.goto(f"{url}{address}")
        needed = page.locator("photo-slot[state=empty]")
        while await needed.count():
            arrived = await page.locator("photo-slot[state=arrived]").count()
            album = page.locator(".actions input[type=file]:not([capture])")
            await album.set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": buffer})
            await expect(page.locator("photo-slot[state=arrived]")).to_have_count(arrived + 1, timeout=30_000)
            number += 1
            buffer = small(number)


async def look_at(beside: Page, address: str) -> bool:
    """Has each photo of one material on the screen for its second; whether there is one."""
    page = await beside.context.new_page()
    await page.goto(address)
    places = [await one.get_attribute("href") for one in await page.locator(".light__place").all()]
    for place in places or [""]:
        await page.goto(urljoin(address, place))
        if await page.locator(".light__photo").count():
            await expect(page.locator("[data-report]")).to_have_count(0, timeout=15_000)
    found = await page.locator(".light__photo").count() > 0
    await page.close()
    return found


async def judge_all(page: Page, *, redo: str = "") -> None:
    """Gives each material its verdict that has none of this level yet, having looked at them in a tab each."""
    undecided = page.locator(".strip__item:not(.is-done)")
    links = [await one.get_attribute("href") for one in await undecided.all()]
    addresses = [urljoin(page.url, link) for link in links]
    looked = await asyncio.gather(*(look_at(page, address) for address in addresses))
    for address in (one for one, there in zip(addresses, looked, strict=True) if there):
        await page.goto(address)
        if redo and f"material={redo}" in address:
            await page.locator("label[for=kind-redo]").click()
            await page.locator(".verdict__redo .chip", has_text="照片不清").click()
        else:
            await page.locator("label[for=kind-accepted]").click()
        await page.get_by_role("button", name="保存，看下一项").click()
        await page.wait_for_load_state()


async def take_next(page: Page) -> None:
    await page.goto(re.sub(r"(//[^/]+)/.*", r"\1/review", page.url))
    await page.get_by_role("button", name="领下一份").click()
    await page.wait_for_url("**/review/cases/**")


async def conclude(page: Page, value: str) -> None:
    await page.locator(f"label[for=conclusion-{value}]").click()
    await page.get_by_role("button", name="提交审核意见").click()
    await page.wait_for_url(re.compile(r"/review(\?.*)?$"))


async def move_clock(page: Page, words: str) -> None:
    """Anybody moves the demo's clock by its bar."""
    bar = page.locator(".demo-bar")
    small = bar.locator("summary")
    if await small.is_visible():
        await small.click()
    await bar.get_by_role("button", name=words, exact=True).locator("visible=true").click()
    await page.wait_for_load_state()


async def told_by_the_site(walk: Walk, words: str) -> None:
    """The registration site fetches results when a person is opened, at most every few seconds."""
    for _ in range(20):
        await walk.page.goto(f"{walk.site}/people/{PERSON.number}")
        if re.search(words, await walk.page.inner_text("main")):
            return
        await walk.page.wait_for_timeout(1_000)
    raise AssertionError(f"the site never said {words}")


async def test_a_phone_a_tablet_and_a_desk_bring_one_case_to_its_published_result(
    database_url: str, tmp_path: Path
) -> None:
    staff = await staff_of(database_url, tmp_path)
    async with in_front_of_the_site(database_url, tmp_path) as walk:
        phone, url = walk.page, walk.product.url
        await come_in(walk, scripts=True)
        await upload_all(walk)
        await phone.goto(f"{url}/my/submission")
        await phone.get_by_role("button", name="提交审核").click()
        await phone.wait_for_url(re.compile(r"/my(\?.*)?$"))
        await move_clock(phone, "到截止")

        tablet = await signed_in(walk, staff.site, TABLET_WIDE)
        witness = Witness(tablet.context, url)
        await take_next(tablet)
        await judge_all(tablet, redo="DIPLOMA")
        await conclude(tablet, "asks")
        await ten_seconds_later(walk)
        await tablet.goto(f"{url}/review/calls")
        await tablet.locator(".outcomes").get_by_role("button", name="已通知").first.click()
        await tablet.wait_for_load_state()

        # After the lock: exactly what was asked for.
        await phone.goto(f"{url}/my")
        await expect(phone.locator("main")).to_contain_text("毕业证书")
        await phone.goto(f"{url}/my/materials/ID")
        await expect(phone.locator("photo-slot[state=locked]").first).to_be_visible()
        await phone.goto(f"{url}/my/materials/DIPLOMA")
        returned = phone.locator("photo-slot[state=returned]").first
        await returned.locator(".pick__input:not([capture])").set_input_files(
            {"name": "IMG_2.jpg", "mimeType": "image/jpeg", "buffer": small(0)}
        )
        await expect(phone.locator("photo-slot[state=arrived]").first).to_be_visible(timeout=30_000)
        await phone.goto(f"{url}/my/submission")
        await phone.get_by_role("button", name="提交补充材料").click()
        await phone.wait_for_url(re.compile(r"/my(\?.*)?$"))

        await take_next(tablet)
        await judge_all(tablet)
        await conclude(tablet, "meets")
        await ten_seconds_later(walk)
        assert witness.seen == []
        region = await signed_in(walk, staff.region, TABLET_WIDE)
        await take_next(region)
        await judge_all(region)
        await conclude(region, "meets")
        await ten_seconds_later(walk)
        await phone.goto(f"{url}/my/result")
        await expect(phone.locator("main")).not_to_contain_text("审核通过")
        await phone.goto(f"{walk.site}/people/{PERSON.number}")
        await expect(phone.locator("main")).to_contain_text(re.compile(r"最终审核结果\s*尚未公布"))

        desk = await signed_in(walk, staff.first, DESKTOP)
        await desk.goto(f"{url}/staff/publishing")
        await desk.get_by_role("button", name=re.compile("^核准")).click()
        await desk.wait_for_load_state()
        other = await signed_in(walk, staff.second, DESKTOP)
        await other.goto(f"{url}/staff/publishing")
        await other.get_by_role("button", name=re.compile("^公布")).click()
        await expect(other.locator("main")).to_contain_text("已经公布")

        await phone.goto(f"{url}/my/result")
        await expect(phone.locator("main")).to_contain_text("审核通过")
        await told_by_the_site(walk, r"最终审核结果\s*审核通过")
        assert (await case_of(walk)).stage == "passed"
        async with opened_database(database_url):
            assert await all_breaks() == []
            for photo in await Photo.filter(removed_at=None):
                version = await PhotoVersion.get(photo_id=photo.id, number=photo.version)
                assert version.size <= 204_800
                assert version.height > version.width
