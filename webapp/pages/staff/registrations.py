"""The registration data of the exam: a file is uploaded, what is expected in it, what was imported before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint, Response, current_app, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.export_registrations import template
from webapp.actions.upload_registrations import upload_registrations
from webapp.guard.access import Audience, NotForYou, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import answers_for_exam, exam_shown, render
from webapp.pages.language import _, later
from webapp.pages.staff.acting import manager_of, manages_region
from webapp.pages.staff.registration_words import STATES, form_words
from webapp.pages.uploads import drain, read_upload_form
from webapp.pages.words import day_and_time, refusal, size_words
from webapp.records.imports import RegistrationImport
from webapp.records.reading.exams import OpenExam, count_people
from webapp.records.reading.imports import being_taken, imports_of
from webapp.rules.imports import MOST_BYTES, ImportState
from webapp.rules.refusals import Refused
from webapp.rules.taking import Fate

blueprint = Blueprint("registrations", __name__, url_prefix="/staff/registrations")

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTICES = {"dropped": later("文件已放弃，没有导入任何数据。")}
_COUNTED = (Fate.ADDED, Fate.CHANGED, Fate.SAME, Fate.FAILED)


@dataclass(frozen=True)
class ImportLine:
    """One past or running import; ``counts`` are rows added, changed, same, failed, or none where there is nothing."""

    id: UUID
    file_name: str
    shape: str
    state: str
    uploader: str
    uploaded: str
    decided: str
    rows: int
    counts: tuple[int, ...]
    opens: bool
    """Whether there is still something to see of it."""


@dataclass(frozen=True)
class RegistrationsPage:
    """See ``templates/staff/registrations.html``. ``columns``: heading, whether it must be there, what it may hold."""

    candidates: int
    activated: int
    columns: list[tuple[str, bool, str]]
    imports: list[ImportLine]
    acts: bool
    taking: ImportLine | None
    most: str
    notice: str
    problem: str | None


async def exam_of_its_people() -> OpenExam:
    """The exam, for managers and auditors of the region itself."""
    exam = await exam_shown()
    if not answers_for_exam(current_person(), exam):
        raise NotForYou
    return exam


async def exam_of_its_managers() -> OpenExam:
    """The exam, for managers of the region itself."""
    exam = await exam_shown()
    if not manages_region(exam, current_person()):
        raise NotForYou
    return exam


def _line(exam: OpenExam, one: RegistrationImport) -> ImportLine:
    state = ImportState(one.state)
    shape, words = STATES[state]
    counts = one.taken if one.taken else one.judged
    decided = ""
    if one.decided_at is not None:
        who = one.decided_by.name if one.decided_by else _("满 7 天没有导入")
        decided = _("%(who)s %(at)s", who=who, at=day_and_time(one.decided_at, exam.time_zone))
    return ImportLine(
        one.id,
        one.file_name,
        shape,
        _(words),
        one.staff.name,
        day_and_time(one.uploaded_at, exam.time_zone),
        decided,
        one.rows,
        tuple(counts.get(fate.value, 0) for fate in _COUNTED) if state is not ImportState.DROPPED else (),
        state is not ImportState.DROPPED,
    )


async def _page(refused: Refused | None = None) -> tuple[str, int]:
    exam = await exam_of_its_people()
    counts, taking = await count_people(exam.id), await being_taken(exam)
    lines = [_line(exam, one) for one in await imports_of(exam)]
    status, problem = refusal(refused) if refused else (200, None)
    done = request.args.get("done", "")
    page = RegistrationsPage(
        candidates=counts.all_candidates,
        activated=counts.activated,
        columns=[(field.column, field.required, form_words(field)) for field in exam.package.fields.values()],
        imports=lines,
        acts=manages_region(exam, current_person()),
        taking=next((line for line in lines if taking and line.id == taking.id), None),
        most=size_words(MOST_BYTES),
        notice=_(NOTICES[done]) if done in NOTICES else "",
        problem=problem,
    )
    return await render("staff/registrations.html", page, current="registrations", status=status)


@blueprint.get("")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def registrations() -> ResponseReturnValue:
    """What is there, what was imported, and for managers the form for a file."""
    return await _page()


@blueprint.post("")
@audience(Audience.MANAGER)
@rate(FORM)
async def upload() -> ResponseReturnValue:
    """Takes a file and leads to its dry run; nothing is kept of one that is no table."""
    exam, manager = await exam_of_its_managers(), manager_of(current_person())
    try:
        form = await read_upload_form()
        chunks: AsyncIterator[bytes] = form.file()
        if not form.file_name:
            raise Refused("sheet.none")
        desk = current_app.extensions["import_desk"]
        made = await upload_registrations(desk, exam, manager, form.file_name, chunks)
    except Refused as refused:
        await drain(refused)
        return await _page(refused)
    return redirect(f"/staff/registrations/{made}", 303)


@blueprint.get("/<any('template','example'):which>.xlsx")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def columns(which: str) -> ResponseReturnValue:
    """All columns as an .xlsx: empty, or with two made-up people."""
    exam = await exam_of_its_people()
    about = [
        (_("列名"), _("是否必填"), _("填什么")),
        *(
            (field.column, _("必填") if field.required else "", form_words(field))
            for field in exam.package.fields.values()
        ),
    ]
    pages = (_("报名信息"), _("填写说明"))
    return attached(
        await template(exam, pages, about, filled=which == "example"), f"registrations-{which}.xlsx", WORKBOOK
    )


def attached(body: bytes, name: str, kind: str) -> Response:
    """A file to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, content_type=kind, headers=headers)
