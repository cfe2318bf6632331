"""A stored picture for a reviewer: what of it was sent to whom, and what stood on whose screen, is written down."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from webapp.actions.recording import case_chain, record
from webapp.actions.reviewing import Reviewer
from webapp.actions.show_photo import Shown, shown
from webapp.clock import now
from webapp.database import transaction
from webapp.photos.shelf import Shelf
from webapp.records import Case, CaseMove, Photo, PhotoSeen, PhotoVersion
from webapp.records.reading.exams import OpenExam
from webapp.rules.offices import within
from webapp.rules.places import Move
from webapp.rules.refusals import Refused


@dataclass(frozen=True)
class Whereabouts:
    """Where a photo belongs."""

    case_id: UUID
    material: str


async def fetch_photo(
    shelf: Shelf,
    exam: OpenExam,
    reviewer: Reviewer,
    photo_id: UUID,
    number: int | None = None,
    *,
    small: bool = False,
) -> Shown:
    """The picture, or its small copy; ``number`` is a version's, else it is the one that is shown.

    The first time a person gets a version, full or small, leaves a row and an event before a byte goes out. After
    that it costs one look. :class:`Refused` ``photo.not_found``.
    """
    photo, version = await _found(exam, reviewer, photo_id, number)
    if not await PhotoSeen.exists(version_id=version.id, staff_id=reviewer.id):
        await _note_fetched(photo, version, reviewer)
    return await shown(shelf, version, small=small)


@transaction
async def _note_fetched(photo: Photo, version: PhotoVersion, reviewer: Reviewer) -> None:
    # The case's row keeps two requests for the same picture (a strip and a stage) from writing it down twice.
    await Case.select_for_update().get(id=photo.case_id)
    if await PhotoSeen.exists(version_id=version.id, staff_id=reviewer.id):
        return
    await PhotoSeen.create(version_id=version.id, staff_id=reviewer.id, fetched_at=now())
    await record(
        case_chain(photo.case_id),
        actor=reviewer.actor,
        what="photo.fetched",
        subject=f"photo:{photo.id}",
        version=version.number,
    )


@transaction
async def note_seen(exam: OpenExam, reviewer: Reviewer, photo_id: UUID, number: int | None) -> Whereabouts:
    """The picture stood on this person's screen, decoded, for a second; the first time counts.

    :class:`Refused` ``photo.not_found``; ``photo.not_fetched`` where its bytes never went to this person.
    """
    photo, version = await _found(exam, reviewer, photo_id, number)
    rows = PhotoSeen.filter(version_id=version.id, staff_id=reviewer.id)
    if not await rows.exists():
        raise Refused("photo.not_fetched")
    await rows.filter(seen_at=None).update(seen_at=now())
    return Whereabouts(photo.case_id, photo.material)


async def _found(
    exam: OpenExam, reviewer: Reviewer, photo_id: UUID, number: int | None
) -> tuple[Photo, PhotoVersion]:
    photo = await Photo.get_or_none(id=photo_id, case__phase_id=exam.phase.id).select_related("case")
    if photo is None or not within(photo.case.site_id, reviewer.offices, exam.parents):
        raise Refused("photo.not_found")
    if photo.removed_at is not None and not await _was_asked_about(photo):
        raise Refused("photo.not_found")
    version = await PhotoVersion.get_or_none(photo_id=photo.id, number=number or photo.version)
    if version is None:
        raise Refused("photo.not_found")
    return photo, version


async def _was_asked_about(photo: Photo) -> bool:
    """Whether a request came while the photo counted. What its owner took out before any is nobody else's."""
    return await CaseMove.exists(
        case_id=photo.case_id,
        move=Move.ASK.value,
        undone_at=None,
        exam_at__gte=photo.received_at,
        at__lte=photo.removed_at,  # both by real time
    )
