"""What was published, in the order in which it was written: for systems that fetch it bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.records.results import Result


@dataclass(frozen=True)
class Published:
    """One Result that can be seen. ``rechecking``: it is its case's newest, and the case has moved since."""

    result: Result
    rechecking: bool


async def published_after(exam_id: UUID, after: int, limit: int, exam_moment: datetime) -> list[Published]:
    """Up to ``limit`` Results of the exam with ids above ``after`` that can be seen at ``exam_moment``, by id.

    Whoever goes on from the last id misses nothing: the writers of a phase's Results hold its lock, so ids are
    committed in their order; and none is given that stands behind one that cannot be seen yet.
    """
    of_exam = Result.filter(case__phase__exam_id=exam_id, id__gt=after)
    to_come = await of_exam.filter(visible_from__gt=exam_moment).order_by("id").first()
    found = of_exam.filter(visible_from__lte=exam_moment)
    if to_come is not None:
        found = found.filter(id__lt=to_come.id)
    rows = await found.order_by("id").limit(limit).prefetch_related("case")
    newest = await _newest_of([row.case_id for row in rows])
    return [Published(row, newest[row.case_id] == row.id and row.move != row.case.arrived_by) for row in rows]


async def _newest_of(case_ids: list[UUID]) -> dict[UUID, int]:
    """The id of each case's newest Result."""
    rows = Result.filter(case_id__in=case_ids).order_by("id").values_list("case_id", "id")
    return dict(await rows) if case_ids else {}
