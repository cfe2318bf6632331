"""One uploaded file of registrations: its dry run, its being taken in or dropped, and what it did."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, current_app, jsonify, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.drop_import import drop_import
from webapp.actions.export_registrations import failed_table
from webapp.actions.take_import import begin_taking
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.forms import read_form
from webapp.pages.language import _
from webapp.pages.moments import read_local
from webapp.pages.staff.acting import manager_of
from webapp.pages.staff.registration_page import import_page, progress_of, upload_of
from webapp.pages.staff.registration_rows import cells_to_mend, problems_in_words
from webapp.pages.staff.registrations import WORKBOOK, attached, exam_of_its_managers, exam_of_its_people
from webapp.records.reading.imports import failed_rows
from webapp.rules.refusals import Refused

blueprint = Blueprint("registration_import", __name__, url_prefix="/staff/registrations/<uuid:import_id>")


@blueprint.get("")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def shown(import_id: UUID) -> ResponseReturnValue:
    """What the file would do, or did; narrowed by ``show``, 50 rows a ``page``."""
    return await import_page(import_id)


@blueprint.get("/progress")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def progress(import_id: UUID) -> ResponseReturnValue:
    """How far it is, for the page's script."""
    upload = await upload_of(await exam_of_its_people(), import_id)
    at = progress_of(upload)
    if at is None:
        return jsonify({"state": upload.state})
    return jsonify({"state": upload.state, "done": at.done, "rows": at.rows, "words": at.words})


@blueprint.post("/import")
@audience(Audience.MANAGER)
@rate(FORM)
async def take(import_id: UUID) -> ResponseReturnValue:
    """Has it taken in; ``bell``: until when those have time for whom a case is made after its bell."""
    exam, form = await exam_of_its_managers(), await read_form()
    await upload_of(exam, import_id)
    try:
        bell = read_local(form.get("bell", ""), exam.time_zone)
        await begin_taking(exam, manager_of(current_person()), import_id, bell)
    except Refused as refused:
        return await import_page(import_id, refused, form.get("bell", ""))
    return redirect(f"/staff/registrations/{import_id}", 303)


@blueprint.post("/drop")
@audience(Audience.MANAGER)
@rate(FORM)
async def drop(import_id: UUID) -> ResponseReturnValue:
    """Removes the file and all that was told of its rows."""
    exam = await exam_of_its_managers()
    await upload_of(exam, import_id)
    try:
        desk = current_app.extensions["import_desk"]
        await drop_import(desk, exam, import_id, manager_of(current_person()))
    except Refused as refused:
        return await import_page(import_id, refused)
    return redirect("/staff/registrations?done=dropped", 303)


@blueprint.get("/failed.<any(xlsx,csv):form>")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def failed(import_id: UUID, form: str) -> ResponseReturnValue:
    """The rows that could not be taken, as they stood in the file, each with its reasons."""
    exam = await exam_of_its_people()
    upload = await upload_of(exam, import_id)
    rows = [
        (row.line, cells_to_mend(row), problems_in_words(exam, row)) for row in await failed_rows(upload.id)
    ]
    more = (_("原文件行号"), _("出错原因"))
    body = await failed_table(exam, upload.head["places"], more, rows, as_text=form == "csv")
    kind = "text/csv; charset=utf-8" if form == "csv" else WORKBOOK
    return attached(body, f"failed-{str(upload.id)[:8]}.{form}", kind)
