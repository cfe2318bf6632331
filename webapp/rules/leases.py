"""Who has claimed a case, for how long, and who may decide it. Leases run by real time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from webapp.rules.places import Place, Stage
from webapp.rules.windows import Window, WindowState

LEASE = timedelta(minutes=15)
"""The default; the exam's data may say otherwise."""


class ReviewFrom(StrEnum):
    """When review starts: the exam's data."""

    BELL = "bell"
    SUBMIT = "submit"


class TakeoverReason(StrEnum):
    """Why a colleague's case is taken over: one of a few, so that the trace can name it without anybody's words."""

    URGED = "urged"
    """The candidate or their unit has called."""
    ABSENT = "absent"
    REQUESTED = "requested"
    """By the colleague."""
    ASSIGNED = "assigned"
    """By a manager."""
    IDLE = "idle"
    """It has been lying for a long time."""


@dataclass(frozen=True)
class Lease:
    """A claim. A case has at most one: taking it, or any move of the case, ends the one before."""

    holder: UUID
    taken_at: datetime
    until: datetime


def new_lease(holder: UUID, now: datetime, length: timedelta = LEASE) -> Lease:
    """A claim from now on."""
    return Lease(holder, now, now + length)


def renewed(lease: Lease, now: datetime, length: timedelta = LEASE) -> Lease:
    """The same claim after some activity of its holder, also of one that had expired; never a shorter one."""
    return replace(lease, until=max(lease.until, now + length))


def is_live(lease: Lease | None, now: datetime) -> bool:
    """Whether the claim keeps others away."""
    return lease is not None and now < lease.until


def may_decide(lease: Lease | None, person: UUID) -> bool:
    """Whether this person's word on the case counts. An expired claim that nobody took still decides."""
    return lease is not None and lease.holder == person


def concluded_elsewhere(level: int, concluded: Collection[int]) -> bool:
    """Whether one of the levels at which somebody has concluded a case is another than ``level``.

    Conclusions that were taken back do not count.
    """
    return any(other != level for other in concluded)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Somebody wants to work on a case. ``now`` is real time, ``exam_now`` and ``window`` are the exam's."""

    person: UUID
    place: Place
    now: datetime
    exam_now: datetime
    window: Window
    review_from: ReviewFrom
    lease: Lease | None
    verdicts_saved: bool
    announcements_open: int
    incoming_waiting: int
    concluded: Collection[int]
    """Levels at which the person has concluded this case."""
    takeover_reason: bool = False


def claim_refusals(claim: Claim) -> tuple[str, ...]:
    """Codes of all that stands against a claim; empty: it may be given.

    ``case.not_in_review``, ``concluded.elsewhere``, ``review.not_begun`` (before the bell, no verdict saved),
    ``announcement.open``, ``incoming.waiting``, ``lease.held`` (by somebody else; a reason takes it over).
    """
    level = claim.place.level
    in_review = claim.place.stage is Stage.REVIEW and level is not None
    checks = {
        "case.not_in_review": not in_review,
        "concluded.elsewhere": level is not None and concluded_elsewhere(level, claim.concluded),
        "review.not_begun": claim.review_from is ReviewFrom.BELL
        and not claim.verdicts_saved
        and claim.window.state_at(claim.exam_now) is not WindowState.CLOSED,
        "announcement.open": claim.announcements_open > 0,
        "incoming.waiting": claim.incoming_waiting > 0,
        "lease.held": is_live(claim.lease, claim.now)
        and not may_decide(claim.lease, claim.person)
        and not claim.takeover_reason,
    }
    return tuple(code for code, stands in checks.items() if stands)
