"""A candidate takes a photo out, and may bring it back while its place is free and open."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.arriving import note_gone
from webapp.actions.known_photos import Known, known
from webapp.actions.photo_places import SlotKey, case_of, may_be_filled, note_change, refuse_if_locked
from webapp.actions.recording import case_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.records import Incoming, Photo
from webapp.records.reading.case_rows import WAITING
from webapp.records.reading.exams import OpenExam
from webapp.rules.refusals import Refused


def place_of(found: Known) -> SlotKey:
    """Where a photo or an original belongs."""
    row = found.photo or found.incoming
    if row is None:
        raise Refused("photo.not_found")
    return SlotKey(row.material, row.slot)


@transaction
async def remove_photo(exam: OpenExam, candidate_id: UUID, photo_id: UUID) -> SlotKey:
    """Takes a photo, or an original that waits or was refused, out; where it was. Doing it again changes nothing.

    :class:`Refused`: ``photo.no_case``, ``photo.not_found``, ``locked.<why>``.
    """
    case = await case_of(exam, candidate_id, lock=True)
    found = await known(case, photo_id)
    if found is None:
        raise Refused("photo.not_found")
    place = place_of(found)
    gone = (
        found.photo.removed_at is not None
        if found.photo
        else found.incoming is not None and found.incoming.state == "removed"
    )
    if gone:
        return place
    await refuse_if_locked(exam, case, place)
    if found.photo:
        await Photo.filter(id=photo_id).update(removed_at=now(), removed_why="deleted")
        await note_gone(case, photo_id)
    else:
        await Incoming.filter(id=photo_id).update(state="removed")
    await note_change(case, place.material)
    await record(
        case_chain(case.id),
        actor=f"candidate:{candidate_id}",
        what="photo.removed",
        subject=f"photo:{photo_id}",
        place=str(place),
    )
    return place


@transaction
async def revive_photo(exam: OpenExam, candidate_id: UUID, photo_id: UUID) -> SlotKey:
    """Brings a photo back that was taken out or replaced; one that is there stays as it is.

    :class:`Refused`: ``photo.no_case``, ``photo.not_found``, ``photo.slot_full``, ``photo.gone`` (an original that
    was refused), ``locked.<why>``.
    """
    case = await case_of(exam, candidate_id, lock=True)
    found = await known(case, photo_id)
    if found is None:
        raise Refused("photo.not_found")
    place = place_of(found)
    if found.photo and found.photo.removed_at is None:
        return place
    if found.incoming and found.incoming.state != "removed":
        return place
    await may_be_filled(exam, case, place, found.incoming.replaces if found.incoming else None)
    if found.photo:
        await Photo.filter(id=photo_id).update(removed_at=None, removed_why="", replaced_by=None)
    elif found.incoming and not found.incoming.reason:
        await Incoming.filter(id=photo_id).update(state=WAITING)
    else:
        raise Refused("photo.gone")
    await note_change(case, place.material)
    await record(
        case_chain(case.id),
        actor=f"candidate:{candidate_id}",
        what="photo.revived",
        subject=f"photo:{photo_id}",
        place=str(place),
    )
    return place
