"""The console's first page: what the person's offices need today, and where time stands."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language, listed
from webapp.pages.staff.phase_words import stage_of, stage_span, stage_stands
from webapp.pages.staff.standing import Stands, own_sites
from webapp.pages.staff.to_do import Scope, Task, due_today, requests_of, tasks_of, to_be_called
from webapp.pages.words import moment_words
from webapp.records.exam import Office
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.progress import SiteCounts, count_sites
from webapp.rules.places import Stage
from webapp.rules.windows import WindowState

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

BELLS_SHOWN = 6


@dataclass(frozen=True)
class Figure:
    """One figure with its label, and beneath it what it is part of."""

    label: str
    value: int
    note: str
    address: str


@dataclass(frozen=True)
class HomePage:
    """See ``templates/staff/home.html``. ``bells``: those of own sites that differ from the phase's."""

    as_of: str
    offices: str
    phase_name: str
    stands: Stands
    span: str
    opens: str
    bell: str
    bells: list[tuple[str, str]]
    more_bells: int
    figures: list[Figure]
    tasks: list[Task]


def state_words(state: WindowState) -> str:
    """The window's state in words."""
    return {
        WindowState.BEFORE: _("还没开始上传"),
        WindowState.OPEN: _("正在上传"),
        WindowState.CLOSED: _("上传已截止"),
    }[state]


@blueprint.get("")
@audience(Audience.STAFF)
@rate(PAGE)
async def home() -> ResponseReturnValue:
    """What there is to do; a reviewer without another post is sent to the queue."""
    person = current_person()
    if not person.roles & {"manager", "auditor"}:
        return redirect("/review")
    exam, language, moment = await exam_shown(), current_language(), await exam_now()
    sites, total, instant = own_sites(exam, person), SiteCounts(), now()
    for one in (await count_sites(exam, [site.id for site in sites], instant)).values():
        total.add(one)
    scope = Scope(exam, person, frozenset(site.id for site in sites), total, moment, instant)
    requests = await requests_of(scope)
    stage = await stage_of(exam, exam.phase, moment)
    bells = _bells(exam, sites, language)
    at = {office.id: office for role in ("manager", "auditor") for office in person.offices(role)}
    page = HomePage(
        as_of=moment_words(moment, exam.time_zone),
        offices=listed(exam.in_language(office.name, language) for office in at.values()),
        phase_name=exam.phase_name(language),
        stands=stage_stands(stage),
        span=stage_span(exam, exam.phase, stage, moment),
        opens=moment_words(exam.window.opens, exam.time_zone),
        bell=moment_words(exam.window.bell, exam.time_zone, ends=True),
        bells=bells[:BELLS_SHOWN],
        more_bells=max(0, len(bells) - BELLS_SHOWN),
        figures=_figures(total, due_today(scope, requests), to_be_called(scope, requests)),
        tasks=await tasks_of(scope, requests, language),
    )
    return await render("staff/home.html", page, current="home")


def _bells(exam: OpenExam, sites: tuple[Office, ...], language: str) -> list[tuple[str, str]]:
    """A site's own bell, where it is later than the phase's."""
    return [
        (exam.in_language(site.name, language), moment_words(bell, exam.time_zone, ends=True))
        for site in sites
        if (bell := exam.bell_of_site(site.id)) is not None and bell > exam.window.bell
    ]


def _figures(total: SiteCounts, due: int, calls: int) -> list[Figure]:
    review, asked = total.at(Stage.REVIEW), total.at(Stage.SUPPLEMENT)
    held = sum(total.held.values())
    decided = total.at(Stage.PASSED) + total.at(Stage.FAILED)
    return [
        Figure(_("档案"), total.cases, _("其中 %(n)s 名考生已激活账号", n=total.activated), "/staff/cases"),
        Figure(_("上传中"), total.at(Stage.COLLECTING), _("还没有提交审核"), "/staff/cases?stage=collecting"),
        Figure(_("在审核"), review, _("%(n)s 份有人正在审", n=held), "/staff/progress"),
        Figure(_("补充中"), asked, _("%(n)s 份今天到期", n=due), "/staff/cases?stage=supplement"),
        Figure(_("该打的电话"), calls, _("通知单位或考生补充"), "/staff/cases?stage=supplement"),
        Figure(_("已审完"), decided, _("公布以前考生看不到"), "/staff/cases?stage=decided"),
    ]
