"""The result's page: before publishing nothing on any page tells a passed case from a failed one."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.cases.reviewers import Office, published, reviewing
from tests.cases.rows import MATERIALS, case_of, fill, past_the_bell
from tests.house import Browser, House
from tests.pages.reading_pages import without_clock, words
from webapp.actions.account_for import confirm, propose_correction, reopen
from webapp.actions.managing import Ground, Manager
from webapp.database import transaction
from webapp.records import Case, CaseMove
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role
from webapp.rules.verdicts import Conclusion

sqlite_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OWN_PAGES = (
    "/my",
    "/my/result",
    "/my/submission",
    "/my/record",
    "/my/withdrawal",
    "/my/materials/ID",
    "/my/materials/PROBATION",
)
TELLING = re.compile(r"不通过|不符合|未通过|已通过|合格")


async def every_page(browser: Browser) -> Mapping[str, tuple[str, dict[str, str]]]:
    """Text and headers of all pages of one's own, without the clock of the demonstration."""
    seen = {}
    for path in OWN_PAGES:
        answer = await browser.get(path)
        assert answer.status == 200
        headers = {k.lower(): v for k, v in answer.headers.items()}
        kept = {k: v for k, v in headers.items() if not k.startswith(("x-ratelimit", "ratelimit", "date"))}
        assert kept["cache-control"] == "no-store"
        seen[path] = without_clock(answer.text), kept
    return seen


async def both_levels(house: House, *people: str) -> tuple[Office, Office]:
    for person in people:
        await fill(person)
    await past_the_bell()
    site, region = await reviewing(house, "shenhe-yi", "1201"), await reviewing(house, "shenhe-er", "12")
    for person in people:
        await site.passes_up(person)
    return site, region


async def fails(region: Office, person: str) -> None:
    await region.take(person)
    await region.accept(person, "ID", "DIPLOMA", "EDU_CHECK")
    await region.redo(person, "PROBATION", reasons=["probation_short"], note="只有 9 个月")
    await region.conclude(
        person, Conclusion.FAILS, reasons=["probation_short"], note="试用期从 8 月算起，不满一年。"
    )


async def passes(region: Office, person: str) -> None:
    await region.take(person)
    await region.accept(person, *MATERIALS)
    await region.conclude(person, Conclusion.MEETS)


async def manager(house: House, name: str) -> Manager:
    held = await house.staff(name, "12", Role.MANAGER)
    return Manager(held.id, frozenset({(await open_exam()).region_office.id}))


