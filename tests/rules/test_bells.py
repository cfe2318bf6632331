from datetime import datetime, timedelta

import pytest

from tests.rules.telling import BELL, DURING, INSTANT, OPENS, WINDOW
from webapp.rules.bells import (
    GRACE,
    case_bell,
    case_window,
    due_in_force,
    extends,
    grace_ends,
    in_grace,
    may_fall_due,
)
from webapp.rules.windows import WindowState

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("site", "own", "expected"),
    [
        (None, None, BELL),
        (BELL + DAY, None, BELL + DAY),
        (None, BELL + DAY, BELL + DAY),
        (BELL + 2 * DAY, BELL + DAY, BELL + 2 * DAY),
        (BELL - DAY, BELL - 2 * DAY, BELL),
    ],
)
def test_the_bell_of_a_case_is_the_latest_of_phase_site_and_its_own(
    site: datetime | None, own: datetime | None, expected: datetime
) -> None:
    assert case_bell(BELL, site, own) == expected


def test_a_site_that_was_extended_leaves_its_window_open_past_the_phases_bell() -> None:
    extended = case_window(WINDOW, site=BELL + DAY)
    assert WINDOW.state_at(BELL) is WindowState.CLOSED
    assert extended.state_at(BELL) is WindowState.OPEN
    assert extended.state_at(BELL + DAY - INSTANT) is WindowState.OPEN
    assert extended.state_at(BELL + DAY) is WindowState.CLOSED
    assert extended.opens == OPENS


def test_an_extension_is_later_than_the_bell_and_still_ahead() -> None:
    assert extends(BELL + INSTANT, BELL, DURING)
    assert not extends(BELL, BELL, DURING)
    assert extends(BELL + DAY, BELL, BELL + DAY - INSTANT)
    assert not extends(BELL + DAY, BELL, BELL + DAY)


def test_a_request_falls_due_ahead_and_no_earlier_than_the_bell() -> None:
    assert may_fall_due(BELL, BELL, DURING)
    assert not may_fall_due(BELL - INSTANT, BELL, DURING)
    assert may_fall_due(BELL + DAY, BELL, BELL + DAY - INSTANT)
    assert not may_fall_due(BELL + DAY, BELL, BELL + DAY)


def test_a_bell_moved_past_a_due_time_takes_the_due_time_along() -> None:
    due = BELL + DAY
    assert due_in_force(due, BELL) == due
    assert due_in_force(due, BELL + 2 * DAY) == BELL + 2 * DAY


def test_the_grace_begins_at_the_bell_and_is_over_at_its_end() -> None:
    assert not in_grace(BELL, BELL - INSTANT)
    assert in_grace(BELL, BELL)
    assert in_grace(BELL, BELL + GRACE - INSTANT)
    assert not in_grace(BELL, BELL + GRACE)
    assert grace_ends(BELL, timedelta(hours=1)) == BELL + timedelta(hours=1)
