"""The call desk and what an office does for those who cannot upload, over HTTP."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tests.cases.reviewers import Wanted, asked, passed_up
from tests.cases.rows import lay_photo, past_the_bell
from tests.house import CANDIDATE_PASSWORD, Answer, Browser, House, StaffHeld
from tests.pages.reading_pages import words
from tests.photos import pictures
from webapp.actions.fall_due import cases_fall_due
from webapp.clock import exam_now
from webapp.records import Call, Candidate, Case, CaseMove, Event, Incoming, Photo, Supplement
from webapp.records.reading.chains import all_breaks
from webapp.rules.roles import Role

OTHER_UNIT = {"unit_code": "D0002", "unit_name": "示例镇卫生院（虚构）", "unit_phone": "022-00000002"}
ZONE = ZoneInfo("Asia/Shanghai")


async def signed_in(house: House, held: StaffHeld) -> Browser:
    browser = house.browser()
    assert (await browser.post("/staff/sign-in", held.form())).status == 302
    return browser


async def at_ten(house: House) -> datetime:
    """The next morning by the exam's clock, when offices are at their telephones."""
    today = (await exam_now()).astimezone(ZONE).date()
    moment = datetime.combine(today + timedelta(days=1), time(10), ZONE)
    await house.exam_time(moment)
    return moment


async def log(desk: Browser, request: Supplement, outcome: str, **more: object) -> Answer:
    return await desk.post(f"/review/calls/{request.id}", {"callee": "unit", "outcome": outcome, **more})


async def shown(desk: Browser, show: str = "now", unit: object = "") -> str:
    answer = await desk.get(f"/review/calls?show={show}&unit={unit}")
    assert answer.status == 200, answer.text
    return answer.text


def names(page: str) -> list[str]:
    """Whom the list names, in its order."""
    return re.findall(r'call__name">([^<]+)<', page)


async def test_one_call_tells_a_unit_of_all_its_people_and_comes_back_when_it_is_due(house: House) -> None:
    jia = await house.candidate("jia", name="测试甲")
    yi = await house.candidate("yi", name="测试乙")
    bing = await house.candidate("bing", name="测试丙", **OTHER_UNIT)
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    desk = await signed_in(house, held)
    assert names(await shown(desk)) == []
    await past_the_bell(jia, yi, bing)
    ten = await at_ten(house)
    first = await asked(jia, held.id, "1201", Wanted(fields={"school": "与毕业证书不一致"}))
    second = await asked(yi, held.id, "1201", Wanted(slots=("front", "back")))
    third = await asked(bing, held.id, "1201", settled=False)
    page = await shown(desk)
    assert names(page) == ["示例市第一医院（虚构）"], (
        "one call for two people; the third may still be taken back"
    )
    assert (await log(desk, third, "told")).status == 409
    read = words(page)
    for said in (
        "示例一区考点",
        "2 位",
        "022-00000001",
        "测试甲",
        "测试乙",
        "人像面：照片反光",
        "编号看不清",
    ):
        assert said in read
    assert "报名信息“毕业学校”：与毕业证书不一致" in read
    assert "人像面和国徽面" in read
    versions = [case.version for case in await Case.all().order_by("id")]

    form = str(uuid4())
    answer = await log(desk, first, "no_answer", also=str(second.id), note="午休", form=form)
    assert answer.status == 303
    assert (await log(desk, first, "no_answer", also=str(second.id), form=form)).status == 303
    calls = await Call.all()
    assert len(calls) == 2, "a second tap is the same call"
    assert {call.phone for call in calls} == {"022-00000001"}
    wished = {call.next_try for call in calls}
    assert all(
        again and timedelta(hours=2) <= again - ten < timedelta(hours=2, minutes=5) for again in wished
    )
    told = await Event.filter(what="call.logged")
    assert {event.chain for event in told} == {f"case:{first.case_id}", f"case:{second.case_id}"}
    assert "午休" not in str([event.facts for event in told])
    assert versions == [case.version for case in await Case.all().order_by("id")]

    unit = "示例市第一医院（虚构）"
    assert unit not in names(await shown(desk))
    assert names(await shown(desk, "later")) == [unit]
    assert "测试甲和测试乙" in words(await shown(desk, "later"))
    await house.exam_time(ten + timedelta(hours=2, minutes=10))
    assert names(await shown(desk)) == [unit], "its next try is due"
    assert (await log(desk, first, "told")).status == 303
    assert names(await shown(desk)) == [unit], "the second is still to be told"
    assert "1 位" in words(await shown(desk)), "and the call is about nobody else"
    assert (await log(desk, second, "told")).status == 303
    assert names(await shown(desk)) == []
    assert names(await shown(desk, "told")) == [unit]
    assert await all_breaks() == []


