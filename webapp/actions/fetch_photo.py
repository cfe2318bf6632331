"""A stored picture for a reviewer: what of it was sent to whom, and what stood on whose screen, is written down."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from webapp.actions.recording import case_chain, write_and_record
from webapp.actions.reviewing import Reviewer
from webapp.actions.show_photo import Shown, shown
from webapp.clock import now
from webapp.database import transaction
from webapp.one_trip import transaction_in_one_trip
from webapp.photos.shelf import Shelf
from webapp.read_rows import made
from webapp.records import Case, CaseMove, Photo, PhotoSeen, PhotoVersion
from webapp.records.reading.exams import OpenExam
from webapp.rules.offices import within
from webapp.rules.places import Move
from webapp.rules.refusals import Refused
from webapp.statements import Statement, ask, inserted

_CASE = 'SELECT c.* FROM "photo" p JOIN "case" c ON c.id = p.case_id WHERE p.id = ? AND c.phase_id = ?'
_PHOTO = 'SELECT * FROM "photo" WHERE id = ?'
# Without a number the version that is shown; CAST, because PostgreSQL cannot tell what kind of NULL it gets.
_OF_PHOTO = (
    'FROM "photo" p JOIN "photo_version" v '
    "ON v.photo_id = p.id AND v.number = COALESCE(CAST(? AS INTEGER), p.version)"
)
_VERSION = f"SELECT v.* {_OF_PHOTO} WHERE p.id = ?"
_SEEN = (
    f'SELECT s.id {_OF_PHOTO} JOIN "photo_seen" s ON s.version_id = v.id WHERE p.id = ? AND s.staff_id = ?'
)
_SEEN_VERSION = 'SELECT id FROM "photo_seen" WHERE version_id = ? AND staff_id = ?'


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
    photo, version, fetched = await _found(exam, reviewer, photo_id, number)
    if not fetched:
        await _note_fetched(photo, version, reviewer)
    return await shown(shelf, version, small=small)


@transaction_in_one_trip
async def _note_fetched(photo: Photo, version: PhotoVersion, reviewer: Reviewer) -> None:
    # The case's row keeps two requests for the same picture (a strip and a stage) from writing it down twice.
    _, seen = await ask(
        Statement('SELECT id FROM "case" WHERE id = ? FOR UPDATE', (photo.case_id,)),
        Statement(_SEEN_VERSION, (version.id, reviewer.id)),
    )
    if seen:
        return
    await write_and_record(
        (inserted(PhotoSeen, version_id=version.id, staff_id=reviewer.id, fetched_at=now()),),
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
    photo, version, _ = await _found(exam, reviewer, photo_id, number)
    rows = PhotoSeen.filter(version_id=version.id, staff_id=reviewer.id)
    if not await rows.exists():
        raise Refused("photo.not_fetched")
    await rows.filter(seen_at=None).update(seen_at=now())
    return Whereabouts(photo.case_id, photo.material)


async def _found(
    exam: OpenExam, reviewer: Reviewer, photo_id: UUID, number: int | None
) -> tuple[Photo, PhotoVersion, bool]:
    """With whether its bytes have gone to this person before."""
    here = (number or None, photo_id)
    cases, photos, versions, seen = await ask(
        Statement(_CASE, (photo_id, exam.phase.id)),
        Statement(_PHOTO, (photo_id,)),
        Statement(_VERSION, here),
        Statement(_SEEN, (*here, reviewer.id)),
    )
    if not cases or not within(made(Case, cases)[0].site_id, reviewer.offices, exam.parents):
        raise Refused("photo.not_found")
    photo = made(Photo, photos)[0]
    if photo.removed_at is not None and not await _was_asked_about(photo):
        raise Refused("photo.not_found")
    if not versions:
        raise Refused("photo.not_found")
    return photo, made(PhotoVersion, versions)[0], bool(seen)


async def _was_asked_about(photo: Photo) -> bool:
    """Whether a request came while the photo counted. What its owner took out before any is nobody else's."""
    return await CaseMove.exists(
        case_id=photo.case_id,
        move=Move.ASK.value,
        undone_at=None,
        exam_at__gte=photo.received_at,
        at__lte=photo.removed_at,  # both by real time
    )
