"""Versions of a photo that are no longer shown: how it lay before it was turned."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.records.photos import PhotoVersion
from webapp.records.reading.case_file import StoredPhoto


async def old_version(one: StoredPhoto, number: int) -> StoredPhoto | None:
    """The photo in a version before the one that is shown; None where that is none."""
    version = await PhotoVersion.get_or_none(photo_id=one.photo.id, number=number)
    return StoredPhoto(one.photo, version) if version and number < one.photo.version else None


async def old_versions(photos: Sequence[StoredPhoto]) -> list[StoredPhoto]:
    """Every version of these photos but the one that is shown, oldest first."""
    by_id = {one.photo.id: one.photo for one in photos if one.photo.version > 1}
    rows = await PhotoVersion.filter(photo_id__in=list(by_id)).order_by("made_at", "id") if by_id else []
    return [StoredPhoto(by_id[row.photo_id], row) for row in rows if row.number < by_id[row.photo_id].version]
