"""What the console's first page asks: what waits at somebody's offices today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from webapp.records.events import Event
from webapp.records.reading.exams import OpenExam
from webapp.records.results import Proposal
from webapp.rules.publishing import APPROVAL_HOLDS


async def proposals_waiting(
    exam: OpenExam, acts: Collection[str], sites: Collection[UUID], moment: datetime
) -> list[Proposal]:
    """What was proposed of cases at these sites and can still be confirmed, oldest first."""
    found = Proposal.filter(
        phase_id=exam.phase.id,
        act__in=list(acts),
        ended_at=None,
        at__gt=moment - APPROVAL_HOLDS,
        case__site_id__in=list(sites),
    )
    return await found.order_by("at")


async def failed_at_last_import(chain: str) -> int:
    """How many rows the newest import could not take."""
    event = await Event.filter(chain=chain, what="registrations.taken").order_by("-sequence").first()
    return int(event.facts.get("failed", 0)) if event else 0
