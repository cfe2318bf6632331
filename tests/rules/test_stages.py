from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.rules.telling import AFTER, BELL, DURING, GAO, INSTANT, arrived, told
from webapp.rules.circumstances import Circumstances
from webapp.rules.places import (
    COLLECTING,
    FAILED,
    PASSED,
    SETTLES_AFTER,
    WITHDRAWN,
    By,
    Move,
    Place,
    review,
    supplement,
)
from webapp.rules.stages import (
    TABLE,
    NotAllowed,
    after,
    refusals,
    rows_from,
)

LATER = AFTER + timedelta(days=3)
TEN_SECONDS_AGO = DURING - SETTLES_AFTER

CLOSED = arrived(Move.CLOSE, COLLECTING, by=By.CLOCK, person=None, at=BELL)
ASKED = arrived(Move.ASK, review(0), at=TEN_SECONDS_AGO)
JUST_PASSED = arrived(Move.PASS, review(1), at=DURING)
GIVEN_UP = arrived(Move.WITHDRAW, review(0), by=By.CANDIDATE, person=None, at=BELL)
GIVEN_UP_EARLY = arrived(Move.WITHDRAW, COLLECTING, by=By.CANDIDATE, person=None, at=BELL)
CANCELLED = arrived(Move.WITHDRAW, review(0), by=By.IMPORT, person=None, at=BELL)

Changes = dict[str, Any]
Break = tuple[str, Changes]


@dataclass(frozen=True)
class Line:
    """One row of the table: allowed so, and refused by each of ``breaks`` alone."""

    move: Move
    by: By
    place: Place
    leads: Place
    allowed: Circumstances
    breaks: tuple[Break, ...]
    levels: int = 2


ARRIVING: tuple[Break, ...] = (
    ("announcement.open", {"announcements_open": 1}),
    ("incoming.waiting", {"incoming_waiting": 1}),
)
STALE: Break = ("version.stale", {"version_current": False})
NO_REASON: Break = ("reason.missing", {"reason": False})
ALONE: Break = ("persons.one", {"published": True})
DECIDING: tuple[Break, ...] = (
    ("lease.not_yours", {"may_decide": False}),
    STALE,
    ("concluded.elsewhere", {"concluded_elsewhere": True}),
    ("conclusion.lacks_verdicts", {"conclusion_lacks": True}),
)
SHUT: Break = ("window.closed", {"exam_now": BELL})
SAID: Break = ("verdict.saved", {"verdicts_saved": True})
PUBLISHED: Break = ("phase.published", {"published": True})

REVIEWED = told(exam_now=AFTER, now=AFTER)
IN_SUPPLEMENT = told(arrival=ASKED, due=AFTER, asked=2)
ASKING = told(asked=1, deadline_named=BELL)

