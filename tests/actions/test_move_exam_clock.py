"""Moving the exam's clock: it shows the asked moment, leaves an event, and moves nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.house import EXAM, House
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.clock import exam_now, exam_offset, now
from webapp.records import Event, ExamClock
from webapp.records.reading.exams import OpenExam, open_exam
from webapp.rules.windows import WindowState

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def exam(house: House) -> OpenExam:
    """The open exam, in a running house whose clock can be moved."""
    return await open_exam()


async def test_the_newest_move_counts_and_there_is_one_row(exam: OpenExam) -> None:
    assert await ExamClock.all().count() == 0
    for offset in (timedelta(days=3), timedelta(days=-40), timedelta(0)):
        await move_exam_clock(EXAM, offset, by="operator")
        assert await exam_offset() == offset
    assert await ExamClock.all().count() == 1


@either_will_do
async def test_whoever_asks_for_the_bell_never_gets_the_moment_before_it(exam: OpenExam) -> None:
    assert exam.window.state_at(await exam_now()) is WindowState.OPEN
    for microseconds in range(0, 1_000_000, 90_909):
        wanted = exam.window.bell + timedelta(microseconds=microseconds)
        await move_exam_clock(EXAM, wanted - now(), by="operator")
        moment = await exam_now()
        assert wanted <= moment < wanted + timedelta(seconds=10)
        assert exam.window.state_at(moment) is WindowState.CLOSED


@either_will_do
async def test_it_is_written_down_who_moved_it_and_how_far(exam: OpenExam) -> None:
    await move_exam_clock(EXAM, timedelta(hours=1), by="staff:1")
    event = await Event.filter(chain=f"exam:{EXAM}").order_by("-sequence").first()
    assert event is not None
    assert (event.actor, event.what, event.facts) == ("staff:1", "exam.clock_moved", {"offset_seconds": 3600})
    assert abs(event.at - now()) < timedelta(seconds=30), "events stand on real time"
