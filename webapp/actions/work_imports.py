"""What is left to do for uploaded files of registrations, one after the other; no request waits for it."""

from __future__ import annotations

import logging

from webapp.actions.drop_import import CLOCK, drop_import
from webapp.actions.import_desk import ImportDesk
from webapp.actions.judge_import import OtherProcess, judge_import
from webapp.actions.recording import exam_chain, record
from webapp.actions.take_import import take_import
from webapp.clock import now
from webapp.database import transaction
from webapp.photos.shelf import NotOnShelf, ShelfDamaged
from webapp.records import RegistrationImport
from webapp.records.reading.exams import NoExam, OpenExam, open_exam
from webapp.rules.imports import KEPT_FOR, ImportState
from webapp.rules.refusals import Refused
from webapp.sheets.refusals import NoTable

log = logging.getLogger("webapp.imports")
_WORK = {ImportState.TAKING.value: take_import, ImportState.JUDGING.value: judge_import}


async def work_imports(desk: ImportDesk) -> int:
    """Judges and takes in what waits, and drops what has waited too long; how many imports were worked on.

    Whatever interrupts it, the next call goes on where it stood, in this process or in another one.
    """
    try:
        exam = await open_exam()
    except NoExam:
        return 0
    worked = 0
    for state, work in _WORK.items():
        for upload in await RegistrationImport.filter(exam_id=exam.id, state=state).order_by("uploaded_at"):
            if desk.stop.is_set():
                return worked
            worked += 1
            try:
                await work(desk, exam, upload)
            except OtherProcess:
                continue
            except (NotOnShelf, ShelfDamaged, NoTable) as fault:
                log.error("an uploaded file can no longer be read: %s", upload.id, exc_info=fault)
                await _give_up(exam, upload)
            except Exception as fault:
                # The others behind it must not wait for a fault of this one; it goes on next time.
                log.error("an import stopped: %s", upload.id, exc_info=fault)
    await _drop_old(desk, exam)
    return worked


async def _drop_old(desk: ImportDesk, exam: OpenExam) -> None:
    old = RegistrationImport.filter(
        exam_id=exam.id, state=ImportState.READY.value, uploaded_at__lt=now() - KEPT_FOR
    )
    for upload in await old:
        try:
            await drop_import(desk, exam, upload.id, None)
        except Refused:
            continue  # somebody has decided meanwhile


@transaction
async def _give_up(exam: OpenExam, upload: RegistrationImport) -> None:
    at = RegistrationImport.filter(id=upload.id, state=upload.state)
    if not await at.update(state=ImportState.BROKEN.value, ended_at=now(), shelf_key=""):
        return
    reached = await RegistrationImport.get(id=upload.id)
    await record(
        exam_chain(exam.code),
        actor=CLOCK,
        what="registrations.stopped",
        subject=f"import:{upload.id}",
        taken_rows=reached.taken_rows,
        rows=reached.rows,
    )
