"""An uploaded file that nobody wants to take in goes, with all that was told of its rows."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.import_desk import ImportDesk
from webapp.actions.managing import Manager
from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.photos.shelf import shelf_key
from webapp.records import ImportRow, RegistrationImport
from webapp.records.reading.exams import OpenExam
from webapp.rules.imports import ImportState
from webapp.rules.refusals import Refused

CLOCK = "clock"
_BEFORE = (ImportState.JUDGING.value, ImportState.READY.value)


async def drop_import(desk: ImportDesk, exam: OpenExam, import_id: UUID, manager: Manager | None) -> None:
    """``manager``: None for a file that has waited too long. :class:`Refused`: ``import.`` with its state."""
    key = await _drop(exam, import_id, manager)
    await desk.shelf.delete(shelf_key(key))


@transaction
async def _drop(exam: OpenExam, import_id: UUID, manager: Manager | None) -> str:
    upload = await RegistrationImport.get(id=import_id, exam_id=exam.id)
    dropped = await RegistrationImport.filter(id=import_id, state__in=_BEFORE).update(
        state=ImportState.DROPPED.value,
        decided_by_id=manager.id if manager else None,
        decided_at=now(),
        ended_at=now(),
        shelf_key="",
    )
    if not dropped:
        state = await RegistrationImport.get(id=import_id).values_list("state", flat=True)
        raise Refused(f"import.{state}")
    await ImportRow.filter(of_id=import_id).delete()
    await record(
        exam_chain(exam.code),
        actor=manager.actor if manager else CLOCK,
        what="registrations.dropped",
        subject=f"import:{import_id}",
    )
    return upload.shelf_key
