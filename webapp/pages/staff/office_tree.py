"""The tree of offices with who works there, and where somebody is lacking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from webapp.pages.language import _
from webapp.records.exam import Office
from webapp.records.reading.exam_state import Manned
from webapp.records.reading.exams import OpenExam, PeopleCounts


@dataclass(frozen=True)
class OfficeRow:
    """One office; ``depth`` is how far it stands below the region. ``lacks``: whom it has not, in words."""

    id: str
    name: str
    depth: int
    phone: str
    candidates: int
    posts: dict[str, int]
    lacks: str
    urgent: bool
    """Whether somebody is lacking for candidates who are there already, and this person may give posts."""
    own: bool
    """Whether this person may give posts there."""


def tree(
    exam: OpenExam, counts: PeopleCounts, manned: Manned, language: str, own: Collection[UUID]
) -> list[OfficeRow]:
    """All offices, each above those below it."""
    ordered: list[tuple[int, Office]] = []

    def walk(office: Office, depth: int) -> None:
        ordered.append((depth, office))
        for below in exam.offices:
            if below.parent_id == office.id:
                walk(below, depth + 1)

    walk(exam.region_office, 0)
    below = candidates_below(exam, counts)
    return [
        OfficeRow(
            id=str(office.id),
            name=exam.in_language(office.name, language),
            depth=depth,
            phone=office.phone,
            candidates=below[office.id],
            posts={role: manned.roles[office.id][role] for role in ("reviewer", "manager", "auditor")},
            lacks=lacking(exam, manned, office),
            urgent=bool(lacking(exam, manned, office)) and below[office.id] > 0 and office.id in own,
            own=office.id in own,
        )
        for depth, office in ordered
    ]


def lacking(exam: OpenExam, manned: Manned, office: Office) -> str:
    """What an office needs and has not: reviewers where it reviews, and a manager; empty where it has both."""
    reviewer = exam.level_of(office) is not None and manned.lacks(office.id, "reviewer")
    manager = manned.lacks(office.id, "manager")
    if reviewer and manager:
        return _("没有审核员和管理员")
    return _("没有审核员") if reviewer else _("没有管理员") if manager else ""


def candidates_below(exam: OpenExam, counts: PeopleCounts) -> dict[UUID, int]:
    """Of each office and all below it."""
    total = {office.id: 0 for office in exam.offices}
    for office_id, number in counts.candidates.items():
        here: UUID | None = office_id
        while here is not None:
            total[here] += number
            here = exam.parents.get(here)
    return total
