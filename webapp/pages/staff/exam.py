"""The exam as it stands: phases and bells, offices, rules and texts, and how a changed package is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.extend import extend_phase, refuse_phase_bell
from webapp.actions.recording import exam_chain
from webapp.clock import exam_now
from webapp.guard.access import Audience, NotForYou, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.guard.sessions import SignedIn
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language
from webapp.pages.moments import local_input, read_local
from webapp.pages.staff.acting import manager_of, manages_region
from webapp.pages.staff.exam_rules import TextShown, rules_shown, texts_shown
from webapp.pages.staff.office_tree import OfficeRow, tree
from webapp.pages.staff.phase_words import stage_of, stage_span, stage_stands
from webapp.pages.staff.standing import Stands, actor_words, own_sites
from webapp.pages.words import day_and_time, moment_words, refusal
from webapp.records.reading.events import names_of
from webapp.records.reading.exam_state import (
    Reached,
    cases_with_own_bell,
    loaded_package,
    manned_offices,
    phases_of,
    reached_by,
)
from webapp.records.reading.exams import OpenExam, count_people
from webapp.rules.offices import within
from webapp.rules.refusals import Refused

blueprint = Blueprint("exam", __name__, url_prefix="/staff/exam")

_FIELDS = {
    "bell.not_later": "bell",
    "moment.unreadable": "bell",
    "reason.missing": "reason",
    "reason.length": "reason",
}


@dataclass(frozen=True)
class PhaseRow:
    """One phase; ``span`` says what time still does to it."""

    name: str
    code: str
    stands: Stands
    span: str
    opens: str
    bell: str
    published: str


@dataclass(frozen=True)
class BellRow:
    """A bell later than the phase's: a site's, or a case's with its address."""

    name: str
    bell: str
    address: str = ""


@dataclass(frozen=True)
class Loaded:
    """When the package was loaded, by whom, and by which command a changed one is."""

    at: str
    by: str
    digest: str
    command: str
    check: str


@dataclass(frozen=True)
class ExtendForm:
    """The form for the phase's bell. ``asking``: whom it would reach, to be confirmed; ``refused``: not offered."""

    bell: str
    reason: str
    problems: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    asking: Reached | None = None
    bell_words: str = ""


@dataclass(frozen=True)
class ExamPage:
    """See ``templates/staff/exam.html``."""

    title: str
    code: str
    phases: list[PhaseRow]
    bells: list[BellRow]
    offices: list[OfficeRow]
    lacking: int
    """How many of one's own offices lack somebody for the candidates there."""
    rules: list[tuple[str, str]]
    texts: list[TextShown]
    loaded: Loaded
    form: ExtendForm | None
    notice: str = ""
    problem: str | None = None


async def _phases(exam: OpenExam, language: str) -> list[PhaseRow]:
    moment, zone, rows = await exam_now(), exam.time_zone, []
    known = {phase.code: phase.name for phase in exam.package.phases}
    for phase in await phases_of(exam):
        stage = await stage_of(exam, phase, moment)
        rows.append(
            PhaseRow(
                known[phase.code].said_in(language) if phase.code in known else phase.code,
                phase.code,
                stage_stands(stage),
                stage_span(exam, phase, stage, moment),
                moment_words(phase.opens, zone),
                moment_words(phase.bell, zone, ends=True),
                moment_words(phase.published_at, zone) if phase.published_at else "",
            )
        )
    return rows


async def _bells(exam: OpenExam, person: SignedIn, language: str) -> list[BellRow]:
    zone, sites = exam.time_zone, own_sites(exam, person)
    rows = [
        BellRow(exam.in_language(site.name, language), moment_words(bell, zone, ends=True))
        for site in sites
        if (bell := exam.bell_of_site(site.id)) is not None and bell > exam.window.bell
    ]
    for case in await cases_with_own_bell(exam, [site.id for site in sites]):
        if case.bell is not None:
            words = moment_words(case.bell, zone, ends=True)
            rows.append(BellRow(case.candidate.name, words, f"/staff/cases/{case.id}"))
    return rows


async def _loaded(exam: OpenExam) -> Loaded:
    package = await loaded_package(exam, exam_chain(exam.code))
    return Loaded(
        day_and_time(package.at, exam.time_zone),
        actor_words(await names_of({package.by}), package.by) if package.by else "",
        package.digest[:12],
        f"webapp exam {exam.code}",
        f"webapp/exams/{exam.code}/",
    )


def _form(
    exam: OpenExam, person: SignedIn, refused: Refused | None, typed: Mapping[str, str]
) -> ExtendForm | None:
    if not manages_region(exam, person):
        return None
    where = _FIELDS.get(refused.code) if refused else None
    return ExtendForm(
        typed.get("bell", "") or local_input(exam.window.bell, exam.time_zone),
        typed.get("reason", ""),
        {where: refusal(refused)[1]} if refused and where else {},
        _("结果已经公布，不能再延长。") if exam.phase.published_at else "",
    )


async def _exam_page(
    refused: Refused | None = None, typed: Mapping[str, str] | None = None, form: ExtendForm | None = None
) -> tuple[str, int]:
    exam, language, person = await exam_shown(), current_language(), current_person()
    managed = {office.id for office in person.offices("manager")}
    own: set[UUID] = {office.id for office in exam.offices if within(office.id, managed, exam.parents)}
    offices = tree(exam, await count_people(exam.id), await manned_offices(exam), language, own)
    status, problem = refusal(refused) if refused else (200, None)
    page = ExamPage(
        title=exam.title(language),
        code=exam.code,
        phases=await _phases(exam, language),
        bells=await _bells(exam, person, language),
        offices=offices,
        lacking=sum(office.urgent for office in offices),
        rules=rules_shown(exam, language),
        texts=texts_shown(exam, language),
        loaded=await _loaded(exam),
        form=form or _form(exam, person, refused, typed or {}),
        notice=_("整个阶段的截止时间已经延长。到点自动提交、还没有审的档案会在几秒内重新开放。")
        if request.args.get("done") == "extended"
        else "",
        problem=problem,
    )
    return await render("staff/exam.html", page, current="exam", status=status)


@blueprint.get("")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def exam() -> ResponseReturnValue:
    """For all who manage or read; what lacks is pointed out of their own offices."""
    return await _exam_page()


@blueprint.post("/bell")
@audience(Audience.MANAGER)
@rate(FORM)
async def extend() -> ResponseReturnValue:
    """A later ``bell`` of the phase, with a ``reason``: shows whom it reaches; written with ``sure=yes``."""
    form, shown, manager = await read_form(), await exam_shown(), manager_of(current_person())
    if not manages_region(shown, current_person()):
        raise NotForYou
    try:
        bell, reason = read_local(form.get("bell", ""), shown.time_zone), form.get("reason", "").strip()
        if bell is None:
            raise Refused("bell.not_later")
        if shown.phase.published_at is not None:
            raise Refused("phase.published")
        if form.get("sure") != "yes":
            refuse_phase_bell(shown, manager, bell, reason, await exam_now())
            words = moment_words(bell, shown.time_zone, ends=True)
            reached = await reached_by(shown, bell)
            return await _exam_page(form=ExtendForm(form["bell"], reason, asking=reached, bell_words=words))
        await extend_phase(shown, manager, bell, reason)
    except Refused as refused:
        return await _exam_page(refused, form)
    return redirect("/staff/exam?done=extended", 303)
