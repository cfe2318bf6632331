from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.telling import AFTER, BELL, DURING, INSTANT, OPENS, WINDOW, arrived, told
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
    Stage,
    review,
    supplement,
)
from webapp.rules.stages import (
    Mark,
    NotAllowed,
    after,
    begins_at,
    marks,
    moves_from,
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
GIVEN_UP_WHEN_ASKED = arrived(Move.WITHDRAW, supplement(0), by=By.CANDIDATE, person=None, at=BELL)


REVIEWED = told(exam_now=AFTER, now=AFTER)


@pytest.mark.parametrize(("empty", "leads"), [(False, review(0)), (True, WITHDRAWN)])
def test_the_bell_hands_in_what_is_there_and_withdraws_what_is_empty(*, empty: bool, leads: Place) -> None:
    at_the_bell = told(exam_now=BELL, empty=empty)
    assert after(COLLECTING, Move.CLOSE, 2, By.CLOCK, at_the_bell) == leads


@pytest.mark.parametrize(
    ("place", "levels", "moves"),
    [
        (COLLECTING, 2, {Move.SUBMIT, Move.CLOSE, Move.WITHDRAW}),
        (
            review(0),
            1,
            {Move.RECALL, Move.UNCLOSE, Move.ASK, Move.PASS, Move.FAIL, Move.TAKE_BACK, Move.WITHDRAW},
        ),
        (review(0), 2, {Move.RECALL, Move.UNCLOSE, Move.ASK, Move.PASS_UP, Move.TAKE_BACK, Move.WITHDRAW}),
        (review(1), 3, {Move.PASS_UP, Move.RETURN_DOWN, Move.ASK, Move.TAKE_BACK, Move.WITHDRAW}),
        (review(1), 2, {Move.RETURN_DOWN, Move.ASK, Move.PASS, Move.FAIL, Move.TAKE_BACK, Move.WITHDRAW}),
        (supplement(0), 2, {Move.ANSWER, Move.EXPIRE, Move.CANCEL_ASK, Move.TAKE_BACK, Move.WITHDRAW}),
        (PASSED, 2, {Move.REOPEN, Move.TAKE_BACK, Move.WITHDRAW}),
        (FAILED, 2, {Move.REOPEN, Move.TAKE_BACK, Move.WITHDRAW}),
        (WITHDRAWN, 2, {Move.UNCLOSE, Move.RESTORE}),
    ],
    # A set is written in another order by each process, and both workers must name a test alike.
    ids=lambda part: ",".join(sorted(part)) if isinstance(part, set) else str(part),
)
def test_only_these_moves_begin_at_a_place(place: Place, levels: int, moves: set[Move]) -> None:
    assert set(moves_from(place, levels)) == moves


def test_a_move_that_does_not_begin_here_is_refused_as_such() -> None:
    assert refusals(COLLECTING, Move.PASS, 2, By.REVIEWER, told()) == ("move.not_from_here",)
    assert refusals(review(0), Move.PASS, 2, By.REVIEWER, told()) == ("move.not_from_here",)
    with pytest.raises(NotAllowed):
        after(review(1), Move.PASS_UP, 2, By.REVIEWER, told())


def test_all_that_stands_against_a_move_is_told_at_once() -> None:
    against = told(exam_now=BELL, required_missing=2, announcements_open=1)
    assert refusals(COLLECTING, Move.SUBMIT, 2, By.CANDIDATE, against) == (
        "window.closed",
        "required.missing",
        "announcement.open",
    )


def test_what_an_actor_does_not_bring_counts_as_absent() -> None:
    about_the_case = {
        field.name: getattr(REVIEWED, field.name)
        for field in fields(Circumstances)
        if field.name
        in {
            "exam_now",
            "now",
            "window",
            "arrival",
            "first_round",
            "verdicts_saved",
            "required_missing",
            "empty",
            "announcements_open",
            "incoming_waiting",
            "published",
        }
    }
    silent = Circumstances(**about_the_case)
    assert refusals(review(1), Move.FAIL, 2, By.REVIEWER, silent) == (
        "lease.not_yours",
        "version.stale",
        "concluded.elsewhere",
        "conclusion.lacks_verdicts",
        "reason.missing",
    )


@pytest.mark.parametrize("exam_now", [OPENS - INSTANT, BELL])
def test_nothing_is_handed_in_outside_the_half_open_window(exam_now: Any) -> None:
    assert refusals(COLLECTING, Move.SUBMIT, 2, By.CANDIDATE, told(exam_now=OPENS)) == ()
    assert refusals(COLLECTING, Move.SUBMIT, 2, By.CANDIDATE, told(exam_now=BELL - INSTANT)) == ()
    assert refusals(COLLECTING, Move.SUBMIT, 2, By.CANDIDATE, told(exam_now=exam_now)) == ("window.closed",)


@pytest.mark.parametrize(
    "undone",
    [
        (review(1), review(0), Move.PASS_UP),
        (review(0), review(1), Move.RETURN_DOWN),
        (supplement(1), review(1), Move.ASK),
        (PASSED, review(1), Move.PASS),
        (FAILED, review(1), Move.FAIL),
    ],
    ids=lambda undone: undone[2].value,
)
def test_taking_back_leads_where_the_case_was(undone: tuple[Place, Place, Move]) -> None:
    place, was, move = undone
    just_now = told(arrival=arrived(move, was, at=DURING))
    assert after(place, Move.TAKE_BACK, 2, By.REVIEWER, just_now) == was


def test_nobody_takes_back_what_no_person_is_known_to_have_decided() -> None:
    nobodys = told(arrival=replace(JUST_PASSED, person=None), by_person=None)
    assert refusals(PASSED, Move.TAKE_BACK, 2, By.REVIEWER, nobodys) == ("take_back.not_yours",)


@pytest.mark.parametrize(
    "left", [COLLECTING, review(0), review(1), supplement(0), supplement(1), PASSED, FAILED], ids=str
)
def test_a_restored_case_stands_where_it_left(left: Place) -> None:
    gone = told(arrival=arrived(Move.WITHDRAW, left, by=By.CANDIDATE, at=BELL), deadline_named=LATER)
    assert after(WITHDRAWN, Move.RESTORE, 2, By.REGION_MANAGER, gone) == left


def test_a_case_that_was_made_withdrawn_is_restored_to_collecting_by_its_site() -> None:
    begun = told(arrival=None, exam_now=AFTER, deadline_named=LATER)
    assert after(WITHDRAWN, Move.RESTORE, 2, By.SITE_MANAGER, begun) == COLLECTING


def test_a_case_restored_to_a_supplement_needs_time_to_answer() -> None:
    late = told(arrival=GIVEN_UP_WHEN_ASKED, exam_now=LATER, due=AFTER)
    assert refusals(WITHDRAWN, Move.RESTORE, 2, By.REGION_MANAGER, late) == ("deadline.missing",)
    in_time = replace(late, deadline_named=LATER + INSTANT)
    assert refusals(WITHDRAWN, Move.RESTORE, 2, By.REGION_MANAGER, in_time) == ()


def test_a_case_restored_while_its_window_is_open_keeps_its_bell() -> None:
    assert refusals(WITHDRAWN, Move.RESTORE, 2, By.REGION_MANAGER, told(arrival=GIVEN_UP_EARLY)) == ()


@pytest.mark.parametrize(
    ("place", "move", "arrival"),
    [(PASSED, Move.REOPEN, JUST_PASSED), (WITHDRAWN, Move.RESTORE, GIVEN_UP)],
    ids=str,
)
def test_two_persons_can_do_after_publishing_what_one_cannot(place: Place, move: Move, arrival: Any) -> None:
    alone = told(published=True, arrival=arrival)
    assert refusals(place, move, 2, By.REGION_MANAGER, alone) == ("persons.one",)
    assert refusals(place, move, 2, By.REGION_MANAGER, replace(alone, two_persons=True)) == ()


def test_a_later_bell_keeps_a_supplement_open_beyond_its_due_time() -> None:
    due_first = told(arrival=ASKED, due=DURING - timedelta(hours=1))
    assert refusals(supplement(0), Move.EXPIRE, 2, By.CLOCK, due_first) == ("due.ahead",)
    assert refusals(supplement(0), Move.ANSWER, 2, By.CANDIDATE, due_first) == ()


def test_a_second_round_cannot_be_recalled_or_unclosed() -> None:
    answered = told(
        first_round=False, arrival=arrived(Move.ANSWER, supplement(0), by=By.CANDIDATE, at=DURING)
    )
    assert refusals(review(0), Move.RECALL, 2, By.CANDIDATE, answered) == ("round.later",)
    assert refusals(review(0), Move.UNCLOSE, 2, By.CLOCK, answered) == ("close.not_by",)


def test_only_what_close_leaves_open_is_marked_incomplete() -> None:
    assert marks(Move.CLOSE, told(required_missing=1)) == {Mark.INCOMPLETE}
    assert marks(Move.CLOSE, told(required_missing=0)) == frozenset()
    assert marks(Move.CLOSE, told(required_missing=1, empty=True)) == frozenset()


@pytest.mark.parametrize(
    ("unanswered", "expected"), [(0, set()), (1, {Mark.ANSWERED_IN_PART}), (2, {Mark.NOT_ANSWERED})]
)
def test_an_expired_supplement_says_how_far_it_was_answered(unanswered: int, expected: set[Mark]) -> None:
    assert marks(Move.EXPIRE, told(asked=2, unanswered=unanswered)) == expected


def test_an_answered_supplement_is_marked_with_nothing() -> None:
    assert marks(Move.ANSWER, told(asked=2, unanswered=0)) == frozenset()


def test_a_case_made_at_its_bell_begins_withdrawn() -> None:
    assert begins_at(WINDOW, BELL - INSTANT) == COLLECTING
    assert begins_at(WINDOW, OPENS - INSTANT) == COLLECTING
    assert begins_at(WINDOW, BELL) == WITHDRAWN


@pytest.mark.parametrize(
    ("stage", "level"), [(Stage.REVIEW, None), (Stage.SUPPLEMENT, None), (Stage.PASSED, 0)]
)
def test_a_level_belongs_to_review_and_supplement_alone(stage: Stage, level: int | None) -> None:
    with pytest.raises(ValueError, match=stage.value):
        Place(stage, level)


@pytest.mark.parametrize(
    ("place", "levels"), [(review(2), 2), (supplement(1), 1), (COLLECTING, 0), (COLLECTING, 4)]
)
def test_a_place_outside_the_exams_levels_is_an_error_and_no_refusal(place: Place, levels: int) -> None:
    with pytest.raises(ValueError, match="levels"):
        rows_from(place, levels)


def test_stages_are_stored_as_plain_words() -> None:
    assert Place(Stage("review"), 1) == review(1)
    assert [str(stage) for stage in Stage] == [
        "collecting",
        "review",
        "supplement",
        "passed",
        "failed",
        "withdrawn",
    ]


@given(
    move=st.sampled_from(Move),
    by=st.sampled_from(By),
    place=st.sampled_from([COLLECTING, review(0), review(1), supplement(0), PASSED, FAILED, WITHDRAWN]),
    missing=st.integers(0, 2),
    announced=st.integers(0, 1),
    shift=st.integers(-1, 1),
)
def test_refusals_and_after_agree(
    *, move: Move, by: By, place: Place, missing: int, announced: int, shift: int
) -> None:
    c = told(
        exam_now=BELL + shift * INSTANT,
        required_missing=missing,
        announcements_open=announced,
        arrival=CLOSED,
    )
    why = refusals(place, move, 2, by, c)
    if why:
        with pytest.raises(NotAllowed) as refused:
            after(place, move, 2, by, c)
        assert refused.value.why == why
    else:
        assert isinstance(after(place, move, 2, by, c), Place)
