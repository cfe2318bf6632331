"""A stored photo is turned by a quarter: from what was received, so that turning again loses nothing more."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.known_photos import known
from webapp.actions.photo_desk import PASSING, PhotoDesk, as_refusal
from webapp.actions.photo_places import SlotKey, case_of, note_change, place_in, refuse_if_locked
from webapp.actions.recording import case_chain, record
from webapp.actions.store_photo import Shelved, refuse_over_quota, shelve, unshelve, version_row
from webapp.database import transaction
from webapp.photos.refusals import PhotoRefused
from webapp.photos.shelf import shelf_key
from webapp.records import Photo, PhotoVersion
from webapp.records.reading.exams import OpenExam
from webapp.rules.refusals import Refused
from webapp.statements import write


async def turn_photo(
    desk: PhotoDesk, exam: OpenExam, candidate_id: UUID, photo_id: UUID, quarters: int
) -> SlotKey:
    """Turns clockwise by ``quarters`` (1 to 3); the photo keeps its id and gets a new version.

    :class:`Refused`: ``photo.no_case``, ``photo.not_found``, ``photo.quarters``, ``photo.changed`` (turned by two at
    once), ``photo.quota``, ``locked.<why>``, ``photo.<code>``, ``photo.busy``, ``photo.shelf_full``.
    """
    if quarters not in {1, 2, 3}:
        raise Refused("photo.quarters")
    case = await case_of(exam, candidate_id, lock=False)
    found = await known(case, photo_id)
    if found is None or found.photo is None or found.photo.removed_at is not None:
        raise Refused("photo.not_found")
    photo = found.photo
    place = SlotKey(photo.material, photo.slot)
    await refuse_if_locked(exam, case, place)
    await refuse_over_quota(case.id)
    limit = (await place_in(exam, case, place)).material.max_photo_bytes
    versions = {version.number: version for version in await PhotoVersion.filter(photo_id=photo_id)}
    turns = (versions[photo.version].quarter_turns + quarters) % 4
    try:
        received = await desk.shelf.get(shelf_key(versions[1].shelf_key))
        shelved = await shelve(desk.shelf, await desk.pool.turned(received, turns, limit))
    except (PhotoRefused, *PASSING) as fault:
        raise as_refusal(fault) from fault
    try:
        await _write(exam, candidate_id, photo, shelved, turns)
    except Refused:
        await unshelve(desk.shelf, shelved)
        raise
    except PASSING as fault:
        await unshelve(desk.shelf, shelved)
        raise as_refusal(fault) from fault
    return place


@transaction
async def _write(exam: OpenExam, candidate_id: UUID, seen: Photo, shelved: Shelved, turns: int) -> None:
    case = await case_of(exam, candidate_id, lock=True)
    place = SlotKey(seen.material, seen.slot)
    await refuse_if_locked(exam, case, place)
    number = await PhotoVersion.filter(photo_id=seen.id).count() + 1
    # Compared with the version that was turned: of two turns at once only one counts.
    took = await Photo.filter(id=seen.id, version=seen.version, removed_at=None).update(version=number)
    if not took:
        raise Refused("photo.changed")
    await write(version_row(seen.id, number, shelved, turns))
    await note_change(case, place.material)
    await record(
        case_chain(case.id),
        actor=f"candidate:{candidate_id}",
        what="photo.turned",
        subject=f"photo:{seen.id}",
        place=str(place),
        quarter_turns=turns,
        stored=shelved.judged.sha256_stored,
    )
