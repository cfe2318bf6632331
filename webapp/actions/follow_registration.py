"""What a changed registration, or a new one of the same person, does to a case that is there.

Part of taking registrations in: the phase and the case are locked, the registration has been written already.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise.expressions import F

from webapp.actions.moving import Mover, make_move
from webapp.actions.recording import case_chain, record
from webapp.clock import exam_now, now
from webapp.records import Announcement, Case, CaseFlag, Supplement, Verdict
from webapp.records.reading.case_file import CaseFile, read_case, window_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.registrations import Plan
from webapp.rules.places import By, Move
from webapp.rules.taking import FLAGS, Effect


async def follow(exam: OpenExam, case: Case, plan: Plan, *, by: str) -> None:
    """The case follows its registration; its version rises."""
    effects, moment = plan.outcome.effects, await exam_now()
    if Effect.WITHDRAWN in effects or Effect.RESTORED in effects:
        await _move(exam, await read_case(exam, case), restores=Effect.RESTORED in effects, by=by)
    if Effect.SITE_MOVED in effects:
        await _to_site(exam, case, plan.row["site_code"], moment)
    await Case.filter(id=case.id).update(version=F("version") + 1)
    if plan.clears:
        await CaseFlag.filter(case_id=case.id, flag__in=[flag.value for flag in plan.clears]).delete()
    for effect, flag in FLAGS.items():
        if effect in effects:
            told = {"set_by": by, "set_at": moment}
            await CaseFlag.update_or_create(case_id=case.id, flag=flag.value, defaults=told)
    anew = {"registration": plan.outcome.number} if Effect.TAKEN_OVER in effects else {}
    await record(
        case_chain(case.id),
        actor=by,
        what="registration.changed",
        subject=f"candidate:{case.candidate_id}",
        fields=list(plan.outcome.fields),
        effects=[effect.value for effect in effects],
        digest=plan.digest,
        **anew,
    )


async def _move(exam: OpenExam, file: CaseFile, *, restores: bool, by: str) -> None:
    move = Move.RESTORE if restores else Move.WITHDRAW
    circumstances = file.circumstances(await exam_now(), now())
    await make_move(exam, file, move, Mover(By.IMPORT, by), circumstances)
    if restores and file.arrived_by is not None:
        # What was announced is still on its way: the cancellation was not the candidate's last word.
        ended = Announcement.filter(case_id=file.case.id, ended_why="moved", ended_at=file.arrived_by.exam_at)
        await ended.update(ended_at=None, ended_why="")


async def _to_site(exam: OpenExam, case: Case, code: str, moment: datetime) -> None:
    """The case stands in the new site's queue, and what the old one has said is history.

    An open request of the first level stays open and can be answered. The office that asks is the level's office:
    the new site makes its calls and can take it back, as the answer comes into its queue. A bell that was told to the
    candidate is not taken away: where the old site's was later, the case has it of its own from now on.
    """
    site = exam.site(code)
    told = window_of(exam, case).bell
    values: dict[str, Any] = {
        "site_id": site.id,
        "lease_holder": None,
        "lease_taken_at": None,
        "lease_until": None,
        "claimed_at": now(),  # as if the new site had taken it: the old one can take nothing back
    }
    case.site_id = site.id
    if told > window_of(exam, case).bell:
        values["bell"] = told
    await Case.filter(id=case.id).update(**values)
    await Verdict.filter(case_id=case.id, ended_at=None).update(ended_at=moment, ended_why="site")
    await Supplement.filter(case_id=case.id, level=0, closed_at=None).update(office_id=site.id)
