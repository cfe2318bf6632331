"""A claim's time, in minutes as people count them, and how it came to be somebody else's."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from webapp.pages.language import _, later
from webapp.pages.words import moment_words
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.takeovers import newest_takeover
from webapp.rules.leases import TakeoverReason

_REASONS: Final = {
    TakeoverReason.URGED: later("考生或单位来电催办"),
    TakeoverReason.ABSENT: later("同事已离岗"),
    TakeoverReason.REQUESTED: later("同事请我接手"),
    TakeoverReason.ASSIGNED: later("管理员安排"),
    TakeoverReason.IDLE: later("放了很久没有动"),
}


def minutes_left(until: datetime | None, moment: datetime) -> int:
    """Minutes of a claim that are left, rounded up; 0 when it is over."""
    seconds = int((until - moment).total_seconds()) if until else 0
    return -(-seconds // 60) if seconds > 0 else 0


def takeover_reasons() -> list[tuple[str, str]]:
    """Code and words, in the order in which they are offered."""
    return [(code.value, _(words)) for code, words in _REASONS.items()]


def takeover_reason_words(code: str) -> str:
    """Why it was taken over; empty for words of somebody's own, which are not kept."""
    return _(_REASONS[TakeoverReason(code)]) if code in set(TakeoverReason) else ""


async def lost_words(exam: OpenExam, desk: DeskCase, person: UUID) -> str:
    """What has become of a case that ``person`` had in hand and has no more."""
    taken = await newest_takeover(desk.file.case.id)
    holder = desk.file.case.lease_holder
    by_now = {f"staff:{holder}"} if holder else {taken[0].actor} if taken else set()
    if taken and taken[0].facts.get("from_holder") == str(person) and taken[0].actor in by_now:
        event, name = taken
        at, why = moment_words(event.at, exam.time_zone), takeover_reason_words(event.facts.get("reason", ""))
        if why:
            return _(
                "%(name)s在 %(at)s 接手了这份档案：%(why)s。已保存的结论都在。", name=name, at=at, why=why
            )
        return _("%(name)s在 %(at)s 接手了这份档案。已保存的结论都在。", name=name, at=at)
    if holder is not None and holder in desk.names:
        return _("这份档案现在由%(name)s处理。已保存的结论都在。", name=desk.names[holder])
    return _("这份档案已经不在您手里。已保存的结论都在。")
