"""The story of a case: its events as lines, each kind with what belongs to it, those that repeat folded into one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.language import _, current_language, listed
from webapp.pages.reviewer.asked_words import asked_shown
from webapp.pages.reviewer.call_groups import OUTCOMES
from webapp.pages.reviewer.case_light import photo_name
from webapp.pages.reviewer.case_photos import address_of
from webapp.pages.reviewer.case_words import names_of_materials
from webapp.pages.reviewer.lease_words import takeover_reason_words
from webapp.pages.reviewer.move_words import VERDICTS, conclusion_words, level_office, reason_words
from webapp.pages.staff.events import NAMELESS, WHAT
from webapp.pages.words import moment_words
from webapp.records.events import Event
from webapp.records.moves import CaseMove
from webapp.records.reading.case_history import CaseHistory
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import Call
from webapp.records.verdicts import Verdict
from webapp.rules.calls import Outcome
from webapp.rules.flags import Flag
from webapp.rules.places import Move
from webapp.rules.verdicts import Conclusion, Kind
from webapp.rules.windows import local_moment

_VERDICT, _CALL, _FETCHED, _STORED = "verdict.given", "call.logged", "photo.fetched", "photo.stored"
_ENDS = frozenset({f"case.{Move.PASS.value}", f"case.{Move.FAIL.value}"})
_FOLDED = frozenset({_FETCHED, _STORED})
"""Kinds of which several in a row are one line; of views also those with something in between."""
_ICONS: Final = {
    _CALL: "call",
    _FETCHED: "eye",
    _STORED: "camera",
    "photo.removed": "minus",
    "photo.revived": "undo",
    "photo.turned": "turn-right",
    "original.arrived": "camera",
    "case.taken_over": "take-over",
    "case.claimed": "person",
    "case.released": "person",
    "case.take_back": "undo",
    "material.declared": "declared",
    "record.doubted": "declared",
    "case.ask": "needs-action",
    "case.return_down": "problem",
    "flag.set": "problem",
}


@dataclass(frozen=True)
class HistoryRow:
    """One line; ``kind`` is the look's state or empty, ``links`` lead to its photos, ``times`` how many they were."""

    at: str
    who: str
    what: str
    icon: str
    kind: str
    detail: str
    over: bool
    """Taken back or replaced since: it counts no longer."""
    event: str
    links: tuple[tuple[str, str], ...] = ()
    times: int = 1


@dataclass(frozen=True)
class HistoryDay:
    """What happened on one day, newest first."""

    title: str
    rows: list[HistoryRow]


@dataclass(frozen=True)
class Reader:
    """The case and its events; ``sees``: the highest level whose words may be read."""

    exam: OpenExam
    desk: DeskCase
    told: CaseHistory
    sees: int


def story(reader: Reader) -> list[HistoryDay]:
    """All lines by day."""
    days: dict[str, list[HistoryRow]] = {}
    for day, row in _rows(reader):
        days.setdefault(day, []).append(row)
    return [HistoryDay(day, _together(rows)) for day, rows in days.items()]


def _rows(reader: Reader) -> Iterator[tuple[str, HistoryRow]]:
    verdicts = sorted(reader.told.verdicts, key=lambda row: row.at)
    moves = sorted(reader.told.moves, key=lambda row: row.number)
    calls = sorted(reader.told.calls, key=lambda row: row.at)
    for event in reader.told.events:
        verdict = _last(verdicts, event) if event.what == _VERDICT else None
        move = _last_move(moves, event)
        call = calls.pop() if event.what == _CALL and calls else None
        if verdict is not None and verdict.level > reader.sees:
            continue
        day = moment_words(event.at, reader.exam.time_zone).rpartition(" ")[0]
        yield day, _row(reader, event, verdict, move, call)


def _last(verdicts: list[Verdict], event: Event) -> Verdict | None:
    """The newest row that the event can be about, taken off: events come newest first."""
    for row in reversed(verdicts):
        if row.material == event.facts.get("material") and row.level == event.facts.get("level"):
            verdicts.remove(row)
            return row
    return None


def _last_move(moves: list[CaseMove], event: Event) -> CaseMove | None:
    if moves and event.what == f"case.{moves[-1].move}":
        return moves.pop()
    return None


