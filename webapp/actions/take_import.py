"""Taking an uploaded file in: a manager says so, and it is done in slices, each whole or not at all.

The rows are judged anew, since the world may have moved on since the dry run; where one does something else than was
shown, it is marked.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from webapp.actions.import_desk import ImportDesk
from webapp.actions.judge_import import OtherProcess, as_told, between_bars, warnings_of
from webapp.actions.managing import Manager
from webapp.actions.recording import exam_chain, record
from webapp.actions.take_registrations import Taken, refuse_bell, take_slice
from webapp.clock import now
from webapp.database import transaction
from webapp.photos.shelf import shelf_key
from webapp.records import ImportRow, Phase, RegistrationImport
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.imports import outcome_of
from webapp.records.reading.registrations import with_absent_kept
from webapp.rules.imports import ImportState, counted, is_same, marks_of, writes_nothing
from webapp.rules.refusals import Refused
from webapp.rules.taking import Fate, Outcome
from webapp.sheets.reading import ReadRow, reading

_BREATH_SECONDS = 0.1
"""Between two slices, so that those who wait for the database come to their turn."""


@transaction
async def begin_taking(
    exam: OpenExam, manager: Manager, import_id: UUID, bell_for_late: datetime | None = None
) -> None:
    """From now on it is taken in, whoever asks.

    :class:`Refused`: ``import.`` with its state, ``import.busy`` (another one is being taken in), ``import.nothing``
    and as :func:`refuse_bell`.
    """
    await Phase.select_for_update().get(id=exam.phase.id)
    await refuse_bell(exam, bell_for_late)
    upload = await RegistrationImport.get(id=import_id, exam_id=exam.id)
    if await RegistrationImport.exists(exam_id=exam.id, state=ImportState.TAKING.value, id__not=import_id):
        raise Refused("import.busy")
    if upload.state == ImportState.READY and writes_nothing(upload.judged):
        raise Refused("import.nothing")
    took = await RegistrationImport.filter(id=import_id, state=ImportState.READY.value).update(
        state=ImportState.TAKING.value,
        decided_by_id=manager.id,
        decided_at=now(),
        bell_for_late=bell_for_late,
    )
    if not took:
        raise Refused(f"import.{upload.state}")


async def take_import(desk: ImportDesk, exam: OpenExam, upload: RegistrationImport) -> None:
    """Takes in what is left of it. Raises what reading its file raises, and :class:`OtherProcess`."""
    data = await desk.shelf.get(shelf_key(upload.shelf_key))
    sites = {site.code for site in exam.sites}
    done, counts = upload.taken_rows, Counter(upload.taken)
    position = 0
    async with reading(data, upload.file_name, exam.package.fields, sites) as table:
        async for part in table.slices:
            if desk.stop.is_set():
                return
            start, position = position, position + len(part)
            if position <= done:
                continue
            here = part[max(0, done - start) :]
            counts += await _take(exam, upload, max(done, start), here, counts)
            await asyncio.sleep(_BREATH_SECONDS if position < upload.rows else 0)
    await desk.shelf.delete(shelf_key(upload.shelf_key))


async def _take(
    exam: OpenExam, upload: RegistrationImport, start: int, part: Sequence[ReadRow], before: Counter[str]
) -> Counter[str]:
    good = [one.row.record for one in part if one.row.is_good]
    records = await with_absent_kept(exam, good, upload.head["absent"])
    here: Counter[str] = Counter()

    async def note(taken: Taken) -> None:
        here.clear()  # after a deadlock the slice is done once more
        outcomes = iter(taken.outcomes)
        rows = [
            (one, next(outcomes) if one.row.is_good else Outcome(one.row.number, Fate.FAILED)) for one in part
        ]
        here.update(await _note_rows(upload, start, rows))
        await _note_progress(exam, upload, start, start + len(part), before + here)

    bell = upload.bell_for_late
    await take_slice(exam, records, by=f"staff:{upload.decided_by_id}", bell_for_late=bell, noted=note)
    return here


async def _note_rows(
    upload: RegistrationImport, start: int, rows: Sequence[tuple[ReadRow, Outcome]]
) -> Counter[str]:
    shown = await ImportRow.filter(
        of_id=upload.id, position__gte=start, position__lt=start + len(rows)
    ).order_by("position")
    done = []
    for row, (one, outcome) in zip(shown, rows, strict=True):
        differs = one.row.is_good and not is_same(
            outcome_of(row), outcome, bell_given=upload.bell_for_late is not None
        )
        marks = marks_of(outcome, warned=bool(warnings_of(one.row, outcome)), differs=differs)
        done.append((outcome, marks))
        if row.fate != outcome.fate.value or row.marks != between_bars(marks) or differs:
            told = {**row.told, "outcome": as_told(outcome)}
            if differs:
                told["shown"] = as_told(outcome_of(row))
            if outcome.code:
                told |= {"problems": [["", outcome.code, {}]], "cells": one.cells or dict(one.row.record)}
            await ImportRow.filter(id=row.id).update(
                fate=outcome.fate.value, marks=between_bars(marks), told=told
            )
    return counted(done)


async def _note_progress(
    exam: OpenExam, upload: RegistrationImport, start: int, done: int, counts: Counter[str]
) -> None:
    ended = done == upload.rows
    at = RegistrationImport.filter(id=upload.id, state=ImportState.TAKING.value, taken_rows=start)
    took = await at.update(taken_rows=done, taken=dict(counts))
    if not took:
        raise OtherProcess
    if ended:
        await RegistrationImport.filter(id=upload.id).update(
            state=ImportState.TAKEN.value, ended_at=now(), shelf_key=""
        )
        await record(
            exam_chain(exam.code),
            actor=f"staff:{upload.decided_by_id}",
            what="registrations.taken",
            subject=f"import:{upload.id}",
            digest=upload.sha256,
            **{fate.value: counts[fate.value] for fate in Fate},
        )
