"""What every act of a manager on a case asks first: do they answer for it, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.actions.moving import Mover
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.offices import within
from webapp.rules.places import By
from webapp.rules.refusals import Refused

REASON_MOST = 1_000


@dataclass(frozen=True)
class Manager:
    """A member of staff and the offices at which they manage."""

    id: UUID
    offices: frozenset[UUID]

    @property
    def actor(self) -> str:
        """As events name them."""
        return f"staff:{self.id}"

    def mover(self, exam: OpenExam, file: CaseFile) -> Mover:
        """As moves name them: the region's manager or the site's; see :func:`answers_for`."""
        by = By.REGION_MANAGER if is_of_region(exam, self) else By.SITE_MANAGER
        return Mover(by, self.actor, self.id)


@dataclass(frozen=True)
class Ground:
    """Why it is done, to which version of the case, and until when its candidate then has time."""

    version: int
    reason: str
    deadline: datetime | None = None


def is_of_region(exam: OpenExam, manager: Manager) -> bool:
    """Whether somebody manages the office at the top of the tree."""
    return exam.region_office.id in manager.offices


def answers_for(exam: OpenExam, manager: Manager, site_id: UUID) -> None:
    """:class:`Refused` ``case.not_found`` unless the site is one of the manager's offices or below one."""
    if not within(site_id, manager.offices, exam.parents):
        raise Refused("case.not_found")


def refuse_length(reason: str) -> None:
    """:class:`Refused` ``reason.length``."""
    if len(reason) > REASON_MOST:
        raise Refused("reason.length", most=REASON_MOST)
