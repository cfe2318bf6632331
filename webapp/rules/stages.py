"""The one table of moves: where a case may go, by whom and when. Nothing else changes a stage.

The words of the columns are defined in :mod:`webapp.rules.places`, :mod:`webapp.rules.spans` (from, to) and
:mod:`webapp.rules.circumstances` (when). Review has 1, 2 or 3 levels, numbered from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.rules import circumstances as when
from webapp.rules import spans
from webapp.rules.circumstances import Circumstances, Condition
from webapp.rules.places import COLLECTING, FAILED, PASSED, WITHDRAWN, By, Move, Place, Stage
from webapp.rules.refusals import Refused
from webapp.rules.windows import Window, WindowState

__all__ = [
    "TABLE",
    "By",
    "Mark",
    "Move",
    "NotAllowed",
    "Place",
    "Stage",
    "after",
    "begins_at",
    "marks",
    "moves_from",
    "refusals",
    "rows_from",
]

LEVELS_MOST = 3


class Mark(StrEnum):
    """A flag that the clock's moves leave on a case in review."""

    INCOMPLETE = "incomplete"
    """Closed while something required was neither filled nor declared."""
    ANSWERED_IN_PART = "answered_in_part"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True)
class Row:
    """One line of the table. All of ``conditions`` must hold."""

    move: Move
    by: By
    start: spans.Start
    leads: spans.Leads
    conditions: tuple[Condition, ...]


def _row(move: Move, by: By, start: spans.Start, leads: spans.Leads, *conditions: Condition) -> Row:
    return Row(move, by, start, leads, conditions)


_ALL_ARRIVED = (when.no_announcement_open, when.nothing_incoming)
_DECIDES = (when.has_the_lease, when.on_the_current_page, when.not_concluded_elsewhere, when.verdicts_there)
_ACCOUNTS = (when.on_the_current_page, when.reason_given, when.two_persons_once_published)

# fmt: off
TABLE: tuple[Row, ...] = (
    #    move              by                 from                    to
    #      when
    _row(Move.SUBMIT,      By.CANDIDATE,      spans.collecting,       spans.first_level,
           when.window_open, when.required_there, *_ALL_ARRIVED),
    _row(Move.RECALL,      By.CANDIDATE,      spans.first_review,     spans.to(COLLECTING),
           when.window_open, when.in_first_round, when.no_verdict_saved),
    _row(Move.CLOSE,       By.CLOCK,          spans.collecting,       spans.first_level,
           when.past_the_bell, *_ALL_ARRIVED, when.something_there),
    _row(Move.CLOSE,       By.CLOCK,          spans.collecting,       spans.to(WITHDRAWN),
           when.past_the_bell, *_ALL_ARRIVED, when.nothing_there),
    _row(Move.UNCLOSE,     By.CLOCK,          spans.first_review,     spans.to(COLLECTING),
           when.window_open, when.moved_by_close, when.no_verdict_saved),
    _row(Move.UNCLOSE,     By.CLOCK,          spans.withdrawn,        spans.to(COLLECTING),
           when.window_open, when.moved_by_close, when.no_verdict_saved, when.not_published),
    _row(Move.PASS_UP,     By.REVIEWER,       spans.lower_review,     spans.next_level,
           *_DECIDES, when.reason_given_if_against),
    _row(Move.RETURN_DOWN, By.REVIEWER,       spans.higher_review,    spans.level_below,
           *_DECIDES, when.reason_given),
    _row(Move.ASK,         By.REVIEWER,       spans.any_review,       spans.its_supplement,
           *_DECIDES, when.something_asked, when.due_no_earlier_than_bell),
    _row(Move.ANSWER,      By.CANDIDATE,      spans.any_supplement,   spans.asking_level,
           when.settled, when.before_the_due_time, when.all_answered, *_ALL_ARRIVED),
    _row(Move.EXPIRE,      By.CLOCK,          spans.any_supplement,   spans.asking_level,
           when.settled, when.past_the_due_time, *_ALL_ARRIVED),
    _row(Move.CANCEL_ASK,  By.ASKING_OFFICE,  spans.any_supplement,   spans.asking_level,
           when.on_the_current_page),
    _row(Move.PASS,        By.REVIEWER,       spans.last_review,      spans.to(PASSED),
           *_DECIDES),
    _row(Move.FAIL,        By.REVIEWER,       spans.last_review,      spans.to(FAILED),
           *_DECIDES, when.reason_given),
    _row(Move.TAKE_BACK,   By.REVIEWER,       spans.after_a_decision, spans.where_it_was,
           when.was_a_decision, when.was_your_own, when.within_ten_seconds, when.nobody_claimed_since),
    _row(Move.REOPEN,      By.REGION_MANAGER, spans.decided,          spans.last_level,
           *_ACCOUNTS),
    _row(Move.WITHDRAW,    By.CANDIDATE,      spans.not_withdrawn,    spans.to(WITHDRAWN),
           when.not_published),
    _row(Move.WITHDRAW,    By.IMPORT,         spans.not_withdrawn,    spans.to(WITHDRAWN),
           when.not_published),
    _row(Move.WITHDRAW,    By.REGION_MANAGER, spans.not_withdrawn,    spans.to(WITHDRAWN),
           when.not_published, when.on_the_current_page),
    _row(Move.RESTORE,     By.REGION_MANAGER, spans.withdrawn,        spans.where_it_was,
           *_ACCOUNTS, when.time_named),
    _row(Move.RESTORE,     By.SITE_MANAGER,   spans.withdrawn,        spans.where_it_was,
           when.nothing_was_handed_in, *_ACCOUNTS, when.time_named),
    # A new registration takes over a case that an import withdrew: its bell and due time stay what they are.
    _row(Move.RESTORE,     By.IMPORT,         spans.withdrawn,        spans.where_it_was,
           when.withdrawn_by_import, when.not_published),
)
# fmt: on


