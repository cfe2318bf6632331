"""Time, by two doors.

:func:`now` is real time: sessions, tickets, one-time codes, throttles, leases, readiness.
:func:`exam_now` is the exam's time: windows, due times, grace, publishing, ages. It differs from real time only
where the exam's clock may be moved: in demos and tests, by an offset in the database that both processes read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from webapp.statements import Statement, ask

_OFFSET = Statement('SELECT offset_seconds FROM "exam_clock" WHERE id = 1')
_movable = False


def allow_moving(*, movable: bool) -> None:
    """Told once at start-up; where the clock cannot be moved, :func:`exam_now` asks no database."""
    global _movable  # noqa: PLW0603 - one installation has one clock
    _movable = movable


def now() -> datetime:
    """Real time, UTC."""
    return datetime.now(UTC)


async def exam_now() -> datetime:
    """The exam's time, UTC."""
    return now() + await exam_offset()


async def exam_offset() -> timedelta:
    """How far the exam's time is ahead of real time."""
    if not _movable:
        return timedelta(0)
    (rows,) = await ask(_OFFSET)
    return timedelta(seconds=rows[0]["offset_seconds"] if rows else 0)
