"""Where a whole phase stands, in one word: from before its window to the published results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.rules.bells import grace_ends
from webapp.rules.windows import Window


class PhaseStage(StrEnum):
    """One after the other; a later bell leads back from GRACE, REVIEW and READY to OPEN."""

    BEFORE = "before"
    OPEN = "open"
    GRACE = "grace"
    """Uploading has ended for all but a site or a case with a later bell; announced photos still arrive."""
    REVIEW = "review"
    READY = "ready"
    """No case is open any more: it can be published."""
    APPROVED = "approved"
    """A first manager has approved, and a second one publishes."""
    PUBLISHED = "published"


@dataclass(frozen=True)
class PhaseFacts:
    """What tells where a phase stands; ``approved``: an approval holds. ``window`` is the phase's own."""

    window: Window
    grace: timedelta
    cases: int
    open_cases: int
    approved: bool
    published: bool


def phase_stage(facts: PhaseFacts, exam_now: datetime) -> PhaseStage:
    """Where a phase stands now, by the exam's clock."""
    if facts.published:
        return PhaseStage.PUBLISHED
    if exam_now < facts.window.opens:
        return PhaseStage.BEFORE
    if exam_now < facts.window.bell:
        return PhaseStage.OPEN
    if facts.approved:
        return PhaseStage.APPROVED
    if facts.cases and not facts.open_cases:
        return PhaseStage.READY
    return PhaseStage.GRACE if exam_now < grace_ends(facts.window.bell, facts.grace) else PhaseStage.REVIEW
