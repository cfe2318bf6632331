"""A photo comes in, in the form in which it is stored: counted, judged, put on the shelf, and then written down.

The same id and bytes again are answered as the first time and change nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError

from webapp.actions.arriving import Arriving, let_in, note_arrived
from webapp.actions.known_photos import Known, known_among, known_by, refuse_unless_same
from webapp.actions.photo_desk import PASSING, PhotoDesk, StoodTooLong, as_refusal
from webapp.actions.photo_places import (
    SlotKey,
    case_among,
    changes,
    own_case_row,
    place_among,
    place_in,
)
from webapp.actions.recording import case_chain, write_and_record
from webapp.clock import exam_now, now
from webapp.one_trip import reading_in_one_trip, transaction_in_one_trip
from webapp.photos.judged import Judged
from webapp.photos.receiving import Received, receive
from webapp.photos.refusals import PhotoRefused
from webapp.photos.shelf import Shelf, ShelfKey
from webapp.read_rows import made
from webapp.records import Case, Photo, PhotoVersion
from webapp.records.reading.case_file import CaseFile, StoredPhoto
from webapp.records.reading.exams import OpenExam
from webapp.rules.announcements import Fingerprint
from webapp.rules.catalogue import Material
from webapp.rules.refusals import Refused
from webapp.statements import Statement, as_json, ask, inserted

MOST_VERSIONS = 600
"""Files that one case may fill, with all that was deleted and turned: thirty times what anybody needs."""
MOST_ORIGINALS = 120
"""Originals that one case may send, with those that were refused or taken out: each may be 64 MB for a while."""

MOST_BETWEEN = timedelta(hours=12)
"""From a file to its row: half of what the sweep waits for, so that it never takes what gets a row."""


_VERSIONS = (
    'SELECT COUNT(*) AS number FROM "photo_version" v JOIN "photo" p ON p.id = v.photo_id WHERE p.case_id = ?'
)
_ORIGINALS = 'SELECT COUNT(*) AS number FROM "incoming" WHERE case_id = ?'
_REPLACED = (
    "UPDATE \"photo\" SET removed_at = ?, removed_why = 'replaced', replaced_by = ? "
    "WHERE id = ? AND removed_at IS NULL"
)
_WRITTEN = (
    'SELECT * FROM "photo" WHERE id = ?',
    'SELECT * FROM "photo_version" WHERE photo_id = ?',
)


@dataclass(frozen=True)
class Upload:
    """What somebody says of a photo they send. ``declared`` is its media type, which only the facts keep."""

    photo: UUID
    place: SlotKey
    replaces: UUID | None = None
    declared: str = ""

    def as_seen(self, seen: Fingerprint | None = None) -> Arriving:
        """What asks to be let in; ``seen`` once its bytes were read."""
        return Arriving(self.photo, self.place, self.replaces, seen)


@dataclass(frozen=True)
class Shelved:
    """A judged photo and the shelf's names of it and of its preview."""

    judged: Judged
    key: ShelfKey
    preview: ShelfKey
    at: datetime
    """Before either was written."""


async def store_photo(
    desk: PhotoDesk, exam: OpenExam, candidate_id: UUID, upload: Upload, chunks: AsyncIterable[bytes]
) -> CaseFile | None:
    """Stores one photo; the case as it then stands. None: it was there already, by the same id and bytes.

    :class:`Refused`: ``photo.no_case``, ``photo.unknown_place``, ``photo.not_found`` (the id is somebody else's),
    ``photo.removed``, ``photo.other_bytes``, ``photo.slot_full``, ``photo.nothing_to_replace``, ``photo.quota``,
    ``locked.<why>``, ``announcement.other_bytes``, ``photo.<code>`` of :mod:`webapp.photos.refusals`, ``photo.busy``,
    ``photo.shelf_full``.
    """
    first = await _first_look(exam, candidate_id, upload)
    limit = first.material.max_photo_bytes
    try:
        body = await receive(chunks, limit)
    except PhotoRefused as fault:
        raise as_refusal(fault) from fault
    if first.known is not None:
        refuse_unless_same(first.known, body.sha256)
        return None
    arrived_at = await exam_now()
    try:
        shelved = await shelve(desk.shelf, await desk.pool.judge(body.data, upload.declared, limit))
    except (PhotoRefused, *PASSING) as fault:
        raise as_refusal(fault) from fault
    try:
        file = await _write(exam, candidate_id, upload, body, shelved, arrived_at=arrived_at)
    except Refused:
        await unshelve(desk.shelf, shelved)
        raise
    except PASSING as fault:
        await unshelve(desk.shelf, shelved)
        raise as_refusal(fault) from fault
    except IntegrityError as taken:
        # Somebody else sent the same id at the same moment; whoever was first has it.
        await unshelve(desk.shelf, shelved)
        raise Refused("photo.not_found") from taken
    if file is None:
        await unshelve(desk.shelf, shelved)
    return file


@dataclass(frozen=True)
class _FirstLook:
    """What stood before a photo's bytes were read: it saves work in vain, and counts for nothing after that."""

    material: Material
    known: Known | None


