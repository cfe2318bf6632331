"""The console's first page: how the exam stands."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.reading.exams import count_people
from webapp.rules.offices import within
from webapp.rules.windows import WindowState

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class OfficeRow:
    """One line of the table of offices."""

    name: str
    kind: str
    parent: str
    phone: str
    staff_count: int
    candidate_count: int
    own: bool
    """Whether this person may give posts there."""


@dataclass(frozen=True)
class CountShown:
    """One figure with its label, and beneath it what it is part of."""

    label: str
    value: int
    note: str


@dataclass(frozen=True)
class ExamPage:
    """See ``templates/staff/home.html``."""

    exam_code: str
    exam_title: str
    phase_name: str
    state_words: str
    opens: str
    bell: str
    review_from_words: str
    levels: list[str]
    offices: list[OfficeRow]
    counts: list[CountShown]


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
    """The exam's state; a reviewer without another post is sent to the queue."""
    person = current_person()
    if not person.roles & {"manager", "auditor"}:
        return redirect("/review")
    exam, language, moment = await exam_shown(), current_language(), await exam_now()
    counts = await count_people(exam.id)
    state = exam.window.state_at(moment)
    managed = {office.id for office in person.offices("manager")}
    names = {office.id: exam.in_language(office.name, language) for office in exam.offices}
    page = ExamPage(
        exam_code=exam.code,
        exam_title=exam.title(language),
        phase_name=exam.phase_name(language),
        state_words=state_words(state),
        opens=moment_words(exam.window.opens, exam.time_zone),
        bell=moment_words(exam.window.bell, exam.time_zone, ends=True),
        review_from_words=_("截止以后开始审核") if exam.review_from == "bell" else _("提交以后即可审核"),
        levels=exam.level_names(language),
        offices=[
            OfficeRow(
                name=names[office.id],
                kind=exam.office_kind(office.kind, language),
                parent=names.get(office.parent_id, "") if office.parent_id else "",
                phone=office.phone,
                staff_count=counts.staff.get(office.id, 0),
                candidate_count=counts.candidates.get(office.id, 0),
                own=within(office.id, managed, exam.parents),
            )
            for office in exam.offices
        ],
        counts=[
            CountShown(_("考生"), counts.all_candidates, _("已导入的报名记录")),
            CountShown(_("已激活"), counts.activated, _("设过密码、能登录的考生")),
            CountShown(_("工作人员"), counts.all_staff, _("没有停用的账号")),
        ],
    )
    return await render("staff/home.html", page, current="exam")
