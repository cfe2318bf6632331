"""A candidate's own case in the open phase."""

from __future__ import annotations

from uuid import UUID

from webapp.read_rows import made
from webapp.records.cases import Case
from webapp.records.reading.case_file import CaseFile, read_case
from webapp.records.reading.exams import OpenExam
from webapp.statements import Statement, ask

_OWN = 'SELECT * FROM "case" WHERE phase_id = ? AND candidate_id = ?'


async def own_case(exam: OpenExam, candidate_id: UUID) -> CaseFile | None:
    """The candidate's case; None where nothing concerns them."""
    (cases,) = await ask(Statement(_OWN, (exam.phase.id, candidate_id)))
    return await read_case(exam, made(Case, cases)[0]) if cases else None
