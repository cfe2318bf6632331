from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.rules.telling import AFTER, BELL, DURING, FANG, INSTANT, OPENS, WINDOW, arrived
from webapp.rules.changing import (
    Lock,
    OpenSupplement,
    Situation,
    Why,
    deadline_of,
    lock_on,
    lock_on_field,
    next_deadline,
)
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
from webapp.rules.showing import PublishedResult
from webapp.rules.supplements import AskedField, AskedPhoto
from webapp.rules.verdicts import Kind, Verdict
from webapp.rules.windows import Window

HANDED_IN = BELL
ASKED_AT = AFTER
DUE = AFTER + timedelta(days=2)
LATER_BELL = Window(OPENS, AFTER + timedelta(days=1))

FILLING = Situation(
    place=COLLECTING, levels=2, exam_now=DURING, now=DURING, window=WINDOW, arrival=None, since=None
)
REQUEST = OpenSupplement(
    level=1,
    asked=(AskedPhoto("identity", "back"), AskedPhoto("practice"), AskedField("first_registered")),
    asked_at=ASKED_AT,
    due=DUE,
)
ACCEPTED = Verdict("diploma", 0, Kind.ACCEPTED, AFTER - timedelta(hours=3))
BY_ACCEPTANCE = Lock(Why.ACCEPTED, By.REVIEWER, ACCEPTED.at, 0)
SUPPLYING = replace(
    FILLING,
    place=supplement(1),
    exam_now=ASKED_AT + SETTLES_AFTER,
    now=ASKED_AT + SETTLES_AFTER,
    arrival=arrived(Move.ASK, review(1), at=ASKED_AT),
    since=HANDED_IN,
    supplement=REQUEST,
    verdicts=(ACCEPTED,),
)


@pytest.mark.parametrize("exam_now", [OPENS, BELL - INSTANT])
def test_within_the_window_everything_may_be_changed(exam_now: Any) -> None:
    inside = replace(FILLING, exam_now=exam_now)
    assert lock_on(inside, "diploma", "page") is None
    assert lock_on(inside, "diploma") is None


@pytest.mark.parametrize(
    ("exam_now", "lock"),
    [
        (OPENS - INSTANT, Lock(Why.NOT_OPEN_YET, By.CLOCK, OPENS)),
        (BELL, Lock(Why.CLOSED, By.CLOCK, BELL)),
    ],
)
def test_outside_the_window_the_clock_has_locked_it(exam_now: Any, lock: Lock) -> None:
    assert lock_on(replace(FILLING, exam_now=exam_now), "diploma", "page") == lock


def test_an_extension_opens_what_the_bell_has_locked() -> None:
    shut = replace(FILLING, exam_now=AFTER)
    assert lock_on(shut, "diploma", "page") is not None
    assert lock_on(replace(shut, window=LATER_BELL), "diploma", "page") is None


def test_what_was_accepted_stays_locked_while_the_rest_is_open() -> None:
    again = replace(FILLING, verdicts=(ACCEPTED,))
    assert lock_on(again, "diploma", "page") == BY_ACCEPTANCE
    assert lock_on(again, "identity", "front") is None


@pytest.mark.parametrize("kind", [Kind.REDO, Kind.WAIVED])
def test_what_was_not_accepted_is_open_again(kind: Kind) -> None:
    later = replace(ACCEPTED, level=1, kind=kind, at=AFTER)
    assert lock_on(replace(FILLING, verdicts=(ACCEPTED, later)), "diploma", "page") is None


@pytest.mark.parametrize(
    ("place", "level"), [(review(0), 0), (review(1), 1), (PASSED, 1), (FAILED, 1)], ids=str
)
def test_from_review_to_publishing_everything_is_locked_alike(place: Place, level: int) -> None:
    held = replace(FILLING, place=place, since=HANDED_IN, verdicts=(ACCEPTED,))
    lock = Lock(Why.IN_REVIEW, By.REVIEWER, HANDED_IN, level)
    assert lock_on(held, "diploma", "page") == lock_on(held, "identity") == lock
    assert lock_on_field(held, "first_registered") == lock


def test_in_a_supplement_what_was_asked_for_is_open_until_it_falls_due() -> None:
    for situation in (SUPPLYING, replace(SUPPLYING, exam_now=DUE - INSTANT)):
        assert lock_on(situation, "identity", "back") is None
        assert lock_on(situation, "practice", "form") is None
        assert lock_on(situation, "practice") is None
        assert lock_on_field(situation, "first_registered") is None
    overdue = replace(SUPPLYING, exam_now=DUE)
    lock = Lock(Why.DUE_PASSED, By.CLOCK, DUE)
    assert lock_on(overdue, "identity", "back") == lock_on(overdue, "practice") == lock
    assert lock_on_field(overdue, "first_registered") == lock


@pytest.mark.parametrize("window", [WINDOW, LATER_BELL], ids=["past the bell", "before the bell"])
def test_the_other_slots_of_an_asked_material_stay_locked(window: Window) -> None:
    situation = replace(SUPPLYING, window=window)
    assert lock_on(situation, "identity", "front") == Lock(Why.ACCEPTED, By.REVIEWER, ASKED_AT, 1)
    assert lock_on(situation, "identity", "back") is None


def test_a_photo_that_came_in_and_cleared_the_verdict_does_not_unlock_the_other_slots() -> None:
    asked = Verdict("identity", 1, Kind.REDO, ASKED_AT, frozenset({"back"}), frozenset({"glare"}))
    before = replace(SUPPLYING, verdicts=(asked,))
    assert lock_on(before, "identity", "front") == lock_on(SUPPLYING, "identity", "front")


