"""What has happened to a case, newest first, in words, with who did it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.language import _, current_language, listed
from webapp.pages.reviewer.call_groups import OUTCOMES
from webapp.pages.reviewer.case_words import names_of_materials
from webapp.pages.reviewer.desk import opened, reviewer
from webapp.pages.reviewer.move_words import VERDICTS, conclusion_words, level_office, reason_words
from webapp.pages.reviewer.standing import standing
from webapp.pages.staff.events import NAMELESS, WHAT
from webapp.pages.words import full_moment_words
from webapp.records.events import Event
from webapp.records.moves import CaseMove
from webapp.records.reading.case_history import CaseHistory, case_history
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import Call
from webapp.records.verdicts import Verdict
from webapp.rules.calls import Outcome
from webapp.rules.flags import Flag
from webapp.rules.places import Move
from webapp.rules.verdicts import Conclusion, Kind

blueprint = Blueprint("review_history", __name__, url_prefix="/review/cases/<uuid:case_id>")

_VERDICT, _CALL, _FETCHED = "verdict.given", "call.logged", "photo.fetched"
_ENDS = frozenset({f"case.{Move.PASS.value}", f"case.{Move.FAIL.value}"})


@dataclass(frozen=True)
class HistoryRow:
    """One line; ``times`` how often in a row."""

    at: str
    who: str
    what: str
    detail: str
    over: bool
    """Taken back or replaced since: it counts no longer."""
    times: int = 1


@dataclass(frozen=True)
class HistoryPage:
    """See ``templates/reviewer/history.html``."""

    address: str
    name: str
    number: str
    rows: list[HistoryRow]


@dataclass(frozen=True)
class _Reader:
    exam: OpenExam
    desk: DeskCase
    told: CaseHistory
    sees: int


@blueprint.get("/history")
@audience(Audience.REVIEWER)
@rate(PAGE)
async def history(case_id: UUID) -> ResponseReturnValue:
    """The whole way of a case. What a higher level thinks of it is not told to a lower one."""
    exam, desk, who = await exam_shown(), await opened(case_id), reviewer()
    sees = standing(exam, desk, who, await exam_now(), now()).sees
    reader = _Reader(exam, desk, await case_history(case_id), sees)
    page = HistoryPage(
        f"/review/cases/{case_id}",
        desk.candidate.name,
        desk.candidate.registration_number,
        _together(_rows(reader)),
    )
    return await render("reviewer/history.html", page, current="queue")


def _rows(reader: _Reader) -> Iterator[HistoryRow]:
    verdicts = sorted(reader.told.verdicts, key=lambda row: row.at)
    moves = sorted(reader.told.moves, key=lambda row: row.number)
    calls = sorted(reader.told.calls, key=lambda row: row.at)
    for event in reader.told.events:
        verdict = _last(verdicts, event) if event.what == _VERDICT else None
        move = _last_move(moves, event)
        call = calls.pop() if event.what == _CALL and calls else None
        if verdict is not None and verdict.level > reader.sees:
            continue
        yield _row(reader, event, verdict, move, call)


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
    reader: _Reader, event: Event, verdict: Verdict | None, move: CaseMove | None, call: Call | None
) -> HistoryRow:
    names = reader.told.names
    hidden = event.what in _ENDS and move is not None and (move.from_level or 0) > reader.sees
    what = _("审核结束") if hidden else _(WHAT.get(event.what, event.what))
    detail, over = "", False
    if verdict is not None:
        detail, over = _of_verdict(reader, verdict), verdict.ended_at is not None
    elif move is not None and not hidden:
        detail, over = _of_move(reader, move), move.undone_at is not None
    elif call is not None:
        detail = _said(_(OUTCOMES[Outcome(call.outcome)]), call.note)
    elif not hidden:
        detail = _of_facts(reader, event.facts)
    who = names.get(event.actor) or _(NAMELESS.get(event.actor, event.actor))
    if hidden and move is not None and move.from_level is not None:
        who = level_office(reader.exam, move.from_level)
    return HistoryRow(full_moment_words(event.at, reader.exam.time_zone), who, what, detail, over)


def _said(*parts: str) -> str:
    return _("，").join(part for part in parts if part)


def _of_verdict(reader: _Reader, row: Verdict) -> str:
    reasons = listed(reason_words(reader.exam, row.reasons))
    name = names_of_materials(reader.desk, [row.material])
    head = _("%(material)s：%(word)s", material=name, word=_(VERDICTS[Kind(row.kind)][1]))
    return _said(head, reasons, row.note)


def _of_move(reader: _Reader, row: CaseMove) -> str:
    word = ""
    if row.conclusion and row.from_level is not None:
        word = conclusion_words(reader.exam, Conclusion(row.conclusion), row.from_level)
    shown = row.from_level is None or row.from_level <= reader.sees or row.move != Move.PASS_UP.value
    return _said(word, listed(reason_words(reader.exam, row.reasons)), row.note) if shown else ""


def _of_facts(reader: _Reader, facts: dict[str, Any]) -> str:
    """Places, materials, fields and flags that an event names by code."""
    flag, material, place = (str(facts.get(key, "")) for key in ("flag", "material", "place"))
    field = reader.exam.package.fields.get(str(facts.get("field", "")))
    said = [field.names.said_in(current_language())] if field else []
    if flag in set(Flag):
        said.append(_(FLAG_WORDS[Flag(flag)]))
    code = material or place.partition(".")[0]
    return _said(*said, names_of_materials(reader.desk, [code]) if code else "")


def _together(rows: Iterator[HistoryRow]) -> list[HistoryRow]:
    """Photos opened one after the other by the same person are one line."""
    found: list[HistoryRow] = []
    for row in rows:
        alike = (
            found and row.what == _(WHAT[_FETCHED]) and (row.who, row.what) == (found[-1].who, found[-1].what)
        )
        if alike:
            found[-1] = replace(found[-1], times=found[-1].times + 1)
        else:
            found.append(row)
    return found
