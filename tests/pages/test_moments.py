"""Moments in forms are the exam's, wherever the server and the browser stand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from webapp.pages.moments import local_input, read_local
from webapp.rules.refusals import Refused

BELL = datetime(2020, 5, 6, 16, tzinfo=UTC)


def test_what_a_field_shows_is_read_back_as_the_same_instant() -> None:
    for zone, shown in (("Asia/Shanghai", "2020-05-07T00:00"), ("Europe/Berlin", "2020-05-06T18:00")):
        assert local_input(BELL, zone) == shown
        assert read_local(shown, zone) == BELL
    assert read_local("2020-05-07T00:00", "Europe/Berlin") != BELL


def test_seconds_and_blanks_around_are_read_too_and_nothing_is_no_moment() -> None:
    assert read_local(" 2020-05-07T00:00:00 ", "Asia/Shanghai") == BELL
    assert read_local("  ", "Asia/Shanghai") is None


@pytest.mark.parametrize(
    "text",
    [
        "2020-05-07",
        "2020-13-07T00:00",
        "2020-05-06T24:00",
        "明天",
        "2020-05-07T00:00+08:00",
        "0001-01-01T00:00",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"moment\.unreadable"):
        read_local(text, "Asia/Shanghai")


def test_an_hour_that_comes_twice_is_its_first() -> None:
    assert read_local("2020-10-25T02:30", "Europe/Berlin") == datetime(2020, 10, 25, 0, 30, tzinfo=UTC)
