"""The candidate's first page: their own list, what is missing of it, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.candidate.announced import NONE_ON_THEIR_WAY, OnTheirWay, on_their_way
from webapp.pages.candidate.locks import lock_title, lock_words
from webapp.pages.candidate.rows import Row, kept_apart, rows_of
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.reading.candidates import candidate_home
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_case import own_case
from webapp.records.reading.own_material import refused_originals
from webapp.rules.catalogue import written_out
from webapp.rules.changing import Lock, Why, lock_on
from webapp.rules.filling import Progress, progress

blueprint = Blueprint("candidate", __name__, url_prefix="/my")

AS_A_WHOLE = ""
"""No material's code: what locks the case itself."""


@dataclass(frozen=True)
class Facts:
    """The registration as the page shows it, and whom to ask."""

    name: str
    registration_number: str
    unit_name: str
    site_name: str
    site_phone: str
    site_hours: str


@dataclass(frozen=True)
class OwnList:
    """What concerns this person; ``missing``, ``done`` and ``optional`` are the list's sections."""

    must: Progress
    waiting: int
    """How many required materials will be complete once their originals have been shrunk."""
    missing: list[Row]
    done: list[Row]
    optional: list[Row]
    kept_apart: list[tuple[str, int]]
    """Names, and numbers of photos, of what the record no longer asks for."""
    conditions: list[tuple[str, str]]
    """Each material and whom it is required from, in words."""
    next_row: Row | None


@dataclass(frozen=True)
class HomePage:
    """See ``templates/candidate/home.html``."""

    person: str
    """Opaque and stable: it binds what waits on the phone."""
    title: str
    state: str
    """``open``, ``before`` the window, ``locked``, or ``none`` without a case."""
    locked: str
    """Who locked everything, when and why; empty while photos can be added."""
    opens: str
    bell: str
    seconds_left: int
    facts: Facts
    notices: list[str]
    attachments: list[tuple[str, str]]
    own: OwnList | None
    on_their_way: OnTheirWay = NONE_ON_THEIR_WAY


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def home() -> ResponseReturnValue:
    """The person's own list."""
    person, exam, moment = current_person(), await exam_shown(), await exam_now()
    own = await own_case(exam, person.id)
    window = own.window if own else exam.window
    lock, listed, coming = None, None, NONE_ON_THEIR_WAY
    if own is not None:
        situation = own.situation(moment, now())
        lock, coming = lock_on(situation, AS_A_WHOLE), on_their_way(own, situation, exam)
        listed = _own_list(own, rows_of(own, await refused_originals(own.case.id), situation, exam), exam)
    page = HomePage(
        person=str(person.id),
        title=_title(listed, lock, exam),
        state=_state(listed, lock),
        locked=lock_words(lock, exam) if lock else "",
        opens=moment_words(window.opens, exam.time_zone),
        bell=moment_words(window.bell, exam.time_zone, ends=True),
        seconds_left=max(0, int((window.bell - moment).total_seconds())),
        facts=await _facts(exam),
        notices=exam.notices(current_language()),
        attachments=_attachments(exam),
        own=listed,
        on_their_way=coming,
    )
    return await render("candidate/home.html", page, current="my")


def _own_list(own: CaseFile, rows: Sequence[Row], exam: OpenExam) -> OwnList:
    language, fields = current_language(), exam.package.fields
    must = [row for row in rows if row.mark]
    return OwnList(
        must=progress(own.fills),
        waiting=sum(row.kind == "under-way" for row in must),
        missing=[row for row in must if not row.done],
        done=[row for row in must if row.done],
        optional=[row for row in rows if not row.mark],
        kept_apart=list(kept_apart(own, exam)),
        conditions=[
            (c.material.name.said_in(language), written_out(c.material, language, fields))
            for c in own.concerns
        ],
        next_row=next((row for row in must if row.open), None),
    )


def _state(listed: OwnList | None, lock: Lock | None) -> str:
    if listed is None:
        return "none"
    if lock is None:
        return "open"
    return "before" if lock.why is Why.NOT_OPEN_YET else "locked"


def _title(listed: OwnList | None, lock: Lock | None, exam: OpenExam) -> str:
    if listed is None:
        return _("没有需要您上传的材料")
    if lock is not None:
        return lock_title(lock, exam)
    missing = listed.must.required - listed.must.done
    return _("还差 %(count)s 项必传材料", count=missing) if missing else _("必传材料已传齐")


async def _facts(exam: OpenExam) -> Facts:
    language, known = current_language(), await candidate_home(current_person().id)
    return Facts(
        name=known.name,
        registration_number=known.registration_number,
        unit_name=known.unit_name,
        site_name=exam.in_language(known.site_name, language),
        site_phone=known.site_phone,
        site_hours=exam.in_language(known.site_hours, language),
    )


def _attachments(exam: OpenExam) -> list[tuple[str, str]]:
    language = current_language()
    return [(d.title.said_in(language), f"/attachments/{d.name}") for d in exam.package.attachments]
