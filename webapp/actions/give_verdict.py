"""A reviewer says of one material whether it will do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from webapp.actions.moving import locked_file
from webapp.actions.recording import case_chain, record
from webapp.actions.reviewing import Reviewer, material_states, refuse_without_case
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Case, Verdict
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.refusals import Refused, refuse_first
from webapp.rules.verdicts import Kind, problems

NOTE_MOST = 500


@dataclass(frozen=True)
class Opinion:
    """A verdict as the form has it. ``version`` is that of the case on the page."""

    material: str
    kind: Kind
    slots: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    note: str = ""
    version: int = 0


@transaction
async def give_verdict(exam: OpenExam, reviewer: Reviewer, case_id: UUID, opinion: Opinion) -> int:
    """The case's new version. The level's older word on this material becomes history; the claim is renewed.

    :class:`Refused`: ``case.not_found``, those of :func:`webapp.actions.reviewing.refuse_without_case`,
    ``verdict.unknown_material``, ``verdict.unknown_reason``, ``verdict.note_length`` and those of
    :func:`webapp.rules.verdicts.problems`.
    """
    file = await locked_file(exam, case_id)
    level = refuse_without_case(exam, file, reviewer, opinion.version)
    await _refuse_impossible(exam, file, reviewer, opinion)
    moment = await exam_now()
    older = Verdict.filter(case_id=case_id, material=opinion.material, level=level, ended_at=None)
    await older.update(ended_at=moment, ended_why="said_anew")
    await Verdict.create(
        case_id=case_id,
        material=opinion.material,
        level=level,
        round=file.case.round,
        kind=opinion.kind.value,
        slots=list(opinion.slots) if opinion.kind is Kind.REDO else [],
        reasons=list(opinion.reasons),
        note=opinion.note,
        staff_id=reviewer.id,
        at=moment,
    )
    version = file.case.version + 1
    await Case.filter(id=case_id).update(
        version=version, lease_until=now() + timedelta(minutes=exam.package.lease_minutes)
    )
    await record(
        case_chain(case_id),
        actor=reviewer.actor,
        what="verdict.given",
        subject=f"case:{case_id}",
        material=opinion.material,
        level=level,
        kind=opinion.kind.value,
        slots=list(opinion.slots),
        reasons=list(opinion.reasons),
        version=version,
    )
    return version


async def _refuse_impossible(exam: OpenExam, file: CaseFile, reviewer: Reviewer, opinion: Opinion) -> None:
    states = await material_states(file, reviewer.id)
    material = next((one for one in states if one.code == opinion.material), None)
    if material is None:
        raise Refused("verdict.unknown_material")
    known = {reason.code for reason in exam.package.reasons_for(opinion.material)}
    if not set(opinion.reasons) <= known:
        raise Refused("verdict.unknown_reason")
    if len(opinion.note) > NOTE_MOST:
        raise Refused("verdict.note_length", most=NOTE_MOST)
    refuse_first(problems(opinion.kind, opinion.slots, opinion.reasons, material))
