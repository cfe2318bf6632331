"""What managers do to cases: withdraw, restore, reopen, extend, correct; who may, and what the pages say."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.cases.rows import case_of, let_ten_seconds_pass, put, typed_moment
from tests.house import Answer, Browser, FindOffice, House, StaffHeld
from tests.registrations import registered
from webapp.actions.claim import claim
from webapp.actions.decide import Decision, decide
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import AskedItem, Candidate, Case, Event, Proposal, Result, SiteBell, Supplement, Verdict
from webapp.records.reading.exams import open_exam
from webapp.rules.places import FAILED, PASSED, WITHDRAWN, By, Move, review, supplement
from webapp.rules.roles import Role
from webapp.rules.verdicts import Conclusion

HOUR = timedelta(hours=1)


class Console:
    """A candidate of site 1201, managers of the region and of two sites, and a case in their hands."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def staffed(self) -> Console:
        self.region = await self.house.signed_in_staff("diyiren", "12", Role.MANAGER)
        self.site = await self.house.signed_in_staff("kaodian", "1201", Role.MANAGER)
        self.person = await registered("kaosheng")
        self.case = (await case_of(self.person)).id
        return self

    async def second(self) -> Browser:
        return await self.house.signed_in_staff("dierren", "12", Role.MANAGER)

    async def act(
        self, act: str, browser: Browser | None = None, case: UUID | None = None, **form: str
    ) -> Answer:
        case = case or self.case
        version = str((await Case.get(id=case)).version)
        filled = {"version": version, "reason": "核实过", **form}
        return await (browser or self.region).post(f"/staff/cases/{case}/{act}", filled)

    async def stage(self) -> str:
        return (await Case.get(id=self.case)).stage

    async def page(self, browser: Browser | None = None) -> str:
        return (await (browser or self.region).get(f"/staff/cases/{self.case}")).text

    async def published(self, second: Browser) -> None:
        digest = re.search(
            r'name="digest" value="(\w{64})"', (await self.region.get("/staff/publishing")).text
        )
        assert digest
        await self.region.post("/staff/publishing/approve", {"digest": digest[1]})
        assert (await second.post("/staff/publishing/publish")).status == 303


@pytest.fixture
async def console(house: House) -> Console:
    return await Console(house).staffed()


async def after_bell(console: Console) -> None:
    await console.house.exam_time((await open_exam()).window.bell + timedelta(minutes=1))


async def later(hours: int = 24) -> str:
    return typed_moment(await exam_now() + hours * HOUR)


async def test_the_regions_manager_withdraws_and_restores_with_a_reason(console: Console) -> None:
    assert (await console.act("withdraw", console.site)).status == 403
    assert (await console.act("withdraw", reason=" ")).status == 422
    assert (await console.act("withdraw", version="0")).status == 409
    assert await console.stage() == "collecting"
    assert (await console.act("withdraw", reason="来电要求放弃")).leads_to.endswith("?done=withdraw")
    assert await console.stage() == "withdrawn"
    page = await console.page()
    assert "来电要求放弃" in page
    assert "工作人员diyiren" in page
    assert "已放弃" in page
    refused = await console.act("restore", console.site)
    assert refused.status == 403
    assert "由考区管理员恢复" in refused.text
    assert (await console.act("restore")).status == 303, "its window is still open"
    assert await console.stage() == "collecting"


async def test_what_is_refused_comes_back_as_it_was_typed(console: Console) -> None:
    await after_bell(console)
    await cases_fall_due()
    long = "考生说明：" + "甲" * 1_000
    refused = await console.act("restore", reason=long, deadline="2020-05-06T10:00")
    assert refused.status == 422
    assert long in refused.text
    assert 'value="2020-05-06T10:00"' in refused.text
    assert 'id="restore-reason-problem"' in refused.text
    too_early = await console.act("restore", deadline="2020-05-06T10:00")
    assert 'id="restore-moment-problem"' in too_early.text
    unreadable = await console.act("restore", deadline="明天")
    assert unreadable.status == 422
    assert "要有日期和几点几分" in unreadable.text
    assert await console.stage() == "withdrawn"


async def test_what_nothing_was_handed_in_of_the_site_restores_with_a_new_bell(console: Console) -> None:
    await after_bell(console)
    await cases_fall_due()
    assert await console.stage() == "withdrawn"
    assert "未提交材料" in await console.page(console.site)
    assert (
        console.person.registration_number
        in (await console.site.get("/staff/cases?stage=nothing_handed_in")).text
    )
    assert (await console.act("restore", console.site)).status == 422, "without a time nobody can upload"
    assert (await console.act("restore", console.site, deadline=await later())).status == 303
    case = await Case.get(id=console.case)
    assert case.stage == "collecting"
    assert case.bell is not None
    assert case.bell > await exam_now()
    assert await cases_fall_due() == 0, "the clock leaves it open"


