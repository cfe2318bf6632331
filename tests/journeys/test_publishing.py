"""Publishing by two persons: what stands in its way, what voids an approval, and what there is to see afterwards."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from uuid import UUID

import pytest

from tests.cases.rows import case_of, let_ten_seconds_pass, put
from tests.house import EXAM, Answer, Browser, House
from tests.registrations import registered
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import Candidate, Case, Event, Phase, Proposal, Result
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.places import FAILED, PASSED, WITHDRAWN, By, Move, review
from webapp.rules.roles import Role


class Desk:
    """Two managers of the region, one of a site, an auditor, and four cases that are settled."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def staffed(self) -> Desk:
        self.first = await self.house.signed_in_staff("diyiren", "12", Role.MANAGER)
        self.second = await self.house.signed_in_staff("dierren", "12", Role.MANAGER)
        self.site = await self.house.signed_in_staff("kaodian", "1201", Role.MANAGER)
        self.people = [await registered(f"kaosheng{n}", site) for n, site in enumerate(("1201", "1202") * 2)]
        self.cases = [(await case_of(one)).id for one in self.people]
        await put(self.cases[0], PASSED, Move.PASS)
        await put(self.cases[1], FAILED, Move.FAIL)
        await put(self.cases[2], WITHDRAWN, Move.WITHDRAW, by=By.CANDIDATE)
        await put(self.cases[3], WITHDRAWN, Move.CLOSE, by=By.CLOCK)
        return self

    async def page(self, browser: Browser | None = None) -> str:
        return (await (browser or self.first).get("/staff/publishing")).text

    async def approve(self, browser: Browser | None = None) -> Answer:
        browser = browser or self.first
        found = re.search(r'name="digest" value="(\w{64})"', await self.page(browser))
        form = {"digest": found[1] if found else "0" * 64}
        return await browser.post("/staff/publishing/approve", form)

    async def publish(self, browser: Browser | None = None) -> Answer:
        return await (browser or self.second).post("/staff/publishing/publish")

    async def both(self) -> None:
        assert (await self.approve()).status == 303
        answer = await self.publish()
        assert answer.status == 303, answer.text


@pytest.fixture
async def desk(house: House) -> Desk:
    return await Desk(house).staffed()


async def published() -> bool:
    return await Phase.exists(published_at__not_isnull=True) or await Result.exists()


async def test_two_persons_publish_all_results_at_one_instant(desk: Desk) -> None:
    assert (await desk.approve()).leads_to == "/staff/publishing?done=approved"
    assert not await published()
    before = await exam_now()
    assert (await desk.publish()).leads_to == "/staff/publishing?done=published"
    phase, results = await Phase.get(), await Result.all().order_by("id")
    assert phase.published_at is not None
    assert before <= phase.published_at <= await exam_now()
    assert {row.visible_from for row in results} == {phase.published_at}
    words = {row.case_id: row.word for row in results}
    assert [words[case] for case in desk.cases] == ["passed", "failed", "given_up", "nothing_handed_in"]
    assert {row.version for row in results} == {1}
    events = await Event.filter(what="phase.published")
    assert [event.chain for event in events] == [f"exam:{EXAM}"]
    assert events[0].facts["counts"] == dict.fromkeys(words.values(), 1)
    chains = {f"case:{case}" for case in desk.cases}
    assert {event.what for event in await Event.filter(chain__in=list(chains))} == {"case.made"}
    assert await all_breaks() == []
    page = await desk.page()
    assert "已经公布" in page
    assert "工作人员dierren" in page
    assert (await desk.publish()).status == 409, "once"


async def test_an_open_case_is_listed_and_stands_in_the_way(desk: Desk) -> None:
    await put(desk.cases[0], review(1), Move.REOPEN, by=By.REGION_MANAGER)
    page = await desk.page()
    assert "还没审完的 1 份" in page
    assert f'href="/staff/cases/{desk.cases[0]}"' in page
    assert "还有档案没有审完" in page
    assert 'action="/staff/publishing/approve"' not in page
    phase = await desk.first.post("/staff/publishing/approve", {"digest": "0" * 64})
    assert phase.status == 409
    await put(desk.cases[0], PASSED, Move.PASS)
    assert (await desk.approve()).status == 303


async def test_a_decision_that_can_still_be_taken_back_stands_in_the_way(desk: Desk) -> None:
    await put(desk.cases[0], PASSED, Move.PASS, ago=timedelta(seconds=2))
    refused = await desk.approve()
    assert refused.status == 409
    assert "10 秒后再试" in refused.text
    await let_ten_seconds_pass(desk.cases[0])
    assert (await desk.approve()).status == 303
    await put(desk.cases[0], PASSED, Move.PASS, ago=timedelta(seconds=2))
    assert (await desk.publish()).status == 409
    assert not await published()


async def test_the_same_person_cannot_do_both(desk: Desk) -> None:
    assert (await desk.approve()).status == 303
    assert "您已经核准" in await desk.page()
    assert "您已经核准" not in await desk.page(desk.second)
    refused = await desk.publish(desk.first)
    assert refused.status == 403
    assert "由另一个人来做" in refused.text
    assert not await published()
    assert (await desk.publish()).status == 303


