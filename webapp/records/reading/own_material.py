"""What the page of one material asks beyond the case itself: originals that failed, and what was just taken out."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from webapp.records.photos import Incoming, Photo

_REFUSED = "refused"
_DELETED = "deleted"
_REMOVED = "removed"


@dataclass(frozen=True)
class TakenOut:
    """Where something was that its owner has taken out and can bring back."""

    material: str
    slot: str


async def refused_originals(case_id: UUID) -> tuple[Incoming, ...]:
    """Originals of a case that could not be used and that the candidate has not taken out, oldest first."""
    return tuple(await Incoming.filter(case_id=case_id, state=_REFUSED).order_by("arrived_at", "id"))


async def taken_out(case_id: UUID, photo_id: UUID) -> TakenOut | None:
    """A photo of this case, or an original that waited; None for everything else, a stranger's too."""
    photo = await Photo.get_or_none(id=photo_id, case_id=case_id, removed_why=_DELETED)
    if photo is not None:
        return TakenOut(photo.material, photo.slot)
    waited = await Incoming.get_or_none(id=photo_id, case_id=case_id, state=_REMOVED, reason="")
    return TakenOut(waited.material, waited.slot) if waited else None
