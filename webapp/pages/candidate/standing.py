"""Where the signed-in person's case stands: what all of their pages have to know before they say anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from quart import abort

from webapp.clock import exam_now, now
from webapp.guard.access import current_person
from webapp.pages.chrome import exam_shown
from webapp.pages.words import moment_words
from webapp.records.reading.case_file import CaseFile, Request
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_case import own_case
from webapp.rules.bells import due_in_force
from webapp.rules.changing import Lock, Situation, lock_on
from webapp.rules.circumstances import Circumstances
from webapp.rules.places import By, Move, Place
from webapp.rules.showing import Shown, shown, shown_place
from webapp.rules.stages import refusals

AS_A_WHOLE = ""
"""No material's code: what locks the case itself."""


@dataclass(frozen=True)
class Standing:
    """A person's own case at one moment. Pages tell only what ``shown`` and the locks say of it."""

    own: CaseFile
    exam: OpenExam
    moment: datetime
    """By the exam's clock."""
    instant: datetime
    """Real time."""

    @cached_property
    def situation(self) -> Situation:
        """What the rules on changing need to know."""
        return self.own.situation(self.moment, self.instant)

    @cached_property
    def circumstances(self) -> Circumstances:
        """What the table of moves asks of the case."""
        return self.own.circumstances(self.moment, self.instant)

    @cached_property
    def shown(self) -> Shown:
        """What this person is told."""
        kinds = [level.office_kind for level in self.exam.package.levels]
        return shown(self.own.place, kinds, self.circumstances, self.own.published_result)

    @property
    def seen_at(self) -> Place:
        """The place that this person may know of."""
        return shown_place(self.own.place, self.own.levels, self.own.arrival, self.instant)

    @cached_property
    def lock(self) -> Lock | None:
        """What locks the case as a whole."""
        return lock_on(self.situation, AS_A_WHOLE)

    @property
    def stands(self) -> str:
        """Where the case stands, whether anything can be changed and until when, for a page that stays open.

        Says the same as long as nobody moves anything, however much time passes.
        """
        due = moment_words(self.due, self.exam.time_zone, ends=True)
        return f"{self.shown.word} {'open' if self.lock is None else 'locked'} {due}"

    @property
    def request(self) -> Request | None:
        """The open supplement, once it is told."""
        return self.own.request if self.shown.word == "supplement" else None

    @property
    def due(self) -> datetime:
        """Until when what was asked for is taken; without a supplement, the bell."""
        bell = self.own.window.bell
        return due_in_force(self.request.row.due, bell) if self.request else bell

    def against(self, move: Move) -> tuple[str, ...]:
        """Codes of all that stands against a move of the candidate's own."""
        return refusals(self.own.place, move, self.own.levels, By.CANDIDATE, self.circumstances)

    def seconds_until(self, deadline: datetime) -> int:
        """Whole seconds left, none once it is over."""
        return max(0, int((deadline - self.moment).total_seconds()))


async def standing() -> Standing | None:
    """The signed-in person's; None where nothing concerns them."""
    exam = await exam_shown()
    own = await own_case(exam, current_person().id)
    return Standing(own, exam, await exam_now(), now()) if own else None


async def standing_or_404() -> Standing:
    """The same for pages that only people with a case have."""
    found = await standing()
    if found is None:
        abort(404)
    return found
