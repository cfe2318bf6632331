"""How far each site is, in figures, and the later bells that the region has written for sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.extend import extend_site
from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.guard.sessions import SignedIn
from webapp.pages.chrome import exam_shown, render
from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language
from webapp.pages.moments import local_input, read_local
from webapp.pages.staff.acting import manager_of, manages_region
from webapp.pages.staff.home import state_words
from webapp.pages.staff.standing import is_published, knows_outcomes, level_name, own_sites
from webapp.pages.words import moment_words, refusal
from webapp.records.exam import Office
from webapp.records.reading.events import names_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.progress import SiteCounts, count_sites, extensions_of
from webapp.rules.bells import case_window
from webapp.rules.places import Stage
from webapp.rules.refusals import Refused
from webapp.rules.windows import Window

blueprint = Blueprint("progress", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class Column:
    """One column of figures; ``leads`` narrows the list of cases to them."""

    title: str
    leads: str = ""


@dataclass(frozen=True)
class SiteRow:
    """One site; ``figures`` stand in the order of the page's columns."""

    name: str
    id: str
    figures: list[int]
    flags: list[tuple[str, str, int]]
    """Code, words and number of each mark that there is."""
    bell: str
    """A later bell of its own, or empty."""


@dataclass(frozen=True)
class ExtensionRow:
    """One bell that was written for an office."""

    office: str
    bell: str
    who: str
    when: str
    reason: str


@dataclass(frozen=True)
class ExtendForm:
    """The form, and what was typed into it where it was refused. ``refused``: why it is not offered."""

    offices: list[tuple[str, str]]
    office: str = ""
    bell: str = ""
    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True)
class ProgressPage:
    """See ``templates/staff/progress.html``."""

    as_of: str
    state_words: str
    bell: str
    columns: list[Column]
    sites: list[SiteRow]
    total: SiteRow
    extensions: list[ExtensionRow]
    form: ExtendForm | None
    notice: str = ""
    problem: str | None = None


def _columns(exam: OpenExam, language: str, *, outcomes: bool) -> list[Column]:
    kinds = [level_name(exam, level, language) for level in range(exam.levels)]
    waits = [
        column
        for level, kind in enumerate(kinds)
        for column in (
            Column(_("等待%(kind)s", kind=kind), f"review.{level}"),
            Column(_("%(kind)s在审", kind=kind), f"review.{level}"),
        )
    ]
    decided = (
        [Column(_("通过"), "passed"), Column(_("不通过"), "failed")]
        if outcomes
        else [Column(_("已审完"), "decided")]
    )
    return [
        Column(_("考生")),
        Column(_("已激活")),
        Column(_("上传中"), "collecting"),
        *waits,
        Column(_("补充中"), "supplement"),
        *decided,
        Column(_("已放弃"), "given_up"),
        Column(_("未提交"), "nothing_handed_in"),
    ]


def _figures(exam: OpenExam, counts: SiteCounts, *, outcomes: bool) -> list[int]:
    reviews = [("review", level) for level in range(exam.levels)]
    waits = [n for at in reviews for n in (counts.places[at] - counts.held[at], counts.held[at])]
    passed, failed = counts.at(Stage.PASSED), counts.at(Stage.FAILED)
    return [
        counts.cases,
        counts.activated,
        counts.at(Stage.COLLECTING),
        *waits,
        counts.at(Stage.SUPPLEMENT),
        *([passed, failed] if outcomes else [passed + failed]),
        counts.given_up,
        counts.nothing_handed_in,
    ]


def _marks(counts: SiteCounts) -> list[tuple[str, str, int]]:
    return [
        (flag.value, _(words), counts.flags[flag.value])
        for flag, words in FLAG_WORDS.items()
        if counts.flags[flag.value]
    ]


def _row(exam: OpenExam, site: Office, counts: SiteCounts, language: str, *, outcomes: bool) -> SiteRow:
    bell = exam.bell_of_site(site.id)
    later_bell = bell is not None and bell > exam.window.bell
    return SiteRow(
        exam.in_language(site.name, language),
        str(site.id),
        _figures(exam, counts, outcomes=outcomes),
        _marks(counts),
        moment_words(bell, exam.time_zone, ends=True) if bell and later_bell else "",
    )


