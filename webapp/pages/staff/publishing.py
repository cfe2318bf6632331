"""Publishing the results: what stands in the way, who approved, and the second person's act."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quart import Blueprint, Response, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.export_results import exported, note_export
from webapp.actions.publish import PUBLISH, approval_of, approve, phase_state, publish, take_approval_back
from webapp.actions.recording import exam_chain
from webapp.clock import exam_now, now
from webapp.guard.access import Audience, NotForYou, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import answers_for_exam, exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language, later
from webapp.pages.staff.acting import manager_of, manages_region
from webapp.pages.staff.case_story import PROPOSED, confirm_refusal, is_over, reason_words
from webapp.pages.staff.standing import WORDS, Stands, stands
from webapp.pages.words import full_moment_words, moment_words, refusal, refusal_sentence
from webapp.records import Case, Proposal
from webapp.records.reading.case_file import place_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.progress import SiteCounts, count_sites
from webapp.records.reading.publishing import (
    Listed,
    Published,
    approvals,
    open_cases,
    open_proposals,
    published_act,
)
from webapp.rules.places import Stage
from webapp.rules.publishing import APPROVAL_HOLDS, PhaseState, approving_refusals, voided
from webapp.rules.refusals import Refused

blueprint = Blueprint("publishing", __name__, url_prefix="/staff")

HEADINGS = ("报名号", "姓名", "考点", "报名单位", "结果", "原因", "公布时间", "结果版本")
"""The region's files are in Simplified Chinese, whatever language somebody reads the console in."""
NOTICES = {
    "approved": later("核准已记下，由另一位管理员公布。"),
    "taken_back": later("核准已收回。"),
    "published": later("结果已经公布，所有考生从这一刻起可以看到。"),
}


@dataclass(frozen=True)
class Figure:
    """One figure with its label; ``note`` says what it means."""

    label: str
    value: int
    note: str


@dataclass(frozen=True)
class OpenRow:
    """A case that publishing waits for."""

    id: UUID
    name: str
    number: str
    site: str
    stands: Stands


@dataclass(frozen=True)
class ApprovalRow:
    """One approval, past or waiting."""

    when: str
    who: str
    cases: int
    digest: str
    shape: str
    now: str
    why: str


@dataclass(frozen=True)
class Waiting:
    """The approval that holds and waits for its second person; ``own``: whoever reads this gave it."""

    who: str
    when: str
    until: str
    own: bool


@dataclass(frozen=True)
class ProposalRow:
    """What has been proposed of one case."""

    id: UUID
    case_id: UUID
    name: str
    number: str
    what: str
    who: str
    when: str
    why: str
    refused: str
    over: bool
    """Whether nobody can confirm it any more."""


@dataclass(frozen=True)
class PublishedShown:
    """The act, once it is done."""

    when: str
    by: str
    approved_by: str


@dataclass(frozen=True)
class PublishingPage:
    """See ``templates/staff/publishing.html``. ``refused`` has all that stands against an approval, in sentences."""

    as_of: str
    phase_name: str
    figures: list[Figure]
    open_total: int
    open_rows: list[OpenRow]
    checks: list[tuple[bool, str, str]]
    cases: int
    digest: str
    short_digest: str
    refused: list[str]
    waiting: Waiting | None
    void: ApprovalRow | None
    approvals: list[ApprovalRow]
    published: PublishedShown | None
    proposals: list[ProposalRow]
    acts: bool
    notice: str = ""
    problem: str | None = None


def _short(digest: str) -> str:
    return " ".join(digest[at : at + 4] for at in (0, 4, 8))


def _figures(total: SiteCounts, published: Published | None) -> list[Figure]:
    stand = {
        "passed": total.at(Stage.PASSED),
        "failed": total.at(Stage.FAILED),
        "nothing_handed_in": total.nothing_handed_in,
        "given_up": total.given_up,
    }
    said = published.counts if published else stand
    note = _("公布时") if published else _("暂定，公布前都可能变")
    return [
        Figure(_("档案"), published.cases if published else total.cases, _("每份有且只有一个结果")),
        *(Figure(_(WORDS[word]), said.get(word, 0), note) for word in stand),
        Figure(
            _("还没审完"),
            total.open_cases,
            _("审完才能公布")
            if total.open_cases and not published
            else _("公布以后重新打开")
            if total.open_cases
            else _("都已审完"),
        ),
    ]


def _checks(phase: PhaseState, total: SiteCounts) -> list[tuple[bool, str, str]]:
    supplements = total.at(Stage.SUPPLEMENT)
    fresh = "decision.unsettled" in approving_refusals(phase)
    return [
        (not phase.open_cases, _("未审完的档案"), _("%(n)s 份", n=phase.open_cases)),
        (not supplements, _("其中等候补充的"), _("%(n)s 份", n=supplements)),
        (
            not fresh,
            _("最近的审核意见"),
            _("还不到 10 秒，审核员还可以撤回") if fresh else _("都已满 10 秒"),
        ),
    ]


def _approval_row(exam: OpenExam, row: Proposal, phase: PhaseState) -> ApprovalRow:
    void = voided(approval_of(row), phase.tally, phase.exam_now)
    shape, said, why = "locked", _("已作废"), ""
    if row.ended_why == "done":
        shape, said = "done", _("已公布")
    elif row.ended_why == "taken_back":
        said, why = _("已收回"), _("管理员收回了核准")
    elif row.ended_at is not None:
        late = row.ended_at - row.at >= APPROVAL_HOLDS
        why = _("满 24 小时没有第二人公布") if late else _("核准以后档案有变化")
    elif void is None:
        shape, said = "done", _("有效，等第二人")
    else:
        why = _("满 24 小时没有第二人公布") if void == "approval.expired" else _("核准以后档案有变化")
    when = moment_words(row.at, exam.time_zone)
    return ApprovalRow(when, row.staff.name, row.cases, _short(row.digest), shape, said, why)


