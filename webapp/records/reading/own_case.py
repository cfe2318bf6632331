"""A candidate's own case in the open phase."""

from __future__ import annotations

from uuid import UUID

from webapp.records.cases import Case
from webapp.records.reading.case_file import CaseFile, read_case
from webapp.records.reading.exams import OpenExam


async def own_case(exam: OpenExam, candidate_id: UUID) -> CaseFile | None:
    """The candidate's case; None where nothing concerns them."""
    case = await Case.get_or_none(phase_id=exam.phase.id, candidate_id=candidate_id)
    return await read_case(exam, case) if case else None
