"""A stored picture for its owner, taken from the shelf and unsealed in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from webapp.photos.shelf import Shelf, shelf_key
from webapp.records import Photo, PhotoVersion
from webapp.records.reading.exams import OpenExam
from webapp.rules.refusals import Refused

PREVIEW_TYPE = "image/jpeg"


@dataclass(frozen=True)
class Shown:
    """A picture's bytes with the type and the name that we give it."""

    data: bytes = field(repr=False)
    media_type: str
    name: str


async def show_photo(
    shelf: Shelf, exam: OpenExam, candidate_id: UUID, photo_id: UUID, *, small: bool = False
) -> Shown:
    """The candidate's own photo, also one that was just taken out; :class:`Refused` ``photo.not_found``."""
    photo = await Photo.get_or_none(
        id=photo_id, case__candidate_id=candidate_id, case__phase_id=exam.phase.id
    )
    version = await PhotoVersion.get(photo_id=photo_id, number=photo.version) if photo else None
    if version is None:
        raise Refused("photo.not_found")
    return await shown(shelf, version, small=small)


async def shown(shelf: Shelf, version: PhotoVersion, *, small: bool = False) -> Shown:
    """A stored version, or its small copy; whoever asks has found that the person may have it."""
    if small:
        return Shown(await shelf.get(shelf_key(version.preview_key)), PREVIEW_TYPE, "preview.jpg")
    ending = "png" if version.media_type == "image/png" else "jpg"
    return Shown(await shelf.get(shelf_key(version.shelf_key)), version.media_type, f"photo.{ending}")