async def test_the_list_begins_with_those_who_were_never_called_and_a_wrong_number_leads_to_the_person(
    house: House,
) -> None:
    jia = await house.candidate("jia", name="测试甲", phone="10055556666")
    bing = await house.candidate("bing", name="测试丙", **OTHER_UNIT)
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    desk = await signed_in(house, held)
    await past_the_bell(jia, bing)
    ten = await at_ten(house)
    first, second = await asked(jia, held.id, "1201"), await asked(bing, held.id, "1201")
    hospital, clinic = "示例市第一医院（虚构）", "示例镇卫生院（虚构）"
    assert names(await shown(desk)) == [hospital, clinic]
    assert (await log(desk, first, "wrong_number")).status == 303
    assert names(await shown(desk)) == [clinic, hospital]
    page = words(await shown(desk, unit=jia.unit_id))
    assert "改打本人电话" in page
    assert "10055556666" in page
    assert (await log(desk, first, "busy", callee="candidate")).status == 303
    assert (await Call.filter(callee="candidate").get()).phone == "10055556666"
    for bad in (
        {"next_try": (ten - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")},
        {"next_try": (ten + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")},
        {"next_try": "明天"},
        {"callee": "neighbour"},
        {"note": "长" * 501},
    ):
        refused = await log(desk, second, "call_later", **bad)
        assert refused.status == 422, bad
    named = ten + timedelta(hours=9)
    later = await log(desk, second, "call_later", next_try=named.strftime("%Y-%m-%dT%H:%M"))
    assert later.status == 303
    assert names(await shown(desk)) == []
    assert names(await shown(desk, "later")) == [hospital, clinic], "what is due first stands first"
    assert (await Call.filter(supplement_id=second.id).get()).next_try == named


async def test_whoever_has_no_unit_is_called_themselves(house: House) -> None:
    ding = await house.candidate("ding", name="测试丁", unit_code="", unit_name="", unit_phone="")
    assert ding.unit_id is None
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    desk = await signed_in(house, held)
    await past_the_bell(ding)
    request = await asked(ding, held.id, "1201")
    page = await shown(desk)
    assert names(page) == ["测试丁"]
    assert "您的报名材料需要补充" in words(page)
    assert 'name="callee" value="candidate"' in page
    assert (await log(desk, request, "told", callee="candidate")).status == 303
    assert names(await shown(desk, "told")) == ["测试丁"]


async def test_only_the_asking_office_logs_and_a_closed_request_leaves_the_list(house: House) -> None:
    jia = await house.candidate("jia", name="测试甲")
    site = await house.staff("kaodian", "1201", Role.REVIEWER)
    region = await house.staff("kaoqu", "12", Role.REVIEWER)
    stranger = await house.signed_in_staff("waiqu", "1202", Role.REVIEWER)
    at_site, at_region = await signed_in(house, site), await signed_in(house, region)
    await past_the_bell(jia)
    await at_ten(house)
    await passed_up(jia, site.id, "1201")
    request = await asked(jia, region.id, "12")
    unit = "示例市第一医院（虚构）"
    assert names(await shown(at_region)) == [unit]
    assert names(await shown(at_site)) == []
    assert names(await shown(at_site, "all")) == [unit]
    read = await shown(at_site, "all", jia.unit_id)
    assert "由天津考区打电话" in read
    assert "照片反光" in read
    assert 'action="/review/calls/' not in read
    assert names(await shown(stranger, "all")) == []
    assert (await log(at_site, request, "told")).status == 403
    assert (await log(stranger, request, "told")).status == 404
    assert (await log(at_region, request, "told")).status == 303
    assert await Call.all().count() == 1
    assert "已通知" in words(await shown(at_site, "all", jia.unit_id))

    case = await Case.get()
    path = f"/review/cases/{case.id}/cancel-ask"
    assert (await at_site.post(path, {"version": case.version})).status == 403
    assert (await stranger.post(path, {"version": case.version})).status == 404
    stale = await at_region.post(path, {"version": case.version - 1})
    assert stale.status == 409
    assert "这份档案刚刚有变化" in stale.text
    assert (await Supplement.get()).closed_at is None
    done = await at_region.post(path, {"version": case.version, "note": "材料已从别处核实"})
    assert done.status == 303
    assert "补充要求已撤销" in (await at_region.get(done.leads_to)).text
    assert (await Supplement.get()).outcome == "cancelled"
    assert (await CaseMove.get(id=(await Case.get()).arrived_by)).note == "材料已从别处核实"
    assert names(await shown(at_region, "all")) == []
    assert (await log(at_region, request, "told")).status == 409


async def bring(
    desk: Browser, case: UUID, slot: str, replaces: object = "", photo: UUID | None = None
) -> Answer:
    fields = {
        "photo": str(photo or uuid4()),
        "slot": slot,
        "replaces": str(replaces),
        "why": "ill",
    }
    file = pictures.written(pictures.page(1_200, 900), exif=pictures.exif(6))
    return await desk.upload(f"/review/cases/{case}/supply", fields, file)


async def own_browser(house: House, candidate: Candidate) -> Browser:
    browser = house.browser()
    form = {"user_name": candidate.user_name, "password": CANDIDATE_PASSWORD}
    assert (await browser.post("/", form)).status == 302
    return browser


async def test_the_asking_office_uploads_for_a_candidate_who_cannot(house: House) -> None:
    jia = await house.candidate("jia", name="测试甲")
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    desk = await signed_in(house, held)
    region = await house.signed_in_staff("kaoqu", "12", Role.REVIEWER)
    stranger = await house.signed_in_staff("waiqu", "1202", Role.REVIEWER)
    await past_the_bell(jia)
    case = await Case.get()
    path = f"/review/cases/{case.id}/supply"
    assert (await desk.get(path)).status == 409, "nothing is asked for yet"
    request = await asked(jia, held.id, "1201", Wanted(fields={"school": "与证书不一致"}))
    page = await desk.get(path)
    assert page.status == 200
    old = await Photo.get(slot="front")
    assert 'value="ID.front"' in page.text
    assert f'name="replaces" value="{old.id}"' in page.text, "the slot is full"
    assert 'value="ID.back"' not in page.text
    for other, status in ((region, 403), (stranger, 404)):
        assert (await other.get(path)).status == status
        assert (await bring(other, case.id, "ID.front", old.id)).status == status
    back = await Photo.get(slot="back")
    assert (await bring(desk, case.id, "ID.back", back.id)).status == 423
    full = await bring(desk, case.id, "ID.front")
    assert full.leads_to.endswith("problem=photo.slot_full")
    assert await Incoming.all().count() == 0

    photo = uuid4()
    sent = await bring(desk, case.id, "ID.front", old.id, photo)
    assert (sent.status, sent.leads_to) == (303, f"{path}?stored=yes#ID.front")
    assert "正在处理" in (await desk.get(path)).text
    assert await house.shrink_originals() == 1
    row = await Photo.get(id=photo)
    assert (row.slot, row.brought_by, row.round) == ("front", held.id, request.round + 1)
    assert (await Photo.get(id=old.id)).removed_why == "replaced"
    told = await Event.filter(subject=f"photo:{photo}").order_by("sequence")
    assert [event.actor for event in told] == [f"staff:{held.id}", "clock"]
    assert told[0].facts["brought_because"] == "ill"
    assert told[1].facts["brought_by"] == str(held.id)
    page = await desk.get(path)
    assert "工作人员代传" in page.text
    assert "已补" in words((await desk.get("/review/calls")).text)
    own = await own_browser(house, jia)
    assert (await own.get(f"/my/photos/{photo}")).status == 200
    assert (await Case.get()).stage == "supplement", "handing it in stays with the candidate"

    await house.exam_time(request.due)
    late = await bring(desk, case.id, "ID.front", photo)
    assert late.leads_to.endswith("problem=locked.due.passed")
    await cases_fall_due()
    assert (await desk.get(path)).status == 409
    assert (await bring(desk, case.id, "ID.front", photo)).status == 409
    assert await Incoming.all().count() == 1
    assert await all_breaks() == []


async def test_a_photo_for_a_whole_material_is_brought_once_its_reason_is_chosen(house: House) -> None:
    jia = await house.candidate("jia", name="测试甲")
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    desk = await signed_in(house, held)
    await lay_photo((await Case.get()).id, "DIPLOMA.page")
    await past_the_bell(jia)
    case = await Case.get()
    await asked(jia, held.id, "1201", Wanted("DIPLOMA", ()))
    fields = {"photo": str(uuid4()), "slot": "DIPLOMA.page", "replaces": ""}
    file = b"%PDF-1.7 " + bytes(300)
    path = f"/review/cases/{case.id}/supply"
    without = await desk.upload(path, fields, file)
    assert without.leads_to.endswith("problem=supply.why_missing")
    assert "要选为什么代传" in (await desk.get(without.leads_to)).text
    sent = await desk.upload(path, {**fields, "why": "no_phone"}, file)
    assert sent.status == 303
    await house.shrink_originals()
    page = await desk.get(path)
    assert "这种格式不能用" in page.text, "what cannot be used is told where it was brought"


async def test_nobody_but_reviewers_comes_to_the_desk(house: House) -> None:
    jia = await house.candidate("jia", name="测试甲")
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    await past_the_bell(jia)
    request = await asked(jia, held.id, "1201")
    supply = f"/review/cases/{request.case_id}/supply"
    others = {
        "/": house.browser(),
        "candidate": await own_browser(house, jia),
        "manager": await house.signed_in_staff("guanli", "1201", Role.MANAGER),
        "auditor": await house.signed_in_staff("chayue", "1201", Role.AUDITOR),
    }
    for kind, browser in others.items():
        for answer in (
            await browser.get("/review/calls"),
            await log(browser, request, "told"),
            await browser.post(f"/review/cases/{request.case_id}/cancel-ask", {"version": 5}),
            await browser.get(supply),
            await bring(browser, request.case_id, "ID.front"),
        ):
            nobody = kind == "/" and answer.leads_to == "/staff/sign-in"
            assert answer.status == 403 or nobody, kind
    assert (await Call.all().count(), await Incoming.all().count()) == (0, 0)
    assert (await (await signed_in(house, held)).get(supply)).status == 200
