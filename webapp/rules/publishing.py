"""Publishing a whole phase by two persons: what they approve, what voids an approval, and what waits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from webapp.rules.chain import canonical
from webapp.rules.places import SETTLED_STAGES, SETTLES_AFTER, Arrival, Move, Place, is_settled

APPROVAL_HOLDS = timedelta(hours=24)


@dataclass(frozen=True)
class Tally:
    """What an approval speaks of: how many cases, and a SHA-256 in hex over all (case id, version)."""

    cases: int
    digest: str


@dataclass(frozen=True)
class Approval:
    """The first person's; ``at`` is by the exam's clock."""

    person: UUID
    at: datetime
    tally: Tally


@dataclass(frozen=True)
class PhaseState:
    """A phase on the point of being approved or published. ``now`` and ``last_decision`` are real time."""

    open_cases: int
    """Cases neither passed, failed nor withdrawn."""
    last_decision: datetime | None
    published: bool
    tally: Tally
    now: datetime
    exam_now: datetime


def tally(cases: Iterable[tuple[UUID, int]]) -> Tally:
    """Over all cases of a phase, withdrawn ones too, in any order; ValueError if one comes twice."""
    pairs = sorted((str(case), version) for case, version in cases)
    if len({case for case, _ in pairs}) != len(pairs):
        raise ValueError("a case is counted once")
    return Tally(len(pairs), hashlib.sha256(canonical(pairs)).hexdigest())


def approving_refusals(phase: PhaseState) -> tuple[str, ...]:
    """Codes of all that stands against a first approval; empty: it may be given.

    ``phase.published``, ``phase.open_cases``, ``decision.unsettled`` (a decision is under 10 s old).
    """
    checks = {
        "phase.published": phase.published,
        "phase.open_cases": phase.open_cases > 0,
        "decision.unsettled": phase.last_decision is not None
        and phase.now - phase.last_decision < SETTLES_AFTER,
    }
    return tuple(code for code, stands in checks.items() if stands)


def voided(approval: Approval, current: Tally, exam_now: datetime) -> str | None:
    """Why an approval no longer holds: ``approval.changed`` or ``approval.expired``; None: it holds."""
    if approval.tally != current:
        return "approval.changed"
    return "approval.expired" if exam_now - approval.at >= APPROVAL_HOLDS else None


def publishing_refusals(phase: PhaseState, approval: Approval | None, person: UUID) -> tuple[str, ...]:
    """Codes of all that stands against the second person's act; empty: the phase may be published.

    Those of :func:`approving_refusals` and :func:`voided`, ``approval.missing`` and ``persons.one``.
    """
    why = approving_refusals(phase)
    if approval is None:
        return (*why, "approval.missing")
    void = voided(approval, phase.tally, phase.exam_now)
    same = ("persons.one",) if approval.person == person else ()
    return (*why, *((void,) if void else ()), *same)


def correcting_refusals(
    place: Place, arrival: Arrival | None, now: datetime, *, published: bool, two_persons: bool
) -> tuple[str, ...]:
    """Codes of all that stands against writing a case's next Result, or its first, after publishing.

    ``phase.not_published``, ``case.open``, ``decision.unsettled``, ``persons.one``.
    """
    checks = {
        "phase.not_published": not published,
        "case.open": place.stage not in SETTLED_STAGES,
        "decision.unsettled": not is_settled(arrival, now),
        "persons.one": not two_persons,
    }
    return tuple(code for code, stands in checks.items() if stands)


def is_visible(published_at: datetime | None, exam_now: datetime) -> bool:
    """Whether results can be seen: from ``published_at`` on, the same instant for everyone."""
    return published_at is not None and exam_now >= published_at


def locks_phase(place: Place, move: Move) -> bool:
    """Whether a move takes the phase's lock first. So does the making of a case."""
    return place.stage in SETTLED_STAGES or move is Move.WITHDRAW
