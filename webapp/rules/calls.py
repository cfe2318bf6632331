"""Telephone calls about a request: how one can end, who is called next, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from itertools import takewhile
from zoneinfo import ZoneInfo


class Callee(StrEnum):
    """Who is called."""

    UNIT = "unit"
    CANDIDATE = "candidate"


class Outcome(StrEnum):
    """How a call ended."""

    TOLD = "told"
    """Somebody took the message and will pass it on, or it was the candidate."""
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    CALL_LATER = "call_later"
    """They asked to be called at another time."""
    WRONG_NUMBER = "wrong_number"
    NOT_THEIRS = "not_theirs"
    """The unit says that the person is not (or no longer) theirs."""


AGAIN = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.CALL_LATER})
"""After these the same number is tried again."""
IN_VAIN = frozenset({Outcome.WRONG_NUMBER, Outcome.NOT_THEIRS})
"""After these that number reaches nobody who could pass the message on."""
PAUSES = {
    Outcome.NO_ANSWER: timedelta(hours=2),
    Outcome.BUSY: timedelta(minutes=30),
    Outcome.CALL_LATER: timedelta(hours=2),
}
FIRST_CALL, LAST_CALL = time(8, 30), time(17, 30)
"""When offices and units are at their telephones, by the exam's zone."""


@dataclass(frozen=True)
class Called:
    """One call as the rules see it. Times are by the exam's clock."""

    callee: Callee
    outcome: Outcome
    at: datetime
    next_try: datetime | None = None


class Turn(IntEnum):
    """How a request stands at the desk, in the order in which the desk works."""

    FIRST = 0
    """Nobody has been called about it."""
    NOW = 1
    """A next try is due, or another number is to be tried."""
    STUCK = 2
    """No number is left; somebody has to find one."""
    LATER = 3
    TOLD = 4
    OVER = 5
    """Its due time has passed: a call could change nothing."""


TO_CALL = frozenset({Turn.FIRST, Turn.NOW, Turn.STUCK})


@dataclass(frozen=True)
class Standing:
    """What is to be done about a request next: whose turn it is, when, and whom to call."""

    turn: Turn
    callee: Callee
    next_try: datetime | None = None
    last: Outcome | None = None
    tries: int = 0
    """Calls since anybody was last reached."""


def standing(
    calls: Sequence[Called], reachable: Iterable[Callee], exam_now: datetime, due: datetime
) -> Standing:
    """How a request stands after ``calls`` (oldest first). ``reachable``: those who have a telephone number."""
    in_vain = {one.callee for one in calls if one.outcome in IN_VAIN}
    left = [callee for callee in Callee if callee in set(reachable) - in_vain]
    callee = left[0] if left else Callee.CANDIDATE if Callee.UNIT in in_vain else Callee.UNIT
    last = calls[-1] if calls else None
    tries = sum(1 for _ in takewhile(lambda one: one.outcome in AGAIN, reversed(calls)))
    outcome = last.outcome if last else None
    if exam_now >= due:
        return Standing(Turn.OVER, callee, None, outcome, tries)
    if last is not None and last.outcome is Outcome.TOLD:
        return Standing(Turn.TOLD, last.callee, None, outcome)
    if not left:
        return Standing(Turn.STUCK, callee, None, outcome, tries)
    if last is None:
        return Standing(Turn.FIRST, callee)
    if last.outcome in AGAIN and last.callee in left:
        waits = last.next_try is not None and last.next_try > exam_now
        return Standing(Turn.LATER if waits else Turn.NOW, last.callee, last.next_try, outcome, tries)
    return Standing(Turn.NOW, callee, None, outcome, tries)


def next_try(outcome: Outcome, exam_now: datetime, due: datetime, zone: str) -> datetime | None:
    """When the same number is tried again if nobody named a time.

    In calling hours and before ``due``. None: not at all, or no such time is left, so at once.
    """
    if outcome not in AGAIN:
        return None
    wished = _in_hours(exam_now + PAUSES[outcome], zone)
    if wished < due:
        return wished
    latest = _last_in_hours(due, zone)
    return latest if latest > exam_now else None


def _in_hours(instant: datetime, zone: str) -> datetime:
    """``instant`` itself where somebody can be called then, else when calling begins again."""
    local = instant.astimezone(ZoneInfo(zone))
    if local.time() < FIRST_CALL:
        return _at(local, FIRST_CALL)
    if local.time() > LAST_CALL:
        return _at(local + timedelta(days=1), FIRST_CALL)
    return instant


def _last_in_hours(due: datetime, zone: str) -> datetime:
    """The last moment before ``due`` at which somebody can be called, with time left to act on it."""
    before = due - timedelta(minutes=30)
    local = before.astimezone(ZoneInfo(zone))
    if local.time() > LAST_CALL:
        return _at(local, LAST_CALL)
    if local.time() < FIRST_CALL:
        return _at(local - timedelta(days=1), LAST_CALL)
    return before


def _at(local: datetime, hour: time) -> datetime:
    return datetime.combine(local.date(), hour, local.tzinfo)