LINES = (
    Line(
        Move.SUBMIT,
        By.CANDIDATE,
        COLLECTING,
        review(0),
        told(),
        (SHUT, ("required.missing", {"required_missing": 1}), *ARRIVING),
    ),
    Line(
        Move.RECALL,
        By.CANDIDATE,
        review(0),
        COLLECTING,
        told(),
        (SHUT, ("round.later", {"first_round": False}), SAID),
    ),
    Line(
        Move.CLOSE,
        By.CLOCK,
        COLLECTING,
        review(0),
        told(exam_now=BELL, required_missing=3),
        (("bell.ahead", {"exam_now": BELL - INSTANT}), *ARRIVING),
    ),
    Line(
        Move.CLOSE,
        By.CLOCK,
        COLLECTING,
        WITHDRAWN,
        told(exam_now=BELL, empty=True),
        (("bell.ahead", {"exam_now": BELL - INSTANT}), *ARRIVING),
    ),
    Line(
        Move.UNCLOSE,
        By.CLOCK,
        review(0),
        COLLECTING,
        told(arrival=CLOSED),
        (SHUT, ("close.not_by", {"arrival": None}), SAID),
    ),
    Line(
        Move.UNCLOSE,
        By.CLOCK,
        WITHDRAWN,
        COLLECTING,
        told(arrival=CLOSED),
        (SHUT, ("close.not_by", {"arrival": GIVEN_UP}), SAID, PUBLISHED),
    ),
    Line(
        Move.PASS_UP,
        By.REVIEWER,
        review(0),
        review(1),
        replace(REVIEWED, reason=False),
        (*DECIDING, ("reason.missing", {"against": True})),
    ),
    Line(Move.RETURN_DOWN, By.REVIEWER, review(2), review(1), REVIEWED, (*DECIDING, NO_REASON), levels=3),
    Line(
        Move.ASK,
        By.REVIEWER,
        review(1),
        supplement(1),
        ASKING,
        (*DECIDING, ("ask.empty", {"asked": 0}), ("due.too_early", {"deadline_named": BELL - INSTANT})),
    ),
    Line(
        Move.ANSWER,
        By.CANDIDATE,
        supplement(1),
        review(1),
        IN_SUPPLEMENT,
        (
            ("decision.unsettled", {"now": DURING - INSTANT}),
            ("due.passed", {"exam_now": AFTER}),
            ("answer.missing", {"unanswered": 1}),
            *ARRIVING,
        ),
    ),
    Line(
        Move.EXPIRE,
        By.CLOCK,
        supplement(0),
        review(0),
        replace(IN_SUPPLEMENT, exam_now=AFTER, unanswered=2),
        (
            ("decision.unsettled", {"now": DURING - INSTANT}),
            ("due.ahead", {"exam_now": AFTER - INSTANT}),
            *ARRIVING,
        ),
    ),
    Line(Move.CANCEL_ASK, By.ASKING_OFFICE, supplement(1), review(1), IN_SUPPLEMENT, (STALE,)),
    Line(Move.PASS, By.REVIEWER, review(1), PASSED, replace(REVIEWED, reason=False), DECIDING),
    Line(Move.FAIL, By.REVIEWER, review(1), FAILED, REVIEWED, (*DECIDING, NO_REASON)),
    Line(
        Move.TAKE_BACK,
        By.REVIEWER,
        PASSED,
        review(1),
        told(arrival=JUST_PASSED, now=DURING + SETTLES_AFTER - INSTANT),
        (
            ("take_back.nothing", {"arrival": replace(JUST_PASSED, move=Move.RESTORE)}),
            ("take_back.not_yours", {"by_person": GAO}),
            ("take_back.late", {"now": DURING + SETTLES_AFTER}),
            ("take_back.claimed", {"claimed_since": True}),
        ),
    ),
    Line(Move.REOPEN, By.REGION_MANAGER, PASSED, review(1), told(), (STALE, NO_REASON, ALONE)),
    Line(Move.REOPEN, By.REGION_MANAGER, FAILED, review(0), told(), (STALE, NO_REASON, ALONE), levels=1),
    Line(Move.WITHDRAW, By.CANDIDATE, COLLECTING, WITHDRAWN, told(), (PUBLISHED,)),
    Line(Move.WITHDRAW, By.IMPORT, supplement(1), WITHDRAWN, told(), (PUBLISHED,)),
    Line(Move.WITHDRAW, By.REGION_MANAGER, PASSED, WITHDRAWN, told(), (PUBLISHED, STALE)),
    Line(
        Move.RESTORE,
        By.REGION_MANAGER,
        WITHDRAWN,
        COLLECTING,
        told(arrival=GIVEN_UP_EARLY, exam_now=AFTER, deadline_named=LATER),
        (STALE, NO_REASON, ALONE, ("deadline.missing", {"deadline_named": None})),
    ),
    Line(
        Move.RESTORE,
        By.SITE_MANAGER,
        WITHDRAWN,
        COLLECTING,
        told(arrival=CLOSED, exam_now=AFTER, deadline_named=LATER),
        (
            ("withdrawn.not_by_close", {"arrival": GIVEN_UP_EARLY}),
            STALE,
            NO_REASON,
            ALONE,
            ("deadline.missing", {"deadline_named": None}),
        ),
    ),
    Line(
        Move.RESTORE,
        By.IMPORT,
        WITHDRAWN,
        review(0),
        told(arrival=CANCELLED, exam_now=AFTER),
        (("withdrawn.not_by_import", {"arrival": GIVEN_UP}), PUBLISHED),
    ),
)


def named(line: Line) -> str:
    return f"{line.move}-by-{line.by}-{line.place}-{line.leads}"


@pytest.mark.parametrize("line", LINES, ids=named)
def test_a_row_leads_where_the_table_says(line: Line) -> None:
    assert after(line.place, line.move, line.levels, line.by, line.allowed) == line.leads


@pytest.mark.parametrize(
    ("line", "code", "change"),
    [
        pytest.param(line, code, change, id=f"{named(line)}-{code}")
        for line in LINES
        for code, change in line.breaks
    ],
)
def test_a_row_is_refused_when_one_condition_alone_fails(line: Line, code: str, change: Changes) -> None:
    assert refusals(line.place, line.move, line.levels, line.by, line.allowed) == ()

    broken = replace(line.allowed, **change)

    with pytest.raises(NotAllowed) as refused:
        after(line.place, line.move, line.levels, line.by, broken)
    assert (refused.value.why, refused.value.code) == ((code,), code)
    assert (refused.value.place, refused.value.move) == (line.place, line.move)


def test_every_row_and_every_condition_of_the_table_is_tried_here() -> None:
    tried: dict[int, set[str]] = {}
    for line in LINES:
        for row in rows_from(line.place, line.levels):
            leads = row.leads(line.place, line.levels, line.allowed.arrival)
            if (row.move, row.by, leads) == (line.move, line.by, line.leads):
                tried.setdefault(TABLE.index(row), set()).update(code for code, _ in line.breaks)

    # What parts the two rows of `close` is tried by itself below.
    parting = {"case.empty", "case.not_empty"}
    assert tried == {
        number: {condition.code for condition in row.conditions} - parting for number, row in enumerate(TABLE)
    }


@pytest.mark.parametrize("line", LINES, ids=named)
def test_a_move_is_refused_to_everybody_else(line: Line) -> None:
    allowed = {row.by for row in rows_from(line.place, line.levels) if row.move is line.move}
    others = set(By) - allowed
    assert others, "somebody must be left to be refused"
    for other in others:
        assert refusals(line.place, line.move, line.levels, other, line.allowed) == ("move.not_by_you",)
