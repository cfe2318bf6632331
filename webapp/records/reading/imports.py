"""Imports of registrations as the console shows them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from tortoise.queryset import QuerySet

from webapp.records.imports import ImportRow, RegistrationImport
from webapp.records.reading.exams import OpenExam
from webapp.rules.imports import ImportState
from webapp.rules.taking import Effect, Fate, Outcome

PAGE_ROWS = 50
LISTED = 30
FAILED_MOST = 5_000
"""Handed back as a table at once; where more fail, something is wrong with the whole file."""


async def imports_of(exam: OpenExam) -> list[RegistrationImport]:
    """The newest ones, with who uploaded and who decided."""
    found = RegistrationImport.filter(exam_id=exam.id).order_by("-uploaded_at").limit(LISTED)
    return await found.prefetch_related("staff", "decided_by")


async def import_of(exam: OpenExam, import_id: UUID) -> RegistrationImport | None:
    """One of this exam, with who uploaded and who decided."""
    found = RegistrationImport.filter(id=import_id, exam_id=exam.id).prefetch_related("staff", "decided_by")
    return await found.first()


async def being_taken(exam: OpenExam) -> RegistrationImport | None:
    """The one that is being taken in now; there is at most one."""
    at = RegistrationImport.filter(exam_id=exam.id, state=ImportState.TAKING.value)
    return await at.prefetch_related("decided_by").first()


async def taken_before(upload: RegistrationImport) -> RegistrationImport | None:
    """An earlier import of the same bytes that was taken in."""
    same = RegistrationImport.filter(
        exam_id=upload.exam_id, sha256=upload.sha256, state=ImportState.TAKEN.value, id__not=upload.id
    )
    return await same.order_by("-ended_at").first()


async def rows_of(import_id: UUID, show: Mapping[str, str], page: int, size: int) -> list[ImportRow]:
    """Rows in the file's order; ``show`` as :func:`_shown` takes it, ``page`` from 1."""
    return await _shown(import_id, show).order_by("position").offset((page - 1) * size).limit(size)


async def failed_rows(import_id: UUID) -> list[ImportRow]:
    """The rows that cannot be taken, at most :data:`FAILED_MOST` of them."""
    return await _shown(import_id, {"fate": Fate.FAILED.value}).order_by("position").limit(FAILED_MOST)


def _shown(import_id: UUID, show: Mapping[str, str]) -> QuerySet[ImportRow]:
    """Narrowed by ``fate`` and by ``mark``, where they are given."""
    found = ImportRow.filter(of_id=import_id)
    if show.get("fate"):
        found = found.filter(fate=show["fate"])
    if show.get("mark"):
        found = found.filter(marks__contains=f"|{show['mark']}|")
    return found


def outcome_of(row: ImportRow) -> Outcome:
    """What the row does, or did."""
    told = row.told.get("outcome")
    if told is None:
        return Outcome(row.number, Fate(row.fate))
    fate, code, fields, case, effects = told
    return Outcome(row.number, Fate(fate), code, tuple(fields), case, tuple(Effect(one) for one in effects))
