"""The bell of a case, the due time of a supplement, and the grace after both.

Times are aware, by the exam's clock. Intervals are half-open: at the bell, at the due time and at the end of
the grace it is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.rules.windows import Window

GRACE = timedelta(hours=2)
"""The default; the exam's data may say otherwise."""


def case_bell(phase: datetime, site: datetime | None = None, own: datetime | None = None) -> datetime:
    """When uploading ends for a case: the latest of its phase's, its site's and its own bell."""
    return max(bell for bell in (phase, site, own) if bell is not None)


def case_window(phase: Window, site: datetime | None = None, own: datetime | None = None) -> Window:
    """The window of a case: it opens with its phase and ends at its own bell."""
    return Window(phase.opens, case_bell(phase.bell, site, own))


def extends(new: datetime, bell: datetime, now: datetime) -> bool:
    """Whether ``new`` is a bell that an extension may write: later than the one in force, and still ahead."""
    return new > bell and new > now


def due_in_force(due: datetime, bell: datetime) -> datetime:
    """When a supplement falls due: no earlier than the case's bell, also if that was moved since."""
    return max(due, bell)


def may_fall_due(due: datetime, bell: datetime, now: datetime) -> bool:
    """Whether a request may name this due time: still ahead, and no earlier than the case's bell."""
    return due > now and due >= bell


def grace_ends(deadline: datetime, grace: timedelta = GRACE) -> datetime:
    """The first instant at which no announced photo is taken; ``deadline`` is a bell or a due time."""
    return deadline + grace


def in_grace(deadline: datetime, now: datetime, grace: timedelta = GRACE) -> bool:
    """Whether only announced photos are still taken."""
    return deadline <= now < grace_ends(deadline, grace)
