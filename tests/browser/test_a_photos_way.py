"""One candidate's photo on its whole way, as people walk it: registration site, activation, camera, receipt.

The photo is what a phone takes: twelve megapixels, about three megabytes, lying on its side by its EXIF.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.walking import PERSON, Walk, come_in, from_a_phone, in_front_of_the_site
from tests.photos import pictures
from webapp.database import opened_database
from webapp.records import Agreement, Candidate, Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks


@pytest.fixture
async def walk(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Walk]:
    """A phone in front of the registration site; ``scripts`` may be switched off by the test's parameter."""
    scripts = getattr(request, "param", True)
    async with in_front_of_the_site(database_url, tmp_path, scripts=scripts) as found:
        yield found


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


# Both databases walk the whole way in a browser elsewhere: here one each is enough.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
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


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
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
