from dataclasses import replace
from typing import Any

import pytest

from tests.rules.telling import AFTER, BELL, DURING, INSTANT, arrived, told
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
from webapp.rules.showing import PublishedResult, Shown, shown, shown_place, withdrawal_word

KINDS = ("site", "region")
LOCKED = told(exam_now=AFTER, now=AFTER)
PASSED_THEN = PublishedResult("passed", AFTER, moved_since=False)


@pytest.mark.parametrize(
    ("place", "word"),
    [
        (COLLECTING, "collecting"),
        (review(0), "waiting.site"),
        (review(1), "waiting.region"),
        (supplement(0), "supplement"),
        (supplement(1), "supplement"),
        (PASSED, "waiting.region"),
        (FAILED, "waiting.region"),
        (WITHDRAWN, "nothing_handed_in"),
    ],
    ids=str,
)
def test_what_a_candidate_sees_of_each_stage_before_publishing(place: Place, word: str) -> None:
    assert shown(place, KINDS, LOCKED) == Shown(word)


def test_a_case_that_can_still_be_changed_is_handed_in_and_not_yet_waiting() -> None:
    assert shown(review(0), KINDS, told()) == Shown("submitted")
    assert shown(review(0), KINDS, told(verdicts_saved=True)) == Shown("waiting.site")
    assert shown(review(0), KINDS, told(exam_now=BELL)) == Shown("waiting.site")
    assert shown(review(0), KINDS, told(first_round=False)) == Shown("waiting.site")


@pytest.mark.parametrize("kinds", [("site",), ("site", "region"), ("county", "site", "region")], ids=len)
def test_a_decided_case_looks_like_one_in_review_at_the_last_level(kinds: tuple[str, ...]) -> None:
    in_review = shown(review(len(kinds) - 1), kinds, LOCKED)
    assert in_review == Shown(f"waiting.{kinds[-1]}")
    assert shown(PASSED, kinds, LOCKED) == shown(FAILED, kinds, LOCKED) == in_review


@pytest.mark.parametrize(
    ("place", "move"),
    [(review(1), Move.PASS_UP), (supplement(0), Move.ASK)],
    ids=str,
)
def test_a_decision_shows_once_it_can_no_longer_be_taken_back(place: Place, move: Move) -> None:
    fresh = replace(LOCKED, arrival=arrived(move, review(0), at=AFTER))
    soon = AFTER + SETTLES_AFTER
    assert shown(place, KINDS, replace(fresh, now=soon - INSTANT)) == Shown("waiting.site")
    assert shown(place, KINDS, replace(fresh, now=soon)) != Shown("waiting.site")
    assert shown_place(place, 2, fresh.arrival, soon - INSTANT) == review(0)
    assert shown_place(place, 2, fresh.arrival, soon) == place


def test_what_the_candidate_did_shows_at_once() -> None:
    just_now = told(arrival=arrived(Move.SUBMIT, COLLECTING, by=By.CANDIDATE, person=None, at=DURING))
    assert shown(review(0), KINDS, just_now) == Shown("submitted")


@pytest.mark.parametrize(
    ("arrival", "word"),
    [
        (None, "nothing_handed_in"),
        (arrived(Move.CLOSE, COLLECTING, by=By.CLOCK, at=BELL), "nothing_handed_in"),
        (arrived(Move.WITHDRAW, COLLECTING, by=By.CANDIDATE, at=BELL), "given_up"),
        (arrived(Move.WITHDRAW, PASSED, by=By.IMPORT, at=BELL), "given_up"),
    ],
)
def test_a_withdrawn_case_was_given_up_or_never_handed_in(arrival: Any, word: str) -> None:
    assert withdrawal_word(arrival) == word
    assert shown(WITHDRAWN, KINDS, replace(LOCKED, arrival=arrival)) == Shown(word)


def test_a_result_shows_from_its_instant_on() -> None:
    committed = replace(LOCKED, published=True)
    assert shown(PASSED, KINDS, replace(committed, exam_now=AFTER - INSTANT), PASSED_THEN) == Shown(
        "waiting.region"
    )
    assert shown(PASSED, KINDS, committed, PASSED_THEN) == Shown("passed", "passed")


def test_a_case_without_a_result_of_its_own_shows_none_after_publishing() -> None:
    assert shown(PASSED, KINDS, replace(LOCKED, published=True)) == Shown("waiting.region")


@pytest.mark.parametrize("place", [review(1), PASSED, FAILED], ids=str)
def test_a_reopened_case_keeps_its_result_until_it_is_corrected(place: Place) -> None:
    moved = replace(PASSED_THEN, moved_since=True)
    after_publishing = replace(LOCKED, published=True)
    assert shown(place, KINDS, after_publishing, moved) == Shown("waiting.region", "passed", rechecking=True)


@pytest.mark.parametrize(
    ("place", "word"), [(COLLECTING, "collecting"), (supplement(0), "supplement")], ids=str
)
def test_a_case_opened_again_tells_what_its_candidate_has_to_do(place: Place, word: str) -> None:
    result = PublishedResult("given_up", AFTER, moved_since=True)
    after_publishing = replace(LOCKED, published=True)
    assert shown(place, KINDS, after_publishing, result) == Shown(word, "given_up", rechecking=True)
