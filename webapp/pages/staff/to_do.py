"""What a manager's or auditor's offices need today, each with the page on which it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from webapp.actions.publish import approval_of, open_approval, phase_state
from webapp.actions.recording import exam_chain
from webapp.guard.sessions import SignedIn
from webapp.pages.chrome import answers_for_exam
from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.language import _
from webapp.pages.reviewer.call_groups import standing_of
from webapp.pages.staff.acting import manages_region
from webapp.pages.staff.case_story import PROPOSED
from webapp.pages.staff.office_tree import candidates_below, lacking
from webapp.pages.staff.staff_words import state_of
from webapp.pages.staff.standing import level_name
from webapp.records.reading.call_desk import OpenRequest, open_requests
from webapp.records.reading.exam_state import manned_offices
from webapp.records.reading.exams import OpenExam, count_people
from webapp.records.reading.progress import SiteCounts
from webapp.records.reading.staff import accounts_within
from webapp.records.reading.today import failed_at_last_import, proposals_waiting
from webapp.rules.calls import TO_CALL
from webapp.rules.flags import Flag
from webapp.rules.offices import within
from webapp.rules.publishing import approving_refusals, voided

_POINTED_OUT = (Flag.SUSPICION, Flag.NEWLY_REQUIRED, Flag.SITE_CHANGED, Flag.CANCELLED_LATER)
"""Marks that somebody has to follow up."""


@dataclass(frozen=True)
class Task:
    """One line. ``kind``: ``needs-action`` where whoever reads it acts, ``under-way`` where others do."""

    kind: str
    words: str
    more: str
    address: str


@dataclass(frozen=True)
class Scope:
    """Whose page it is: the person, the sites that they answer for and the offices where they manage."""

    exam: OpenExam
    person: SignedIn
    sites: frozenset[UUID]
    counts: SiteCounts
    moment: datetime
    """By the exam's clock."""
    instant: datetime
    """Real time."""

    @property
    def manages(self) -> bool:
        """Whether they act, and do not only read."""
        return "manager" in self.person.roles

    @property
    def offices(self) -> set[UUID]:
        """Where they are manager or auditor."""
        return {office.id for role in ("manager", "auditor") for office in self.person.offices(role)}


async def requests_of(scope: Scope) -> list[OpenRequest]:
    """The open supplements of their sites."""
    return await open_requests(scope.exam, scope.offices, scope.instant)


def due_today(scope: Scope, requests: list[OpenRequest]) -> int:
    """How many of these fall due before the exam's day ends."""
    local = scope.moment.astimezone(ZoneInfo(scope.exam.time_zone))
    ends = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return sum(one.due <= ends for one in requests)


def to_be_called(scope: Scope, requests: list[OpenRequest]) -> int:
    """How many of these wait for a call that can be made now."""
    return sum(standing_of(one, {}, scope.moment).turn in TO_CALL for one in requests)


async def tasks_of(scope: Scope, requests: list[OpenRequest], language: str) -> list[Task]:
    """What needs this person first, then what others do."""
    tasks = [
        *await _second_person(scope),
        *await _publishing(scope),
        *await _people(scope),
        *await _import(scope),
        *_supplements(scope, requests),
        *_marks(scope),
        *_reviews(scope, language),
    ]
    return sorted(tasks, key=lambda task: task.kind != "needs-action")


async def _second_person(scope: Scope) -> list[Task]:
    waiting = await proposals_waiting(scope.exam, PROPOSED, scope.sites, scope.moment)
    others = [row for row in waiting if row.staff_id != scope.person.id]
    own = [row for row in waiting if row.staff_id == scope.person.id]
    region = answers_for_exam(scope.person, scope.exam)
    tasks = []
    if others:
        address = "/staff/publishing" if region else f"/staff/cases/{others[0].case_id}"
        kind = "needs-action" if scope.manages else "under-way"
        words = _("%(n)s 项申请等第二人确认", n=len(others))
        tasks.append(Task(kind, words, _("要由提出人以外的管理员确认"), address))
    if own:
        words = _("您提出的 %(n)s 项申请等别人确认", n=len(own))
        address = "/staff/publishing" if region else f"/staff/cases/{own[0].case_id}"
        tasks.append(Task("under-way", words, _("24 小时没有确认就过期"), address))
    return tasks