async def test_before_publishing_a_failed_case_has_the_very_bytes_of_a_passed_and_of_an_open_one(
    house: House,
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    _site, region = await both_levels(house, "zhangsan")
    boss = await manager(house, "guanli")
    undecided = await every_page(browser)
    await passes(region, "zhangsan")
    assert (await case_of("zhangsan")).stage == "passed"
    passed = await every_page(browser)
    await reopen(await open_exam(), boss, (await case_of("zhangsan")).id, await ground())
    await fails(region, "zhangsan")
    assert (await case_of("zhangsan")).stage == "failed"
    failed = await every_page(browser)
    for path in OWN_PAGES:
        assert undecided[path] == passed[path] == failed[path], path
        assert not TELLING.search(words(failed[path][0])), path
    assert "等待考区审核" in words(failed["/my/result"][0])
    await published(house)
    assert "审核不通过" in words((await browser.get("/my/result")).text)
    assert (await every_page(browser))["/my"] != failed["/my"], "the comparison can tell"


async def ground() -> Ground:
    return Ground((await case_of("zhangsan")).version, "当事人申诉，重新核对")


async def test_once_published_each_reads_their_own_result_and_why(house: House) -> None:
    first, second = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    nobody, gone = await house.signed_in_candidate("wangwu"), await house.signed_in_candidate("zhaoliu")
    await gone.post("/my/withdrawal", {"sure": "yes"})
    _site, region = await both_levels(house, "zhangsan", "lisi")
    await passes(region, "zhangsan")
    await fails(region, "lisi")
    await published(house)

    own = words((await first.get("/my/result")).text)
    assert "审核通过 2020 年医师资格考试：您的报名资格审核已通过。" in own
    assert "到报名系统查看缴费通知" in own
    assert "考区审核已完成" in own
    own = words((await second.get("/my/result")).text)
    assert "审核不通过" in own
    assert "证明的试用时间不满一年，或者没有交齐各家机构的证明。" in own
    assert "试用期从 8 月算起，不满一年。" in own
    assert "只有 9 个月" in own
    assert "022-00001201" in own
    assert "工作日 8:30–17:30" in own
    assert "到截止时间没有收到您的材料" in words((await nobody.get("/my/result")).text)
    assert "您已放弃本次报考" in words((await gone.get("/my/result")).text)
    for browser, line in (
        (first, "审核通过"),
        (second, "审核不通过"),
        (nobody, "未提交材料"),
        (gone, "已放弃"),
    ):
        listed = (await browser.get("/my")).text
        assert line in words(listed)
        assert 'href="/my/result"' in listed
        assert 'href="/my/withdrawal"' not in listed
    assert (await first.post("/my/withdrawal", {"sure": "yes"})).status == 409


@sqlite_will_do
async def test_a_case_taken_up_again_keeps_its_result_until_the_next_version_and_tells_nothing_of_the_recheck(
    house: House,
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    _site, region = await both_levels(house, "zhangsan")
    await fails(region, "zhangsan")
    await published(house)
    one, two = await manager(house, "fuhe-yi"), await manager(house, "fuhe-er")
    exam, case = await open_exam(), await case_of("zhangsan")
    proposal = await reopen(exam, one, case.id, await ground())
    assert proposal is not None
    await confirm(exam, two, proposal.id)
    own = words((await browser.get("/my/result")).text)
    assert "审核不通过" in own
    assert "正在复核" in own
    assert "只有 9 个月" not in own, "what is said of single materials now belongs to the recheck"
    assert "已公布的结果：审核不通过，正在复核" in words((await browser.get("/my")).text)
    await region.take("zhangsan")
    await region.accept("zhangsan", "PROBATION")
    await region.conclude("zhangsan", Conclusion.MEETS)
    again = words((await browser.get("/my/result")).text)
    assert "审核通过 " not in again
    await correct(one, two)
    own = words((await browser.get("/my/result")).text)
    assert "您的报名资格审核已通过" in own
    assert "第 2 版" in own


async def correct(one: Manager, two: Manager) -> None:
    exam, case = await open_exam(), await case_of("zhangsan")
    proposal = await propose_correction(exam, one, case.id, await ground())
    await confirm(exam, two, proposal.id)


@sqlite_will_do
async def test_a_decision_shows_nowhere_while_it_can_be_taken_back(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await fill("zhangsan")
    await past_the_bell()
    site = await reviewing(house, "shenhe", "1201")
    before = await every_page(browser)
    await site.take("zhangsan")
    await site.accept("zhangsan", *MATERIALS)
    await site.decide("zhangsan", Conclusion.MEETS)
    assert (await case_of("zhangsan")).level == 1
    assert await every_page(browser) == before
    await a_while_later()
    assert "等待考区审核" in words((await browser.get("/my/result")).text)


@transaction
async def a_while_later() -> None:
    row = await CaseMove.filter(move="pass_up").get()
    await CaseMove.filter(id=row.id).update(at=row.exam_at.replace(year=2020))


@sqlite_will_do
async def test_nobody_without_a_case_has_these_pages(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    case = await case_of("zhangsan")
    await without(case.id)
    for path in ("/my/result", "/my/submission", "/my/record", "/my/withdrawal"):
        assert (await browser.get(path)).status == 404, path
    assert (await browser.post("/my/submission")).status == 404
    assert (await browser.get("/my")).status == 200


@transaction
async def without(case_id: object) -> None:
    await Case.filter(id=case_id).delete()
