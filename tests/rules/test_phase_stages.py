"""A phase stands in one place at every moment, from before its window to its results."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from webapp.rules.phase_stages import PhaseFacts, PhaseStage, phase_stage
from webapp.rules.windows import Window

OPENS = datetime(2020, 4, 22, 16, tzinfo=UTC)
BELL = datetime(2020, 5, 6, 16, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
FACTS = PhaseFacts(Window(OPENS, BELL), 2 * HOUR, cases=40, open_cases=3, approved=False, published=False)


@pytest.mark.parametrize(
    ("moment", "stage"),
    [
        (OPENS - SECOND, PhaseStage.BEFORE),
        (OPENS, PhaseStage.OPEN),
        (BELL - SECOND, PhaseStage.OPEN),
        (BELL, PhaseStage.GRACE),
        (BELL + 2 * HOUR - SECOND, PhaseStage.GRACE),
        (BELL + 2 * HOUR, PhaseStage.REVIEW),
    ],
)
def test_time_leads_from_before_the_window_into_review(moment: datetime, stage: PhaseStage) -> None:
    assert phase_stage(FACTS, moment) is stage


def test_once_no_case_is_open_it_is_ready_then_approved_then_published() -> None:
    late = BELL + 3 * HOUR
    decided = replace(FACTS, open_cases=0)
    assert phase_stage(decided, late) is PhaseStage.READY
    assert phase_stage(replace(decided, approved=True), late) is PhaseStage.APPROVED
    assert phase_stage(replace(decided, approved=True, published=True), late) is PhaseStage.PUBLISHED
    assert phase_stage(decided, BELL - SECOND) is PhaseStage.OPEN, "more may come in"


def test_a_phase_without_cases_is_never_ready() -> None:
    assert phase_stage(replace(FACTS, cases=0, open_cases=0), BELL + 3 * HOUR) is PhaseStage.REVIEW


def test_a_reopened_case_does_not_take_published_back() -> None:
    assert phase_stage(replace(FACTS, published=True), BELL + 3 * HOUR) is PhaseStage.PUBLISHED
