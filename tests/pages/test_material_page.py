"""The page of one material without a script: places and photos, forms, undo, problems, locks."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from tests.house import Browser, House
from tests.pages.reading_pages import places, sent, states, words
from tests.photos import pictures
from webapp.records import Candidate, Case
from webapp.records.reading.exams import open_exam

sqlite_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def shown(browser: Browser, code: str, query: str = "") -> str:
    answer = await browser.get(f"/my/materials/{code}{query}")
    assert answer.status == 200
    return answer.text


def picture(number: int = 0) -> bytes:
    return pictures.written(pictures.page(700 + number, 500), quality=80)


async def test_it_says_who_must_how_to_photograph_it_and_shows_an_example_of_each_place(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    page = await shown(browser, "ID")
    for said in (
        "身份证明 * 必须上传",
        "证件两面各拍一张，再拍一张本人手持证件的照片。",
        "真实完整，画面正向，JPG 或 PNG； 大小由本页自动缩到 200 KB 以内。",
        "放平、拍全四角、避开反光。",
        "已收到 0 / 3 张",
        "下一张： 人像面",
    ):
        assert said in words(page)
    drawn = re.findall(r'<img class="example__picture is-(\dof3)" src="([^"]+)"[^>]*alt="([^"]+)"', page)
    assert [part for part, _, _ in drawn] == ["1of3", "2of3", "3of3"]
    assert drawn[0][2] == "示例：有照片的一面，四角都在画面里"
    (address,) = {address for _, address, _ in drawn}  # on a slow line three requests come late
    together = await browser.get(address)
    assert together.status == 200
    for number, name in enumerate(("ID-front", "ID-back", "ID-holding")):
        alone = (await browser.get(f"/examples/{name}.svg")).text
        assert alone.replace("<svg ", f'<svg x="{320 * number}" ', 1) in together.text
    diploma = await shown(browser, "DIPLOMA")
    assert "毕业证书 必传" in words(diploma)
    assert "因为您的报名信息中，学历依据是“规定学历”。" in words(diploma)
    assert "已收到 0 张， 至少 1 张， 最多 4 张" in words(diploma)
    assert "其他补充材料 选传" in words(await shown(browser, "OTHER"))


async def test_each_identity_document_has_its_own_places(house: House) -> None:
    card = await house.signed_in_candidate("zhangsan")
    passport = await house.signed_in_candidate("lisi", id_type="外籍护照", id_number="E12345678")
    permit = await house.signed_in_candidate("wangwu", id_type="香港身份证", id_number="H12345678")
    labels = {}
    for name, browser in {"card": card, "passport": passport, "permit": permit}.items():
        labels[name] = [place.label for place in places(await shown(browser, "ID"))]
    assert labels == {
        "card": ["人像面", "国徽面", "手持证件"],
        "passport": ["信息页", "封面", "手持护照"],
        "permit": ["通行证正面", "通行证反面", "手持通行证"],
    }
    assert "护照的信息页和封面各拍一张" in words(await shown(passport, "ID"))


async def test_what_does_not_concern_this_person_is_not_found(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assistant = await house.signed_in_candidate("lisi", is_assistant="是")
    assert (await assistant.get("/my/materials/ASST_QUAL")).status == 200
    for code in ("ASST_QUAL", "NOTHING", "id", "ID.front"):
        assert (await browser.get(f"/my/materials/{code}")).status == 404, code


async def test_photos_stand_in_their_places_and_full_ones_take_no_more(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assert states(await shown(browser, "ID")) == [("front", "empty"), ("back", "empty"), ("holding", "empty")]
    front = await sent(browser, "ID.front")
    page = await shown(browser, "ID")
    assert states(page) == [("front", "arrived"), ("back", "empty"), ("holding", "empty")]
    first = places(page)[0]
    assert first.photo == str(front)
    assert re.search(r"已收到 旋转 \d+月\d+日 \d\d:\d\d，\d+ KB", first.words)
    assert first.forms == [f"/my/photos/{front}/delete", f"/my/photos/{front}/turn?quarters=1"]
    assert f'src="/my/photos/{front}/thumbnail?v=1"' in page
    assert "下一张： 国徽面" in words(page)
    for number, slot in enumerate(("ID.back", "ID.holding"), start=1):
        await sent(browser, slot, number)
    page = await shown(browser, "ID")
    assert [state for _, state in states(page)] == ["arrived"] * 3
    assert 'type="file"' not in re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    assert "下一项： 毕业证书" in words(page), "the bar goes on to the next material"


async def test_pages_follow_one_another_until_there_are_enough(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assert states(await shown(browser, "DIPLOMA")) == [("page", "empty")]
    for number in range(4):
        before = places(await shown(browser, "DIPLOMA"))
        assert [place.label for place in before] == [f"第 {n + 1} 张" for n in range(number + 1)]
        assert before[-1].state == ("empty" if number == 0 else "optional")
        await sent(browser, "DIPLOMA.page", number)
    page = await shown(browser, "DIPLOMA")
    assert [state for _, state in states(page)] == ["arrived"] * 4
    assert "已收到 4 张， 至少 1 张， 最多 4 张" in words(page)


async def test_a_plain_form_is_enough(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    page = await shown(browser, "DIPLOMA")
    place = places(page)[0]
    assert place.forms == ["/my/materials/DIPLOMA/photos"]
    assert 'enctype="multipart/form-data"' in page
    assert "http-equiv" not in page
    answer = await browser.upload(place.forms[0], {"photo": place.fresh, "slot": place.slot}, picture())
    assert (answer.status, answer.leads_to) == (303, "/my/materials/DIPLOMA")
    page = await shown(browser, "DIPLOMA")
    assert states(page) == [("page", "processing"), ("page", "optional")]
    assert '<noscript><meta http-equiv="refresh"' in page, "the page looks again by itself"
    assert await house.shrink_originals()
    page = await shown(browser, "DIPLOMA")
    assert (places(page)[0].state, places(page)[0].photo) == ("arrived", place.fresh)
    assert "http-equiv" not in page
    turned = await browser.post(places(page)[0].forms[1])
    assert turned.leads_to == "/my/materials/DIPLOMA"
    assert f"/my/photos/{place.fresh}/thumbnail?v=2" in await shown(browser, "DIPLOMA")


async def test_a_deleted_photo_can_be_brought_back(house: House) -> None:
    browser, stranger = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    photo = await sent(browser, "ID.front")
    gone = await browser.post(places(await shown(browser, "ID"))[0].forms[0])
    assert gone.leads_to == f"/my/materials/ID?removed={photo}"
    page = await shown(browser, "ID", f"?removed={photo}")
    assert states(page)[0] == ("front", "empty")
    assert "已删除：人像面 撤销" in words(page)
    undo = f'action="/my/photos/{photo}/undelete"'
    assert undo in page
    assert undo not in await shown(stranger, "ID", f"?removed={photo}"), "only its owner is offered it"
    assert undo not in await shown(browser, "DIPLOMA", f"?removed={photo}")
    for nonsense in ("?removed=x", f"?removed={uuid4()}", "?removed="):
        assert "撤销" not in words(await shown(browser, "ID", nonsense))
    back = await browser.post(f"/my/photos/{photo}/undelete")
    assert back.leads_to == "/my/materials/ID"
    page = await shown(browser, "ID", f"?removed={photo}")
    assert places(page)[0].photo == str(photo)
    assert undo not in page, "it is there again"


async def test_undo_is_not_offered_where_another_photo_has_taken_the_place(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = await sent(browser, "ID.front")
    await browser.post(f"/my/photos/{photo}/delete")
    assert "撤销" in words(await shown(browser, "ID", f"?removed={photo}"))
    await sent(browser, "ID.front", 1)
    assert "撤销" not in words(await shown(browser, "ID", f"?removed={photo}"))


async def test_an_original_that_failed_says_why_where_the_next_try_goes(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    await browser.upload(
        "/my/materials/ID/photos", {"photo": str(photo), "slot": "front"}, b"no photo at all"
    )
    assert await house.shrink_originals()
    place = places(await shown(browser, "ID"))[0]
    assert (place.state, place.photo) == ("unusable", str(photo))
    assert "没有收下 这个文件不是照片。选用相机拍的照片，或 JPG、PNG 图片。" in place.words
    assert place.forms == [f"/my/photos/{photo}/delete", "/my/materials/ID/photos"]
    assert UUID(place.fresh) != photo
    await browser.upload("/my/materials/ID/photos", {"photo": place.fresh, "slot": "front"}, picture())
    assert await house.shrink_originals()
    assert places(await shown(browser, "ID"))[0].state == "arrived", "what failed gives way to what is there"


async def test_a_forms_refusal_is_told_and_an_invented_one_is_not(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    refused = await browser.upload("/my/materials/ID/photos", {"photo": str(uuid4()), "slot": "front"}, b"")
    assert refused.leads_to == "/my/materials/ID?problem=photo.empty"
    page = await shown(browser, "ID", "?problem=photo.empty")
    assert "没有收到照片内容，重新选一次。" in words(page)
    assert "错误：" in page.partition("</title>")[0]
    for code, said in {
        "photo.too_large": "文件超过 64 MB，没有收下。",
        "photo.slot_full": "这里最多放 1 张",
        "photo.too_many_pixels": "这张照片没有收下，重新拍一张或换一张。",
    }.items():
        assert said in words(await shown(browser, "ID", f"?problem={code}"))
    invented = await shown(browser, "ID", f"?problem={quote('<b>您的照片全部作废</b>')}")
    assert "作废" not in invented
    assert "错误：" not in invented


async def test_after_the_bell_photos_stay_to_be_seen_and_nothing_can_be_changed(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await sent(browser, "ID.front")
    open_page = await shown(browser, "ID")
    assert "拍照" in open_page
    assert places(open_page)[0].forms
    await house.exam_time((await open_exam()).window.bell)
    page = await shown(browser, "ID")
    assert "上传已经截止 上传已于" in words(page)
    assert [place.state for place in places(page)] == ["locked"] * 3
    assert [place.forms for place in places(page)] == [[], [], []]
    assert "已锁定" in places(page)[0].words
    assert "KB" in places(page)[0].words
    assert places(page)[1].words.endswith("已锁定 没有照片")
    assert "返回我的材料" in words(page), "no dead end"
    refused = await browser.post(f"/my/photos/{places(page)[0].photo}/delete")
    assert refused.status == 423


async def test_before_the_window_the_page_can_be_read(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await house.exam_time((await open_exam()).window.opens - timedelta(hours=1))
    page = await shown(browser, "ID")
    assert "还没到上传时间" in words(page)
    assert {place.state for place in places(page)} == {"early"}
    assert "自动缩到 200 KB 以内" in words(page)


@sqlite_will_do
async def test_it_loads_one_style_sheet_and_four_scripts_before_it_can_be_used(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    page = await shown(browser, "ID")
    assert len(re.findall(r'rel="stylesheet"', page)) == 1
    scripts = re.findall(r'(?:modulepreload" href|module" src)="([^"]+)"', page)
    assert len(scripts) <= 4
    # What those four import at once is among them.
    for address in scripts:
        script = (await browser.get(address)).text
        for name in re.findall(
            r'^(?:import|export) .*?from "\./([^"]+)"|^import "\./([^"]+)"', script, re.MULTILINE
        ):
            assert any(other.endswith("".join(name)) for other in scripts), name


@sqlite_will_do
async def test_what_the_scripts_need_is_on_the_page(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    candidate = await Candidate.get(user_name="zhangsan")
    page = await shown(browser, "ID")
    assert f'id="material" data-person="{candidate.id}" data-material="ID"' in page
    assert (
        'data-photos-url="/my/photos/" data-deadline-url="/my/deadline" data-stands="collecting open ' in page
    )
    for template in ("photo-picker-template", "photo-slot-template", "undo-bar-template"):
        assert f'<template id="{template}">' in page
    messages = (
        "not-durable shared signed-out unreachable unreadable empty too_large full interrupted not-loaded left bound"
        " refused"
    )
    for message in messages.split():
        assert f'<template data-say="{message}">' in page
    assert (await Case.get(candidate_id=candidate.id)).version == 1, "reading changes nothing"
