"""The words of a case's way: where it can stand, what can happen to it, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

SETTLES_AFTER = timedelta(seconds=10)
"""How long a reviewer can take a decision back. Until then nothing of it is shown or sent outside."""


class Stage(StrEnum):
    """Where a case stands. Stored as plain text."""

    COLLECTING = "collecting"
    REVIEW = "review"
    SUPPLEMENT = "supplement"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Move(StrEnum):
    """What changes a stage; nothing else does."""

    SUBMIT = "submit"
    RECALL = "recall"
    CLOSE = "close"
    UNCLOSE = "unclose"
    PASS_UP = "pass_up"  # noqa: S105 - …
    RETURN_DOWN = "return_down"
    ASK = "ask"
    ANSWER = "answer"
    EXPIRE = "expire"
    CANCEL_ASK = "cancel_ask"
    PASS = "pass"  # noqa: S105 - a move, no password
    FAIL = "fail"
    TAKE_BACK = "take_back"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


class By(StrEnum):
    """As what somebody makes a move. Whether a person may act so at this office is not decided here."""

    CANDIDATE = "candidate"
    CLOCK = "clock"
    REVIEWER = "reviewer"
    """Of an office of the level at which the case stands."""
    ASKING_OFFICE = "asking_office"
    """Reviewer or manager of the office that opened the supplement."""
    SITE_MANAGER = "site_manager"
    REGION_MANAGER = "region_manager"
    """Manager of the office at the top of the tree."""
    IMPORT = "import"


LEVELLED = frozenset({Stage.REVIEW, Stage.SUPPLEMENT})
SETTLED_STAGES = frozenset({Stage.PASSED, Stage.FAILED, Stage.WITHDRAWN})
"""Stages that publishing does not wait for: a Result can be written of each."""


@dataclass(frozen=True)
class Place:
    """A stage and, for ``review`` and ``supplement``, the level it belongs to: 0 is the first."""

    stage: Stage
    level: int | None = None

    def __post_init__(self) -> None:
        if (self.stage in LEVELLED) != (self.level is not None):
            raise ValueError(f"{self.stage.value} at level {self.level}")

    def __str__(self) -> str:
        return self.stage.value if self.level is None else f"{self.stage.value}@{self.level}"


COLLECTING = Place(Stage.COLLECTING)
PASSED = Place(Stage.PASSED)
FAILED = Place(Stage.FAILED)
WITHDRAWN = Place(Stage.WITHDRAWN)


def review(level: int) -> Place:
    """Under review at ``level``."""
    return Place(Stage.REVIEW, level)


def supplement(level: int) -> Place:
    """Waiting for what ``level`` has asked for."""
    return Place(Stage.SUPPLEMENT, level)


@dataclass(frozen=True)
class Arrival:
    """The move that brought a case to where it stands. Moves that were taken back do not count, nor does the
    taking back: the case has the arrival again that it had before."""

    move: Move
    by: By
    came_from: Place
    at: datetime
    """By real time (``now()``), which also measures the 10 s."""
    person: UUID | None = None

    def age(self, now: datetime) -> timedelta:
        """How long ago it was, by real time."""
        return now - self.at


TAKEN_BACK = frozenset({Move.PASS_UP, Move.RETURN_DOWN, Move.ASK, Move.PASS, Move.FAIL})
"""The moves that ``take_back`` undoes."""


def is_settled(arrival: Arrival | None, now: datetime) -> bool:
    """Whether a decision is too old to be taken back. What is not a reviewer's decision always is."""
    return arrival is None or arrival.move not in TAKEN_BACK or arrival.age(now) >= SETTLES_AFTER