@transaction
async def asked(case_id: UUID, staff: UUID, due_in: timedelta) -> None:
    exam, moment = await open_exam(), await exam_now()
    request = await Supplement.create(
        case_id=case_id,
        level=0,
        office_id=(await Case.get(id=case_id)).site_id,
        round=1,
        staff_id=staff,
        asked_at=moment,
        due=moment + due_in,
    )
    await AskedItem.create(
        supplement_id=request.id, number=1, material=exam.package.materials[0].code, reasons=[]
    )


async def test_a_case_withdrawn_while_something_was_asked_goes_back_to_its_request(console: Console) -> None:
    staff = await console.house.staff("shenhe", "1201", Role.REVIEWER)
    await after_bell(console)
    await put(console.case, review(0), Move.CLOSE, by=By.CLOCK)
    await put(console.case, supplement(0), Move.ASK, person=staff.id)
    await asked(console.case, staff.id, HOUR)
    assert (await console.act("withdraw")).status == 303
    await console.house.exam_time(await exam_now() + 2 * HOUR)
    assert "新的补充期限" in await console.page()
    assert (await console.act("restore")).status == 422, "its due time is over"
    assert (await console.act("restore", deadline=await later())).status == 303
    assert await console.stage() == "supplement"
    assert (await Supplement.get(case_id=console.case)).due > await exam_now()
    await put(console.case, review(0), Move.EXPIRE, by=By.CLOCK)
    assert (await console.act("withdraw")).status == 303
    assert 'name="deadline"' not in await console.page(), "reviewers need no deadline"
    assert (await console.act("restore")).status == 303
    assert await console.stage() == "review"


async def test_before_publishing_one_manager_reopens_alone(console: Console) -> None:
    refused = await console.page()
    assert "还没有审完" in refused
    await put(console.case, PASSED, Move.PASS)
    assert (await console.act("reopen", console.site)).status == 403
    assert (await console.act("reopen", reason="")).status == 422
    assert (await console.act("reopen", reason="来函更正学籍")).leads_to.endswith("?done=reopen")
    case = await Case.get(id=console.case)
    assert (case.stage, case.level) == ("review", 1)
    assert not await Proposal.exists()


async def redecided(console: Console, reviewer: StaffHeld) -> None:
    """A reviewer of the region says 不符合, over the desk's own acts."""
    exam = await open_exam()
    held = Reviewer(reviewer.id, frozenset({exam.region_office.id}))
    await claim(exam, held, console.case)
    version = (await Case.get(id=console.case)).version
    reason = next(one.code for one in exam.package.reasons if one.may_fail)
    await decide(exam, held, console.case, Decision(Conclusion.FAILS, version, (reason,), "复核后不符合"))


async def test_after_publishing_two_managers_reopen_and_correct(console: Console) -> None:
    second = await console.second()
    reviewer = await console.house.staff("shenhe", "12", Role.REVIEWER)
    await after_bell(console)
    await put(console.case, PASSED, Move.PASS)
    assert "结果还没有公布" in await console.page()
    await console.published(second)
    assert "结果已经公布" in (await console.act("withdraw")).text
    assert (await console.act("correct")).status == 409, "nothing has changed"

    assert (await console.act("reopen", reason="考生申诉")).leads_to.endswith("?done=proposed")
    assert await console.stage() == "passed"
    proposal = await Proposal.get(act="reopen")
    assert (await console.region.post(f"/staff/proposals/{proposal.id}/confirm")).status == 403, "by another"
    assert "考生申诉" in (await second.get("/staff/publishing")).text
    assert (await second.post(f"/staff/proposals/{proposal.id}/confirm")).leads_to.endswith("?done=confirmed")
    assert await console.stage() == "review"
    assert (await second.post(f"/staff/proposals/{proposal.id}/confirm")).status == 409, "once"
    page = await console.page()
    assert "正在复核" in page
    assert "审核通过" in page, "the result stays until the next is written"
    assert (await console.act("correct")).status == 409, "it is open"

    await redecided(console, reviewer)
    assert (await console.act("correct")).status == 409, "it can still be taken back"
    await let_ten_seconds_pass(console.case)
    assert (await console.act("correct", second)).leads_to.endswith("?done=proposed")
    assert await Result.all().count() == 1
    proposal = await Proposal.get(act="correct")
    assert (await second.post(f"/staff/proposals/{proposal.id}/confirm")).status == 403
    assert (await console.region.post(f"/staff/proposals/{proposal.id}/confirm")).status == 303
    results = await Result.filter(case_id=console.case).order_by("version")
    assert [(row.version, row.word) for row in results] == [(1, "passed"), (2, "failed")]
    assert results[1].note == "复核后不符合"
    page = await console.page()
    assert "正在复核" not in page
    assert await Event.filter(what="result.corrected", chain=f"case:{console.case}").count() == 1
    assert (await console.act("correct")).status == 409, "nothing has changed since"


