"""A file of registrations comes in: looked at, kept on the shelf, and left for its dry run."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import asdict
from uuid import UUID

from webapp.actions.import_desk import ImportDesk
from webapp.actions.managing import Manager
from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.photos.receiving import ORIGINAL, Received, receive
from webapp.photos.refusals import PhotoRefused
from webapp.photos.shelf import ShelfFull
from webapp.records import RegistrationImport
from webapp.records.reading.exams import OpenExam
from webapp.rules.imports import MOST_BYTES, ImportState
from webapp.rules.refusals import Refused
from webapp.sheets.reading import TableHead, reading
from webapp.sheets.refusals import NoTable, Why

_NAME_MOST = 128


async def upload_registrations(
    desk: ImportDesk, exam: OpenExam, manager: Manager, name: str, chunks: AsyncIterable[bytes]
) -> UUID:
    """The import's id. Nothing is kept of a file that is no table.

    :class:`Refused`: ``sheet.`` with a word of :class:`Why`, ``form.too_slow``, ``import.shelf_full``.
    """
    received = await _received(chunks)
    head = await _head(desk, exam, received, name)
    try:
        key = await desk.shelf.put(received.data)
    except ShelfFull as full:
        raise Refused("import.shelf_full", seconds=60) from full
    found = asdict(head)
    upload = RegistrationImport(
        exam_id=exam.id,
        staff_id=manager.id,
        state=ImportState.JUDGING.value,
        file_name=name[-_NAME_MOST:],
        size=len(received.data),
        sha256=received.sha256,
        shelf_key=key,
        rows=found.pop("rows"),
        head=found,
        judged={},
        taken={},
        uploaded_at=now(),
    )
    await _keep(exam, manager, upload)
    return upload.id


async def _received(chunks: AsyncIterable[bytes]) -> Received:
    try:
        return await receive(chunks, MOST_BYTES, pace=ORIGINAL)
    except PhotoRefused as refused:
        if refused.code == "too_slow":
            raise Refused("form.too_slow") from refused
        raise Refused("sheet.too_large", limit=MOST_BYTES) from refused


async def _head(desk: ImportDesk, exam: OpenExam, received: Received, name: str) -> TableHead:
    try:
        async with desk.reading, reading(received.data, name, exam.package.fields, rows=False) as table:
            return table.head
    except NoTable as none:
        if none.why is Why.TOO_LARGE:
            raise Refused("sheet.too_large", limit=MOST_BYTES) from none
        facts = {key: "、".join(v) if isinstance(v, tuple) else v for key, v in none.facts.items()}
        raise Refused(f"sheet.{none.why.value}", **facts) from none


@transaction
async def _keep(exam: OpenExam, manager: Manager, upload: RegistrationImport) -> None:
    await upload.save()
    await record(
        exam_chain(exam.code),
        actor=manager.actor,
        what="registrations.uploaded",
        subject=f"import:{upload.id}",
        digest=upload.sha256,
        rows=upload.rows,
    )
