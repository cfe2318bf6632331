"""A case handed in, taken back, declared, closed by the bell, asked for more and answered: by plain forms."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.cases.reviewers import reviewing
from tests.cases.rows import MATERIALS, case_of, fill, past_the_bell
from tests.house import Browser, House
from tests.pages.reading_pages import places, rows, sent, without_clock, words
from tests.photos import pictures
from webapp.actions.fall_due import cases_fall_due
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import Announcement, AskedItem, CaseFlag, Photo
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.verdicts import Conclusion

sqlite_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def page(browser: Browser, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status == 200, answer.text
    return answer.text


@transaction
async def announced(user_name: str, material: str, slot: str) -> UUID:
    case = await case_of(user_name)
    photo = uuid4()
    await Announcement.create(
        id=photo,
        case_id=case.id,
        material=material,
        slot=slot,
        chosen_size=9,
        chosen_sha256="a" * 64,
        announced_at=await exam_now(),
    )
    return photo


@transaction
async def arrived_or_not(photo: UUID) -> None:
    await Announcement.filter(id=photo).update(ended_at=await exam_now(), ended_why="withdrawn")


def submit_button(html: str) -> bool:
    """Whether the page has the form that hands in."""
    return 'action="/my/submission"' in html or 'action="/my/answer"' in html


async def test_a_case_is_handed_in_once_everything_is_there_and_taken_back_until_the_bell(
    house: House,
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan", "ID.back", "DIPLOMA.page")
    check = await page(browser, "/my/submission")
    assert "还差 2 项，暂时不能提交" in words(check)
    assert "传齐或说明“身份证明”和“毕业证书”后才能提交。" in words(check)
    assert not submit_button(check)
    refused = await browser.post("/my/submission")
    assert refused.status == 409
    assert "还有必传的材料没有传" in words(refused.text)
    assert rows(refused.text)["DIPLOMA"].section == "missing"
    assert (await case_of("zhangsan")).stage == "collecting"

    await sent(browser, "ID.back", 1)
    await sent(browser, "DIPLOMA.page", 3)
    check = await page(browser, "/my/submission")
    assert "可以提交审核了" in words(check)
    assert "必传 4 项：传齐 4 项" in words(check)
    assert submit_button(check)
    answer = await browser.post("/my/submission")
    assert (answer.status, answer.leads_to) == (303, "/my?done=submitted")
    assert (await case_of("zhangsan")).stage == "review"
    own = await page(browser, "/my?done=submitted")
    assert "收到了您的提交" in words(own)
    assert "截止前可修改" in words(own)
    assert "收到了您的提交" not in await page(browser, "/my?done=answered<b>")
    # Nothing can be changed while it is handed in.
    photo = await Photo.filter(slot="front").first()
    assert photo
    assert (await browser.ask("DELETE", f"/my/photos/{photo.id}")).code == "locked.in_review"

    answer = await browser.post("/my/submission/recall")
    assert (answer.status, answer.leads_to) == (303, "/my?done=recalled")
    assert (await case_of("zhangsan")).stage == "collecting"
    assert (await browser.ask("DELETE", f"/my/photos/{photo.id}")).status == 200
    again = await browser.post("/my/submission/recall")
    assert again.status == 409
    assert "档案的状态刚刚变了" in words(again.text)
    assert await all_breaks() == []


async def test_what_is_on_its_way_holds_the_handing_in_up_and_each_has_its_sentence(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan")
    photo = await announced("zhangsan", "OTHER", "page")
    check = await page(browser, "/my/submission")
    assert "有 1 张登记过的照片还没有传到" in words(check)
    assert not submit_button(check)
    assert (await browser.post("/my/submission")).status == 409
    await arrived_or_not(photo)
    plain = {"photo": str(uuid4()), "slot": "page"}
    large = pictures.written(pictures.page(640, 480))
    assert (await browser.upload("/my/materials/OTHER/photos", plain, large)).status == 303
    check = await page(browser, "/my/submission")
    assert "有 1 张照片已经送到，正在处理" in words(check)
    refused = await browser.post("/my/submission")
    assert (refused.status, "几秒后再试" in words(refused.text)) == (409, True)
    await house.shrink_originals()
    assert submit_button(await page(browser, "/my/submission"))
    assert (await browser.post("/my/submission")).status == 303


async def test_what_is_not_there_is_declared_with_a_reason_and_then_it_can_be_handed_in(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan", "PROBATION.page", "DIPLOMA.page")
    at = "/my/materials/PROBATION/declaration"
    empty = await browser.post(at, {"kind": "missing", "words": "  "})
    assert (empty.status, "要写明原因" in words(empty.text)) == (422, True)
    long = await browser.post(at, {"kind": "missing", "words": "长" * 501})
    assert (long.status, "长" * 501 in long.text) == (422, True), "nothing typed is lost"
    unknown = await browser.post(at, {"kind": "gone", "words": "单位已合并"})
    assert unknown.status == 422
    assert "单位已合并</textarea>" in unknown.text
    optional = await browser.post("/my/materials/OTHER/declaration", {"kind": "missing", "words": "没有"})
    assert (optional.status, "不是必传的" in words(optional.text)) == (409, True)
    assert (
        await browser.post("/my/materials/ABROAD/declaration", {"kind": "missing", "words": "x"})
    ).status == 404

    answer = await browser.post(at, {"kind": "missing", "words": "原单位已合并，<b>档案</b>在移交"})
    assert (answer.status, answer.leads_to) == (303, "/my/materials/PROBATION?done=declared")
    row = rows(await page(browser, "/my"))["PROBATION"]
    assert (row.section, row.kind) == ("done", "declared")
    assert "没有此材料 原单位已合并，<b>档案</b>在移交" in row.words
    (place,) = places(await page(browser, "/my/materials/PROBATION"))
    assert place.state == "optional", "nothing is needed any more, and it can still be added"
    own = await page(browser, "/my")
    assert "其中说明没有 1 项" in words(own)
    assert "还差 1 项必传材料" in words(own)

    # Another paper in its place still needs a photo, and one is enough.
    await browser.post(
        "/my/materials/DIPLOMA/declaration", {"kind": "equivalent", "words": "用毕业证明书代替"}
    )
    assert rows(await page(browser, "/my"))["DIPLOMA"].section == "missing"
    await sent(browser, "DIPLOMA.page")
    check = await page(browser, "/my/submission")
    assert "必传 4 项：传齐 2 项， 等效证明 1 项， 说明没有 1 项" in words(check)
    assert rows(check)["DIPLOMA"].section == "declared"
    assert submit_button(check)

    assert (await browser.post(f"{at}/take-back")).leads_to == "/my/materials/PROBATION?done=taken_back"
    assert (await browser.post("/my/submission")).status == 409
    await browser.post(at, {"kind": "missing", "words": "原单位已合并"})
    assert (await browser.post("/my/submission")).status == 303
    late = await browser.post(at, {"kind": "missing", "words": "改一改"})
    assert late.status == 423
    assert "改一改</textarea>" in late.text


async def test_the_bell_hands_in_what_is_there_and_the_page_says_so(house: House) -> None:
    some, none = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    await sent(some, "ID.front")
    bell = (await open_exam()).window.bell
    await house.exam_time(bell - timedelta(minutes=3))
    assert "截止" in words(await page(some, "/my"))
    await house.exam_time(bell + timedelta(seconds=1))
    assert "上传已经截止" in words(await page(some, "/my"))
    check = await page(some, "/my/submission")
    assert "系统会自动提交已收到的材料，不用您操作" in words(check)
    assert not submit_button(check)
    assert (await some.post("/my/submission")).status == 409
    await cases_fall_due()
    assert "等待考点审核" in words(await page(some, "/my"))
    assert await CaseFlag.filter(flag="incomplete").count() == 1
    assert (await some.post("/my/submission/recall")).status == 409
    own = words(await page(none, "/my"))
    assert "未提交材料 到截止时间没有收到材料" in own
    assert "有疑问，打电话给考点" in own


async def test_a_supplement_is_answered_with_a_photo_with_words_and_with_a_reply(house: House) -> None:
    browser, stranger = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    await fill("zhangsan")
    await past_the_bell()
    site = await reviewing(house, "shenhe", "1201")
    await site.take("zhangsan")
    await site.accept("zhangsan", "EDU_CHECK")
    await site.redo("zhangsan", "DIPLOMA", reasons=("other",), note="证书编号被手指挡住")
    await site.asks("zhangsan", "ID", "back", fields={"graduated": "与毕业证书不一致"}, note="已电话通知单位")

    own = await page(browser, "/my")
    assert "请补充 2 项材料，更正 1 项报名信息" in words(own)
    assert "示例一区考点审核员于" in words(own)
    assert "已电话通知单位" in words(own)
    seen = rows(own)
    assert (seen["ID"].section, seen["ID"].kind) == ("asked", "problem")
    assert "被退回 照片反光，有些内容看不清；国徽面有反光" in seen["ID"].words
    assert "被退回 证书编号被手指挡住" in seen["DIPLOMA"].words
    assert (seen["EDU_CHECK"].section, "审核合格" in seen["EDU_CHECK"].words) == ("rest", True)
    assert seen["PROBATION"].kind == "locked"
    assert "毕业年月 需要更正 与毕业证书不一致" in words(own)

    # The place that is asked for can be filled again by a plain form, its neighbours are locked.
    material = await page(browser, "/my/materials/ID")
    front, back, _holding = places(material)
    assert (front.state, back.state) == ("locked", "returned")
    assert "认定合格，不能再修改" in front.words
    assert "国徽面有反光" in back.words
    check = await page(browser, "/my/submission")
    assert "还有 3 项没有补，暂时不能提交" in words(check)
    assert not submit_button(check)
    refused = await browser.post("/my/answer")
    assert (refused.status, "还没有全部补上" in words(refused.text)) == (409, True)
    new = pictures.written(pictures.page(800, 600))
    form = {"photo": back.fresh, "slot": "back", "replaces": back.photo}
    assert (await browser.upload("/my/materials/ID/photos", form, new)).status == 303
    assert places(await page(browser, "/my/materials/ID"))[1].state == "processing"
    await house.shrink_originals()
    back = places(await page(browser, "/my/materials/ID"))[1]
    assert (back.state, back.photo) == ("arrived", form["photo"])

    items = {item.material or item.field: item for item in await AskedItem.all()}
    about = f"/my/answer/items/{items['DIPLOMA'].id}"
    assert (await stranger.post(about, {"words": "不是我的"})).status == 404
    empty = await browser.post(about, {"words": " "})
    assert (empty.status, "要写明原因" in words(empty.text)) == (422, True)
    long = await browser.post(about, {"words": "长" * 501})
    assert (long.status, "长" * 501 in long.text) == (422, True)
    said = await browser.post(about, {"words": "证书在外地，取不回来"})
    assert (said.status, said.leads_to) == (303, "/my/materials/DIPLOMA?done=said")
    assert (await browser.post(about, {"take_back": "yes"})).status == 303
    assert "还有 2 项没有补" in words(await page(browser, "/my/submission"))
    await browser.post(about, {"words": "证书在外地，取不回来"})
    reply = await browser.post(f"/my/answer/items/{items['graduated'].id}", {"words": "没有填错"})
    assert reply.leads_to == "/my/record?done=said#asked-graduated"
    assert "没有填错" in await page(browser, "/my/record")

    own = await page(browser, "/my")
    assert "都补好了，还要提交" in words(own)
    assert submit_button(await page(browser, "/my/submission"))
    done = await browser.post("/my/answer")
    assert (done.status, done.leads_to) == (303, "/my?done=answered")
    assert (await case_of("zhangsan")).stage == "review"
    own = words(await page(browser, "/my?done=answered"))
    assert "收到了您补充的材料" in own
    assert "等待考点审核" in own
    assert (await browser.post("/my/answer")).status == 409
    assert await all_breaks() == []


async def test_after_the_due_time_nothing_is_taken_and_the_clock_hands_in(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photos = await fill("zhangsan")
    await past_the_bell()
    due = await (await reviewing(house, "shenhe", "1201")).asks("zhangsan", "ID", "back")
    (item,) = await AskedItem.all()
    await house.exam_time(due + timedelta(seconds=1))
    late = await browser.post(f"/my/answer/items/{item.id}", {"words": "来不及"})
    assert late.status == 423
    assert "这次填写的没有收下" in words(late.text)
    assert "来不及</textarea>" in late.text
    refused = await browser.post("/my/answer")
    assert refused.status == 409
    assert "补充期限已过，系统会自动提交" in words(refused.text)
    place = places(await page(browser, "/my/materials/ID"))[1]
    assert (place.state, place.photo) == ("locked", str(photos["ID.back"]))
    await cases_fall_due()
    assert (await case_of("zhangsan")).stage == "review"
    assert "等待考点审核" in words(await page(browser, "/my"))


@sqlite_will_do
async def test_a_request_is_not_told_before_it_can_no_longer_be_taken_back(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan")
    await past_the_bell()
    site = await reviewing(house, "shenhe", "1201")
    await site.take("zhangsan")
    await site.redo("zhangsan", "ID", "back")
    before = await page(browser, "/my")
    due = (await exam_now()) + timedelta(days=2)
    await site.decide("zhangsan", Conclusion.ASKS, due=due)
    during = await page(browser, "/my")
    assert "等待考点审核" in words(during)
    assert without_clock(during) == without_clock(before)
    material = await page(browser, "/my/materials/ID")
    assert {place.state for place in places(material)} == {"locked"}


async def test_giving_up_needs_a_tick_and_then_everything_is_over(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan")
    assert "放弃意味着什么" in words(await page(browser, "/my/withdrawal"))
    refused = await browser.post("/my/withdrawal")
    assert (refused.status, "没有放弃" in words(refused.text)) == (422, True)
    assert (await case_of("zhangsan")).stage == "collecting"
    done = await browser.post("/my/withdrawal", {"sure": "yes"})
    assert (done.status, done.leads_to) == (303, "/my?done=given_up")
    own = words(await page(browser, "/my"))
    assert "已放弃 您本人于" in own
    assert "有疑问，打电话给考点" in own
    assert "请把照片" not in own
    closed = await page(browser, "/my/withdrawal")
    assert 'name="sure"' not in closed
    assert (await browser.post("/my/withdrawal", {"sure": "yes"})).status == 409
    assert (await browser.post("/my/submission")).status == 409


async def test_the_registration_is_shown_masked_and_a_field_of_it_can_be_doubted(house: House) -> None:
    browser, stranger = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    html = await page(browser, "/my/record?field=graduated")
    own = words(html)
    assert "毕业年月 2018-07" in own
    assert "试用起止年月 2019-02 到 2020-04" in own
    number = re.search(r"990101\*{8}\d{3}[\dX]", own)
    assert number, own
    assert not re.search(r"9901011995\d+", html)
    assert '<option value="graduated" selected>' in html
    for form, sentence in (
        ({"field": "graduated", "words": ""}, "要写明原因"),
        ({"field": "none", "words": "应为 6 月"}, "没有这一项报名信息"),
    ):
        refused = await browser.post("/my/record/doubts", form)
        assert (refused.status, sentence in words(refused.text)) == (422, True)
        assert f">{form['words']}</textarea>" in refused.text
    done = await browser.post("/my/record/doubts", {"field": "graduated", "words": "应为 2018-06"})
    assert (done.status, done.leads_to) == (303, "/my/record?done=doubted#doubts")
    html = await page(browser, "/my/record?done=doubted")
    assert "已记下您的疑议" in words(html)
    assert "应为 2018-06" in html
    back = re.search(r'action="(/my/record/doubts/[^"]+)"', html)
    assert back
    assert (await stranger.post(back[1])).status == 404
    assert "应为 2018-06" not in await page(stranger, "/my/record")
    assert (await browser.post(back[1])).status == 303
    assert "应为 2018-06" not in await page(browser, "/my/record")
    assert (await browser.post(back[1])).status == 404


@sqlite_will_do
async def test_materials_that_both_offices_have_seen_go_up_without_a_word_of_how(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan")
    await past_the_bell()
    await (await reviewing(house, "shenhe", "1201")).passes_up("zhangsan")
    own = words(await page(browser, "/my"))
    assert "等待考区审核" in own
    assert "考点审核已完成" in own
    assert "通过" not in own.replace("审核通过并", "")
    assert set(MATERIALS) <= set(rows(await page(browser, "/my")))
