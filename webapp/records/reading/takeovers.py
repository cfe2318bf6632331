"""Who took a case over from whom."""

from __future__ import annotations

from uuid import UUID

from webapp.records.events import Event
from webapp.records.reading.events import names_of


async def newest_takeover(case_id: UUID) -> tuple[Event, str] | None:
    """The event of the last taking over of a case, and the name of whoever did it."""
    event = await Event.filter(chain=f"case:{case_id}", what="case.taken_over").order_by("-sequence").first()
    return (event, (await names_of([event.actor])).get(event.actor, "")) if event else None
