"""A candidate's own list: what concerns them, what is there, what comes next, and what they can do now."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.house import Browser, House
from tests.pages.reading_pages import rows, sent, words
from tests.registrations import sample_record
from webapp.actions.take_registrations import take_registrations
from webapp.clock import now
from webapp.database import transaction
from webapp.records import Candidate, Case
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

ASSISTANT = {"is_assistant": "是", "licence_moved": "是", "workplace_grade": "二级", "former_name": "测试旧"}
sqlite_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def listed(browser: Browser) -> str:
    answer = await browser.get("/my")
    assert answer.status == 200
    return answer.text


@transaction
async def stage_of(candidate_id: object, stage: str) -> None:
    await Case.filter(candidate_id=candidate_id).update(stage=stage)


@transaction
async def without_case(candidate_id: object) -> None:
    await Case.filter(candidate_id=candidate_id).delete()


async def test_the_first_line_says_what_is_missing_and_the_bar_names_the_next_step(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    page = await listed(browser)
    assert "还差 4 项必传材料" in words(page)
    assert "必传共 4 项，已传齐 0 项" in words(page)
    assert "下一项： 身份证明" in words(page)
    for number, slot in enumerate(("ID.front", "ID.back", "ID.holding")):
        await sent(browser, slot, number)
    page = await listed(browser)
    assert "还差 3 项必传材料" in words(page)
    assert page.count('<li class="is-done">') == 1
    assert "下一项： 毕业证书" in words(page)
    assert re.search(r'href="/my/materials/DIPLOMA">继续上传', page)
    for number, code in enumerate(("DIPLOMA", "EDU_CHECK", "PROBATION")):
        await sent(browser, f"{code}.page", number)
    page = await listed(browser)
    assert "必传材料已传齐" in words(page)
    assert not re.search(r'href="[^"]+">继续上传', page), "nothing is next"


async def test_each_record_has_its_own_list(house: House) -> None:
    plain = rows(await listed(await house.signed_in_candidate("zhangsan")))
    assistant = rows(await listed(await house.signed_in_candidate("lisi", **ASSISTANT)))
    foreign = rows(
        await listed(await house.signed_in_candidate("wangwu", id_type="外籍护照", studied_abroad="是"))
    )
    assert list(plain) == ["ID", "DIPLOMA", "EDU_CHECK", "PROBATION", "OTHER"]
    assert {"PRACTICE", "ASST_QUAL", "ASST_LIC", "FIRST_REG", "ORG_LIC", "NAME_CHG"} <= set(assistant)
    assert "PROBATION" not in assistant
    assert {"ABROAD", "HMT_FOR"} <= set(foreign)
    assert "EDU_CHECK" not in foreign
    assert {row.section for row in plain.values()} == {"missing", "optional"}


async def test_a_row_says_in_word_and_shape_what_is_there(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan", **ASSISTANT)
    seen = rows(await listed(browser))
    assert (seen["ID"].kind, seen["ID"].picture) == ("needs-action", False)
    assert seen["ID"].words == "身份证明 * 必须上传 未上传"
    assert seen["ASST_LIC"].words == "执业助理医师执业证书 必传 未上传"
    assert seen["OTHER"].words == "其他补充材料 未上传 可以不传"
    await sent(browser, "ID.front")
    await sent(browser, "ASST_LIC.page")
    await sent(browser, "DIPLOMA.page")
    seen = rows(await listed(browser))
    assert (seen["ID"].kind, seen["ID"].picture) == ("needs-action", True)
    assert seen["ID"].words.endswith("还差 2 张 已收到 1 张，共 3 张")
    assert seen["ASST_LIC"].words.endswith("还差 1 张 已收到 1 张，至少 2 张")
    assert (seen["DIPLOMA"].kind, seen["DIPLOMA"].section) == ("done", "done")
    assert re.search(r"已收到 1 张，\d+月\d+日 \d\d:\d\d$", seen["DIPLOMA"].words)


async def test_an_original_that_waits_or_failed_is_told_on_its_row(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    fields = {"photo": str(uuid4()), "slot": "page"}
    assert (await browser.upload("/my/materials/DIPLOMA/photos", fields, b"no photo at all")).status == 303
    page = await listed(browser)
    assert rows(page)["DIPLOMA"].words.endswith("正在处理 1 张")
    assert rows(page)["DIPLOMA"].kind == "under-way"
    assert "1 项正在处理" in words(page)
    assert await house.shrink_originals()
    seen = rows(await listed(browser))["DIPLOMA"]
    assert (seen.kind, seen.section) == ("problem", "missing")
    assert seen.words.endswith("有照片没有收下 点开看原因")
    await browser.post(f"/my/photos/{fields['photo']}/delete")
    assert rows(await listed(browser))["DIPLOMA"].words.endswith("未上传")


@sqlite_will_do
async def test_a_failed_original_is_told_no_more_once_another_photo_fills_its_place(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    fields = {"photo": str(uuid4()), "slot": "front"}
    await browser.upload("/my/materials/ID/photos", fields, b"no photo at all")
    assert await house.shrink_originals()
    assert rows(await listed(browser))["ID"].kind == "problem"
    await sent(browser, "ID.front")
    seen = rows(await listed(browser))["ID"]
    assert (seen.kind, seen.words.endswith("还差 2 张 已收到 1 张，共 3 张")) == ("needs-action", True)


@sqlite_will_do
async def test_why_each_material_is_wanted_can_be_read_in_words(house: House) -> None:
    page = words(await listed(await house.signed_in_candidate("zhangsan", **ASSISTANT)))
    assert "执业助理医师资格证书 因为您的报名信息中，是否执业助理医师是“是”" in page
    assert "身份证明 每位考生都要上传。" in page
    assert "其他补充材料 不传也可以提交。" in page


@sqlite_will_do
async def test_notices_window_attachments_record_and_site_are_there(house: House) -> None:
    exam = await open_exam()
    page = await listed(await house.signed_in_candidate("zhangsan"))
    for notice in exam.notices("zh-Hans"):
        assert notice in words(page)
    for document in exam.package.attachments:
        assert f'href="/attachments/{document.name}"' in page
    candidate = await Candidate.get(user_name="zhangsan")
    for fact in (
        candidate.name,
        candidate.registration_number,
        "示例市第一医院（虚构）",
        "示例一区考点",
        "截止前可以随时修改和补充",
    ):
        assert fact in words(page)
    assert 'href="tel:022-00001201"' in page
    assert 'href="/my/submission">检查并提交审核' in page


async def test_a_changed_record_changes_the_list_and_loses_nothing(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await sent(browser, "PROBATION.page")
    await sent(browser, "ID.front", 1)
    assert rows(await listed(browser))["PROBATION"].section == "done"
    candidate = await Candidate.get(user_name="zhangsan")
    record = sample_record(1, "zhangsan", is_assistant="是", id_type="外籍护照", id_number="E12345678")
    record["registration_number"] = candidate.registration_number
    taken = await take_registrations(await open_exam(), [record], by="operator")
    assert taken.changed == 1
    page = await listed(browser)
    assert "PROBATION" not in rows(page)
    assert "ASST_QUAL" in rows(page)
    assert rows(page)["ID"].words.endswith("未上传"), "the places of a passport are other ones"
    assert "不再需要的照片" in words(page)
    assert "医师资格考试试用期考核证明，1 张" in words(page)
    assert "身份证明，1 张" in words(page)


async def test_before_the_window_the_list_can_be_read_and_says_when_it_opens(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    exam = await open_exam()
    assert {row.kind for row in rows(await listed(browser)).values()} == {"needs-action", "optional"}
    await house.exam_time(exam.window.opens - timedelta(hours=5))
    page = await listed(browser)
    assert "还没到上传时间" in words(page)
    assert "开始上传，在那以前还不能添加照片" in words(page)
    assert {row.kind for row in rows(page).values()} == {"optional"}, "nobody has to act yet"
    assert "继续上传" not in page
    assert 'href="/my/materials/ID"' in page, "what is wanted can already be read"


async def test_after_the_bell_everything_is_locked_and_says_by_whom_and_why(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await sent(browser, "ID.front")
    await sent(browser, "DIPLOMA.page", 1)
    assert "继续上传" in await listed(browser)
    await house.exam_time((await open_exam()).window.bell)
    page = await listed(browser)
    assert "上传已经截止" in words(page)
    assert "系统已锁定，不能再修改" in words(page)
    assert "countdown-clock" not in page
    assert "继续上传" not in page
    seen = rows(page)
    assert (seen["ID"].kind, seen["EDU_CHECK"].kind, seen["DIPLOMA"].kind) == ("locked", "locked", "done")


@sqlite_will_do
async def test_somebody_without_a_case_is_told_so_and_whom_to_ask(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assert rows(await listed(browser))
    await without_case((await Candidate.get(user_name="zhangsan")).id)
    page = await listed(browser)
    assert "没有需要您上传的材料" in words(page)
    assert rows(page) == {}
    assert 'href="tel:022-00001201"' in page
    assert (await browser.get("/my/materials/ID")).status == 404


@sqlite_will_do
async def test_a_withdrawn_case_says_so_and_whom_to_ask(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await stage_of((await Candidate.get(user_name="zhangsan")).id, "withdrawn")
    page = await listed(browser)
    assert "未提交材料 到截止时间没有收到材料" in words(page)
    assert "继续上传" not in page
    assert 'href="tel:022-00001201"' in page


@sqlite_will_do
async def test_the_page_carries_what_its_scripts_bind_to_this_person(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    candidate = await Candidate.get(user_name="zhangsan")
    assert f'id="own-list" data-person="{candidate.id}"' in await listed(browser)
    account = (await browser.get("/account")).text
    assert f'<leaving-phone class="leaving" person="{candidate.id}"' in account
    assert "先上传" in account
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    assert "leaving-phone" not in (await manager.get("/account")).text


@sqlite_will_do
async def test_the_clock_of_the_page_is_the_exams(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    bell = (await open_exam()).window.bell
    await house.exam_time(bell - timedelta(minutes=90))
    left = re.search(r'seconds="(\d+)"', await listed(browser))
    assert left
    assert 5_300 < int(left[1]) <= 5_400
    assert now() < bell - timedelta(days=1)