async def _publishing(scope: Scope) -> list[Task]:
    if not answers_for_exam(scope.person, scope.exam) or scope.exam.phase.published_at is not None:
        return []
    if scope.counts.open_cases or not scope.counts.cases or scope.moment < scope.exam.window.bell:
        return []
    phase = await phase_state(scope.exam, scope.moment, scope.instant)
    approval = await open_approval(scope.exam)
    acts = "needs-action" if manages_region(scope.exam, scope.person) else "under-way"
    if approval is not None and voided(approval_of(approval), phase.tally, scope.moment) is None:
        own = approval.staff_id == scope.person.id
        more = _("您已经核准，要由另一位管理员公布") if own else _("核准以后 24 小时内公布")
        kind = "under-way" if own else acts
        return [Task(kind, _("结果已核准，等第二人公布"), more, "/staff/publishing")]
    if approving_refusals(phase):
        return []
    return [Task(acts, _("都已审完，可以核准公布"), _("由两位管理员先后办理"), "/staff/publishing")]


async def _people(scope: Scope) -> list[Task]:
    exam = scope.exam
    manned = await manned_offices(exam)
    own = [office for office in exam.offices if within(office.id, scope.offices, exam.parents)]
    there = candidates_below(exam, await count_people(exam.id))
    short = [office for office in own if there[office.id] and lacking(exam, manned, office)]
    acts = "needs-action" if scope.manages else "under-way"
    tasks = []
    if short:
        words = _("%(n)s 个机构没有审核员或管理员", n=len(short))
        tasks.append(Task(acts, words, _("那里已经有考生，要安排人"), "/staff/exam#offices-title"))
    if scope.manages:
        managed = [office.id for office in scope.person.offices("manager")]
        accounts = await accounts_within(managed, exam.parents)
        expired = sum(state_of(account, scope.instant) == "expired" for account in accounts)
        if expired:
            words = _("%(n)s 位工作人员的启用码已过期", n=expired)
            tasks.append(Task(acts, words, _("发新的启用码，本人才能登录"), "/staff/people?state=expired"))
    return tasks


async def _import(scope: Scope) -> list[Task]:
    if not answers_for_exam(scope.person, scope.exam):
        return []
    failed = await failed_at_last_import(exam_chain(scope.exam.code))
    if not failed:
        return []
    words = _("最近一次导入有 %(n)s 行没有收下", n=failed)
    return [Task("needs-action", words, _("改好后再导入一次"), "/staff/events?kind=exam")]


def _supplements(scope: Scope, requests: list[OpenRequest]) -> list[Task]:
    tasks = []
    due, calls = due_today(scope, requests), to_be_called(scope, requests)
    listed = "/staff/cases?stage=supplement"
    if due:
        tasks.append(
            Task("under-way", _("%(n)s 份补充今天到期", n=due), _("到期后交给审核员，不再等"), listed)
        )
    if calls:
        reviews = "reviewer" in scope.person.roles
        more = _("由要求补充的机构打电话")
        address = "/review/calls" if reviews else listed
        tasks.append(
            Task("needs-action" if reviews else "under-way", _("%(n)s 个电话该打", n=calls), more, address)
        )
    return tasks


def _marks(scope: Scope) -> list[Task]:
    tasks = []
    for flag in _POINTED_OUT:
        number = scope.counts.flags[flag.value]
        if number:
            words = _("%(n)s 份标为“%(flag)s”", n=number, flag=_(FLAG_WORDS[flag]))
            tasks.append(Task("under-way", words, "", f"/staff/cases?flag={flag.value}"))
    if scope.counts.nothing_handed_in:
        words = _("%(n)s 份未提交材料", n=scope.counts.nothing_handed_in)
        more = _("有正当理由的，可以写明原因后恢复")
        tasks.append(Task("under-way", words, more, "/staff/cases?stage=nothing_handed_in"))
    return tasks


def _reviews(scope: Scope, language: str) -> list[Task]:
    tasks = []
    for level in range(scope.exam.levels):
        number = scope.counts.places["review", level]
        if number:
            kind = level_name(scope.exam, level, language)
            words = _("%(n)s 份在%(kind)s等待审核或正在审", n=number, kind=kind)
            tasks.append(Task("under-way", words, "", f"/staff/cases?stage=review.{level}"))
    return tasks
