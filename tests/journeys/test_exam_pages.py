"""The exam's page and its later bell, the page of materials, and what the console says there is to do today."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.cases.rows import case_of, put, typed_moment
from tests.cases.way import exam_time, on_the_way
from tests.house import EXAM, FindOffice, House
from tests.registrations import registered, sample_record
from webapp.actions.extend import extend_site
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.managing import Manager
from webapp.actions.take_registrations import take_registrations
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import Case, Event, Phase, Proposal, SiteBell
from webapp.records.reading.exams import open_exam
from webapp.rules.places import PASSED, Move
from webapp.rules.roles import Role

DAY = timedelta(days=1)
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def marked(page: str, name: str) -> str:
    """The words of the part of a page that begins with this heading, without its tags."""
    part = page[page.index(name) :]
    return re.sub(r"<[^>]+>|\s+", " ", part[: part.index("</section>")])


async def test_a_later_bell_of_the_phase_is_shown_before_it_is_written(house: House) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    await registered("kaosheng")
    exam = await open_exam()
    bell = exam.window.bell
    await house.exam_time(bell + timedelta(minutes=1))
    await cases_fall_due()
    new = bell + DAY
    form = {"bell": typed_moment(new), "reason": "系统维护三小时"}
    asked = await region.post("/staff/exam/bell", form)
    assert asked.status == 200
    assert "已经截止、还没有审，会重新开放上传" in asked.text
    assert "系统维护三小时" in asked.text
    assert (await Phase.get(id=exam.phase.id)).bell == bell, "nothing is written yet"
    done = await region.post("/staff/exam/bell", {**form, "sure": "yes"})
    assert done.leads_to == "/staff/exam?done=extended"
    written = (await Phase.get(id=exam.phase.id)).bell
    assert written.replace(second=0, microsecond=0) == new.replace(second=0, microsecond=0)
    assert await cases_fall_due() == 1
    assert (await Case.get(phase_id=exam.phase.id)).stage == "collecting"
    page = (await region.get("/staff/exam?done=extended")).text
    assert "正在上传" in page
    progress = (await region.get("/staff/progress")).text
    assert "系统维护三小时" in progress
    events = (await region.get("/staff/events?kind=bells")).text
    assert "延长整个阶段的截止时间" in events
    assert "系统维护三小时" not in events


async def test_the_phases_bell_is_refused_with_its_sentence_and_to_everybody_else(house: House) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    site = await house.signed_in_staff("yiguan", "1201", Role.MANAGER)
    auditor = await house.signed_in_staff("chayue", "12", Role.AUDITOR)
    exam = await open_exam()
    form = {"bell": typed_moment(exam.window.bell + DAY), "reason": "停电", "sure": "yes"}
    for browser in (site, auditor):
        assert (await browser.post("/staff/exam/bell", form)).status == 403
        page = (await browser.get("/staff/exam")).text
        assert 'action="/staff/exam/bell"' not in page
    for wrong, says in (
        ({"bell": typed_moment(exam.window.bell - DAY)}, "要晚于原来的"),
        ({"bell": "明天"}, "要有日期和几点几分"),
        ({"bell": ""}, "要晚于原来的"),
        ({"reason": " "}, "要写明原因"),
        ({"reason": "长" * 501}, "最多 500 个字"),
    ):
        for sure in ("yes", ""):
            refused = await region.post("/staff/exam/bell", {**form, **wrong, "sure": sure})
            assert refused.status == 422
            assert says in refused.text
    assert await SiteBell.filter(phase_id=exam.phase.id).count() == 0
    assert (await region.post("/staff/exam/bell", form)).status == 303


@either_will_do
async def test_the_exam_is_told_whole_and_who_is_lacking_is_pointed_out(
    house: House, office_id: FindOffice
) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    await registered("kaosheng")
    exam = await open_exam()
    await extend_site(
        exam,
        Manager(exam.id, frozenset({exam.region_office.id})),
        await office_id("1202"),
        exam.window.bell + DAY,
        "停电",
    )
    page = (await region.get("/staff/exam")).text
    assert "还有 2 天 23 小时" in page or "还有 3 天 0 小时" in page
    offices = marked(page, "审核机构</h2>")
    assert "2 个缺人" in offices, (
        "the region's reviewer and all of the site with a candidate; the others have none"
    )
    assert "022-00001201" in offices
    assert "示例二区考点" in marked(page, "另有截止时间")
    for said in (
        "120 分钟",
        "8 到 20 位，同时有字母和数字",
        "12 到 64 位",
        "200 KB",
        "2020-1",
        f"webapp exam {EXAM}",
    ):
        assert said in page, said
    assert "{months}" not in page
    await house.staff("yishen", "1201", Role.REVIEWER, Role.MANAGER)
    assert "1 个缺人" in marked((await region.get("/staff/exam")).text, "审核机构</h2>")


@either_will_do
async def test_the_end_of_a_day_is_said_as_its_24_hours(house: House) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    exam = await open_exam()
    midnight = exam.window.bell.astimezone(ZoneInfo(exam.time_zone)).replace(hour=0, minute=0) + 3 * DAY
    form = {"bell": f"{midnight:%Y-%m-%dT%H:%M}", "reason": "停电", "sure": "yes"}
    assert (await region.post("/staff/exam/bell", form)).status == 303
    day = midnight - DAY
    assert f"{day.month}月{day.day}日 24:00" in (await region.get("/staff/exam")).text


async def test_materials_tell_whom_they_concern_and_who_has_them_complete(house: House) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    site = await house.signed_in_staff("yiguan", "1202", Role.MANAGER)
    way = await on_the_way("zhangsan")
    await way.put_required()
    await registered("lisi", is_assistant="是", licence_moved="是")
    page = (await region.get("/staff/materials")).text
    assert page.count('href="/staff/materials?kind=plain&amp;material=') >= 20
    assert "必须上传：所有考生" in page
    told = re.sub(r"<[^>]+>|\s+", "", page)
    assert "涉及2名，共2名。已传齐1名" in told
    assistants = (await region.get("/staff/materials?material=FIRST_REG")).text
    assert "「是否执业助理医师」为「是」，且「有变更注册」为「是」的考生" in assistants
    assert "涉及1名，共2名。已传齐0名" in re.sub(r"<[^>]+>|\s+", "", assistants)
    identity = (await region.get("/staff/materials?material=ID")).text
    for said in ("人像面", "通行证正面", "居住证正面", "护照", "ID-holding.svg"):
        assert said in identity
    elsewhere = re.sub(r"<[^>]+>|\s+", "", (await site.get("/staff/materials")).text)
    assert "涉及0名，共0名" in elsewhere


async def test_the_phone_shows_what_that_candidate_sees_and_nothing_of_others_sites(house: House) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    site = await house.signed_in_staff("yiguan", "1202", Role.MANAGER)
    way = await on_the_way("zhangsan")
    await way.put("ID.front")
    candidate = (await way.case()).candidate_id
    number = (
        await Case.get(candidate_id=candidate).prefetch_related("candidate")
    ).candidate.registration_number
    shown = (await region.get(f"/staff/materials?number={number}")).text
    phone = shown[shown.index('class="phone"') :]
    assert "还差" in phone
    assert "毕业证书" in phone
    assert "执业助理医师资格证书" not in phone
    assert "/my/" not in phone, "those addresses are the candidate's own"
    one = (await region.get(f"/staff/materials?number={number}&material=ID")).text
    assert "已收到 1 张" in one[one.index('class="phone"') :]
    assert "没有报名号" in (await region.get("/staff/materials?number=2020999999999")).text
    foreign = (await site.get(f"/staff/materials?number={number}")).text
    assert "没有报名号" in foreign
    kind = (await site.get("/staff/materials?kind=macao")).text
    assert "台港澳居民/外籍人员实习申请审核表" in kind[kind.index('class="phone"') :]


@either_will_do
async def test_the_phone_keeps_a_decision_that_is_not_published(house: House) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    person = await registered("zhangsan")
    case = await put((await case_of(person)).id, PASSED, Move.PASS)
    assert "审核通过" in (await region.get(f"/staff/cases/{case.id}")).text, "they may know it elsewhere"
    shown = (await region.get(f"/staff/materials?number={person.registration_number}")).text
    assert "审核通过" not in shown[shown.index('class="phone"') :]


async def test_today_says_what_ones_own_offices_need(house: House) -> None:
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    site = await house.signed_in_staff("yiguan", "1201", Role.MANAGER)
    other = await house.signed_in_staff("erguan", "1202", Role.MANAGER)
    exam = await open_exam()
    await registered("zhangsan")
    before = (await region.get("/staff")).text
    assert "个机构没有审核员或管理员" in before
    assert "最近一次导入" not in before
    assert "未提交材料" not in before
    rows = [sample_record(98, "lisi"), sample_record(99, "wangwu", site_code="9999")]
    await take_registrations(exam, rows, by="operator")
    await exam_time(exam.window.bell)
    await cases_fall_due()
    after = (await region.get("/staff")).text
    assert "最近一次导入有 1 行没有收下" in after
    assert "2 份未提交材料" in after
    at_site = (await site.get("/staff")).text
    assert "2 份未提交材料" in at_site
    assert "最近一次导入" not in at_site, "that is the region's"
    assert "未提交材料" not in (await other.get("/staff")).text


async def test_today_names_the_bell_of_the_site_and_what_waits_for_a_second_person(
    house: House, office_id: FindOffice
) -> None:
    first = await house.staff("quguan", "12", Role.MANAGER)
    second = await house.signed_in_staff("quguan2", "12", Role.MANAGER)
    site = await house.signed_in_staff("yiguan", "1201", Role.MANAGER)
    exam = await open_exam()
    person = await registered("zhangsan")
    later = exam.window.bell + DAY
    manager = Manager(first.id, frozenset({exam.region_office.id}))
    await extend_site(exam, manager, await office_id("1201"), later, "停电")
    shown = (await site.get("/staff")).text
    local = later.astimezone(ZoneInfo(exam.time_zone))
    assert f"{local.month}月{local.day}日 {local:%H:%M}" in shown
    assert "等第二人确认" not in (await second.get("/staff")).text
    await proposed(first.id, (await case_of(person)).id, await exam_now())
    assert "1 项申请等第二人确认" in (await second.get("/staff")).text
    await house.exam_time(await exam_now() + 2 * DAY)
    assert "等第二人确认" not in (await second.get("/staff")).text, "it has expired"
    publishing = (await second.get("/staff/publishing")).text
    assert "已失效" in publishing


@transaction
async def proposed(staff: UUID, case: UUID, at: datetime) -> None:
    """A restoring that waits for its second person."""
    exam, version = await open_exam(), (await Case.get(id=case)).version
    await Proposal.create(
        phase_id=exam.phase.id,
        case_id=case,
        act="restore",
        staff_id=staff,
        at=at,
        case_version=version,
        reason="误操作",
    )


@either_will_do
async def test_events_are_narrowed_by_kind_person_and_day(house: House) -> None:
    held = await house.staff("yishen", "1201", Role.REVIEWER)
    region = await house.signed_in_staff("quguan", "12", Role.MANAGER)
    await region.post(f"/staff/people/{held.id}/invite")

    async def rows(query: str) -> str:
        table = (await region.get(f"/staff/events{query}")).text.partition("<tbody>")[2]
        return re.sub(r"<[^>]+>|\s+", " ", table.partition("</tbody>")[0]).strip()

    everything = await rows("")
    assert "登录" in everything
    assert "载入考试" in everything
    assert "登录" not in await rows("?kind=staff")
    assert "发放启用码" in await rows("?kind=staff")
    of_one = await rows(f"?who=staff:{held.id}")
    assert "新增账号" in of_one
    assert "载入考试" not in of_one
    today = await Event.filter(chain=f"exam:{EXAM}").order_by("-sequence").first()
    assert today is not None
    day = today.at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert "发放启用码" in await rows(f"?day={day}")
    assert await rows(f"?day={day - DAY}") == ""
    page = (await region.get("/staff/events?kind=staff")).text
    assert "前后相连" not in page, "a narrowed list has gaps"
    for odd in ("?day=0001-01-01", "?day=9999-12-31", "?day=x&kind=x&who=x", "?before=-1"):
        assert (await region.get(f"/staff/events{odd}")).status == 200