@transaction
async def changed(case_id: UUID) -> None:
    case = await Case.get(id=case_id)
    await Case.filter(id=case_id).update(version=case.version + 1)


async def test_what_changed_or_waited_a_day_is_not_confirmed(console: Console) -> None:
    second = await console.second()
    await put(console.case, PASSED, Move.PASS)
    await console.published(second)
    await console.act("reopen")
    first = await Proposal.get(act="reopen", ended_at=None)
    await changed(console.case)
    assert "核准以后档案有变化" in (await second.post(f"/staff/proposals/{first.id}/confirm")).text
    await console.act("reopen")
    again = await Proposal.get(act="reopen", ended_at=None)
    assert again.id != first.id, "a new one stands for the old"
    await console.house.exam_time(await exam_now() + 25 * HOUR)
    assert (await second.post(f"/staff/proposals/{again.id}/confirm")).status == 409
    assert (await second.post(f"/staff/proposals/{again.id}/drop")).status == 303
    assert not await Proposal.filter(ended_at=None).exists()
    await console.act("reopen")
    newest = await Proposal.get(act="reopen", ended_at=None)
    assert (await second.post(f"/staff/proposals/{newest.id}/confirm")).status == 303


async def test_after_publishing_restoring_takes_two(console: Console) -> None:
    second = await console.second()
    await after_bell(console)
    await cases_fall_due()
    await console.published(second)
    assert (await console.act("restore", console.site, deadline=await later())).status == 303
    assert await console.stage() == "withdrawn"
    proposal = await Proposal.get(act="restore")
    assert (await console.site.post(f"/staff/proposals/{proposal.id}/confirm")).status == 403
    assert (await console.region.post(f"/staff/proposals/{proposal.id}/confirm")).status == 303
    assert await console.stage() == "collecting"
    assert (await Result.get()).word == "nothing_handed_in"
    assert "正在复核" in await console.page()


@transaction
async def judged(case_id: UUID, staff: UUID) -> None:
    exam = await open_exam()
    await Verdict.create(
        case_id=case_id, material=exam.package.materials[0].code, level=0, round=1, kind="accepted",
        slots=[], reasons=[], staff_id=staff, at=await exam_now(),
    )  # fmt: skip


async def test_a_sites_later_bell_opens_what_the_bell_closed_and_nobody_judged(
    console: Console, office_id: FindOffice
) -> None:
    staff = await console.house.staff("shenhe", "1201", Role.REVIEWER)
    seen, other = await registered("yishen"), await registered("bieren", "1202")
    await after_bell(console)
    await put((await case_of(seen)).id, review(0), Move.CLOSE, by=By.CLOCK)
    await judged((await case_of(seen)).id, staff.id)
    await cases_fall_due()
    form = {"office": str(await office_id("1201")), "bell": await later(), "reason": "考点停电"}
    assert (await console.site.post("/staff/extensions", form)).status == 403
    for wrong, where in (
        ({"bell": "2020-05-06T10:00"}, "bell"),
        ({"bell": ""}, "bell"),
        ({"reason": ""}, "reason"),
        ({"reason": "长" * 501}, "reason"),
    ):
        refused = await console.region.post("/staff/extensions", {**form, **wrong})
        assert refused.status == 422
        assert f'id="{where}-problem"' in refused.text
    assert (await console.region.post("/staff/extensions", {**form, "office": str(uuid4())})).status == 404
    assert not await SiteBell.exists()
    assert (await console.region.post("/staff/extensions", form)).status == 303
    await cases_fall_due()
    stages = [(await case_of(one)).stage for one in (console.person, seen, other)]
    assert stages == ["collecting", "review", "withdrawn"]
    page = (await console.site.get("/staff/progress")).text
    assert "考点停电" in page
    assert "工作人员diyiren" in page
    assert 'action="/staff/extensions"' not in page


async def test_one_case_gets_a_later_bell_from_its_site(console: Console) -> None:
    other = await registered("bieren")
    await after_bell(console)
    await cases_fall_due()
    assert (await console.act("extend", console.site, bell="")).status == 422
    assert (await console.act("extend", console.site, bell=await later(-200))).status == 422
    assert (await console.act("extend", console.site, bell=await later())).status == 303
    await cases_fall_due()
    assert await console.stage() == "collecting"
    assert (await case_of(other)).stage == "withdrawn"


