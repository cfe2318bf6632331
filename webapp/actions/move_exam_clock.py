"""Moves the exam's clock: in demos and tests only, and nothing else moves with it."""

from __future__ import annotations

import math
from datetime import timedelta

from webapp.actions.recording import exam_chain, record
from webapp.database import transaction
from webapp.records import ExamClock


@transaction
async def move_exam_clock(exam_code: str, offset: timedelta, *, by: str) -> None:
    """From now on :func:`webapp.clock.exam_now` is this far ahead of real time."""
    seconds = math.ceil(
        offset.total_seconds()
    )  # whoever asks for the bell gets the bell, not the second before it
    await ExamClock.bulk_create([ExamClock(id=1)], ignore_conflicts=True)
    await ExamClock.filter(id=1).update(offset_seconds=seconds)
    await record(exam_chain(exam_code), actor=by, what="exam.clock_moved", offset_seconds=seconds)