async def test_nobody_publishes_what_nobody_approved_or_what_was_taken_back(desk: Desk) -> None:
    assert (await desk.publish()).status == 409
    assert (await desk.approve()).status == 303
    assert (await desk.approve(desk.second)).status == 409, "one approval at a time"
    assert (await desk.second.post("/staff/publishing/take-back")).status == 303
    assert (await desk.publish()).status == 409
    assert "管理员收回了核准" in await desk.page()
    assert not await published()


async def test_any_change_voids_an_approval(desk: Desk) -> None:
    assert (await desk.approve()).status == 303
    await put(desk.cases[0], FAILED, Move.FAIL)
    for refused in (await desk.publish(), await desk.first.get("/staff/publishing")):
        assert "已作废" in refused.text
        assert "核准以后档案有变化" in refused.text
    assert not await published()
    await desk.both()
    assert await Proposal.filter(ended_why="voided").count() == 1


async def test_a_new_case_voids_an_approval_too(desk: Desk) -> None:
    assert (await desk.approve()).status == 303
    late = await registered("houlai")
    await put((await case_of(late)).id, WITHDRAWN, Move.CLOSE, by=By.CLOCK)
    assert (await desk.publish()).status == 409
    assert not await published()


async def test_what_somebody_approves_is_what_their_page_showed(desk: Desk) -> None:
    seen = re.search(r'name="digest" value="(\w{64})"', await desk.page())
    assert seen
    await put(desk.cases[0], FAILED, Move.FAIL)
    refused = await desk.first.post("/staff/publishing/approve", {"digest": seen[1]})
    assert refused.status == 409
    assert not await Proposal.exists()


async def test_an_approval_ends_after_a_day_of_the_exam(desk: Desk) -> None:
    start = await exam_now()
    assert (await desk.approve()).status == 303
    await desk.house.exam_time(start + timedelta(hours=24, minutes=1))
    assert (await desk.publish()).status == 409
    assert "满 24 小时没有第二人公布" in await desk.page()
    await desk.house.exam_time(start + timedelta(hours=23))
    assert (await desk.publish()).status == 303


async def test_a_sites_manager_neither_sees_nor_does_it(desk: Desk) -> None:
    assert (await desk.site.get("/staff/publishing")).status == 403
    assert (await desk.approve(desk.site)).status == 403
    assert (await desk.approve()).status == 303
    assert (await desk.publish(desk.site)).status == 403
    assert (await desk.site.post("/staff/publishing/take-back")).status == 403
    assert not await published()
    auditor = await desk.house.signed_in_staff("chayue", "12", Role.AUDITOR)
    page = await desk.page(auditor)
    assert "已核准" in page
    assert "/staff/publishing/publish" not in page
    assert (await desk.publish(auditor)).status == 403


async def test_outcomes_are_told_apart_at_a_site_only_once_they_are_published(desk: Desk) -> None:
    for path in ("/staff/progress", "/staff/cases", f"/staff/cases/{desk.cases[0]}"):
        told = (await desk.site.get(path)).text
        assert "已审完" in told
        assert "通过" not in told, path
    assert "通过" in (await desk.first.get(f"/staff/cases/{desk.cases[0]}")).text
    assert "没有这样的档案" not in (await desk.site.get("/staff/cases?stage=passed")).text, "no such filter"
    await desk.both()
    assert "审核通过" in (await desk.site.get(f"/staff/cases/{desk.cases[0]}")).text
    assert "没有这样的档案" in (await desk.site.get("/staff/cases?stage=failed")).text


@transaction
async def renamed(candidate: UUID, name: str) -> None:
    await Candidate.filter(id=candidate).update(name=name)


async def test_the_list_of_results_is_for_the_region_after_publishing(desk: Desk) -> None:
    early = await desk.first.get("/staff/results.csv")
    assert early.status == 409
    assert "结果还没有公布" in early.text
    await renamed(desk.people[0].id, "=HYPERLINK(1)")
    await desk.both()
    answer = await desk.first.get("/staff/results.csv")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert [row["报名号"] for row in rows] == sorted(one.registration_number for one in desk.people)
    told = {row["报名号"]: row for row in rows}
    first = told[desk.people[0].registration_number]
    assert first["姓名"] == "'=HYPERLINK(1)"
    assert (first["结果"], first["结果版本"]) == ("审核通过", "1")
    assert told[desk.people[3].registration_number]["结果"] == "未提交材料"
    assert (await desk.site.get("/staff/results.csv")).status == 403
    event = await Event.get(what="results.exported")
    assert (event.chain, event.facts) == (f"exam:{EXAM}", {"results": 4})
    assert desk.people[0].id_number not in answer.text


async def test_every_case_of_a_long_list_is_in_the_table_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.records.reading.publishing._SLICE", 3)
    await desk.both()
    answer = await desk.first.get("/staff/results.csv")
    assert len(answer.body.splitlines()) == 1 + await Case.all().count() == 5
    assert (await open_exam()).phase.published_at is not None
