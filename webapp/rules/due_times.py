"""When a request usually falls due, for the form to begin with."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

USUAL_TIME = timedelta(hours=72)
_USUAL_HOUR = time(18)


def usual_due(bell: datetime, exam_now: datetime, zone: str) -> datetime:
    """The end of an office day, no earlier than the case's bell and than 72 h from now."""
    earliest = max(bell, exam_now + USUAL_TIME).astimezone(ZoneInfo(zone))
    due = datetime.combine(earliest.date(), _USUAL_HOUR, earliest.tzinfo)
    return due if due >= earliest else due + timedelta(days=1)
