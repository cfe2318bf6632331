"""How a case moves: the one place that changes a stage, by the table of :mod:`webapp.rules.stages`.

Each verb locks the case by :func:`locked_file`, says what is so, and calls :func:`make_move`, all in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from webapp.actions.recording import case_chain, record
from webapp.database import inside_transaction
from webapp.records import Announcement, Case, CaseFlag, CaseMove, Phase
from webapp.records.reading.case_file import CaseFile, place_of, read_case
from webapp.records.reading.exams import OpenExam
from webapp.rules.circumstances import Circumstances
from webapp.rules.flags import OF_THE_LAST_HANDING_IN, Flag
from webapp.rules.leases import new_lease
from webapp.rules.places import COLLECTING, By, Move, Place
from webapp.rules.publishing import locks_phase
from webapp.rules.refusals import Refused
from webapp.rules.stages import after, marks
from webapp.rules.verdicts import Conclusion, round_after

_HANDS_IN = frozenset({Move.SUBMIT, Move.CLOSE, Move.ANSWER, Move.EXPIRE})
_BRINGS_ANEW = _HANDS_IN | {Move.RECALL, Move.UNCLOSE}


@dataclass(frozen=True)
class Mover:
    """Who makes a move: as what, under which name in events, and which person."""

    by: By
    actor: str
    person: UUID | None = None


CLOCK = Mover(By.CLOCK, "clock")


@dataclass(frozen=True)
class Said:
    """What is said to a move: a reviewer's conclusion, reason codes, and words."""

    conclusion: Conclusion | None = None
    reasons: tuple[str, ...] = ()
    note: str = ""


NOTHING_SAID = Said()


async def locked_file(exam: OpenExam, case_id: UUID, *moves: Move) -> CaseFile:
    """The case, locked until the transaction ends, and before it the phase where one of ``moves`` asks for that.

    :class:`Refused` ``case.not_found``; ``case.moved`` where it went elsewhere while its lock was waited for.
    """
    if not inside_transaction():
        raise RuntimeError("a case is locked inside the transaction that changes it")
    seen = await Case.get_or_none(id=case_id, phase_id=exam.phase.id)
    if seen is None:
        raise Refused("case.not_found")
    if any(locks_phase(place_of(seen), move) for move in moves):
        await Phase.select_for_update().get(id=exam.phase.id)
    case = await Case.select_for_update().get(id=case_id)
    if place_of(case) != place_of(seen):
        raise Refused("case.moved")
    return await read_case(exam, case)


async def make_move(
    exam: OpenExam,
    file: CaseFile,
    move: Move,
    mover: Mover,
    circumstances: Circumstances,
    *,
    said: Said = NOTHING_SAID,
    **facts: object,
) -> CaseMove:
    """Moves a locked case; ``facts`` go into the event. :class:`webapp.rules.stages.NotAllowed`."""
    start = file.place
    to = after(start, move, exam.levels, mover.by, circumstances)
    row = _row(file, move, mover, circumstances, to)
    row.number = await CaseMove.filter(case_id=file.case.id).count() + 1
    row.conclusion = said.conclusion.value if said.conclusion else ""
    row.reasons, row.note = list(said.reasons), said.note
    await row.save(force_create=True)
    await _put_there(exam, file, row, to)
    await _end_what_it_leaves(file, move, to, circumstances)
    await record(
        case_chain(file.case.id),
        actor=mover.actor,
        what=f"case.{move.value}",
        subject=f"case:{file.case.id}",
        start=str(start),
        to=str(to),
        round=row.round,
        conclusion=row.conclusion,
        reasons=list(said.reasons),
        version=file.case.version + 1,
        **facts,
    )
    return row


def _row(file: CaseFile, move: Move, mover: Mover, circumstances: Circumstances, to: Place) -> CaseMove:
    return CaseMove(
        case_id=file.case.id,
        move=move.value,
        by=mover.by.value,
        actor=mover.actor,
        person=mover.person,
        from_stage=file.case.stage,
        from_level=file.case.level,
        to_stage=to.stage.value,
        to_level=to.level,
        round=file.case.round,
        at=circumstances.now,
        exam_at=circumstances.exam_now,
        previous=file.case.arrived_by,
    )


async def _put_there(exam: OpenExam, file: CaseFile, row: CaseMove, to: Place) -> None:
    case, move = file.case, Move(row.move)
    arrived_by: UUID | None = row.id
    took_back, lease_holder, lease_until = None, None, None
    if move is Move.TAKE_BACK and file.arrived_by is not None:
        # The case stands again as before the decision, in the hands of whoever made it.
        await CaseMove.filter(id=file.arrived_by.id).update(undone_at=row.at)
        arrived_by, took_back = file.arrived_by.previous, Move(file.arrived_by.move)
        if row.person is not None:
            lease = new_lease(row.person, row.at, timedelta(minutes=exam.package.lease_minutes))
            lease_holder, lease_until = lease.holder, lease.until
    values = {
        "stage": to.stage.value,
        "level": to.level,
        "version": case.version + 1,
        "round": round_after(case.round, move, took_back=took_back),
        "arrived_by": arrived_by,
        "lease_holder": lease_holder,
        "lease_taken_at": row.at if lease_holder else None,
        "lease_until": lease_until,
    }
    if move in _HANDS_IN:
        values["handed_in_at"] = row.exam_at
    here = Case.filter(id=case.id, stage=case.stage, level=case.level, version=case.version)
    if not await here.update(**values):
        raise Refused("case.moved")


async def _end_what_it_leaves(file: CaseFile, move: Move, to: Place, circumstances: Circumstances) -> None:
    case_id = file.case.id
    await Announcement.filter(case_id=case_id, ended_at=None).update(
        ended_at=circumstances.exam_now, ended_why="moved"
    )
    if to == COLLECTING or (move in _HANDS_IN and not circumstances.required_missing):
        # The candidate can add it now, or has.
        await CaseFlag.filter(case_id=case_id, flag=Flag.NEWLY_REQUIRED.value).delete()
    if move not in _BRINGS_ANEW:
        return
    await CaseFlag.filter(case_id=case_id, flag__in=[flag.value for flag in OF_THE_LAST_HANDING_IN]).delete()
    for mark in sorted(marks(move, circumstances)):
        await CaseFlag.create(
            case_id=case_id, flag=Flag(mark.value).value, set_by=CLOCK.actor, set_at=circumstances.exam_now
        )
