"""What the clock does to cases: the bell hands in, a later bell opens again, a due time ends a request.

Each case is a transaction of its own, asked again under its lock: safe in every process, and at any moment.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from webapp.actions.moving import CLOCK, locked_file, make_move
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Case, CaseMove, Supplement
from webapp.records.reading.case_file import window_of
from webapp.records.reading.exams import NoExam, OpenExam, open_exam
from webapp.rules.bells import due_in_force
from webapp.rules.places import Move, Stage
from webapp.rules.refusals import Refused
from webapp.rules.windows import WindowState

log = logging.getLogger("webapp.due")


async def cases_fall_due() -> int:
    """Closes, opens again and expires whatever is due now; how many cases were moved."""
    try:
        exam = await open_exam()
    except NoExam:
        return 0
    moment = await exam_now()
    moved = 0
    for case_id in await _to_close(exam, moment):
        moved += await _one(close, exam, case_id)
    for case_id in await _to_open_again(exam, moment):
        moved += await _one(unclose, exam, case_id)
    for case_id in await _to_expire(exam, moment):
        moved += await _one(expire, exam, case_id)
    return moved


async def _one(work: Callable[[OpenExam, UUID], Awaitable[None]], exam: OpenExam, case_id: UUID) -> int:
    try:
        await work(exam, case_id)
    except Refused:
        return 0  # it waits for what is on its way, or somebody else was faster: it is looked at again
    except Exception as fault:
        # The others behind it must not wait for a fault of this one.
        log.error("a case could not be moved: %s", case_id, exc_info=fault)
        return 0
    return 1


async def _to_close(exam: OpenExam, moment: datetime) -> list[UUID]:
    if moment < exam.window.bell:
        return []  # a case's bell is never before its phase's
    collecting = await Case.filter(phase_id=exam.phase.id, stage=Stage.COLLECTING.value)
    return [case.id for case in collecting if window_of(exam, case).state_at(moment) is WindowState.CLOSED]


async def _to_open_again(exam: OpenExam, moment: datetime) -> list[UUID]:
    """Of the cases that ``close`` moved, those with an open window. Asked every other second: few rows are read."""
    closed = CaseMove.filter(
        move=Move.CLOSE.value,
        case__phase_id=exam.phase.id,
        case__stage__in=[Stage.REVIEW.value, Stage.WITHDRAWN.value],
        case__round=1,
    )
    if moment >= exam.window.bell:
        bells = {site.id: exam.bell_of_site(site.id) for site in exam.sites}
        open_sites = [site for site, bell in bells.items() if bell is not None and bell > moment]
        still = Q(case__bell__gt=moment)
        closed = closed.filter(still | Q(case__site_id__in=open_sites) if open_sites else still)
    return [
        row.case_id
        for row in await closed.prefetch_related("case")
        if row.case.arrived_by == row.id and window_of(exam, row.case).state_at(moment) is WindowState.OPEN
    ]


async def _to_expire(exam: OpenExam, moment: datetime) -> list[UUID]:
    waiting = Supplement.filter(
        closed_at=None, due__lte=moment, case__phase_id=exam.phase.id, case__stage=Stage.SUPPLEMENT.value
    )
    return [
        row.case_id
        for row in await waiting.prefetch_related("case")
        if due_in_force(row.due, window_of(exam, row.case).bell) <= moment
    ]


@transaction
async def close(exam: OpenExam, case_id: UUID) -> None:
    """The bell hands a case in, or writes 未提交材料 where nothing came; :class:`Refused` where it may not yet."""
    file = await locked_file(exam, case_id, Move.CLOSE)
    await make_move(exam, file, Move.CLOSE, CLOCK, file.circumstances(await exam_now(), now()))


@transaction
async def unclose(exam: OpenExam, case_id: UUID) -> None:
    """A later bell gives a case back to its candidate."""
    file = await locked_file(exam, case_id, Move.UNCLOSE)
    await make_move(exam, file, Move.UNCLOSE, CLOCK, file.circumstances(await exam_now(), now()))


@transaction
async def expire(exam: OpenExam, case_id: UUID) -> None:
    """A due time ends a request: the asking level gets what is there."""
    file = await locked_file(exam, case_id, Move.EXPIRE)
    moment = await exam_now()
    circumstances = file.circumstances(moment, now())
    row = await make_move(
        exam,
        file,
        Move.EXPIRE,
        CLOCK,
        circumstances,
        asked=circumstances.asked,
        unanswered=circumstances.unanswered,
    )
    left = circumstances.unanswered
    outcome = "answered" if not left else "in_part" if left < circumstances.asked else "not_at_all"
    await Supplement.filter(case_id=row.case_id, closed_at=None).update(closed_at=moment, outcome=outcome)
