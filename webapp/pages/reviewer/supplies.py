"""What an office does about its open request besides calling: it takes it back, or uploads for its candidate (代传)."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, abort, current_app, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.bringing import Brought
from webapp.actions.cancel_ask import cancel_ask
from webapp.actions.photo_places import SlotKey
from webapp.actions.store_photo import Upload
from webapp.actions.take_original import take_original
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, PHOTO, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.reviewer.calls import CANCELLED, back_to_desk, calls_page, reviewing
from webapp.pages.reviewer.supply_page import supply_page
from webapp.pages.uploads import UploadForm, drain, read_upload_form
from webapp.records.cases import Case
from webapp.records.reading.call_desk import reviewed_case
from webapp.records.reading.case_file import CaseFile, Request, read_case
from webapp.records.reading.exams import OpenExam
from webapp.rules.bringing import WhyBrought
from webapp.rules.refusals import Refused

blueprint = Blueprint("supplies", __name__, url_prefix="/review/cases")


async def _own_request(case_id: UUID) -> tuple[OpenExam, Case, CaseFile, Request]:
    """404 for a case that these offices have nothing to do with; :class:`Refused` unless they have asked."""
    exam, offices = await exam_shown(), reviewing().offices
    case = await reviewed_case(exam, offices, case_id)
    if case is None:
        abort(404)
    file = await read_case(exam, case)
    if file.request is None:
        raise Refused("supply.closed")
    if file.request.row.office_id not in offices:
        raise Refused("case.not_your_office")
    return exam, case, file, file.request


@blueprint.post("/<uuid:case_id>/cancel-ask")
@audience(Audience.REVIEWER)
@rate(FORM)
async def cancel(case_id: UUID) -> ResponseReturnValue:
    """Takes the request back; the desk says what stands against it."""
    form, exam, reviewer = await read_form(), await exam_shown(), reviewing()
    if await reviewed_case(exam, reviewer.offices, case_id) is None:
        abort(404)
    own = reviewer.offices | {office.id for office in current_person().offices("manager")}
    version = form.get("version", type=int) or 0
    try:
        await cancel_ask(exam, reviewer.id, own, case_id, version, note=form.get("note", "").strip())
    except Refused as refused:
        return await calls_page(form.get("show", ""), form.get("unit", ""), refused)
    return redirect(back_to_desk(form, CANCELLED), 303)


@blueprint.get("/<uuid:case_id>/supply")
@audience(Audience.REVIEWER)
@rate(PAGE)
async def supply(case_id: UUID) -> ResponseReturnValue:
    """What the request asks for, with a plain form for each slot."""
    exam, case, file, asked = await _own_request(case_id)
    stored, problem = request.args.get("stored") == "yes", request.args.get("problem", "")
    page = await supply_page(exam, case.candidate, file, asked, stored=stored, problem=problem)
    return await render("reviewer/supply.html", page, current="calls")


@blueprint.post("/<uuid:case_id>/supply")
@audience(Audience.REVIEWER)
@rate(PHOTO)
async def bring(case_id: UUID) -> ResponseReturnValue:
    """A file for one asked slot; it goes the original's way, so it may be whatever a phone or scanner makes."""
    page = f"/review/cases/{case_id}/supply"
    try:
        exam, case, _file, _asked = await _own_request(case_id)
        form = await read_upload_form()
        upload, brought = _upload_of(form)
        desk = current_app.extensions["photo_desk"]
        await take_original(desk, exam, case.candidate_id, upload, form.file(), brought=brought)
    except Refused as refused:
        await drain(refused)
        if refused.code in {"supply.closed", "case.not_your_office", "photo.not_found", "locked.not_asked"}:
            raise
        return redirect(f"{page}?problem={refused.code}", 303)
    return redirect(f"{page}?stored=yes#{upload.place}", 303)


def _upload_of(form: UploadForm) -> tuple[Upload, Brought]:
    fields = form.fields
    if fields.get("why", "") not in set(WhyBrought):
        raise Refused("supply.why_missing")
    material, _dot, slot = fields.get("slot", "").partition(".")
    try:
        photo, replaces = UUID(fields.get("photo", "")), fields.get("replaces", "")
        upload = Upload(photo, SlotKey(material, slot), UUID(replaces) if replaces else None)
    except ValueError as reason:
        raise Refused("form.unreadable") from reason
    return upload, Brought(reviewing(), WhyBrought(fields["why"]))
