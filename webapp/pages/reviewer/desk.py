"""Who is at the desk, and the case that lies on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quart import abort

from webapp.actions.reviewing import Reviewer
from webapp.guard.access import current_person
from webapp.pages.chrome import exam_shown
from webapp.records.reading.desk_case import DeskCase, desk_case
from webapp.records.reading.exams import OpenExam
from webapp.rules.verdicts import MaterialState, Verdict


@dataclass(frozen=True)
class Sight:
    """The case on the desk, seen from one level at one moment of the exam's clock."""

    exam: OpenExam
    desk: DeskCase
    states: tuple[MaterialState, ...]
    level: int
    exam_moment: datetime

    @property
    def own(self) -> list[Verdict]:
        """The level's own verdicts."""
        return [word for word in self.desk.file.words if word.level == self.level]


def reviewer() -> Reviewer:
    """The signed-in person as actions know a reviewer."""
    person = current_person()
    return Reviewer(person.id, frozenset(office.id for office in person.offices("reviewer")))


async def opened(case_id: UUID) -> DeskCase:
    """A case that comes by one of this person's offices; 404 for every other."""
    who = reviewer()
    found = await desk_case(await exam_shown(), case_id, who.id, who.offices)
    if found is None:
        abort(404)
    return found
