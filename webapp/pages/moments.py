"""Moments in forms: ``datetime-local`` fields, read and filled in the exam's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from webapp.rules.refusals import Refused

_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
"""What browsers send for ``datetime-local``: to the minute, some with seconds."""


def local_input(instant: datetime, zone: str) -> str:
    """The value of a ``datetime-local`` field that shows ``instant`` in ``zone``: ``2020-05-07T00:00``."""
    return f"{instant.astimezone(ZoneInfo(zone)):{_FORMS[0]}}"


def read_local(text: str, zone: str) -> datetime | None:
    """The instant (UTC) that such a field says in ``zone``; None for an empty one.

    :class:`Refused` ``moment.unreadable``. An hour that a change of the clocks repeats is its first.
    """
    said = text.strip()
    if not said:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise Refused("moment.unreadable")
