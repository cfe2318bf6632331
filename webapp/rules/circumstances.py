"""What is so when a move is tried, and the named conditions that the table of moves asks of it.

Each condition has one stable refusal code. What the case is must be told;
what the actor brings counts as absent unless told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.rules.bells import due_in_force, may_fall_due
from webapp.rules.places import SETTLES_AFTER, TAKEN_BACK, Arrival, By, Move, Stage, is_settled
from webapp.rules.windows import Window, WindowState


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """Counts are of this case. Times are by the exam's clock, but ``now`` and ``arrival.at`` by real time."""

    exam_now: datetime
    now: datetime
    window: Window
    """The case's own: its bell is the latest of phase, site and case."""
    arrival: Arrival | None
    """None: the case stands where it was made."""
    first_round: bool
    verdicts_saved: bool
    """A verdict or a conclusion of any level stands: neither cleared by a new photo nor history."""
    required_missing: int
    """Required materials that are neither filled nor declared missing with a reason."""
    empty: bool
    """Neither a photo nor a declaration is there."""
    announcements_open: int
    """Not arrived, not withdrawn, their grace not over."""
    incoming_waiting: int
    published: bool
    """The phase's publishing has been committed, whether or not its results are visible yet."""
    due: datetime | None = None
    """Of the open supplement."""
    asked: int = 0
    """Items of the open supplement, or of the one that ``ask`` would open."""
    unanswered: int = 0

    by_person: UUID | None = None
    version_current: bool = False
    """The version that the actor's page showed is the case's."""
    may_decide: bool = False
    """See :func:`webapp.rules.leases.may_decide`."""
    concluded_elsewhere: bool = True
    """The actor has concluded this case at another level."""
    claimed_since: bool = True
    """Somebody has claimed the case since it arrived."""
    conclusion_lacks: bool = True
    """See :func:`webapp.rules.verdicts.lacking`."""
    against: bool = False
    """``pass_up`` says that the case does not meet the conditions."""
    reason: bool = False
    """A reason was given."""
    two_persons: bool = False
    """Another person has approved what the actor now does."""
    deadline_named: datetime | None = None
    """The due time that ``ask`` or ``restore`` names, or the new bell that ``restore`` names."""


@dataclass(frozen=True)
class Condition:
    """One "when" of the table."""

    code: str
    holds: Callable[[Circumstances], bool]


def _condition(code: str) -> Callable[[Callable[[Circumstances], bool]], Condition]:
    return lambda holds: Condition(code, holds)


@_condition("window.closed")
def window_open(c: Circumstances) -> bool:
    return c.window.state_at(c.exam_now) is WindowState.OPEN


@_condition("bell.ahead")
def past_the_bell(c: Circumstances) -> bool:
    return c.window.state_at(c.exam_now) is WindowState.CLOSED


def _due(c: Circumstances) -> datetime | None:
    return None if c.due is None else due_in_force(c.due, c.window.bell)


@_condition("due.passed")
def before_the_due_time(c: Circumstances) -> bool:
    due = _due(c)
    return due is not None and c.exam_now < due


@_condition("due.ahead")
def past_the_due_time(c: Circumstances) -> bool:
    due = _due(c)
    return due is not None and c.exam_now >= due


@_condition("required.missing")
def required_there(c: Circumstances) -> bool:
    return c.required_missing == 0


@_condition("case.empty")
def something_there(c: Circumstances) -> bool:
    return not c.empty


@_condition("case.not_empty")
def nothing_there(c: Circumstances) -> bool:
    return c.empty


@_condition("announcement.open")
def no_announcement_open(c: Circumstances) -> bool:
    return c.announcements_open == 0


@_condition("incoming.waiting")
def nothing_incoming(c: Circumstances) -> bool:
    return c.incoming_waiting == 0


@_condition("answer.missing")
def all_answered(c: Circumstances) -> bool:
    return c.unanswered == 0


@_condition("round.later")
def in_first_round(c: Circumstances) -> bool:
    return c.first_round


@_condition("verdict.saved")
def no_verdict_saved(c: Circumstances) -> bool:
    return not c.verdicts_saved


@_condition("close.not_by")
def moved_by_close(c: Circumstances) -> bool:
    return c.arrival is not None and c.arrival.move is Move.CLOSE


@_condition("decision.unsettled")
def settled(c: Circumstances) -> bool:
    return is_settled(c.arrival, c.now)


@_condition("lease.not_yours")
def has_the_lease(c: Circumstances) -> bool:
    return c.may_decide


@_condition("version.stale")
def on_the_current_page(c: Circumstances) -> bool:
    return c.version_current


@_condition("concluded.elsewhere")
def not_concluded_elsewhere(c: Circumstances) -> bool:
    return not c.concluded_elsewhere


@_condition("conclusion.lacks_verdicts")
def verdicts_there(c: Circumstances) -> bool:
    return not c.conclusion_lacks


@_condition("reason.missing")
def reason_given(c: Circumstances) -> bool:
    return c.reason


@_condition("reason.missing")
def reason_given_if_against(c: Circumstances) -> bool:
    return c.reason or not c.against


@_condition("ask.empty")
def something_asked(c: Circumstances) -> bool:
    return c.asked > 0


@_condition("due.too_early")
def due_no_earlier_than_bell(c: Circumstances) -> bool:
    return c.deadline_named is not None and may_fall_due(c.deadline_named, c.window.bell, c.exam_now)


@_condition("take_back.nothing")
def was_a_decision(c: Circumstances) -> bool:
    return c.arrival is not None and c.arrival.move in TAKEN_BACK


@_condition("take_back.not_yours")
def was_your_own(c: Circumstances) -> bool:
    return c.arrival is not None and c.by_person is not None and c.arrival.person == c.by_person


@_condition("take_back.late")
def within_ten_seconds(c: Circumstances) -> bool:
    return c.arrival is not None and c.arrival.age(c.now) < SETTLES_AFTER


@_condition("take_back.claimed")
def nobody_claimed_since(c: Circumstances) -> bool:
    return not c.claimed_since


@_condition("phase.published")
def not_published(c: Circumstances) -> bool:
    return not c.published


@_condition("persons.one")
def two_persons_once_published(c: Circumstances) -> bool:
    return c.two_persons or not c.published


@_condition("withdrawn.not_by_close")
def nothing_was_handed_in(c: Circumstances) -> bool:
    return withdrawn_with_nothing_handed_in(c.arrival)


@_condition("withdrawn.not_by_import")
def withdrawn_by_import(c: Circumstances) -> bool:
    return c.arrival is not None and c.arrival.by is By.IMPORT


@_condition("deadline.missing")
def time_named(c: Circumstances) -> bool:
    """A case that goes back to its candidate has time left: named now, or still running."""
    left = Stage.COLLECTING if c.arrival is None else c.arrival.came_from.stage
    if left is Stage.COLLECTING:
        return max(c.window.bell, c.deadline_named or c.window.bell) > c.exam_now
    if left is Stage.SUPPLEMENT:
        due = c.deadline_named or c.due
        return due is not None and due_in_force(due, c.window.bell) > c.exam_now
    return True


def withdrawn_with_nothing_handed_in(arrival: Arrival | None) -> bool:
    """Whether a withdrawn case is 未提交材料: ``close`` found it empty, or it was made after its bell."""
    return arrival is None or arrival.move is Move.CLOSE
