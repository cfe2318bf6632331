"""The call desk's right side: whom to call, what to say, for whom, and what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from quart import current_app

from webapp.pages.language import _, current_language, listed
from webapp.pages.reviewer.asked_words import AskedShown, asked_shown
from webapp.pages.reviewer.call_groups import OUTCOMES, Group, state_words, when_words
from webapp.pages.words import moment_words
from webapp.records.reading.call_desk import AskedOf, OpenRequest, asked_of
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import Call
from webapp.rules.calls import Callee, Outcome, Standing, Turn


@dataclass(frozen=True)
class PersonCalled:
    """One candidate of the group. ``callee`` is whom the desk proposes to call."""

    request: UUID
    case: UUID
    version: int
    name: str
    number: str
    items: list[AskedShown]
    due: str
    kind: str
    state: str
    when: str
    phone: str
    callee: str
    done: bool
    """Whether the desk has nothing to do about them for now."""
    form: UUID


@dataclass(frozen=True)
class PastCall:
    """One call that was made, of one or several of the group's people."""

    when: str
    words: str
    note: str
    again: str


@dataclass(frozen=True)
class OthersCalls:
    """What another office has asked of this unit's people, and calls about itself."""

    office: str
    phone: str
    people: list[PersonCalled]


@dataclass(frozen=True)
class CallDesk:
    """See ``templates/reviewer/calls.html``. ``to_person``: the one person is called, and not their unit."""

    name: str
    note: str
    phone: str
    unit: bool
    to_person: bool
    bad_number: bool
    """Nobody can be reached at the unit's."""
    caller: str
    caller_phone: str
    due: str
    address: str
    fields_asked: bool
    people: list[PersonCalled]
    to_tell: list[PersonCalled]
    """Those whom the call is about: the ones who do not know yet, or else all."""
    others: list[OthersCalls]
    past: list[PastCall]
    form: UUID


async def call_desk(group: Group, exam: OpenExam) -> CallDesk:
    """All that a call needs on one page."""
    language = current_language()
    asked = {one.request.row.id: one for one in await asked_of(exam, group.requests)}
    unit, first = group.requests[0].unit, (group.own or group.requests)[0]
    offices = [exam.office(one) for one in dict.fromkeys(r.row.office_id for r in group.own or [first])]
    people = [_person(asked[one.row.id], group.standings[one.row.id], exam) for one in group.own]
    to_tell = [person for person in people if not person.done] or people
    to_person = unit is None or (len(to_tell) == 1 and _not_by_unit(to_tell[0]))
    known = [one for one in group.own if one.row.id in {person.request for person in to_tell}]
    own_phone = to_tell[0].phone if to_tell else asked[first.row.id].record.get("phone", "")
    return CallDesk(
        name=group.name,
        note=_("报名单位 %(code)s", code=unit.code) if unit else _("没有报名单位，打给考生本人"),
        phone=own_phone if unit is None or to_person else unit.phone,
        unit=unit is not None,
        to_person=to_person,
        bad_number=unit is not None and bool(to_tell) and all(map(_not_by_unit, to_tell)),
        caller=listed([exam.in_language(office.name, language) for office in offices]),
        caller_phone=offices[0].phone,
        due=moment_words(min(one.due for one in known or group.requests), exam.time_zone, ends=True),
        address=current_app.config["SETTINGS"].origin,
        fields_asked=any(item.field for one in known for item in asked[one.row.id].items),
        people=people,
        to_tell=to_tell,
        others=_others(group, asked, exam),
        past=_past(group.requests, exam),
        form=uuid4(),
    )


def _not_by_unit(person: PersonCalled) -> bool:
    return person.callee != Callee.UNIT.value


def _person(asked: AskedOf, stands: Standing, exam: OpenExam) -> PersonCalled:
    one = asked.request
    kind, state = state_words(stands)
    waits = stands.turn is Turn.LATER
    return PersonCalled(
        request=one.row.id,
        case=one.case.id,
        version=one.case.version,
        name=one.candidate.name,
        number=one.candidate.registration_number,
        items=asked_shown(asked.items, asked.concerns, asked.waiting, exam),
        due=moment_words(one.due, exam.time_zone, ends=True),
        kind=kind,
        state=state,
        when=when_words(stands, one.due, exam) if waits else "",
        phone=asked.record.get("phone", ""),
        callee=stands.callee.value,
        done=stands.turn in {Turn.TOLD, Turn.OVER},
        form=uuid4(),
    )


def _others(group: Group, asked: dict[UUID, AskedOf], exam: OpenExam) -> list[OthersCalls]:
    foreign = [one for one in group.requests if not one.own]
    found = []
    for office in (exam.office(one) for one in dict.fromkeys(r.row.office_id for r in foreign)):
        people = [
            _person(asked[one.row.id], group.standings[one.row.id], exam)
            for one in foreign
            if one.row.office_id == office.id
        ]
        found.append(OthersCalls(exam.in_language(office.name, current_language()), office.phone, people))
    return found


def _past(requests: Sequence[OpenRequest], exam: OpenExam) -> list[PastCall]:
    """Newest first; what was written down for several people at once is one call."""
    together: dict[tuple[object, ...], tuple[Call, list[str]]] = {}
    for one in requests:
        for call in one.calls:
            alike = (call.at, call.staff_id, call.phone, call.outcome)
            together.setdefault(alike, (call, []))[1].append(one.candidate.name)
    newest_first = sorted(together.values(), key=lambda found: found[0].at, reverse=True)
    return [_past_call(call, names, exam) for call, names in newest_first]


def _past_call(call: Call, names: list[str], exam: OpenExam) -> PastCall:
    return PastCall(
        when=moment_words(call.at, exam.time_zone),
        words=_(
            "%(staff)s打给%(who)s %(phone)s：%(outcome)s（%(people)s）",
            staff=call.staff.name,
            who=_("单位") if call.callee == Callee.UNIT.value else _("本人"),
            phone=call.phone,
            outcome=_(OUTCOMES[Outcome(call.outcome)]),
            people=listed(names),
        ),
        note=call.note,
        again=moment_words(call.next_try, exam.time_zone) if call.next_try else "",
    )
