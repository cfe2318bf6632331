"""What every act of a reviewer asks first: is it their office's turn, and do they have the case in hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webapp.actions.moving import Mover
from webapp.records import AskedItem, PhotoSeen
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.leases import Lease, concluded_elsewhere, may_decide
from webapp.rules.places import By, Stage
from webapp.rules.refusals import Refused
from webapp.rules.verdicts import MaterialState


@dataclass(frozen=True)
class Reviewer:
    """A member of staff and the offices at which they review."""

    id: UUID
    offices: frozenset[UUID]

    @property
    def actor(self) -> str:
        """As events name them."""
        return f"staff:{self.id}"

    @property
    def mover(self) -> Mover:
        """As moves name them."""
        return Mover(By.REVIEWER, self.actor, self.id)


def level_in_review(exam: OpenExam, file: CaseFile, reviewer: Reviewer) -> int:
    """The level at which this person may work on the case now.

    :class:`Refused` ``case.not_in_review``, or ``case.not_your_office`` where another office has it.
    """
    level = file.case.level
    if file.place.stage is not Stage.REVIEW or level is None:
        raise Refused("case.not_in_review")
    if exam.office_at(level, file.case.site_id).id not in reviewer.offices:
        raise Refused("case.not_your_office")
    return level


def lease_of(file: CaseFile) -> Lease | None:
    """The claim on the case."""
    case = file.case
    if case.lease_holder is None or case.lease_taken_at is None or case.lease_until is None:
        return None
    return Lease(case.lease_holder, case.lease_taken_at, case.lease_until)


def concluded_levels(file: CaseFile, person: UUID) -> frozenset[int]:
    """The levels at which this person has concluded the case."""
    return frozenset(
        row.from_level for row in file.decisions if row.person == person and row.from_level is not None
    )


def brought(exam: OpenExam, file: CaseFile, reviewer: Reviewer, version: int) -> dict[str, Any]:
    """What a reviewer brings to a move, as :class:`webapp.rules.circumstances.Circumstances` names it."""
    level = level_in_review(exam, file, reviewer)
    return {
        "by_person": reviewer.id,
        "version_current": version == file.case.version,
        "may_decide": may_decide(lease_of(file), reviewer.id),
        "concluded_elsewhere": concluded_elsewhere(level, concluded_levels(file, reviewer.id)),
    }


def refuse_without_case(exam: OpenExam, file: CaseFile, reviewer: Reviewer, version: int) -> int:
    """The level, for whoever has the case in hand on its current page.

    :class:`Refused` ``lease.not_yours``, ``version.stale``, ``concluded.elsewhere`` and those of
    :func:`level_in_review`.
    """
    facts = brought(exam, file, reviewer, version)
    if not facts["may_decide"]:
        raise Refused("lease.not_yours")
    if not facts["version_current"]:
        raise Refused("version.stale")
    if facts["concluded_elsewhere"]:
        raise Refused("concluded.elsewhere")
    return level_in_review(exam, file, reviewer)


async def material_states(file: CaseFile, staff_id: UUID) -> tuple[MaterialState, ...]:
    """What there is of each material, and what of it this person has not had on screen."""
    versions = [one.version.id for one in file.photos]
    on_screen = PhotoSeen.filter(version_id__in=versions, staff_id=staff_id, seen_at__not_isnull=True)
    seen = {row.version_id for row in await on_screen} if versions else set()
    # In a supplement somebody may have written that a material cannot be supplied: a declared gap too.
    worded = AskedItem.filter(supplement__case_id=file.case.id, field="").exclude(words="")
    lacking = {item.material for item in await worded}
    return tuple(
        MaterialState(
            code=code,
            required=fill.concern.requirement.must,
            slots=frozenset(one.slot.code for one in fill.slots),
            filled=frozenset(one.slot.code for one in fill.slots if one.held.photos),
            declared=fill.declared is not None or code in lacking,
            unseen=frozenset(
                one.photo.slot
                for one in file.photos
                if one.photo.material == code and one.version.id not in seen
            ),
        )
        for fill in file.fills
        for code in [fill.concern.material.code]
    )
