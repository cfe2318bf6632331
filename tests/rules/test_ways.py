import pytest

from webapp.rules.places import (
    COLLECTING,
    FAILED,
    PASSED,
    SETTLED_STAGES,
    WITHDRAWN,
    By,
    Move,
    Place,
    Stage,
    review,
    supplement,
)
from webapp.rules.stages import rows_from
from webapp.rules.ways import DESKS, SITS_AT, Desk, leads_to, reachable

LEVELS = (1, 2, 3)
EVERY_PLACE = [
    pytest.param(place, levels, id=f"{place}-of-{levels}")
    for levels in LEVELS
    for place in sorted(reachable(levels), key=str)
]
OFFICES = frozenset({By.CLOCK, By.REVIEWER, By.ASKING_OFFICE, By.SITE_MANAGER, By.REGION_MANAGER})


@pytest.mark.parametrize("levels", LEVELS)
def test_every_place_of_an_exam_can_be_reached_and_no_other(levels: int) -> None:
    each = [make(level) for make in (review, supplement) for level in range(levels)]
    assert reachable(levels) == {COLLECTING, *each, PASSED, FAILED, WITHDRAWN}


@pytest.mark.parametrize(("place", "levels"), EVERY_PLACE)
def test_from_every_place_a_case_can_be_decided_either_way(place: Place, levels: int) -> None:
    assert leads_to(place, levels) >= {PASSED, FAILED}


@pytest.mark.parametrize(("place", "levels"), EVERY_PLACE)
def test_a_case_whose_candidate_never_comes_back_can_still_be_decided(place: Place, levels: int) -> None:
    assert leads_to(place, levels, OFFICES) >= {PASSED, FAILED}


@pytest.mark.parametrize(("place", "levels"), EVERY_PLACE)
def test_the_clock_and_reviewers_alone_bring_every_case_to_a_result(place: Place, levels: int) -> None:
    ends = leads_to(place, levels, {By.CLOCK, By.REVIEWER})
    assert any(end.stage in SETTLED_STAGES for end in ends)


def test_without_reviewers_nothing_is_decided() -> None:
    assert leads_to(COLLECTING, 2, frozenset(By) - {By.REVIEWER}) & {PASSED, FAILED} == set()


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_stands_on_somebodys_list(stage: Stage) -> None:
    assert DESKS[stage]


@pytest.mark.parametrize(("place", "levels"), EVERY_PLACE)
def test_the_people_of_each_list_can_move_its_cases_on(place: Place, levels: int) -> None:
    for desk in DESKS[place.stage]:
        onward = {row.move for row in rows_from(place, levels) if row.by is SITS_AT[desk]}
        assert onward - {Move.WITHDRAW}, f"{desk} can do nothing for a case at {place}"


def test_every_list_has_its_people_and_its_cases() -> None:
    assert set(SITS_AT) == set(Desk) == {desk for desks in DESKS.values() for desk in desks}
