"""One case as its managers see it: where it stands and how it came there, its results, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint, abort, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.account_for import confirm, drop_proposal
from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language, later
from webapp.pages.staff.acting import manager_of
from webapp.pages.staff.case_acts import ACTS, DEADLINE_OF, ActShown, Typed, acts_for, read_ground
from webapp.pages.staff.case_story import (
    MoveShown,
    ProposalShown,
    ResultShown,
    flags_shown,
    moves_shown,
    proposal_shown,
    results_shown,
)
from webapp.pages.staff.recovery_offered import RecoveryOffered, recovery_offered
from webapp.pages.staff.standing import Stands, is_published, knows_outcomes, own_sites, stands
from webapp.pages.words import moment_words, refusal
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.managed_cases import CaseStory, case_of_proposal, case_story
from webapp.rules.bells import due_in_force
from webapp.rules.identity_numbers import masked
from webapp.rules.offices import within
from webapp.rules.refusals import Refused
from webapp.rules.showing import withdrawal_word

blueprint = Blueprint("case", __name__, url_prefix="/staff")

NOTICES = {
    "withdraw": later("档案已按放弃处理。"),
    "restore": later("档案已恢复。"),
    "reopen": later("档案已回到最后一级，等待审核。"),
    "extend": later("这份档案的截止时间已经延长。"),
    "proposed": later("申请已记下，等另一位管理员确认。"),
    "confirmed": later("已确认，申请的事已经办完。"),
    "dropped": later("申请已收回。"),
}


@dataclass(frozen=True)
class CasePage:
    """See ``templates/staff/case.html``."""

    id: UUID
    version: int
    name: str
    facts: list[tuple[str, str]]
    stands: Stands
    rechecking: bool
    flags: list[tuple[str, str]]
    proposal: ProposalShown | None
    results: list[ResultShown]
    moves: list[MoveShown]
    acts: list[ActShown]
    recovery: RecoveryOffered | None
    notice: str = ""
    problem: str | None = None


def _facts(exam: OpenExam, story: CaseStory, language: str) -> list[tuple[str, str]]:
    file, zone = story.file, exam.time_zone
    said = {
        _("报名号"): story.candidate.registration_number,
        _("证件号码"): masked(story.candidate.id_number),
        _("报考级别"): file.record.get("level", ""),
        _("考点"): exam.in_language(exam.office(file.case.site_id).name, language),
        _("报名单位"): story.unit.name if story.unit else "",
        _("单位电话"): story.unit.phone if story.unit else "",
        _("账号"): _("已激活") if story.candidate.activated_at else _("还没有激活"),
        _("上传截止"): moment_words(file.window.bell, zone, ends=True),
        _("补充期限"): moment_words(due_in_force(file.request.row.due, file.window.bell), zone, ends=True)
        if file.request
        else "",
        _("最近提交"): moment_words(file.case.handed_in_at, zone) if file.case.handed_in_at else "",
        _("正在审"): story.names.get(f"staff:{file.case.lease_holder}", "")
        if file.case.lease_until and file.case.lease_until > now()
        else "",
        _("照片"): str(len(file.photos)),
    }
    return [(label, value) for label, value in said.items() if value]


async def own_story(case_id: UUID) -> CaseStory:
    """The case; 404 for whoever does not answer for it."""
    exam = await exam_shown()
    sites = {site.id for site in own_sites(exam, current_person())}
    story = await case_story(exam, case_id, sites)
    if story is None:
        abort(404)
    return story


async def case_page(
    case_id: UUID, refused: Refused | None = None, act: str = "", form: Mapping[str, str] | None = None
) -> tuple[str, int]:
    story = await own_story(case_id)
    exam, language, person, moment = (
        await exam_shown(),
        current_language(),
        current_person(),
        await exam_now(),
    )
    file, manager = story.file, manager_of(current_person())
    outcomes = knows_outcomes(exam, person, is_published(exam, moment))
    status, problem = refusal(refused) if refused else (200, "")
    typed = Typed(act, form or {}, problem, _field_of(refused, act)) if refused else None
    acts = within(file.case.site_id, manager.offices, exam.parents)
    recovery = await recovery_offered(exam, story, typed) if acts else None
    page = CasePage(
        id=file.case.id,
        version=file.case.version,
        name=story.candidate.name,
        facts=_facts(exam, story, language),
        stands=stands(exam, file.place, withdrawal_word(file.arrival), language, outcomes=outcomes),
        rechecking=file.published_result is not None and file.published_result.moved_since,
        flags=flags_shown(exam, story),
        proposal=proposal_shown(exam, story, manager if acts else None, moment),
        results=results_shown(exam, story, moment, language),
        moves=moves_shown(exam, story, language, outcomes=outcomes),
        acts=acts_for(exam, file, manager, moment, typed) if acts else [],
        recovery=recovery,
        notice=_(NOTICES[done]) if (done := request.args.get("done", "")) in NOTICES else "",
        problem=problem or None,
    )
    return await render("staff/case.html", page, current="cases", status=status)


def _field_of(refused: Refused | None, act: str) -> str:
    """The field of the act's form that a refusal is about, as an id on the page."""
    code = refused.code if refused else ""
    if code in {"reason.missing", "reason.length"}:
        return f"{act}-reason"
    if code in {"moment.unreadable", "deadline.missing", "bell.not_later"} and act in DEADLINE_OF:
        return f"{act}-moment"
    return {"recovery.no_document": "document", "recovery.not_identified": "identified"}.get(code, "")


@blueprint.get("/cases/<uuid:case_id>")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def case(case_id: UUID) -> ResponseReturnValue:
    """For managers and auditors of its site and of the offices above."""
    return await case_page(case_id)


@blueprint.post("/cases/<uuid:case_id>/<any(withdraw,restore,reopen,extend,correct):act>")
@audience(Audience.MANAGER)
@rate(FORM)
async def act_on(case_id: UUID, act: str) -> ResponseReturnValue:
    """One act; ``version``, ``reason`` and, where it names a moment, ``deadline`` or ``bell``."""
    await own_story(case_id)
    form, exam = await read_form(), await exam_shown()
    try:
        proposal = await ACTS[act](exam, manager_of(current_person()), case_id, read_ground(exam, act, form))
    except Refused as refused:
        if refused.code == "case.not_found":
            abort(404)
        return await case_page(case_id, refused, act, form)
    return redirect(f"/staff/cases/{case_id}?done={'proposed' if proposal else act}", 303)


@blueprint.post("/proposals/<uuid:proposal_id>/<any(confirm,drop):answer>")
@audience(Audience.MANAGER)
@rate(FORM)
async def answer_proposal(proposal_id: UUID, answer: str) -> ResponseReturnValue:
    """The second person does what the first proposed, or it is taken off the table."""
    exam = await exam_shown()
    sites = {site.id for site in own_sites(exam, current_person())}
    case_id = await case_of_proposal(exam, proposal_id, sites)
    if case_id is None:
        abort(404)
    work, done = (confirm, "confirmed") if answer == "confirm" else (drop_proposal, "dropped")
    try:
        await work(exam, manager_of(current_person()), proposal_id)
    except Refused as refused:
        if refused.code == "case.not_found":
            abort(404)
        return await case_page(case_id, refused)
    return redirect(f"/staff/cases/{case_id}?done={done}", 303)