async def _extensions(exam: OpenExam, sites: tuple[Office, ...], language: str) -> list[ExtensionRow]:
    above: set[UUID] = set()
    for site in sites:
        here: UUID | None = site.id
        while here is not None:
            above.add(here)
            here = exam.parents.get(here)
    written = await extensions_of(exam, above)
    names = await names_of({f"staff:{row.set_by}" for row in written})
    return [
        ExtensionRow(
            exam.in_language(exam.office(row.office_id).name, language),
            moment_words(row.bell, exam.time_zone, ends=True),
            names.get(f"staff:{row.set_by}", ""),
            moment_words(row.set_at, exam.time_zone),
            row.reason,
        )
        for row in written
    ]


_FIELDS = {
    "extend.no_office": "office",
    "bell.not_later": "bell",
    "moment.unreadable": "bell",
    "reason.missing": "reason",
    "reason.length": "reason",
}


def _form(
    exam: OpenExam, person: SignedIn, language: str, refused: Refused | None, typed: Mapping[str, str]
) -> ExtendForm | None:
    if not manages_region(exam, person):
        return None
    offices = [(str(o.id), exam.in_language(o.name, language)) for o in exam.sites]
    where = _FIELDS.get(refused.code) if refused else None
    return ExtendForm(
        offices,
        typed.get("office", ""),
        typed.get("bell", "") or local_input(exam.window.bell, exam.time_zone),
        typed.get("reason", ""),
        {where: refusal(refused)[1]} if refused and where else {},
        _("结果已经公布，不能再延长。") if exam.phase.published_at else "",
    )


def _window(exam: OpenExam, sites: tuple[Office, ...]) -> Window:
    """The sites' own where they all have the same, else the phase's."""
    windows = {case_window(exam.window, exam.bell_of_site(site.id)) for site in sites}
    return windows.pop() if len(windows) == 1 else exam.window


async def _progress_page(
    refused: Refused | None = None, typed: Mapping[str, str] | None = None
) -> tuple[str, int]:
    exam, language, person = await exam_shown(), current_language(), current_person()
    moment: datetime = await exam_now()
    sites = own_sites(exam, person)
    outcomes = knows_outcomes(exam, person, is_published(exam, moment))
    counts = await count_sites(exam, [site.id for site in sites], now())
    total = SiteCounts()
    for one in counts.values():
        total.add(one)
    status, problem = refusal(refused) if refused else (200, None)
    window = _window(exam, sites)
    page = ProgressPage(
        as_of=moment_words(moment, exam.time_zone),
        state_words=state_words(window.state_at(moment)),
        bell=moment_words(window.bell, exam.time_zone, ends=True),
        columns=_columns(exam, language, outcomes=outcomes),
        sites=[_row(exam, site, counts[site.id], language, outcomes=outcomes) for site in sites],
        total=SiteRow(_("合计"), "", _figures(exam, total, outcomes=outcomes), _marks(total), ""),
        extensions=await _extensions(exam, sites, language),
        form=_form(exam, person, language, refused, typed or {}),
        notice=_("新的截止时间已经写下，已经自动提交、还没有审的档案会在几秒内重新开放。")
        if request.args.get("done") == "extended"
        else "",
        problem=problem,
    )
    return await render("staff/progress.html", page, current="progress", status=status)


@blueprint.get("/progress")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def progress() -> ResponseReturnValue:
    """The sites of one's own offices and of those below."""
    return await _progress_page()


@blueprint.post("/extensions")
@audience(Audience.MANAGER)
@rate(FORM)
async def extend() -> ResponseReturnValue:
    """A later bell for an office; ``office``, ``bell`` and ``reason``."""
    form, exam = await read_form(), await exam_shown()
    known = {str(office.id): office.id for office in exam.offices}
    try:
        office = known.get(form.get("office", ""))
        if office is None:
            raise Refused("extend.no_office")
        bell = read_local(form.get("bell", ""), exam.time_zone)
        if bell is None:
            raise Refused("bell.not_later")
        await extend_site(exam, manager_of(current_person()), office, bell, form.get("reason", "").strip())
    except Refused as refused:
        return await _progress_page(refused, form)
    return redirect("/staff/progress?done=extended", 303)
