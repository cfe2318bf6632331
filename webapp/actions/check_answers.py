"""Answers to recovery questions are checked. Somebody unknown costs the same time and leaves the same kind of event."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from webapp.actions.recording import exam_chain, record
from webapp.database import transaction
from webapp.hashing import secret_matches
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.recoveries import answers_of
from webapp.rules.recovery import Answered, Identity, Way, plain_answer
from webapp.rules.refusals import Refused


async def check_answers(exam: OpenExam, person: Identity, given: Sequence[Answered]) -> UUID:
    """The activated candidate with this document who gave these answers; :class:`Refused` ``recovery.wrong``."""
    known = await answers_of(exam.id, person)
    hashes = {row.question: row.answer_hash for row in known}
    # All of them, also after a wrong one: the time must not tell which it was.
    right = [await secret_matches(hashes.get(one.question), plain_answer(one.answer)) for one in given]
    if len(right) == exam.package.recovery.asked and all(right):
        return known[0].candidate_id
    await note_failed(exam.code, known[0].candidate_id if known else None, Way.ANSWERS)
    raise Refused("recovery.wrong", most=exam.package.recovery.tries_a_day)


@transaction
async def note_failed(exam_code: str, candidate_id: UUID | None, way: Way) -> None:
    """Writes down that somebody tried in vain; None where there is no such person."""
    subject = f"candidate:{candidate_id}" if candidate_id else ""
    await record(
        exam_chain(exam_code), actor="nobody", what="recovery.failed", subject=subject, way=way.value
    )
