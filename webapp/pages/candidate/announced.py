"""What a candidate's page knows of photos on their way: how long announcing is possible, and what was announced."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.pages.words import moment_words
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.bells import grace_ends
from webapp.rules.changing import Situation, deadline_of, next_deadline


@dataclass(frozen=True)
class OnTheirWay:
    """See ``templates/pieces/announced.html``."""

    closes_in: int | None = None
    """Seconds until the next bell or due time; None where none is ahead."""
    photos: tuple[str, ...] = ()
    """Ids of the open announcements."""
    until: str = ""
    """When the last of them is not taken any more."""


NONE_ON_THEIR_WAY = OnTheirWay()


def on_their_way(own: CaseFile, situation: Situation, exam: OpenExam, material: str = "") -> OnTheirWay:
    """Of the whole case, or of one material."""
    deadline = next_deadline(situation)
    waiting = [
        one
        for one in own.open_announcements(situation.exam_now, situation.now)
        if material in {"", one.material}
    ]
    ends = [grace_ends(deadline_of(situation, one.material, one.slot), own.grace) for one in waiting]
    return OnTheirWay(
        closes_in=int((deadline - situation.exam_now).total_seconds()) if deadline else None,
        photos=tuple(str(one.id) for one in waiting),
        until=moment_words(max(ends), exam.time_zone) if ends else "",
    )
