"""What a candidate's own pages ask."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from webapp.records.people import Candidate


@dataclass(frozen=True)
class CandidateHome:
    """The candidate's registration as their first page shows it; ``site_name`` and ``site_hours`` by language."""

    name: str
    registration_number: str
    site_name: dict[str, str]
    site_phone: str
    site_hours: dict[str, str]
    unit_name: str


async def candidate_home(candidate_id: UUID) -> CandidateHome:
    """One candidate with site and unit."""
    candidate = await Candidate.get(id=candidate_id).prefetch_related("office", "unit")
    return CandidateHome(
        name=candidate.name,
        registration_number=candidate.registration_number,
        site_name=candidate.office.name,
        site_phone=candidate.office.phone,
        site_hours=candidate.office.hours,
        unit_name=candidate.unit.name if candidate.unit else "",
    )
