"""What the page of one material asks beyond the case itself: originals that failed, and what was just taken out."""

from __future__ import annotations

from uuid import UUID

from webapp.records.photos import Incoming, Photo

_REFUSED = "refused"
_DELETED = "deleted"


async def refused_originals(case_id: UUID) -> tuple[Incoming, ...]:
    """Originals of a case that could not be used and that the candidate has not taken out, oldest first."""
    return tuple(await Incoming.filter(case_id=case_id, state=_REFUSED).order_by("arrived_at", "id"))


async def deleted_photo(case_id: UUID, photo_id: UUID) -> Photo | None:
    """A photo of this case that its owner has deleted; None for everything else, a stranger's photo too."""
    return await Photo.get_or_none(id=photo_id, case_id=case_id, removed_why=_DELETED)
