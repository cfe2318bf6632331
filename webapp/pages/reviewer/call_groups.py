"""The call desk's list: requests gathered by the unit that is called, in the order in which they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from webapp.pages.language import _, later
from webapp.pages.words import moment_words
from webapp.records.reading.call_desk import OpenRequest
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import Call
from webapp.rules.calls import IN_VAIN, TO_CALL, Called, Callee, Outcome, Standing, Turn, standing

OUTCOMES: Final = {
    Outcome.TOLD: later("已通知"),
    Outcome.NO_ANSWER: later("无人接听"),
    Outcome.BUSY: later("占线"),
    Outcome.CALL_LATER: later("稍后再打"),
    Outcome.WRONG_NUMBER: later("号码不对"),
    Outcome.NOT_THEIRS: later("不是本单位的人"),
}
FILTERS: Final = {
    "now": (later("要打的"), TO_CALL),
    "later": (later("稍后再打"), frozenset({Turn.LATER})),
    "told": (later("已通知"), frozenset({Turn.TOLD})),
    "all": (later("全部"), frozenset(Turn)),
}
_MANY_TRIES = 2


@dataclass(frozen=True)
class Group:
    """What one call is about: a unit with several people, or a person without a unit."""

    key: UUID
    requests: tuple[OpenRequest, ...]
    standings: Mapping[UUID, Standing]
    """By request."""

    @property
    def own(self) -> tuple[OpenRequest, ...]:
        """The requests that this desk calls about."""
        return tuple(one for one in self.requests if one.own)

    @property
    def first(self) -> Standing:
        """The standing that decides about the whole group: the most urgent one."""
        return min((self.standings[one.row.id] for one in self.own or self.requests), key=_urgency)

    @property
    def name(self) -> str:
        """Whom the call is to."""
        unit, candidate = self.requests[0].unit, self.requests[0].candidate
        return unit.name if unit else candidate.name

    @property
    def due(self) -> datetime:
        """The first time at which something here falls due."""
        return min(one.due for one in self.own or self.requests)


def grouped(requests: Sequence[OpenRequest], phones: Mapping[UUID, str], exam_now: datetime) -> list[Group]:
    """All groups in the desk's order; those that another office calls about come last."""
    together: dict[UUID, list[OpenRequest]] = {}
    for one in requests:
        together.setdefault(one.unit.id if one.unit else one.candidate.id, []).append(one)
    groups = [
        Group(key, tuple(inside), {one.row.id: standing_of(one, phones, exam_now) for one in inside})
        for key, inside in together.items()
    ]
    return sorted(groups, key=lambda group: (not group.own, *_urgency(group.first), group.due))


def _urgency(one: Standing) -> tuple[int, float]:
    return one.turn, one.next_try.timestamp() if one.next_try else 0.0


def standing_of(request: OpenRequest, phones: Mapping[UUID, str], exam_now: datetime) -> Standing:
    """How one request stands. ``phones``: the candidates' own numbers, of those who may be called themselves."""
    reachable = set()
    if request.unit is not None and request.unit.phone:
        reachable.add(Callee.UNIT)
    if request.candidate.id in phones:
        reachable.add(Callee.CANDIDATE)
    return standing([called_of(call) for call in request.calls], reachable, exam_now, request.due)


def may_need_own_number(request: OpenRequest) -> bool:
    """Whether the unit cannot be called, so that the candidate's own number counts."""
    in_vain = any(call.callee == Callee.UNIT and call.outcome in IN_VAIN for call in request.calls)
    return in_vain or request.unit is None or not request.unit.phone


def called_of(call: Call) -> Called:
    """A stored call as the rules see it."""
    return Called(Callee(call.callee), Outcome(call.outcome), call.at, call.next_try)


@dataclass(frozen=True)
class GroupShown:
    """One line of the list; ``kind`` is a state's of the look, ``when`` until when or from when on."""

    address: str
    name: str
    when: str
    kind: str
    state: str
    people: int
    items: int
    office: str
    """Who calls, where it is another office."""
    current: bool


def address_of(show: str, group: Group | None = None, **more: str) -> str:
    """The desk with this filter, at this group."""
    asked = {"show": show, **({"unit": str(group.key)} if group else {}), **more}
    return f"/review/calls?{urlencode(asked)}"


def group_shown(group: Group, show: str, exam: OpenExam, *, language: str, current: bool) -> GroupShown:
    """A group as its line says it."""
    kind, state = state_words(group.first)
    counted = group.own or group.requests
    office = exam.office(counted[0].row.office_id)
    return GroupShown(
        address=address_of(show, group),
        name=group.name,
        when=when_words(group.first, group.due, exam),
        kind=kind,
        state=state,
        people=len(counted),
        items=sum(one.items for one in counted),
        office="" if group.own else exam.in_language(office.name, language),
        current=current,
    )


def state_words(one: Standing) -> tuple[str, str]:
    """The look's state and its word."""
    match one.turn:
        case Turn.FIRST:
            return "needs-action", _("首次通知")
        case Turn.STUCK:
            return "problem", _("没有能打通的号码")
        case Turn.LATER:
            return "under-way", _("稍后再打")
        case Turn.TOLD:
            return "done", _("已通知")
        case Turn.OVER:
            return "locked", _("期限已过")
        case Turn.NOW:
            pass
    if one.last in IN_VAIN:
        return "needs-action", _("改打本人电话") if one.callee is Callee.CANDIDATE else _("改打单位电话")
    if one.tries >= _MANY_TRIES:
        return "problem", _("%(count)s 次没有打通", count=one.tries)
    return "needs-action", _("再打一次")


def when_words(one: Standing, due: datetime, exam: OpenExam) -> str:
    """From when on somebody is called again, or else until when it must be done."""
    if one.turn is Turn.LATER and one.next_try is not None:
        return _("%(when)s 后", when=moment_words(one.next_try, exam.time_zone))
    return _("%(when)s 截止", when=moment_words(due, exam.time_zone, ends=True))
