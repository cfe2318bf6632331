from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.telling import AFTER, FANG, GAO, INSTANT, arrived
from webapp.rules.places import (
    COLLECTING,
    FAILED,
    PASSED,
    SETTLES_AFTER,
    WITHDRAWN,
    Move,
    Place,
    review,
    supplement,
)
from webapp.rules.publishing import (
    APPROVAL_HOLDS,
    Approval,
    PhaseState,
    approving_refusals,
    correcting_refusals,
    is_visible,
    locks_phase,
    publishing_refusals,
    tally,
    voided,
)

CASES = [(UUID(int=number), version) for number, version in ((1, 4), (2, 9), (3, 1))]
ALL = tally(CASES)
READY = PhaseState(0, AFTER - SETTLES_AFTER, False, ALL, now=AFTER, exam_now=AFTER)
FANGS = Approval(FANG, AFTER - timedelta(hours=1), ALL)

case_lists = st.dictionaries(st.uuids(), st.integers(1, 50), min_size=1, max_size=6)


@given(case_lists, st.randoms())
def test_the_order_of_the_cases_does_not_change_the_digest(cases: dict[UUID, int], chance: Any) -> None:
    pairs = list(cases.items())
    chance.shuffle(pairs)
    assert tally(pairs) == tally(cases.items())
    assert tally(pairs).cases == len(cases)


@given(case_lists, st.data())
def test_one_version_more_changes_the_digest(cases: dict[UUID, int], data: st.DataObject) -> None:
    touched = data.draw(st.sampled_from(sorted(cases)))
    assert tally({**cases, touched: cases[touched] + 1}.items()).digest != tally(cases.items()).digest


def test_a_case_more_or_less_changes_the_digest() -> None:
    assert tally(CASES[:2]).digest != ALL.digest
    assert tally([]).cases == 0


def test_a_case_cannot_be_counted_twice() -> None:
    with pytest.raises(ValueError, match="once"):
        tally([*CASES, CASES[0]])


def test_two_persons_publish_a_phase() -> None:
    assert approving_refusals(READY) == ()
    assert publishing_refusals(READY, FANGS, GAO) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"open_cases": 1}, "phase.open_cases"),
        ({"published": True}, "phase.published"),
        ({"last_decision": AFTER - SETTLES_AFTER + INSTANT}, "decision.unsettled"),
    ],
)
def test_neither_approval_nor_publishing_goes_ahead_while_one_thing_stands_against_it(
    change: dict[str, Any], code: str
) -> None:
    unready = replace(READY, **change)
    assert approving_refusals(unready) == (code,)
    assert publishing_refusals(unready, FANGS, GAO) == (code,)


def test_a_phase_in_which_nobody_decided_anything_can_be_published() -> None:
    assert approving_refusals(replace(READY, last_decision=None)) == ()


def test_the_same_person_cannot_approve_twice() -> None:
    assert publishing_refusals(READY, FANGS, FANG) == ("persons.one",)


def test_nobody_publishes_without_a_first_approval() -> None:
    assert publishing_refusals(READY, None, GAO) == ("approval.missing",)


@pytest.mark.parametrize(
    "now_is",
    [[*CASES[:2], (CASES[2][0], 2)], CASES[:2], [*CASES, (UUID(int=4), 1)]],
    ids=["touched", "gone", "new"],
)
def test_any_change_voids_an_approval(now_is: list[tuple[UUID, int]]) -> None:
    assert voided(FANGS, ALL, AFTER) is None
    assert voided(FANGS, tally(now_is), AFTER) == "approval.changed"
    assert publishing_refusals(replace(READY, tally=tally(now_is)), FANGS, GAO) == ("approval.changed",)


def test_an_approval_is_void_after_24_hours() -> None:
    assert voided(FANGS, ALL, FANGS.at + APPROVAL_HOLDS - INSTANT) is None
    assert voided(FANGS, ALL, FANGS.at + APPROVAL_HOLDS) == "approval.expired"


@pytest.mark.parametrize("place", [PASSED, FAILED, WITHDRAWN], ids=str)
def test_two_persons_correct_a_decided_case_after_publishing(place: Place) -> None:
    assert correcting_refusals(place, None, AFTER, published=True, two_persons=True) == ()
    assert correcting_refusals(place, None, AFTER, published=True, two_persons=False) == ("persons.one",)
    assert correcting_refusals(place, None, AFTER, published=False, two_persons=True) == (
        "phase.not_published",
    )


@pytest.mark.parametrize("place", [COLLECTING, review(1), supplement(0)], ids=str)
def test_an_open_case_has_nothing_to_correct(place: Place) -> None:
    assert correcting_refusals(place, None, AFTER, published=True, two_persons=True) == ("case.open",)


def test_a_decision_that_can_be_taken_back_corrects_nothing() -> None:
    fresh = arrived(Move.FAIL, review(1), at=AFTER)
    soon = AFTER + SETTLES_AFTER
    assert correcting_refusals(FAILED, fresh, soon - INSTANT, published=True, two_persons=True) == (
        "decision.unsettled",
    )
    assert correcting_refusals(FAILED, fresh, soon, published=True, two_persons=True) == ()


def test_results_become_visible_at_one_instant() -> None:
    assert not is_visible(None, AFTER)
    assert not is_visible(AFTER, AFTER - INSTANT)
    assert is_visible(AFTER, AFTER)


@pytest.mark.parametrize(
    ("place", "move", "expected"),
    [
        (PASSED, Move.REOPEN, True),
        (FAILED, Move.TAKE_BACK, True),
        (WITHDRAWN, Move.RESTORE, True),
        (WITHDRAWN, Move.UNCLOSE, True),
        (COLLECTING, Move.WITHDRAW, True),
        (review(0), Move.UNCLOSE, False),
        (review(1), Move.PASS, False),
        (COLLECTING, Move.SUBMIT, False),
    ],
    ids=str,
)
def test_what_could_change_a_published_number_takes_the_phases_lock(
    place: Place, move: Move, *, expected: bool
) -> None:
    assert locks_phase(place, move) is expected
