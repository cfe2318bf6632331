"""Every row of the table of moves over HTTP: once refused, with nothing moved, and once allowed.

The stories come from ``tests/actions/table_lines.py``; only the move itself is made through a page. The clock and
the import have no page: the first does its duty, the second is the action that the command calls.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.actions.table_lines import LINES, Line
from tests.cases.way import FEW, REASON, Way, exam_time, load_variant, on_the_way
from tests.house import CANDIDATE_PASSWORD, Answer, Browser, House
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.take_registrations import take_registrations
from webapp.clock import exam_now, now
from webapp.pages.words import REFUSALS
from webapp.records import CaseMove, Registration
from webapp.records.reading.chains import all_breaks
from webapp.rules.places import By, Move
from webapp.rules.roles import Role
from webapp.rules.stages import TABLE, rows_from
from webapp.rules.verdicts import Conclusion

TEAM = "team"


@dataclass(frozen=True)
class People:
    """Who sits at the desks, each with a browser in which they are signed in."""

    reviewers: tuple[Browser, Browser]
    manager: Browser
    site_manager: Browser


async def people_of(house: House) -> People:
    """Of the first site and of the region. The actions that bring a case along act in the same names."""
    return People(
        (
            await house.signed_in_staff(f"{TEAM}.shenhe0", "1201", Role.REVIEWER),
            await house.signed_in_staff(f"{TEAM}.shenhe1", "12", Role.REVIEWER),
        ),
        await house.signed_in_staff(f"{TEAM}.guanli", "12", Role.MANAGER),
        await house.signed_in_staff(f"{TEAM}.kaodian", "1201", Role.MANAGER),
    )


@dataclass(frozen=True)
class Walk:
    """One case on its way, with everybody who can move it."""

    house: House
    people: People
    way: Way
    line: Line

    @property
    def review(self) -> str:
        return f"/review/cases/{self.way.case_id}"

    @property
    def manage(self) -> str:
        return f"/staff/cases/{self.way.case_id}"

    async def version(self) -> str:
        return str((await self.way.case()).version - int(self.way.said.get("stale", False)))

    def local(self, moment: datetime) -> str:
        """As a ``datetime-local`` field has it."""
        zone = ZoneInfo(self.way.exam.time_zone)
        return f"{(moment + timedelta(minutes=1)).astimezone(zone):%Y-%m-%dT%H:%M}"


Step = Callable[[Walk], Awaitable[Answer]]
CONCLUSIONS = {
    Move.PASS_UP: Conclusion.MEETS,
    Move.PASS: Conclusion.MEETS,
    Move.FAIL: Conclusion.FAILS,
    Move.ASK: Conclusion.ASKS,
    Move.RETURN_DOWN: Conclusion.RETURNS,
}


def as_candidate(path: str, form: dict[str, str] | None = None) -> Step:
    async def step(walk: Walk) -> Answer:
        browser = walk.house.browser()
        user_name = walk.way.candidate.user_name
        signed_in = await browser.post("/", {"user_name": user_name, "password": CANDIDATE_PASSWORD})
        assert signed_in.status == 302, signed_in.text
        return await browser.post(path, form)

    return step


def reviewer_of(walk: Walk) -> Browser:
    place = walk.line.leads if walk.line.move is Move.TAKE_BACK else walk.line.start
    return walk.people.reviewers[place.level or 0]


async def concludes(walk: Walk) -> Answer:
    conclusion = CONCLUSIONS[walk.line.move]
    form: dict[str, Any] = {"conclusion": conclusion.value, "version": await walk.version()}
    if conclusion in {Conclusion.FAILS, Conclusion.RETURNS}:
        form |= {"reasons": [REASON], "note": "与要求不一致"}
    if conclusion is Conclusion.ASKS:
        form["due"] = walk.local(await walk.way.usual_due())
    return await reviewer_of(walk).post(f"{walk.review}/conclusion", form)


async def takes_back(walk: Walk) -> Answer:
    return await reviewer_of(walk).post(f"{walk.review}/take-back")


async def cancels(walk: Walk) -> Answer:
    return await reviewer_of(walk).post(f"{walk.review}/cancel-ask", {"version": await walk.version()})


def manages(act: str, *, by_site: bool = False) -> Step:
    async def step(walk: Walk) -> Answer:
        later = max(await walk.way.bell(), await exam_now()) + timedelta(days=1)
        form = {"version": await walk.version(), "reason": "家属来电", "deadline": walk.local(later)}
        browser = walk.people.site_manager if by_site else walk.people.manager
        return await browser.post(f"{walk.manage}/{act}", form)

    return step


STEPS: dict[tuple[Move, By], Step] = {
    (Move.SUBMIT, By.CANDIDATE): as_candidate("/my/submission"),
    (Move.RECALL, By.CANDIDATE): as_candidate("/my/submission/recall"),
    (Move.ANSWER, By.CANDIDATE): as_candidate("/my/answer"),
    (Move.WITHDRAW, By.CANDIDATE): as_candidate("/my/withdrawal", {"sure": "yes"}),
    **{(move, By.REVIEWER): concludes for move in CONCLUSIONS},
    (Move.TAKE_BACK, By.REVIEWER): takes_back,
    (Move.CANCEL_ASK, By.ASKING_OFFICE): cancels,
    (Move.REOPEN, By.REGION_MANAGER): manages("reopen"),
    (Move.WITHDRAW, By.REGION_MANAGER): manages("withdraw"),
    (Move.RESTORE, By.REGION_MANAGER): manages("restore"),
    (Move.RESTORE, By.SITE_MANAGER): manages("restore", by_site=True),
}


async def imports(walk: Walk) -> None:
    """取消 of the registration, or another one of the same person."""
    known = await Registration.filter(candidate_id=walk.way.candidate.id).order_by("taken_at")
    record = {**known[0].record, "status": "取消"}
    if walk.line.move is Move.RESTORE:
        number = f"{known[0].number[:-6]}{9 - len(known)}{known[0].number[-5:]}"
        record |= {"registration_number": number, "status": "报名成功"}
        record["registered_at"] = f"2020-03-1{len(known)} 09:31:05"
    await take_registrations(walk.way.exam, [record], by="operator")


async def step_of(walk: Walk) -> Answer | None:
    """The move is tried; the answer where a page was asked."""
    step = STEPS.get((walk.line.move, walk.line.by))
    if step is not None:
        return await step(walk)
    await (cases_fall_due() if walk.line.by is By.CLOCK else imports(walk))
    return None


def one_line_each(lines: Iterable[Line]) -> dict[int, Line]:
    """For each row of the table its first line in an exam of two levels."""
    found: dict[int, Line] = {}
    for line in lines:
        for row in rows_from(line.start, line.levels) if line.levels == 2 and line.breaks else ():
            leads = row.leads(line.start, line.levels, None)
            told = row.leads.__name__ == "where_it_was" or leads == line.leads
            if (row.move, row.by) == (line.move, line.by) and told:
                found.setdefault(TABLE.index(row), line)
    return found


TRIED = one_line_each(LINES)
NOT_BY_FORM = {"lease.not_yours", "take_back.not_yours", "take_back.nothing", "close.not_by"}
"""Refusals that need another person's browser, or a past that no page could have made."""


