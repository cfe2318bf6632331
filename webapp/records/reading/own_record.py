"""What the page of the registration asks beyond the case itself: what its owner has said is wrong in it."""

from __future__ import annotations

from uuid import UUID

from webapp.records.declarations import RecordDoubt


async def own_doubts(case_id: UUID) -> tuple[RecordDoubt, ...]:
    """The doubts that stand, oldest first."""
    return tuple(await RecordDoubt.filter(case_id=case_id, ended_at=None).order_by("made_at", "id"))
