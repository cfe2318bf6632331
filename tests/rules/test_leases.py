from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.rules.telling import AFTER, BELL, FANG, GAO, INSTANT, WINDOW
from webapp.rules.leases import (
    LEASE,
    Claim,
    ReviewFrom,
    claim_refusals,
    concluded_elsewhere,
    is_live,
    may_decide,
    new_lease,
    renewed,
)
from webapp.rules.places import COLLECTING, PASSED, Place, review, supplement

FREE = Claim(
    person=FANG,
    place=review(1),
    now=AFTER,
    exam_now=AFTER,
    window=WINDOW,
    review_from=ReviewFrom.BELL,
    lease=None,
    verdicts_saved=False,
    announcements_open=0,
    incoming_waiting=0,
    concluded=frozenset(),
)
BEFORE_THE_BELL = replace(FREE, exam_now=BELL - INSTANT)
GAOS = new_lease(GAO, AFTER)


def test_a_lease_keeps_others_away_until_its_end() -> None:
    assert is_live(GAOS, AFTER + LEASE - INSTANT)
    assert not is_live(GAOS, AFTER + LEASE)
    assert not is_live(None, AFTER)


def test_a_lease_that_expired_and_that_nobody_took_still_decides() -> None:
    assert not is_live(GAOS, AFTER + timedelta(days=1))
    assert may_decide(GAOS, GAO)


def test_only_the_holder_decides() -> None:
    assert not may_decide(GAOS, FANG)
    assert not may_decide(None, GAO)


def test_activity_renews_a_lease_and_never_shortens_it() -> None:
    later = AFTER + timedelta(minutes=10)
    assert renewed(GAOS, later).until == later + LEASE
    assert renewed(GAOS, later).taken_at == AFTER
    assert renewed(GAOS, later, timedelta(minutes=1)).until == GAOS.until


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"place": COLLECTING}, "case.not_in_review"),
        ({"place": supplement(1)}, "case.not_in_review"),
        ({"place": PASSED}, "case.not_in_review"),
        ({"concluded": {0}}, "concluded.elsewhere"),
        ({"exam_now": BELL - INSTANT}, "review.not_begun"),
        ({"announcements_open": 1}, "announcement.open"),
        ({"incoming_waiting": 1}, "incoming.waiting"),
        ({"lease": GAOS}, "lease.held"),
    ],
)
def test_a_claim_is_refused_for_one_thing_alone(change: dict[str, Any], code: str) -> None:
    assert claim_refusals(FREE) == ()
    assert claim_refusals(replace(FREE, **change)) == (code,)


@pytest.mark.parametrize(
    "change", [{"exam_now": BELL}, {"verdicts_saved": True}, {"review_from": ReviewFrom.SUBMIT}]
)
def test_review_begins_at_the_bell_or_once_there_is_a_verdict_or_by_the_exams_data(
    change: dict[str, Any],
) -> None:
    assert claim_refusals(BEFORE_THE_BELL) == ("review.not_begun",)
    assert claim_refusals(replace(BEFORE_THE_BELL, **change)) == ()


@pytest.mark.parametrize("change", [{"takeover_reason": True}, {"now": AFTER + LEASE}, {"person": GAO}])
def test_a_held_case_is_free_for_a_reason_after_its_time_and_for_its_holder(change: dict[str, Any]) -> None:
    held = replace(FREE, lease=GAOS)
    assert claim_refusals(held) == ("lease.held",)
    assert claim_refusals(replace(held, **change)) == ()


@pytest.mark.parametrize(
    ("place", "concluded", "expected"),
    [(review(1), {1}, False), (review(1), {0, 1}, True), (review(0), {2}, True), (review(0), set(), False)],
)
def test_a_second_conclusion_counts_only_at_another_level(
    place: Place, concluded: set[int], *, expected: bool
) -> None:
    assert place.level is not None
    assert concluded_elsewhere(place.level, concluded) is expected
