"""The list of cases that somebody answers for; its filters stay in the address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.forms import refuse_never_typed
from webapp.pages.language import _, current_language
from webapp.pages.staff.standing import (
    WORDS,
    Stands,
    is_published,
    knows_outcomes,
    level_name,
    own_sites,
    stands,
)
from webapp.pages.words import moment_words
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.managed_cases import PAGE_ROWS, ListedCase, Wanted, find_cases
from webapp.rules.flags import Flag

blueprint = Blueprint("cases", __name__, url_prefix="/staff/cases")


@dataclass(frozen=True)
class CaseRow:
    """One case."""

    id: UUID
    name: str
    number: str
    site: str
    unit: str
    stands: Stands
    flags: list[str]
    handed_in: str


@dataclass(frozen=True)
class CasesPage:
    """See ``templates/staff/cases.html``. Choices are (value, words); ``newer`` and ``older`` are addresses."""

    rows: list[CaseRow]
    total: int
    first: int
    sites: list[tuple[str, str]]
    standings: list[tuple[str, str]]
    flags: list[tuple[str, str]]
    site: str
    standing: str
    flag: str
    words: str
    newer: str
    older: str


def _standings(exam: OpenExam, language: str, *, outcomes: bool) -> list[tuple[str, str]]:
    reviews = [
        (f"review.{level}", _("%(kind)s审核", kind=level_name(exam, level, language)))
        for level in range(exam.levels)
    ]
    told = [*(["passed", "failed"] if outcomes else []), "nothing_handed_in", "given_up"]
    return [
        ("", _("全部阶段")),
        ("open", _("还没审完")),
        ("collecting", _("上传中")),
        *reviews,
        ("supplement", _("补充中")),
        ("decided", _("已审完")),
        *((word, _(WORDS[word])) for word in told),
    ]


def _chosen(options: list[tuple[str, str]], name: str) -> str:
    asked = request.args.get(name, "")
    return asked if asked in {value for value, _words in options} else ""


@blueprint.get("")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def cases() -> ResponseReturnValue:
    """Fifty at a time, narrowed by ``site``, ``stage``, ``flag`` and ``q``."""
    exam, language, person = await exam_shown(), current_language(), current_person()
    own = own_sites(exam, person)
    outcomes = knows_outcomes(exam, person, is_published(exam, await exam_now()))
    sites = [("", _("全部考点")), *((str(o.id), exam.in_language(o.name, language)) for o in own)]
    standings = _standings(exam, language, outcomes=outcomes)
    flags = [("", _("全部标记")), *((flag.value, _(words)) for flag, words in FLAG_WORDS.items())]
    site, flag, words = _chosen(sites, "site"), _chosen(flags, "flag"), request.args.get("q", "").strip()
    standing, number = _chosen(standings, "stage"), max(1, request.args.get("page", 1, type=int))
    refuse_never_typed([words])
    wanted = Wanted(
        frozenset({UUID(site)} if site else {one.id for one in own}), standing, flag, words, number
    )
    found, total = await find_cases(exam, wanted)
    kept = {name: v for name, v in (("site", site), ("stage", standing), ("flag", flag), ("q", words)) if v}

    def page_at(at: int) -> str:
        return f"/staff/cases?{urlencode({**kept, 'page': at})}"

    page = CasesPage(
        rows=[_row(exam, one, language, outcomes=outcomes) for one in found],
        total=total,
        first=(number - 1) * PAGE_ROWS + 1,
        sites=sites,
        standings=standings,
        flags=flags,
        site=site,
        standing=standing,
        flag=flag,
        words=words,
        newer=page_at(number - 1) if number > 1 else "",
        older=page_at(number + 1) if number * PAGE_ROWS < total else "",
    )
    return await render("staff/cases.html", page, current="cases")


def _row(exam: OpenExam, one: ListedCase, language: str, *, outcomes: bool) -> CaseRow:
    case = one.case
    held = case.lease_until is not None and case.lease_until > now()
    return CaseRow(
        id=case.id,
        name=one.candidate.name,
        number=one.candidate.registration_number,
        site=exam.in_language(exam.office(case.site_id).name, language),
        unit=one.unit.name if one.unit else "",
        stands=stands(exam, one.place, one.withdrawal, language, held=held, outcomes=outcomes),
        flags=[_(FLAG_WORDS[Flag(flag)]) for flag in one.flags],
        handed_in=moment_words(case.handed_in_at, exam.time_zone) if case.handed_in_at else "",
    )