class NotAllowed(Refused):
    """A move that the table refuses. ``code`` is the first reason, ``why`` has all.

    ``move.not_from_here``: no row begins at this place. ``move.not_by_you``: rows do, but for others.
    The other codes are those of :mod:`webapp.rules.circumstances`.
    """

    def __init__(self, place: Place, move: Move, why: tuple[str, ...]) -> None:
        super().__init__(why[0])
        self.place = place
        self.move = move
        self.why = why


def begins_at(window: Window, exam_now: datetime) -> Place:
    """Where a new case stands: one that is made after its bell begins withdrawn."""
    return WITHDRAWN if window.state_at(exam_now) is WindowState.CLOSED else COLLECTING


def rows_from(place: Place, levels: int) -> tuple[Row, ...]:
    """The rows that begin at ``place``, in the table's order."""
    _check(place, levels)
    return tuple(row for row in TABLE if row.start(place, levels))


def moves_from(place: Place, levels: int) -> tuple[Move, ...]:
    """What can happen to a case at ``place``, circumstances permitting, in the table's order."""
    return tuple(dict.fromkeys(row.move for row in rows_from(place, levels)))


def refusals(place: Place, move: Move, levels: int, by: By, circumstances: Circumstances) -> tuple[str, ...]:
    """Codes of all that stands against this move, in the table's order; empty: :func:`after` allows it."""
    return _choose(place, move, levels, by, circumstances)[1]


def after(place: Place, move: Move, levels: int, by: By, circumstances: Circumstances) -> Place:
    """Where ``move`` leads from ``place`` in an exam with ``levels`` levels; :class:`NotAllowed`."""
    row, why = _choose(place, move, levels, by, circumstances)
    if row is None or why:
        raise NotAllowed(place, move, why)
    return row.leads(place, levels, circumstances.arrival)


def marks(move: Move, circumstances: Circumstances) -> frozenset[Mark]:
    """What a case that ``move`` brings to review is flagged with, told by the circumstances of the move."""
    if move is Move.CLOSE and not circumstances.empty and circumstances.required_missing:
        return frozenset({Mark.INCOMPLETE})
    if move is Move.EXPIRE and circumstances.unanswered:
        unanswered = circumstances.unanswered >= circumstances.asked
        return frozenset({Mark.NOT_ANSWERED if unanswered else Mark.ANSWERED_IN_PART})
    return frozenset()


def _choose(
    place: Place, move: Move, levels: int, by: By, circumstances: Circumstances
) -> tuple[Row | None, tuple[str, ...]]:
    rows = [row for row in rows_from(place, levels) if row.move is move]
    if not rows:
        return None, ("move.not_from_here",)
    tried = [
        (row, tuple(one.code for one in row.conditions if not one.holds(circumstances)))
        for row in rows
        if row.by is by
    ]
    if not tried:
        return None, ("move.not_by_you",)
    # `close` has two rows that differ in one condition: the one that fails on less is the one that is meant.
    return min(tried, key=lambda pair: len(pair[1]))


def _check(place: Place, levels: int) -> None:
    if not 1 <= levels <= LEVELS_MOST:
        raise ValueError(f"an exam has 1 to {LEVELS_MOST} review levels, not {levels}")
    if place.level is not None and not 0 <= place.level < levels:
        raise ValueError(f"{place} in an exam with {levels} levels")
