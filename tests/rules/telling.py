"""Moments and circumstances for the tests of a case's rules: a case of Tianjin 2020, on an ordinary day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from webapp.rules.circumstances import Circumstances
from webapp.rules.places import Arrival, By, Move, Place
from webapp.rules.windows import Window

OPENS = datetime(2020, 4, 22, 16, tzinfo=UTC)
BELL = datetime(2020, 5, 6, 16, tzinfo=UTC)
WINDOW = Window(OPENS, BELL)
DURING = BELL - timedelta(days=1)
AFTER = BELL + timedelta(days=1)
INSTANT = timedelta(microseconds=1)

FANG, GAO, HAN = (UUID(int=number) for number in (1, 2, 3))


def arrived(
    move: Move, came_from: Place, *, at: datetime, by: By = By.REVIEWER, person: UUID | None = FANG
) -> Arrival:
    return Arrival(move, by, came_from, at, person)


def told(**changes: Any) -> Circumstances:
    """A case within its window, in which nothing stands against anything that only depends on the actor."""
    usual = Circumstances(
        exam_now=DURING,
        now=DURING,
        window=WINDOW,
        arrival=None,
        first_round=True,
        verdicts_saved=False,
        required_missing=0,
        empty=False,
        announcements_open=0,
        incoming_waiting=0,
        published=False,
        by_person=FANG,
        version_current=True,
        may_decide=True,
        concluded_elsewhere=False,
        claimed_since=False,
        conclusion_lacks=False,
        reason=True,
    )
    return replace(usual, **changes)