def _open_row(exam: OpenExam, case: Case, moment: datetime, language: str) -> OpenRow:
    held = case.lease_until is not None and case.lease_until > moment
    return OpenRow(
        case.id,
        case.candidate.name,
        case.candidate.registration_number,
        exam.in_language(exam.office(case.site_id).name, language),
        stands(exam, place_of(case), "given_up", language, held=held),
    )


async def _proposals(exam: OpenExam, moment: datetime) -> list[ProposalRow]:
    person = current_person()
    return [
        ProposalRow(
            row.id,
            row.case.id,
            row.case.candidate.name,
            row.case.candidate.registration_number,
            _(PROPOSED[row.act]),
            row.staff.name,
            moment_words(row.at, exam.time_zone),
            row.reason,
            confirm_refusal(row, row.case.version, person.id, moment),
            is_over(row, row.case.version, moment),
        )
        for row in await open_proposals(exam, PROPOSED)
        if row.case is not None
    ]


async def _publishing_page(refused: Refused | None = None) -> tuple[str, int]:
    exam, language, person = await exam_shown(), current_language(), current_person()
    if not answers_for_exam(person, exam):
        raise NotForYou
    moment, real = await exam_now(), now()
    phase = await phase_state(exam, moment, real)
    total = SiteCounts()
    for one in (await count_sites(exam, [site.id for site in exam.sites], real)).values():
        total.add(one)
    given = await approvals(exam, PUBLISH)
    latest = given[0] if given and given[0].ended_at is None else None
    rows = [_approval_row(exam, row, phase) for row in given]
    holds = latest is not None and voided(approval_of(latest), phase.tally, moment) is None
    act = await published_act(exam, exam_chain(exam.code))
    status, problem = refusal(refused) if refused else (200, None)
    done = request.args.get("done", "")
    page = PublishingPage(
        as_of=moment_words(moment, exam.time_zone),
        phase_name=exam.phase_name(language),
        figures=_figures(total, act),
        open_total=phase.open_cases,
        open_rows=[_open_row(exam, case, real, language) for case in await open_cases(exam)],
        checks=_checks(phase, total),
        cases=phase.tally.cases,
        digest=phase.tally.digest,
        short_digest=_short(phase.tally.digest),
        refused=[refusal_sentence(code, {}) for code in approving_refusals(phase)],
        waiting=Waiting(
            latest.staff.name,
            moment_words(latest.at, exam.time_zone),
            moment_words(latest.at + APPROVAL_HOLDS, exam.time_zone),
            latest.staff_id == person.id,
        )
        if latest and holds
        else None,
        void=rows[0] if latest and not holds else None,
        approvals=rows,
        published=PublishedShown(full_moment_words(act.at, exam.time_zone), act.by, act.approved_by)
        if act
        else None,
        proposals=await _proposals(exam, moment),
        acts=manages_region(exam, person),
        notice=_(NOTICES[done]) if done in NOTICES else "",
        problem=problem,
    )
    return await render("staff/publishing.html", page, current="publishing", status=status)


@blueprint.get("/publishing")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def publishing() -> ResponseReturnValue:
    """For those who answer for the whole exam."""
    return await _publishing_page()


@blueprint.post("/publishing/<any('approve','take-back','publish'):step>")
@audience(Audience.MANAGER)
@rate(FORM)
async def take_step(step: str) -> ResponseReturnValue:
    """``approve`` with the ``digest`` of the page; another person's ``publish``; ``take-back`` of an approval."""
    exam, manager = await exam_shown(), manager_of(current_person())
    try:
        if step == "approve":
            await approve(exam, manager, (await read_form()).get("digest", ""))
        elif step == "publish":
            await publish(exam, manager)
        else:
            await take_approval_back(exam, manager)
    except Refused as refused:
        if refused.code == "publish.not_region":
            raise NotForYou from refused
        return await _publishing_page(refused)
    done = {"approve": "approved", "publish": "published", "take-back": "taken_back"}[step]
    return redirect(f"/staff/publishing?done={done}", 303)


@blueprint.get("/results.csv")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def results() -> ResponseReturnValue:
    """The whole list, once it is published; streamed."""
    exam, person = await exam_shown(), current_person()
    if not answers_for_exam(person, exam):
        raise NotForYou
    await note_export(exam, person.actor)

    def cells(row: Listed) -> Sequence[str]:
        return _cells(exam, row)

    body: AsyncIterator[bytes] = exported(exam, HEADINGS, cells)
    headers = {"Content-Disposition": f'attachment; filename="results-{exam.code}.csv"'}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


def _cells(exam: OpenExam, row: Listed) -> Sequence[str]:
    language = "zh-Hans"
    return (
        row.result.registration_number,
        row.candidate.name,
        exam.in_language(exam.office(row.case.site_id).name, language),
        row.unit.name if row.unit else "",
        WORDS[row.result.word],
        reason_words(exam, row.result.reasons, row.result.note, language),
        full_moment_words(row.result.visible_from, exam.time_zone),
        str(row.result.version),
    )
