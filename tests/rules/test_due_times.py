"""The due time that the form of a request begins with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from webapp.rules.due_times import usual_due

ZONE = "Asia/Shanghai"


def moment(text: str) -> datetime:
    """A moment of the exam's zone."""
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("bell", "now", "due"),
    [
        ("2020-05-07T00:00", "2020-05-11T10:00", "2020-05-14T18:00"),  # three days from now
        ("2020-05-20T00:00", "2020-05-11T10:00", "2020-05-20T18:00"),  # the bell is later
        ("2020-05-07T00:00", "2020-05-11T18:00", "2020-05-14T18:00"),  # exactly then
        ("2020-05-07T00:00", "2020-05-11T18:01", "2020-05-15T18:00"),  # that evening would be too early
        ("2020-05-20T19:30", "2020-05-11T10:00", "2020-05-21T18:00"),
    ],
)
def test_a_request_falls_due_at_the_end_of_an_office_day(bell: str, now: str, due: str) -> None:
    found = usual_due(moment(bell).astimezone(UTC), moment(now), ZONE)
    assert found == moment(due)
