"""Waits after trying in vain: they grow, they end, and knocking does not lengthen them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.throttling import (
    ACCOUNT,
    ACCOUNT_AT_ADDRESS,
    ADDRESS,
    Allowance,
    Count,
    a_day,
    take_try,
)

START = datetime(2020, 4, 23, 8, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RULE = Allowance(free=3, window=30 * MINUTE, first_wait=30 * SECOND, longest=5 * MINUTE)
EACH = [ACCOUNT_AT_ADDRESS, ACCOUNT, ADDRESS, RULE]


def tried(count: Count | None, allowance: Allowance, moment: datetime) -> tuple[Count, bool]:
    """One more try, and whether it may be made."""
    after, wait = take_try(count, allowance, moment)
    return after, not wait


def test_the_free_tries_do_not_wait_and_the_next_one_does() -> None:
    count: Count | None = None
    for _ in range(3):
        count, may = tried(count, RULE, START)
        assert may
    count, wait = take_try(count, RULE, START)
    assert wait == 30 * SECOND


def test_each_further_try_waits_twice_as_long_up_to_the_longest() -> None:
    count, moment, waits = None, START, []
    for _ in range(9):
        count, wait = take_try(count, RULE, moment)
        assert not wait
        waits.append((count.wait_until or moment) - moment)
        moment = count.wait_until or moment
    seconds = [wait.total_seconds() for wait in waits]
    assert seconds == [0, 0, 30, 60, 120, 240, 300, 300, 300]


def test_knocking_does_not_lengthen_the_wait() -> None:
    count: Count | None = None
    for _ in range(3):
        count, _may = tried(count, RULE, START)
    for second in range(30):
        again, wait = take_try(count, RULE, START + second * SECOND)
        assert again == count
        assert wait == (30 - second) * SECOND
    assert tried(count, RULE, START + 30 * SECOND)[1], "the moment itself is free again"


def test_after_a_quiet_time_everything_is_free_again() -> None:
    count: Count | None = None
    for _ in range(2):
        count, _may = tried(count, RULE, START)
    just_before, _ = take_try(count, RULE, START + RULE.window - SECOND)
    assert just_before.tries == 3
    later, _ = take_try(count, RULE, START + RULE.window)
    assert (later.tries, later.since, later.wait_until) == (1, START + RULE.window, None)


def test_whoever_has_had_to_wait_is_remembered_for_longer() -> None:
    count: Count | None = None
    for _ in range(3):
        count, _may = tried(count, RULE, START)
    assert count is not None
    assert count.wait_until is not None
    quiet = RULE.window + RULE.longest
    assert take_try(count, RULE, count.wait_until + quiet - SECOND)[0].tries == 4
    assert take_try(count, RULE, count.wait_until + quiet)[0].tries == 1


@given(st.integers(0, 10_000))
def test_the_wait_never_shrinks_with_more_tries_and_never_passes_the_longest(tries: int) -> None:
    for allowance in EACH:
        wait = allowance.wait_after(tries)
        assert timedelta(0) <= wait <= allowance.longest
        assert wait <= allowance.wait_after(tries + 1)
        assert (wait > timedelta(0)) == (tries >= allowance.free)


@given(st.sampled_from(EACH), st.lists(st.integers(0, 3_600), max_size=80))
def test_however_the_tries_are_spread_a_wait_that_was_told_ends_when_it_was_said(
    allowance: Allowance, pauses: list[int]
) -> None:
    count, moment = None, START
    for pause in pauses:
        moment += pause * SECOND
        count, wait = take_try(count, allowance, moment)
        assert timedelta(0) <= wait <= allowance.longest
        if wait:
            count, again = take_try(count, allowance, moment + wait)
            assert not again
            moment += wait


@pytest.mark.parametrize("patient", [False, True])
@pytest.mark.parametrize("allowance", EACH)
def test_a_day_of_guessing_at_one_key_is_bounded(allowance: Allowance, *, patient: bool) -> None:
    """Somebody who tries again at the first allowed moment, or keeps quiet until everything is free again."""
    count, moment, guesses = None, START, 0
    while moment < START + timedelta(days=1):
        count, wait = take_try(count, allowance, moment)
        if wait:
            moment += wait + (allowance.window + allowance.longest if patient else timedelta(0))
            continue
        guesses += 1
        moment += timedelta(milliseconds=100)
    most = {ACCOUNT_AT_ADDRESS: 200, ACCOUNT: 1_500, ADDRESS: 30_000, RULE: 500}[allowance]
    assert allowance.free < guesses < most


def test_five_tries_a_day_are_five_within_any_day_and_then_five_again() -> None:
    count, hour = None, timedelta(hours=1)
    for number in range(5):
        count, may = tried(count, a_day(5), START + number * hour)
        assert may
    refused, wait = take_try(count, a_day(5), START + 5 * hour)
    assert wait == 19 * hour
    assert take_try(refused, a_day(5), START + 24 * hour - SECOND)[1] == SECOND
    count = refused
    for _ in range(5):
        count, may = tried(count, a_day(5), START + 24 * hour)
        assert may
    assert not tried(count, a_day(5), START + 24 * hour)[1]


@pytest.mark.parametrize("allowance", [RULE, a_day(3)], ids=["rule", "a day"])
def test_a_machine_whose_clock_is_a_little_behind_goes_on_counting(allowance: Allowance) -> None:
    count: Count | None = None
    for _ in range(4):
        count, _may = tried(count, allowance, START)
    assert not tried(count, allowance, START - SECOND)[1]


def test_a_count_of_a_clock_that_was_far_ahead_holds_nobody_up() -> None:
    count: Count | None = None
    for _ in range(4):
        count, _may = tried(count, RULE, START)
    assert tried(count, RULE, START - timedelta(days=1))[1]
