"""One-time codes for candidates: handed out at the exam site after somebody was identified, and handed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.actions.check_answers import note_failed
from webapp.actions.managing import Manager, answers_for
from webapp.actions.one_time_codes import LASTS, code_digest, new_code
from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.records import Candidate, Case, RecoveryCode
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.recoveries import candidates_named
from webapp.rules.recovery import Way
from webapp.rules.refusals import Refused

MOST_WRONG = 5


@dataclass(frozen=True)
class Identified:
    """What a manager says before a code is made: which kind of document was seen, and that it is this person's."""

    document: str
    is_the_person: bool


@dataclass(frozen=True)
class IssuedCode:
    """A code, shown once; only its digest is stored."""

    code: str
    until: datetime


async def issue_code(exam: OpenExam, manager: Manager, case_id: UUID, seen: Identified) -> IssuedCode:
    """A new code for a case's candidate; the one before it is dead.

    :class:`Refused` ``case.not_found``, ``recovery.not_activated``, ``recovery.no_document``,
    ``recovery.not_identified``.
    """
    case = await Case.get_or_none(id=case_id, phase_id=exam.phase.id)
    if case is None:
        raise Refused("case.not_found")
    answers_for(exam, manager, case.site_id)
    if seen.document not in exam.package.fields["id_type"].values:
        raise Refused("recovery.no_document")
    if not seen.is_the_person:
        raise Refused("recovery.not_identified")
    issued = IssuedCode(new_code(), now() + LASTS)
    await _issue(exam.code, manager, case.candidate_id, seen.document, issued)
    return issued


@transaction
async def _issue(
    exam_code: str, manager: Manager, candidate_id: UUID, document: str, issued: IssuedCode
) -> None:
    # The person's row first: of two managers at once the second waits here and then ends the first one's code.
    candidate = await Candidate.select_for_update().get(id=candidate_id)
    if candidate.activated_at is None:
        raise Refused("recovery.not_activated")
    moment = now()
    await RecoveryCode.filter(candidate_id=candidate_id, ended_at=None).update(
        ended_at=moment, ended_why="replaced"
    )
    await RecoveryCode.create(
        candidate_id=candidate_id,
        code_hash=code_digest(issued.code),
        issued_by_id=manager.id,
        document=document,
        issued_at=moment,
        until=issued.until,
    )
    await record(
        exam_chain(exam_code),
        actor=manager.actor,
        what="recovery.code_issued",
        subject=f"candidate:{candidate_id}",
        document=document,
    )


async def hand_in_code(
    exam: OpenExam, name: str, code: str, open_reset: Callable[[UUID], Awaitable[str]]
) -> str:
    """Uses a code up for the candidate with this user name or document number: what ``open_reset`` answers.

    ``open_reset`` is the guard's, on a row of its own in the same transaction. :class:`Refused`
    ``recovery.code_wrong``, whatever was wrong.
    """
    found = await candidates_named(exam.id, name)
    for candidate in found:
        if opened := await _use_up(candidate.id, code_digest(code), open_reset):
            return opened
    await note_failed(exam.code, found[0].id if found else None, Way.CODE)
    raise Refused("recovery.code_wrong", most=MOST_WRONG)


@transaction
async def _use_up(
    candidate_id: UUID, digest: str, open_reset: Callable[[UUID], Awaitable[str]]
) -> str | None:
    moment = now()
    await Candidate.select_for_update().get(id=candidate_id)
    row = await RecoveryCode.filter(candidate_id=candidate_id, ended_at=None, until__gt=moment).first()
    if row is None:
        return None
    mine = RecoveryCode.filter(id=row.id, ended_at=None)
    if row.code_hash != digest:
        wrong = row.wrong_tries + 1
        ended = {"ended_at": moment, "ended_why": "wrong"} if wrong >= MOST_WRONG else {}
        await mine.update(wrong_tries=wrong, **ended)
        return None
    if not await mine.update(ended_at=moment, ended_why="used"):
        return None
    return await open_reset(candidate_id)
