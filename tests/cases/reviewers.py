"""Offices at work on cases by the actions that the desk's pages call: looked at, judged, asked for more, published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.cases.rows import MATERIALS, case_of, let_ten_seconds_pass, seen_all
from tests.house import House
from webapp.actions.claim import claim
from webapp.actions.decide import Decision, decide
from webapp.actions.give_verdict import Opinion, give_verdict
from webapp.actions.managing import Manager
from webapp.actions.publish import approve, phase_state, publish
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now, now
from webapp.records import Candidate, Case, Supplement
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role
from webapp.rules.verdicts import Conclusion, Kind


@dataclass(frozen=True)
class Office:
    """Somebody who reviews at one office."""

    reviewer: Reviewer

    async def take(self, user_name: str) -> Case:
        """The case in hand, with all its photos on screen."""
        case = await case_of(user_name)
        await claim(await open_exam(), self.reviewer, case.id)
        await seen_all(case.id, self.reviewer.id)
        return await case_of(user_name)

    async def accept(self, user_name: str, *materials: str) -> None:
        """合格 for each."""
        for material in materials:
            await self._say(user_name, Opinion(material, Kind.ACCEPTED))

    async def redo(
        self,
        user_name: str,
        material: str,
        *slots: str,
        reasons: Collection[str] = ("glare",),
        note: str = "",
    ) -> None:
        """需重传."""
        await self._say(user_name, Opinion(material, Kind.REDO, slots, tuple(reasons), note))

    async def _say(self, user_name: str, opinion: Opinion) -> None:
        case = await case_of(user_name)
        told = Opinion(
            opinion.material, opinion.kind, opinion.slots, opinion.reasons, opinion.note, case.version
        )
        await give_verdict(await open_exam(), self.reviewer, case.id, told)

    async def conclude(self, user_name: str, conclusion: Conclusion, **how: Any) -> None:
        """The office's word on the whole case, which then can no longer be taken back."""
        await self.decide(user_name, conclusion, **how)
        await let_ten_seconds_pass()

    async def decide(
        self,
        user_name: str,
        conclusion: Conclusion,
        *,
        reasons: Collection[str] = (),
        note: str = "",
        fields: Mapping[str, str] | None = None,
        due: datetime | None = None,
    ) -> None:
        """The same, a moment ago."""
        case = await case_of(user_name)
        decision = Decision(
            conclusion, case.version, tuple(reasons), note, due=due, fields=dict(fields or {})
        )
        await decide(await open_exam(), self.reviewer, case.id, decision)

    async def passes_up(self, user_name: str) -> None:
        """All is well as far as this office can see."""
        await self.take(user_name)
        await self.accept(user_name, *MATERIALS)
        await self.conclude(user_name, Conclusion.MEETS)

    async def asks(
        self,
        user_name: str,
        material: str = "ID",
        *slots: str,
        fields: Mapping[str, str] | None = None,
        note: str = "",
        days: int = 2,
    ) -> datetime:
        """A request for these places again; until when."""
        due = (await exam_now()) + timedelta(days=days)
        await self.take(user_name)
        if material:
            await self.redo(user_name, material, *slots, note="国徽面有反光")
        await self.conclude(user_name, Conclusion.ASKS, due=due, fields=fields, note=note)
        return due


async def office_of(staff_id: UUID, code: str) -> Office:
    """Somebody who is there already, as a reviewer of the office of that code."""
    exam = await open_exam()
    return Office(Reviewer(staff_id, frozenset({next(one.id for one in exam.offices if one.code == code)})))


async def reviewing(house: House, user_name: str, code: str) -> Office:
    """A new reviewer of the office of that code."""
    return await office_of((await house.staff(user_name, code, Role.REVIEWER)).id, code)


@dataclass(frozen=True)
class Wanted:
    """What is asked for: one slot, and perhaps fields of the record with what is wrong with them."""

    material: str = "ID"
    slots: tuple[str, ...] = ("front",)
    fields: Mapping[str, str] = field(default_factory=dict)
    days: float = 4
    """From now until it falls due."""


async def asked(
    candidate: Candidate, staff_id: UUID, code: str, wanted: Wanted | None = None, *, settled: bool = True
) -> Supplement:
    """The request that a reviewer of this office makes of a case under review at their level."""
    office, wanted, name = await office_of(staff_id, code), wanted or Wanted(), candidate.user_name
    await office.take(name)
    await office.redo(name, wanted.material, *wanted.slots, note="编号看不清")
    due = await exam_now() + timedelta(days=wanted.days)
    await office.decide(name, Conclusion.ASKS, due=due, fields=wanted.fields, note="请本人尽快补齐")
    case = await case_of(candidate)
    if settled:
        await let_ten_seconds_pass(case.id)
    return await Supplement.get(case_id=case.id, closed_at=None)


async def passed_up(candidate: Candidate, staff_id: UUID, code: str) -> None:
    """The case goes to the next level as 不符合, which needs no verdict."""
    office, name = await office_of(staff_id, code), candidate.user_name
    await office.take(name)
    await office.conclude(name, Conclusion.FAILS, note="由考区再看")


async def published(house: House) -> datetime:
    """Two managers of the region publish."""
    exam = await open_exam()
    first, second = [
        Manager((await house.staff(name, "12", Role.MANAGER)).id, frozenset({exam.region_office.id}))
        for name in ("guanli-yi", "guanli-er")
    ]
    state = await phase_state(exam, await exam_now(), now())
    await approve(exam, first, state.tally.digest)
    return await publish(exam, second)