def test_past_the_bell_a_supplement_opens_nothing_that_was_not_asked_for() -> None:
    lock = Lock(Why.NOT_ASKED, By.REVIEWER, ASKED_AT, 1)
    assert lock_on(SUPPLYING, "degree", "page") == lock
    assert lock_on(SUPPLYING, "diploma", "page") == BY_ACCEPTANCE
    assert lock_on_field(SUPPLYING, "name") == lock


def test_before_the_bell_a_supplement_leaves_open_all_that_is_not_accepted() -> None:
    early = replace(SUPPLYING, window=LATER_BELL)
    assert lock_on(early, "degree", "page") is None
    assert lock_on(early, "diploma", "page") == BY_ACCEPTANCE
    at_the_bell = replace(early, exam_now=LATER_BELL.bell)
    assert lock_on(at_the_bell, "degree", "page") == Lock(Why.CLOSED, By.CLOCK, LATER_BELL.bell)
    assert lock_on(at_the_bell, "identity", "back") is None


def test_a_request_that_can_still_be_taken_back_opens_nothing_yet() -> None:
    too_soon = replace(SUPPLYING, now=ASKED_AT + SETTLES_AFTER - INSTANT)
    assert lock_on(SUPPLYING, "identity", "back") is None
    assert lock_on(too_soon, "identity", "back") == Lock(Why.IN_REVIEW, By.REVIEWER, HANDED_IN, 1)
    assert lock_on_field(too_soon, "first_registered") == Lock(Why.IN_REVIEW, By.REVIEWER, HANDED_IN, 1)


def test_a_bell_moved_past_the_due_time_moves_the_lock_too() -> None:
    moved = replace(SUPPLYING, window=Window(OPENS, DUE + timedelta(days=1)), exam_now=DUE)
    assert lock_on(moved, "identity", "back") is None


def test_a_field_of_the_record_is_only_opened_by_a_supplement() -> None:
    lock = lock_on_field(FILLING, "first_registered")
    assert lock is not None
    assert lock.why is Why.NOT_ASKED


@pytest.mark.parametrize("by", [By.CANDIDATE, By.IMPORT, By.CLOCK])
def test_a_withdrawn_case_says_who_withdrew_it(by: By) -> None:
    gone = arrived(Move.WITHDRAW, review(0), by=by, at=AFTER)
    situation = replace(FILLING, place=WITHDRAWN, arrival=gone, since=AFTER)
    assert lock_on(situation, "diploma", "page") == Lock(Why.WITHDRAWN, by, AFTER)


def test_a_case_made_after_its_bell_was_withdrawn_by_the_clock() -> None:
    situation = replace(FILLING, place=WITHDRAWN, exam_now=AFTER, since=AFTER)
    assert lock_on(situation, "diploma", "page") == Lock(Why.WITHDRAWN, By.CLOCK, AFTER)


def test_a_result_locks_from_the_instant_it_can_be_seen_until_the_case_is_opened_again() -> None:
    result = PublishedResult("passed", AFTER, moved_since=False)
    done = replace(FILLING, place=PASSED, since=HANDED_IN, exam_now=AFTER, result=result)
    hidden = Lock(Why.IN_REVIEW, By.REVIEWER, HANDED_IN, 1)
    assert lock_on(done, "diploma", "page") == Lock(Why.PUBLISHED, By.REGION_MANAGER, AFTER)
    assert lock_on(replace(done, exam_now=AFTER - INSTANT), "diploma", "page") == hidden
    decided_again = replace(done, place=FAILED, result=replace(result, moved_since=True))
    assert lock_on(decided_again, "diploma", "page") == hidden


@pytest.mark.parametrize(
    ("why", "expected"),
    [(why, why in {Why.CLOSED, Why.DUE_PASSED}) for why in Why],
)
def test_the_grace_lets_an_announced_photo_past_a_deadline_and_past_nothing_else(
    why: Why, *, expected: bool
) -> None:
    assert Lock(why, By.CLOCK, BELL).lets_announced_in is expected


def test_what_was_asked_for_has_until_the_due_time_and_the_rest_until_the_bell() -> None:
    assert deadline_of(SUPPLYING, "identity", "back") == DUE
    assert deadline_of(SUPPLYING, "identity", "front") == BELL
    assert deadline_of(FILLING, "identity", "back") == BELL


def test_a_supplement_without_its_request_is_an_error_and_opens_nothing() -> None:
    with pytest.raises(ValueError, match="request"):
        lock_on(replace(SUPPLYING, supplement=None), "diploma", "page")


def test_a_lock_never_tells_the_time_of_a_decision() -> None:
    decided = arrived(Move.PASS, review(1), at=AFTER, person=FANG)
    situation = replace(FILLING, place=PASSED, since=HANDED_IN, now=AFTER + SETTLES_AFTER, arrival=decided)
    lock = lock_on(situation, "diploma", "page")
    assert lock is not None
    assert lock.at == HANDED_IN


def test_the_next_deadline_is_the_bell_and_in_a_supplement_whatever_comes_first() -> None:
    assert next_deadline(FILLING) == BELL
    assert next_deadline(replace(FILLING, exam_now=BELL)) is None
    assert next_deadline(replace(FILLING, exam_now=OPENS - INSTANT)) is None
    assert next_deadline(SUPPLYING) == DUE
    assert next_deadline(replace(SUPPLYING, window=LATER_BELL)) == LATER_BELL.bell
    assert next_deadline(replace(SUPPLYING, exam_now=DUE)) is None


def test_a_request_that_can_still_be_taken_back_has_no_deadline_yet() -> None:
    assert next_deadline(replace(SUPPLYING, now=ASKED_AT + SETTLES_AFTER - INSTANT)) is None
