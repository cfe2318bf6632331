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
    """One office; ``depth`` is how far it stands below the region. ``lacks``: which roles nobody has there."""

    id: str
    name: str
    kind: str
    depth: int
    phone: str
    candidates: int
    posts: dict[str, int]
    lacks: list[str]
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
    below = _candidates(exam, counts)
    return [
        OfficeRow(
            id=str(office.id),
            name=exam.in_language(office.name, language),
            kind=exam.office_kind(office.kind, language),
            depth=depth,
            phone=office.phone,
            candidates=below[office.id],
            posts={role: manned.roles[office.id][role] for role in ("reviewer", "manager", "auditor")},
            lacks=lacking(exam, manned, office),
            own=office.id in own,
        )
        for depth, office in ordered
    ]


def lacking(exam: OpenExam, manned: Manned, office: Office) -> list[str]:
    """What an office needs and has not: reviewers where it reviews, and a manager."""
    lacks = []
    if exam.level_of(office) is not None and manned.lacks(office.id, "reviewer"):
        lacks.append(_("没有审核员"))
    if manned.lacks(office.id, "manager"):
        lacks.append(_("没有管理员"))
    return lacks


def _candidates(exam: OpenExam, counts: PeopleCounts) -> dict[UUID, int]:
    """Of each office and all below it."""
    total = {office.id: 0 for office in exam.offices}
    for office_id, number in counts.candidates.items():
        here: UUID | None = office_id
        while here is not None:
            total[here] += number
            here = exam.parents.get(here)
    return total
