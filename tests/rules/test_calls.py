"""Who is called next about a request, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from webapp.rules.calls import (
    AGAIN,
    FIRST_CALL,
    LAST_CALL,
    Called,
    Callee,
    Outcome,
    Turn,
    next_try,
    standing,
)

ZONE = "Asia/Shanghai"
BOTH = frozenset(Callee)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of May 2020 in the exam's zone."""
    return datetime(2020, 5, day, hour, minute, tzinfo=ZoneInfo(ZONE))


NOW, DUE = at(8, 10), at(12, 18)


def called(
    outcome: Outcome, callee: Callee = Callee.UNIT, again: datetime | None = None, moment: datetime = NOW
) -> Called:
    return Called(callee, outcome, moment, again)


@pytest.mark.parametrize(
    ("outcome", "now", "due", "expected"),
    [
        (Outcome.NO_ANSWER, NOW, DUE, at(8, 12)),
        (Outcome.BUSY, NOW, DUE, at(8, 10, 30)),
        (Outcome.CALL_LATER, NOW, DUE, at(8, 12)),
        (Outcome.TOLD, NOW, DUE, None),
        (Outcome.WRONG_NUMBER, NOW, DUE, None),
        (Outcome.NOT_THEIRS, NOW, DUE, None),
        # In calling hours: the last minute of the day still counts, after it comes the next morning.
        (Outcome.NO_ANSWER, at(8, 15, 30), DUE, at(8, 17, 30)),
        (Outcome.NO_ANSWER, at(8, 15, 31), DUE, at(9, 8, 30)),
        (Outcome.BUSY, at(8, 23, 50), DUE, at(9, 8, 30)),
        (Outcome.BUSY, at(8, 7, 0), DUE, at(8, 8, 30)),
        (Outcome.BUSY, at(8, 8, 0), DUE, at(8, 8, 30)),
        # Never beyond the due time: the last time at which a call still helps, or at once.
        (Outcome.NO_ANSWER, at(12, 16, 30), DUE, at(12, 17, 30)),
        (Outcome.NO_ANSWER, at(12, 16, 30), at(12, 17), None),
        (Outcome.NO_ANSWER, at(11, 16), at(12, 0), at(11, 17, 30)),
        (Outcome.BUSY, at(12, 17, 45), DUE, None),
        (Outcome.NO_ANSWER, at(11, 16), at(12, 8, 30), at(11, 17, 30)),
    ],
)
def test_the_next_try_is_in_calling_hours_and_before_the_due_time(
    outcome: Outcome, now: datetime, due: datetime, expected: datetime | None
) -> None:
    assert next_try(outcome, now, due, ZONE) == expected


def test_whenever_a_call_ends_its_next_try_can_be_made() -> None:
    for quarters in range(4 * 24 * 5):
        now = at(8, 0) + timedelta(minutes=15 * quarters)
        for outcome in AGAIN:
            found = next_try(outcome, now, DUE, ZONE)
            if now >= DUE:
                continue
            if found is None:
                assert now >= DUE - timedelta(hours=3)
                continue
            assert now < found < DUE
            assert FIRST_CALL <= found.astimezone(ZoneInfo(ZONE)).time() <= LAST_CALL


def test_whoever_was_never_called_comes_first_and_the_unit_is_asked_before_the_person() -> None:
    fresh = standing([], BOTH, NOW, DUE)
    assert (fresh.turn, fresh.callee) == (Turn.FIRST, Callee.UNIT)
    assert standing([], {Callee.CANDIDATE}, NOW, DUE).callee is Callee.CANDIDATE
    assert standing([], set(), NOW, DUE).turn is Turn.STUCK
    assert Turn.FIRST < Turn.NOW < Turn.LATER < Turn.TOLD


def test_a_next_try_waits_until_it_is_due() -> None:
    calls = [called(Outcome.NO_ANSWER), called(Outcome.BUSY, again=at(8, 12))]
    waits = standing(calls, BOTH, at(8, 11, 59), DUE)
    assert (waits.turn, waits.next_try, waits.tries) == (Turn.LATER, at(8, 12), 2)
    assert standing(calls, BOTH, at(8, 12), DUE).turn is Turn.NOW
    assert standing([called(Outcome.BUSY)], BOTH, NOW, DUE).turn is Turn.NOW, "without a time it is at once"


def test_whoever_was_told_needs_no_call_until_somebody_tries_again() -> None:
    told = [called(Outcome.NO_ANSWER), called(Outcome.TOLD)]
    assert standing(told, BOTH, NOW, DUE).turn is Turn.TOLD
    assert standing([*told, called(Outcome.BUSY, again=at(8, 12))], BOTH, NOW, DUE).tries == 1


@pytest.mark.parametrize("outcome", [Outcome.WRONG_NUMBER, Outcome.NOT_THEIRS])
def test_after_a_number_that_reaches_nobody_the_other_one_is_proposed(outcome: Outcome) -> None:
    unit = called(outcome)
    proposed = standing([unit], BOTH, NOW, DUE)
    assert (proposed.turn, proposed.callee) == (Turn.NOW, Callee.CANDIDATE)
    stuck = standing([unit], {Callee.UNIT}, NOW, DUE)
    assert (stuck.turn, stuck.callee) == (Turn.STUCK, Callee.CANDIDATE)
    own = called(Outcome.NO_ANSWER, Callee.CANDIDATE, at(8, 12))
    waits = standing([unit, own], BOTH, NOW, DUE)
    assert (waits.turn, waits.callee) == (Turn.LATER, Callee.CANDIDATE)
    both = [unit, called(Outcome.WRONG_NUMBER, Callee.CANDIDATE)]
    assert standing(both, BOTH, NOW, DUE).turn is Turn.STUCK
    back = standing([called(outcome, Callee.CANDIDATE)], BOTH, NOW, DUE)
    assert (back.turn, back.callee) == (Turn.NOW, Callee.UNIT)


def test_after_the_due_time_nobody_is_called() -> None:
    assert standing([], BOTH, DUE - timedelta(seconds=1), DUE).turn is Turn.FIRST
    assert standing([], BOTH, DUE, DUE).turn is Turn.OVER
