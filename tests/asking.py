"""A case brought to where its office waits for its candidate, by the actions that the desk's pages call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from webapp.actions.claim import claim
from webapp.actions.decide import Decision, decide
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.give_verdict import Opinion, give_verdict
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, CaseMove, Photo, PhotoSeen, PhotoVersion, Supplement
from webapp.records.reading.exams import open_exam
from webapp.rules.verdicts import Conclusion, Kind


@dataclass(frozen=True)
class Wanted:
    """What is asked for: one slot, and perhaps fields of the record with what is wrong with them."""

    material: str = "ID"
    slots: tuple[str, ...] = ("front",)
    reasons: tuple[str, ...] = ("glare",)
    note: str = "编号看不清"
    fields: Mapping[str, str] = field(default_factory=dict)
    days: float = 4
    """From now until it falls due."""


@transaction
async def a_photo(case_id: UUID, material: str = "ID", slot: str = "front") -> UUID:
    """A photo as a row, without a picture behind it."""
    photo = await Photo.create(
        id=uuid4(),
        case_id=case_id,
        material=material,
        slot=slot,
        sha256=uuid4().hex * 2,
        size=1_000,
        received_at=await exam_now(),
    )
    await PhotoVersion.create(
        photo_id=photo.id,
        number=1,
        shelf_key=uuid4().hex,
        preview_key=uuid4().hex,
        media_type="image/jpeg",
        width=640,
        height=480,
        size=1_000,
        sha256=uuid4().hex * 2,
        facts={},
        made_at=now(),
    )
    return photo.id


@transaction
async def seen_by(staff_id: UUID, case_id: UUID) -> None:
    """As if this person had had all photos of the case on screen."""
    for version in await PhotoVersion.filter(photo__case_id=case_id):
        if not await PhotoSeen.exists(version_id=version.id, staff_id=staff_id):
            await PhotoSeen.create(version_id=version.id, staff_id=staff_id, fetched_at=now(), seen_at=now())


@transaction
async def settle(case_id: UUID) -> None:
    """As if the 10 s in which the last decision can be taken back were over."""
    await CaseMove.filter(case_id=case_id).update(at=now() - timedelta(seconds=11))


async def past_the_bell(*candidates: Candidate) -> None:
    """All cases are handed in: those of ``candidates`` have a photo in each slot of ID before."""
    for candidate in candidates:
        case = await Case.get(candidate_id=candidate.id)
        for slot in ("front", "back", "holding"):
            await a_photo(case.id, "ID", slot)
    exam = await open_exam()
    at_least = exam.window.bell + timedelta(hours=1)
    if await exam_now() < at_least:
        await move_exam_clock(exam.code, at_least - now(), by="operator")
    await cases_fall_due()


async def asked(
    candidate: Candidate, staff_id: UUID, office: str, wanted: Wanted | None = None, *, settled: bool = True
) -> Supplement:
    """The request that a reviewer of this office makes of a case under review at their level."""
    exam, wanted = await open_exam(), wanted or Wanted()
    case = await Case.get(candidate_id=candidate.id)
    reviewer = Reviewer(staff_id, frozenset({next(one.id for one in exam.offices if one.code == office)}))
    await seen_by(staff_id, case.id)
    await claim(exam, reviewer, case.id)
    version = (await Case.get(id=case.id)).version
    opinion = Opinion(
        wanted.material, Kind.REDO, wanted.slots, wanted.reasons, note=wanted.note, version=version
    )
    version = await give_verdict(exam, reviewer, case.id, opinion)
    due: datetime = await exam_now() + timedelta(days=wanted.days)
    decision = Decision(Conclusion.ASKS, version, due=due, fields=dict(wanted.fields), note="请本人尽快补齐")
    await decide(exam, reviewer, case.id, decision)
    if settled:
        await settle(case.id)
    return await Supplement.get(case_id=case.id, closed_at=None)


async def passed_up(candidate: Candidate, staff_id: UUID, office: str) -> None:
    """The case goes to the next level as 不符合, which needs no verdict."""
    exam = await open_exam()
    case = await Case.get(candidate_id=candidate.id)
    reviewer = Reviewer(staff_id, frozenset({next(one.id for one in exam.offices if one.code == office)}))
    await claim(exam, reviewer, case.id)
    decision = Decision(Conclusion.FAILS, (await Case.get(id=case.id)).version, note="由考区再看")
    await decide(exam, reviewer, case.id, decision)
    await settle(case.id)
