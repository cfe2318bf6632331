"""收件回执, the page of one photo, and what a page that stays open is told of its deadline."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.house import Browser, House
from tests.pages.reading_pages import places, sent, words
from webapp.actions.declare import declare
from webapp.records import Candidate, Photo
from webapp.records.reading.exams import open_exam
from webapp.rules.filling import Declared

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def page(browser: Browser, address: str) -> str:
    answer = await browser.get(address)
    assert answer.status == 200, answer.text
    return answer.text


async def test_a_receipt_says_of_each_photo_when_how_large_and_which_bytes(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assert "考点还没有收到照片" in words(await page(browser, "/my/receipt"))
    assert "/my/receipt" not in await page(browser, "/my"), "nothing to be had yet"
    photo = await Photo.get(id=await sent(browser, "ID.front"))
    await sent(browser, "DIPLOMA.page", 1)
    owner = await Candidate.get(user_name="zhangsan")
    await declare(await open_exam(), owner.id, "EDU_CHECK", Declared.MISSING, "还没有申请下来")
    said = words(await page(browser, "/my/receipt"))
    assert "考点已收到 2 张照片" in said
    assert "3 项，2 张" in said
    digits = photo.sha256
    assert f"指纹 {digits[:4]} {digits[4:8]} {digits[8:12]}" in said
    assert "毕业证书 第 1 张" in said
    assert "没有此材料 已写明原因，没有照片" in said
    assert "状态 还没有提交" in said
    assert "022-00001201" in said
    assert 'href="/my/receipt"' in await page(browser, "/my")


async def test_a_photo_has_a_page_that_turns_and_enlarges_it_without_scripts(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    first, second = await sent(browser, "ID.front"), await sent(browser, "ID.back", 1)
    material = await page(browser, "/my/materials/ID")
    assert f'href="/my/photos/{first}/view"' in material
    view = await page(browser, f"/my/photos/{first}/view")
    assert "身份证明 旋转 缩小 放大 人像面 已收到" in words(view)
    assert f'href="/my/photos/{second}/view">下一张' in view
    assert "?zoom=0" not in view
    larger = await page(browser, f"/my/photos/{first}/view?zoom=3")
    assert "viewer__stage--3" in larger
    assert 'href="?zoom=2"' in larger
    assert "?zoom=4" not in larger
    turn = re.search(r'action="(/my/photos/[^"]+/turn[^"]+)"', view)
    assert turn is not None
    turned = await browser.post(turn[1].replace("&amp;", "&"))
    assert (turned.status, turned.leads_to) == (303, f"/my/photos/{first}/view")
    assert f"/my/photos/{first}?v=2" in await page(browser, f"/my/photos/{first}/view")


async def test_nobody_sees_anothers_photo_and_a_deleted_one_has_no_page(house: House) -> None:
    browser, stranger = (
        await house.signed_in_candidate("zhangsan"),
        await house.signed_in_candidate("lisi"),
    )
    photo = await sent(browser, "ID.front")
    assert (await stranger.get(f"/my/photos/{photo}/view")).status == 404
    assert (await browser.get(f"/my/photos/{uuid4()}/view")).status == 404
    await page(browser, f"/my/photos/{photo}/view")
    await browser.post(f"/my/photos/{photo}/delete")
    assert (await browser.get(f"/my/photos/{photo}/view")).status == 404


async def test_after_the_bell_a_photo_can_be_looked_at_but_not_turned(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = await sent(browser, "ID.front")
    assert 'action="/my/photos' in await page(browser, f"/my/photos/{photo}/view")
    await house.exam_time((await open_exam()).window.bell)
    view = await page(browser, f"/my/photos/{photo}/view")
    assert 'action="/my/photos' not in view
    assert "已锁定" in words(view)
    assert places(await page(browser, "/my/materials/ID"))[0].state == "locked"


async def test_a_page_that_stays_open_is_told_its_deadline_and_whose_it_is(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    owner, bell = await Candidate.get(user_name="zhangsan"), (await open_exam()).window.bell
    await house.exam_time(bell - timedelta(hours=1))
    told = (await browser.get(f"/my/deadline?person={owner.id}")).told
    assert told["stands"].startswith("collecting open ")
    assert 3_590 <= told["seconds_left"] <= 3_600
    assert "日 " in told["words"]
    assert told["closes_in"] == told["seconds_left"]
    assert f'data-stands="{told["stands"]}"' in await page(browser, "/my")
    assert (await browser.get(f"/my/deadline?person={uuid4()}", Accept="application/json")).status == 401
    await house.exam_time(bell)
    after = (await browser.get("/my/deadline")).told
    assert (after["seconds_left"], after["closes_in"]) == (0, None)
    assert after["stands"] == told["stands"].replace("open", "locked")


async def test_large_text_and_colours_are_kept_by_the_browser_that_chose_them(house: House) -> None:
    browser, other = house.browser(), house.browser()
    assert 'data-text="large"' not in await page(browser, "/")
    answer = await browser.post("/display", {"text": "large", "back": "/help"})
    assert (answer.status, answer.leads_to) == (303, "/help")
    await browser.post("/display", {"theme": "dark"})
    await browser.post("/display", {"theme": "pink", "text": "<b>"})
    shown = await page(browser, "/")
    assert '<html lang="zh-Hans" data-text="large" data-theme="dark">' in shown
    assert 'name="text" value="usual"' in shown, "and back again"
    await browser.post("/display", {"text": "usual", "theme": "system", "back": "//elsewhere.example"})
    assert '<html lang="zh-Hans">' in await page(browser, "/")
    assert "data-theme" not in await page(other, "/")
