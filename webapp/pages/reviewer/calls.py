"""The call desk: who waits to be told what is missing, what to say, and how the call ended, in one tap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from quart import Blueprint, abort, redirect, request
from quart.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.actions.log_call import CallEnded, log_call
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language
from webapp.pages.reviewer.call_groups import (
    FILTERS,
    OUTCOMES,
    Group,
    GroupShown,
    address_of,
    group_shown,
    grouped,
    may_need_own_number,
)
from webapp.pages.reviewer.call_script import CallDesk, call_desk
from webapp.pages.words import refusal
from webapp.records.reading.call_desk import is_on_chain, open_requests, phones_of
from webapp.records.reading.exams import OpenExam
from webapp.rules.calls import TO_CALL, Callee, Outcome
from webapp.rules.refusals import Refused

blueprint = Blueprint("calls", __name__, url_prefix="/review/calls")

MOST_SHOWN = 100
CANCELLED = "cancelled"


@dataclass(frozen=True)
class FilterShown:
    """One way to look at the list."""

    address: str
    words: str
    count: int
    current: bool


@dataclass(frozen=True)
class Typed:
    """What stood in a form that was refused, and whose it was."""

    form: str = ""
    note: str = ""
    next_try: str = ""


@dataclass(frozen=True)
class CallsPage:
    """See ``templates/reviewer/calls.html``. ``left_out``: groups that the list has no room for."""

    show: str
    filters: list[FilterShown]
    groups: list[GroupShown]
    left_out: int
    desk: CallDesk | None
    unit: str
    next_address: str
    outcomes: list[tuple[str, str]]
    said: str
    problem: str | None
    typed: Typed


def reviewing() -> Reviewer:
    """The signed-in person as the actions know reviewers."""
    person = current_person()
    return Reviewer(person.id, frozenset(office.id for office in person.offices("reviewer")))


async def _groups(exam: OpenExam) -> list[Group]:
    requests = await open_requests(exam, reviewing().offices, now())
    phones = await phones_of(exam, [one.candidate.id for one in requests if may_need_own_number(one)])
    return grouped(requests, phones, await exam_now())


def _in_filter(group: Group, show: str) -> bool:
    """Another office's calls stand only under 全部."""
    return show == "all" or (bool(group.own) and group.first.turn in FILTERS[show][1])


async def calls_page(
    show: str, unit: str = "", refused: Refused | None = None, typed: Typed | None = None
) -> tuple[str, int]:
    """The desk with one group on it: the one that ``unit`` names, else the first of the list."""
    exam, language = await exam_shown(), current_language()
    groups = await _groups(exam)
    show = show if show in FILTERS else "now"
    listed_here = [group for group in groups if _in_filter(group, show)]
    chosen = next((group for group in groups if str(group.key) == unit), None)
    if chosen is None and listed_here:
        chosen = listed_here[0]
    following = [group for group in groups if group.own and group.first.turn in TO_CALL and group != chosen]
    status, problem = refusal(refused) if refused else (200, None)
    page = CallsPage(
        show=show,
        filters=[
            FilterShown(
                address_of(code), _(words), sum(_in_filter(one, code) for one in groups), code == show
            )
            for code, (words, _turns) in FILTERS.items()
        ],
        groups=[
            group_shown(group, show, exam, language=language, current=group == chosen)
            for group in listed_here[:MOST_SHOWN]
        ],
        left_out=max(0, len(listed_here) - MOST_SHOWN),
        desk=await call_desk(chosen, exam) if chosen else None,
        unit=str(chosen.key) if chosen else "",
        next_address=address_of(show, following[0]) if following else "",
        outcomes=[(code.value, _(words)) for code, words in OUTCOMES.items()],
        said=_said(request.args.get("said", "")),
        problem=problem,
        typed=typed or Typed(),
    )
    return await render("reviewer/calls.html", page, current="calls", status=status)


def _said(code: str) -> str:
    if code == CANCELLED:
        return _("补充要求已撤销，档案回到审核中。")
    return _("已记下：%(outcome)s。", outcome=_(OUTCOMES[Outcome(code)])) if code in set(Outcome) else ""


@blueprint.get("")
@audience(Audience.REVIEWER)
@rate(PAGE)
async def calls() -> ResponseReturnValue:
    """What waits, by ``?show=``, and one unit's script, by ``?unit=``."""
    return await calls_page(request.args.get("show", ""), request.args.get("unit", ""))


@blueprint.post("/<uuid:request_id>")
@audience(Audience.REVIEWER)
@rate(FORM)
async def log(request_id: UUID) -> ResponseReturnValue:
    """How a call ended: for one person, or with ``also`` for more of the same unit."""
    form, exam, reviewer = await read_form(), await exam_shown(), reviewing()
    if not await is_on_chain(exam, reviewer.offices, request_id):
        abort(404)
    try:
        ended = _call_of(form, exam)
        also = {_uuid(one) for one in form.getlist("also")}
        await log_call(exam, reviewer, {request_id, *also}, ended)
    except Refused as refused:
        typed = Typed(str(request_id), form.get("note", ""), form.get("next_try", ""))
        return await calls_page(form.get("show", ""), form.get("unit", ""), refused, typed)
    return redirect(back_to_desk(form, ended.outcome.value), 303)


def back_to_desk(form: MultiDict[str, str], said: str) -> str:
    """The desk as it was, with what has been done; its filter and unit travel in the form."""
    shown = {"show": form.get("show", ""), "unit": form.get("unit", ""), "said": said}
    return f"/review/calls?{urlencode({name: value for name, value in shown.items() if value})}"


def _call_of(form: MultiDict[str, str], exam: OpenExam) -> CallEnded:
    callee, outcome = form.get("callee", ""), form.get("outcome", "")
    if callee not in set(Callee) or outcome not in set(Outcome):
        raise Refused("call.unknown_outcome")
    return CallEnded(
        Callee(callee),
        Outcome(outcome),
        form.get("note", "").strip(),
        _moment(form.get("next_try", ""), exam.time_zone),
        _uuid(form["form"]) if form.get("form") else None,
    )


def _moment(text: str, zone: str) -> datetime | None:
    """What a ``datetime-local`` field says, in the exam's zone."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(zone))
    except ValueError as reason:
        raise Refused("call.unknown_time") from reason


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as reason:
        raise Refused("form.unreadable") from reason
