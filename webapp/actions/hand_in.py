"""A candidate hands the case in, takes it back while nobody has begun on it, or gives up."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.moving import Mover, locked_file, make_move
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Case, CaseMove
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import By, Move
from webapp.rules.refusals import Refused


async def own_case_id(exam: OpenExam, candidate_id: UUID) -> UUID:
    """The id of the candidate's case; :class:`Refused` ``photo.no_case``."""
    case = await Case.get_or_none(phase_id=exam.phase.id, candidate_id=candidate_id)
    if case is None:
        raise Refused("photo.no_case")
    return case.id


def as_candidate(candidate_id: UUID) -> Mover:
    """A candidate as the one who moves their own case."""
    return Mover(By.CANDIDATE, f"candidate:{candidate_id}", candidate_id)


async def submit(exam: OpenExam, candidate_id: UUID) -> CaseMove:
    """提交审核. :class:`Refused` with the first code that stands against it."""
    return await _move(exam, candidate_id, Move.SUBMIT)


async def recall(exam: OpenExam, candidate_id: UUID) -> CaseMove:
    """修改材料: ends a lease; its holder is told when they go on."""
    return await _move(exam, candidate_id, Move.RECALL)


async def give_up(exam: OpenExam, candidate_id: UUID) -> CaseMove:
    """The candidate withdraws from the exam."""
    return await _move(exam, candidate_id, Move.WITHDRAW)


@transaction
async def _move(exam: OpenExam, candidate_id: UUID, move: Move) -> CaseMove:
    file = await locked_file(exam, await own_case_id(exam, candidate_id), move)
    circumstances = file.circumstances(await exam_now(), now())
    return await make_move(exam, file, move, as_candidate(candidate_id), circumstances)