@reading_in_one_trip
async def _first_look(exam: OpenExam, candidate_id: UUID, upload: Upload) -> _FirstLook:
    own = own_case_row(exam, candidate_id, lock=False)
    cases, photos, originals = await ask(own, *known_by(upload.photo))
    case = case_among(cases)
    known = known_among(case, photos, originals)
    if known is not None:
        return _FirstLook((await place_in(exam, case, upload.place)).material, known)
    found = await let_in(exam, case, upload.as_seen())
    await refuse_over_quota(case.id)
    return _FirstLook(place_among(found.file.concerns, case, upload.place).material, None)


async def refuse_over_quota(case_id: UUID) -> None:
    """:class:`Refused` ``photo.quota`` where a case has filled more files than any person would."""
    versions, originals = await ask(Statement(_VERSIONS, (case_id,)), Statement(_ORIGINALS, (case_id,)))
    if versions[0]["number"] >= MOST_VERSIONS or originals[0]["number"] >= MOST_ORIGINALS:
        raise Refused("photo.quota")


async def shelve(shelf: Shelf, judged: Judged) -> Shelved:
    """Puts a judged photo and its preview where they stay; durable when it returns."""
    at = now()
    key, preview = await shelf.put_together(judged.data, judged.preview)
    return Shelved(judged, key, preview, at)


async def unshelve(shelf: Shelf, shelved: Shelved) -> None:
    """Takes away what no row points at. What is left behind by a fault, the sweep finds."""
    with suppress(OSError):
        await shelf.delete(shelved.key)
        await shelf.delete(shelved.preview)


@transaction_in_one_trip
async def _write(
    exam: OpenExam,
    candidate_id: UUID,
    upload: Upload,
    body: Received,
    shelved: Shelved,
    *,
    arrived_at: datetime,
) -> CaseFile | None:
    # In this order: what the id stands for is read when the case is locked.
    locked = own_case_row(exam, candidate_id, lock=True)
    cases, photos, originals = await ask(locked, *known_by(upload.photo))
    case = case_among(cases)
    before = known_among(case, photos, originals)
    if before is not None:
        refuse_unless_same(before, body.sha256)
        return None
    found = await let_in(exam, case, upload.as_seen(Fingerprint(len(body.data), body.sha256)))
    await note_arrived(found.file, upload.photo, upload.replaces)
    stored = await write_photo(
        case,
        upload,
        shelved,
        actor=f"candidate:{candidate_id}",
        sha256=body.sha256,
        size=len(body.data),
        received_at=arrived_at,
        in_grace=found.in_grace,
    )
    return found.file.with_photo(stored, upload.replaces)


async def write_photo(
    case: Case,
    upload: Upload,
    shelved: Shelved,
    *,
    actor: str,
    sha256: str,
    size: int,
    received_at: datetime,
    in_grace: bool = False,
    brought_by: UUID | None = None,
) -> StoredPhoto:
    """The rows of a new photo and of the one whose place it takes, and the event. The case's row is locked."""
    replaced = (now(), upload.photo, upload.replaces)
    rows = (
        inserted(
            Photo,
            id=upload.photo,
            case_id=case.id,
            material=upload.place.material,
            slot=upload.place.slot,
            sha256=sha256,
            size=size,
            received_at=received_at,
            version=1,
            removed_why="",
            round=case.round,
            in_grace=in_grace,
            brought_by=brought_by,
        ),
        version_row(upload.photo, 1, shelved),
        *((Statement(_REPLACED, replaced),) if upload.replaces is not None else ()),
        *changes(case, upload.place.material, await exam_now()),
        *(Statement(one, (upload.photo,)) for one in _WRITTEN),
    )
    *_, photos, versions = await write_and_record(
        rows,
        case_chain(case.id),
        actor=actor,
        what="photo.stored",
        subject=f"photo:{upload.photo}",
        place=str(upload.place),
        replaces=str(upload.replaces or ""),
        received=sha256,
        stored=shelved.judged.sha256_stored,
        size=size,
        in_grace=in_grace,
        **({"brought_by": str(brought_by)} if brought_by else {}),
    )
    return StoredPhoto(made(Photo, photos)[0], made(PhotoVersion, versions)[0])


def version_row(photo_id: UUID, number: int, shelved: Shelved, quarter_turns: int = 0) -> Statement:
    """The row of one stored file; :class:`StoodTooLong` where it was written so long ago that it may be swept."""
    judged = shelved.judged
    if now() - shelved.at > MOST_BETWEEN:
        raise StoodTooLong
    return inserted(
        PhotoVersion,
        photo_id=photo_id,
        number=number,
        shelf_key=shelved.key,
        preview_key=shelved.preview,
        media_type=judged.media_type,
        width=judged.width,
        height=judged.height,
        size=len(judged.data),
        sha256=judged.sha256_stored,
        quarter_turns=quarter_turns,
        facts=as_json(asdict(judged.facts)),
        **asdict(judged.measured),
        made_at=now(),
    )
