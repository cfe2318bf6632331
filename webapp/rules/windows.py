"""The upload window: a half-open interval of UTC instants, shown in the exam's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class WindowState(StrEnum):
    """Where a moment lies against a window."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Window:
    """[opens, bell): the first instant of uploading, and the first at which it has ended. Both are aware."""

    opens: datetime
    bell: datetime

    def __post_init__(self) -> None:
        if self.opens.tzinfo is None or self.bell.tzinfo is None:
            raise ValueError("a window's instants carry their zone")
        if self.opens >= self.bell:
            raise ValueError("a window opens before its bell")

    def state_at(self, now: datetime) -> WindowState:
        """BEFORE, OPEN or CLOSED; the bell itself is CLOSED."""
        if now < self.opens:
            return WindowState.BEFORE
        return WindowState.OPEN if now < self.bell else WindowState.CLOSED


@dataclass(frozen=True)
class LocalMoment:
    """A moment as people at the exam say it: a day and a time such as 08:05 or 24:00."""

    day: date
    time: str


def local_moment(instant: datetime, zone: str, *, ends: bool = False) -> LocalMoment:
    """``instant`` in ``zone``. With ``ends``, midnight is 24:00 of the day that ends with it."""
    local = instant.astimezone(ZoneInfo(zone))
    if ends and (local.hour, local.minute) == (0, 0):
        return LocalMoment(local.date() - timedelta(days=1), "24:00")
    return LocalMoment(local.date(), f"{local:%H:%M}")