def _row(
    reader: Reader, event: Event, verdict: Verdict | None, move: CaseMove | None, call: Call | None
) -> HistoryRow:
    names = reader.told.names
    hidden = event.what in _ENDS and move is not None and (move.from_level or 0) > reader.sees
    what = _("审核结束") if hidden else _(WHAT.get(event.what, event.what))
    detail, over, kind = "", False, ""
    if verdict is not None:
        detail, over = _of_verdict(reader, verdict), verdict.ended_at is not None
        kind = VERDICTS[Kind(verdict.kind)][0]
    elif move is not None and not hidden:
        detail, over = _of_move(reader, move), move.undone_at is not None
    elif call is not None:
        detail = _of_call(reader, call)
    elif not hidden:
        detail = _of_facts(reader, event.facts)
    who = names.get(event.actor) or _(NAMELESS.get(event.actor, event.actor))
    if hidden and move is not None and move.from_level is not None:
        who = level_office(reader.exam, move.from_level)
    return HistoryRow(
        at=local_moment(event.at, reader.exam.time_zone).time,
        who=who,
        what=what,
        icon=_icon(event.what, kind, moved=move is not None, hidden=hidden),
        kind=kind,
        detail=detail,
        over=over,
        event=event.what,
        links=_photo_of(reader, event),
    )


def _icon(what: str, kind: str, *, moved: bool, hidden: bool) -> str:
    if kind:
        return kind
    if what in _ICONS and not hidden:
        return _ICONS[what]
    return "arrow" if moved else "file"


def _photo_of(reader: Reader, event: Event) -> tuple[tuple[str, str], ...]:
    """The way to the photo that an event is about, where reviewers may see it."""
    kind, _colon, text = event.subject.partition(":")
    if kind != "photo":
        return ()
    desk = reader.desk
    found = next((one for one in (*desk.file.photos, *desk.earlier) if str(one.photo.id) == text), None)
    if found is None:
        return ()
    address = address_of(desk.file.case.id, found.photo.material, UUID(text))
    return ((photo_name(desk, found), address),)


def _said(*parts: str) -> str:
    return _("，").join(part for part in parts if part)


def _of_verdict(reader: Reader, row: Verdict) -> str:
    reasons = listed(reason_words(reader.exam, row.reasons))
    name = names_of_materials(reader.desk, [row.material])
    head = _("%(material)s：%(word)s", material=name, word=_(VERDICTS[Kind(row.kind)][1]))
    return _said(head, reasons, row.note)


def _of_move(reader: Reader, row: CaseMove) -> str:
    word = ""
    if row.conclusion and row.from_level is not None:
        word = conclusion_words(reader.exam, Conclusion(row.conclusion), row.from_level)
    shown = row.from_level is None or row.from_level <= reader.sees or row.move != Move.PASS_UP.value
    if row.move == Move.ASK.value:
        word = _asked(reader, row) or word
    return _said(word, listed(reason_words(reader.exam, row.reasons)), row.note) if shown else ""


def _asked(reader: Reader, row: CaseMove) -> str:
    """What was asked for, and until when."""
    request = next((one for one in reader.desk.requests if one.row.asked_at == row.exam_at), None)
    if request is None:
        return ""
    lines = asked_shown(request.items, reader.desk.file.concerns, (), reader.exam)
    due = _("%(due)s 截止", due=moment_words(request.row.due, reader.exam.time_zone, ends=True))
    return _said(listed(line.what for line in lines), due)


def _of_call(reader: Reader, row: Call) -> str:
    again = moment_words(row.next_try, reader.exam.time_zone) if row.next_try else ""
    more = _("%(when)s 再打", when=again) if again else ""
    return _said(_(OUTCOMES[Outcome(row.outcome)]), row.phone, row.note, more)


def _of_facts(reader: Reader, facts: dict[str, Any]) -> str:
    """Places, materials, fields and flags that an event names by code."""
    flag, material, place = (str(facts.get(key, "")) for key in ("flag", "material", "place"))
    field = reader.exam.package.fields.get(str(facts.get("field", "")))
    said = [field.names.said_in(current_language())] if field else []
    if flag in set(Flag):
        said.append(_(FLAG_WORDS[Flag(flag)]))
    said.append(takeover_reason_words(str(facts.get("reason", ""))))
    code = material or place.partition(".")[0]
    return _said(*said, names_of_materials(reader.desk, [code]) if code else "")


def _together(rows: Iterable[HistoryRow]) -> list[HistoryRow]:
    """Photos that came one after the other are one line, and so are all that one person opened on a day."""
    found: list[HistoryRow] = []
    for row in rows:
        alike = [n for n, one in enumerate(found) if (one.event, one.who) == (row.event, row.who)]
        at = alike[-1] if alike and (row.event == _FETCHED or alike[-1] == len(found) - 1) else None
        if at is None or row.event not in _FOLDED:
            found.append(row)
            continue
        first = found[at]
        links = first.links + tuple(link for link in row.links if link not in first.links)
        found[at] = replace(first, times=first.times + 1, links=links, detail="")
    return found