async def test_a_case_of_another_office_is_not_there(console: Console) -> None:
    foreign = await console.house.signed_in_staff("biechu", "1202", Role.MANAGER)
    auditor = await console.house.signed_in_staff("chayue", "1201", Role.AUDITOR)
    await put(console.case, PASSED, Move.PASS)
    for act in ("withdraw", "restore", "reopen", "extend", "correct"):
        assert (await console.act(act, foreign)).status == 404
        assert (await console.act(act, auditor)).status == 403
    assert (await foreign.get(f"/staff/cases/{console.case}")).status == 404
    assert (await console.region.get(f"/staff/cases/{uuid4()}")).status == 404
    assert console.person.registration_number not in (await foreign.get("/staff/cases")).text
    assert console.person.registration_number in (await auditor.get("/staff/cases")).text
    shown = await console.page(auditor)
    assert console.person.id_number not in shown
    assert 'method="post" action="/staff' not in shown, "auditors read"
    second = await console.second()
    await console.published(second)
    await console.act("reopen")
    proposal = await Proposal.get(act="reopen")
    for answer in ("confirm", "drop"):
        assert (await foreign.post(f"/staff/proposals/{proposal.id}/{answer}")).status == 404
        assert (await auditor.post(f"/staff/proposals/{proposal.id}/{answer}")).status == 403
        assert (await second.post(f"/staff/proposals/{uuid4()}/{answer}")).status == 404


@transaction
async def named(candidate: Candidate, name: str) -> None:
    await Candidate.filter(id=candidate.id).update(name=name)


async def test_the_list_is_narrowed_and_its_filters_stay_in_the_address(
    console: Console, office_id: FindOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.records.reading.managed_cases.PAGE_ROWS", 7)
    monkeypatch.setattr("webapp.pages.staff.cases.PAGE_ROWS", 7)
    people = [await registered(f"kaosheng{n}", "1202") for n in range(8)]
    await named(people[0], "欧阳示例")
    await put((await case_of(people[1])).id, review(1), Move.PASS_UP)
    await put((await case_of(people[2])).id, WITHDRAWN, Move.WITHDRAW, by=By.CANDIDATE)
    await put((await case_of(people[3])).id, WITHDRAWN, Move.CLOSE, by=By.CLOCK)
    await put((await case_of(people[4])).id, FAILED, Move.FAIL)

    async def listed(query: str) -> list[str]:
        text = (await console.region.get(f"/staff/cases{query}")).text
        return re.findall(r"<td>(2020\d{10})</td>", text)

    numbers = [one.registration_number for one in people]
    assert len(await listed("")) == 7
    assert len(await listed("?page=2")) == 2
    assert await listed("?page=3") == []
    assert await listed("?q=%E6%AC%A7%E9%98%B3") == numbers[:1]
    assert await listed(f"?q={numbers[7]}") == [numbers[7]]
    assert await listed("?q=%25") == [], "a sign is a sign"
    assert await listed("?stage=review.1") == [numbers[1]]
    assert await listed("?stage=review.0") == []
    assert await listed("?stage=given_up") == [numbers[2]]
    assert await listed("?stage=nothing_handed_in") == [numbers[3]]
    assert await listed("?stage=decided") == await listed("?stage=failed") == [numbers[4]]
    site = await office_id("1202")
    narrowed = (await console.region.get(f"/staff/cases?site={site}&stage=open")).text
    assert f'value="{site}" selected' in narrowed
    assert 'value="open" selected' in narrowed
    many = (await console.region.get(f"/staff/cases?site={site}")).text
    assert f"/staff/cases?site={site}&amp;page=2" in many
    progress = (await console.region.get("/staff/progress")).text
    assert f"site={site}&amp;stage=nothing_handed_in" in progress
    assert (await console.region.get("/staff/cases?q=%00")).status == 415
    assert (await console.region.get("/staff/cases?page=999999999999999999999&site=x&flag=x")).status == 200


async def test_the_console_is_shut_to_everybody_else(console: Console) -> None:
    candidate = await console.house.signed_in_candidate("bieren")
    reviewer = await console.house.signed_in_staff("shenhe", "1201", Role.REVIEWER)
    reads = [f"cases/{console.case}", "cases", "progress", "publishing", "results.csv"]
    acts = [f"cases/{console.case}/{act}" for act in ("withdraw", "restore", "reopen", "extend", "correct")]
    acts += [f"proposals/{uuid4()}/{answer}" for answer in ("confirm", "drop")]
    acts += ["extensions", *(f"publishing/{step}" for step in ("approve", "take-back", "publish"))]
    for browser in (candidate, reviewer):
        assert {(await browser.get(f"/staff/{path}")).status for path in reads} == {403}
        assert {(await browser.post(f"/staff/{path}")).status for path in acts} == {403}
    nobody = console.house.browser()
    assert {(await nobody.get(f"/staff/{path}")).leads_to for path in reads} == {"/staff/sign-in"}
    assert {(await nobody.post(f"/staff/{path}")).leads_to for path in acts} == {"/staff/sign-in"}
    assert {(await console.region.get(f"/staff/{path}")).status for path in reads} == {200, 409}
    assert await console.stage() == "collecting"
