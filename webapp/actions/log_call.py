"""A call about requests is written down: whom it was to, how it ended, and when to try again.

One call to a unit can be about several of its people: it becomes a row, and an event, for each of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from webapp.actions.recording import case_chain, record
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Call, Case, CaseMove, Supplement, Unit
from webapp.records.reading.call_desk import sites_of
from webapp.records.reading.case_file import arrival_of, record_of, window_of
from webapp.records.reading.exams import OpenExam
from webapp.rules.bells import due_in_force
from webapp.rules.calls import AGAIN, Callee, Outcome, next_try
from webapp.rules.places import Stage, is_settled
from webapp.rules.refusals import Refused

NOTE_MOST = 500


@dataclass(frozen=True)
class CallEnded:
    """A call as the form has it."""

    callee: Callee
    outcome: Outcome
    note: str = ""
    next_try: datetime | None = None
    """A time that somebody named; only with the outcomes after which the number is tried again."""
    form: UUID | None = None
    """Of the form that was sent, so that a second tap on it is the same call."""


async def log_call(exam: OpenExam, reviewer: Reviewer, requests: Collection[UUID], call: CallEnded) -> int:
    """About how many of ``requests`` it was written down; closed ones beside open ones are passed over.

    The cases' versions stay as they are.

    :class:`Refused`: ``call.closed``, ``call.not_your_office``, ``call.note_length``, ``call.next_try_past``,
    ``call.next_try_late``, ``decision.unsettled``.
    """
    if len(call.note) > NOTE_MOST:
        raise Refused("call.note_length", most=NOTE_MOST)
    return await _log(exam, reviewer, requests, call)


@transaction
async def _log(exam: OpenExam, reviewer: Reviewer, requests: Collection[UUID], call: CallEnded) -> int:
    # What is asked for at other sites is not there for this person: passed over like an id that nothing has.
    own_sites = sites_of(exam, reviewer.offices)
    asked = Supplement.filter(
        id__in=list(requests), case__phase_id=exam.phase.id, case__site_id__in=own_sites
    )
    of_case = {row.case_id: row for row in await asked}
    if any(row.office_id not in reviewer.offices for row in of_case.values()):
        raise Refused("call.not_your_office")
    # Locked in the order in which everybody locks cases; then asked again, for a request may just have closed.
    locked = await Case.filter(id__in=list(of_case)).order_by("id").select_for_update()
    still_open = Supplement.filter(id__in=[row.id for row in of_case.values()], closed_at=None)
    open_ids = {row.id for row in await still_open}
    logged, at_desk = 0, _AtDesk(exam, reviewer, call, await exam_now())
    for case in locked:
        row = of_case[case.id]
        if row.id in open_ids and case.stage == Stage.SUPPLEMENT.value:
            await _write(at_desk, case, row)
            logged += 1
    if not logged:
        raise Refused("call.closed")
    return logged


@dataclass(frozen=True)
class _AtDesk:
    """What is the same for all requests that one call is about."""

    exam: OpenExam
    reviewer: Reviewer
    call: CallEnded
    moment: datetime


async def _write(at: _AtDesk, case: Case, row: Supplement) -> None:
    call, arrived_by = at.call, await CaseMove.get_or_none(id=case.arrived_by) if case.arrived_by else None
    if not is_settled(arrival_of(arrived_by), now()):
        # Whoever asked may still take it back: nobody outside hears of it before.
        raise Refused("decision.unsettled")
    call_id = uuid5(call.form, str(row.id)) if call.form else uuid4()
    if await Call.exists(id=call_id):
        return
    again = _next_try(at, case, row)
    await Call.create(
        id=call_id,
        supplement_id=row.id,
        callee=call.callee.value,
        phone=await _phone(at.exam, case, call.callee),
        outcome=call.outcome.value,
        note=call.note,
        next_try=again,
        staff_id=at.reviewer.id,
        at=at.moment,
    )
    await record(
        case_chain(case.id),
        actor=at.reviewer.actor,
        what="call.logged",
        subject=f"case:{case.id}",
        request=str(row.id),
        callee=call.callee.value,
        outcome=call.outcome.value,
        next_try=again.isoformat() if again else "",
    )


def _next_try(at: _AtDesk, case: Case, row: Supplement) -> datetime | None:
    named, due = at.call.next_try, due_in_force(row.due, window_of(at.exam, case).bell)
    if at.call.outcome not in AGAIN or named is None:
        return next_try(at.call.outcome, at.moment, due, at.exam.time_zone)
    if named <= at.moment:
        raise Refused("call.next_try_past")
    if named >= due:
        raise Refused("call.next_try_late", at=due, zone=at.exam.time_zone)
    return named


async def _phone(exam: OpenExam, case: Case, callee: Callee) -> str:
    """The number that was called, as it stands now."""
    if callee is Callee.CANDIDATE:
        return (await record_of(exam.id, case.candidate_id)).get("phone", "")[:32]
    unit = await Unit.filter(candidates__id=case.candidate_id).first()
    return unit.phone if unit else ""
