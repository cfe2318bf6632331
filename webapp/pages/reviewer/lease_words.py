"""A claim's time, in minutes as people count them."""

from __future__ import annotations

from datetime import datetime


def minutes_left(until: datetime | None, moment: datetime) -> int:
    """Minutes of a claim that are left, rounded up; 0 when it is over."""
    seconds = int((until - moment).total_seconds()) if until else 0
    return -(-seconds // 60) if seconds > 0 else 0
