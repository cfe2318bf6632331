"""One candidate's photo on its whole way, as people walk it: registration site, activation, camera, receipt.

The photo is what a phone takes: twelve megapixels, about three megabytes, lying on its side by its EXIF.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.browsers import PHONE, Witness, chromium
from tests.demo.site_process import running_site
from tests.photos import pictures
from tests.served import Served, served
from webapp.actions.take_registrations import take_registrations
from webapp.database import opened_database
from webapp.demo.records import CANDIDATES
from webapp.demo.tickets import FILE, make_key
from webapp.records import Agreement, Candidate, Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks
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
    """The product, the registration site beside it, and a phone."""

    product: Served
    site: str
    phone: BrowserContext
    page: Page


@pytest.fixture
async def walk(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Walk]:
    """A phone in front of the registration site; ``scripts`` may be switched off by the test's parameter."""
    scripts = getattr(request, "param", True)
    async with opened_database(database_url):
        taken = await take_registrations(await open_exam(), [PERSON.record], by="operator")
        assert taken.added == 1
    key = make_key(tmp_path / FILE)
    with (
        served(database_url, tmp_path, ticket_keys=key) as product,
        running_site(tmp_path, product.url) as site,
    ):
        async with chromium() as browser:
            phone = await browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=scripts)
            # The ticket is the only thing that goes from one site to the other.
            witness = Witness(phone, (product.url, site.url))
            yield Walk(product, site.url, phone, await phone.new_page())
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


async def stored_as_it_should_be(walk: Walk) -> None:
    """One photo: upright, at most 204,800 bytes, nothing of the camera's in it, its history whole."""
    async with opened_database(walk.product.settings.database_url):
        photo = await Photo.get(removed_at=None)
        version = await PhotoVersion.get(photo_id=photo.id, number=photo.version)
        assert (photo.material, photo.slot) == ("ID", "front")
        assert version.size <= 204_800
        assert version.height > version.width
        candidate = await Candidate.get(registration_number=PERSON.number)
        assert candidate.activated_at is not None
        agreed = {row.text for row in await Agreement.filter(candidate_id=candidate.id)}
        assert {"pledges", "consent"} <= agreed
        assert await all_breaks() == []
    answer = await walk.phone.request.get(f"{walk.product.url}/my/photos/{photo.id}")
    picture = Image.open(io.BytesIO(await answer.body()))
    assert picture.size == (version.width, version.height)
    assert not picture.getexif()
    upright = pictures.page(4_000, 3_000, 40).rotate(-90, expand=True)
    assert pictures.difference(picture, upright) < 12


async def test_a_phone_brings_a_photo_from_the_registration_site_to_its_receipt(walk: Walk) -> None:
    page = walk.page
    await come_in(walk, scripts=True)
    await page.get_by_role("link", name=re.compile("身份证明")).first.click()
    await page.wait_for_url("**/my/materials/ID")
    album = page.locator(".actions input[type=file]:not([capture])")
    await album.set_input_files(
        {"name": "IMG_20200503_211400.jpg", "mimeType": "image/jpeg", "buffer": from_a_phone()}
    )
    place = page.locator("photo-slot[slot=front]")
    await expect(place).to_have_attribute("state", "arrived", timeout=30_000)
    await expect(place.locator(".slot__note:visible")).to_contain_text("KB")
    await expect(page.locator("[data-count=have]").first).to_have_text("1")
    await stored_as_it_should_be(walk)
    await page.reload()
    await expect(place).to_have_attribute("state", "arrived")
    await page.goto(f"{walk.product.url}/my")
    await expect(page.get_by_role("link", name=re.compile("身份证明"))).to_contain_text("还差 2 张")
    # Later: a new ticket, a look at the name, and in.
    await page.goto(f"{walk.product.url}/account")
    await page.get_by_role("button", name="退出登录").last.click()
    await page.wait_for_url("**/?notice=signed-out")
    await page.goto(f"{walk.site}/people/{PERSON.number}")
    await page.get_by_role("button", name="上传相关材料").click()
    await page.wait_for_url("**/enter")
    await expect(page.locator("main")).to_contain_text(PERSON.record["name"])
    await page.locator("form[action='/enter/confirm'] .button--primary").click()
    await page.wait_for_url("**/my")


@pytest.mark.parametrize("walk", [False], indirect=True, ids=["without scripts"])
async def test_the_same_way_is_walked_without_any_script(walk: Walk) -> None:
    page = walk.page
    await come_in(walk, scripts=False)
    await page.get_by_role("link", name=re.compile("身份证明")).first.click()
    form = page.locator("form.plain").first
    await form.locator("input[type=file]").set_input_files(
        {"name": "IMG_20200503_211400.jpg", "mimeType": "image/jpeg", "buffer": from_a_phone()}
    )
    await form.get_by_role("button", name="上传").click()
    # The page looks again by itself until the original has been shrunk.
    await expect(page.locator("photo-slot[slot=front]")).to_contain_text("已收到", timeout=30_000)
    await stored_as_it_should_be(walk)
    await page.locator("photo-slot[slot=front] .minus").click()
    await expect(page.locator("photo-slot[slot=front]")).not_to_contain_text("已收到")
    await page.get_by_role("button", name="撤销").click()
    await expect(page.locator("photo-slot[slot=front]")).to_contain_text("已收到")
    await stored_as_it_should_be(walk)