def test_every_row_is_walked_here() -> None:
    assert sorted(TRIED) == list(range(len(TABLE)))
    pages = {(line.move, line.by) for line in TRIED.values() if line.by not in {By.CLOCK, By.IMPORT}}
    assert pages == set(STEPS)


async def test_each_row_is_refused_once_and_allowed_once(house: House) -> None:
    await load_variant(2, materials=FEW)
    people = await people_of(house)
    for line in TRIED.values():
        await exam_time(now())
        way = await on_the_way(f"kaosheng{uuid4().hex}", team=TEAM)
        walk = Walk(house, people, way, line)
        await line.bring(way)
        assert await way.place() == line.start, line.name
        code, spoil = next(one for one in line.breaks if one[0] not in NOT_BY_FORM)
        async with spoil(way):
            await is_refused(walk, code)
        await is_allowed(walk)
    assert await all_breaks() == []


async def is_refused(walk: Walk, code: str) -> None:
    way = walk.way
    before = await CaseMove.filter(case_id=way.case_id).count()
    answer = await step_of(walk)
    if answer is not None:
        assert (answer.status, code) == (REFUSALS[code][0], code), answer.text
        assert 400 <= answer.status < 500
    assert await way.place() == walk.line.start, walk.line.name
    assert await CaseMove.filter(case_id=way.case_id).count() == before


async def is_allowed(walk: Walk) -> None:
    way = walk.way
    if walk.line.by is By.IMPORT and walk.line.move is Move.WITHDRAW:
        record = await Registration.get(candidate_id=way.candidate.id)
        assert record.record["status"] == "取消", "told while the phase was published, it only flagged"
        back = {**record.record, "status": "报名成功"}
        await take_registrations(way.exam, [back], by="operator")
    answer = await step_of(walk)
    assert answer is None or answer.status in {302, 303}, (walk.line.name, answer.text)
    assert await way.place() == walk.line.leads, walk.line.name
    newest = await CaseMove.filter(case_id=way.case_id).order_by("-number").first()
    assert newest is not None
    assert (newest.move, newest.by) == (walk.line.move.value, walk.line.by.value)
