"""An original comes in that the phone could not shrink: on the disk first, then as a row that waits.

Its arrival holds the place and fixes the time; shrinking comes later (:mod:`webapp.actions.shrink_originals`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from uuid import UUID

from tortoise.exceptions import IntegrityError

from webapp.actions.arriving import let_in, note_arrived
from webapp.actions.bringing import Brought, refuse_unless_asked
from webapp.actions.known_photos import Known, known, refuse_unless_same
from webapp.actions.photo_desk import PASSING, PhotoDesk, as_refusal
from webapp.actions.photo_places import case_of, raise_version
from webapp.actions.recording import case_chain, record
from webapp.actions.store_photo import Upload, refuse_over_quota
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.photos.receiving import Arrived, receive_to_disk
from webapp.photos.refusals import PhotoRefused
from webapp.records import Incoming
from webapp.records.reading.case_rows import WAITING
from webapp.records.reading.exams import OpenExam
from webapp.rules.announcements import Fingerprint
from webapp.rules.refusals import Refused


async def take_original(
    desk: PhotoDesk,
    exam: OpenExam,
    candidate_id: UUID,
    upload: Upload,
    chunks: AsyncIterable[bytes],
    *,
    brought: Brought | None = None,
) -> Known:
    """Takes an original in; what its id stands for now. The same id and bytes again change nothing.

    ``brought``: not the candidate sends it, but the office that asked for it.

    :class:`Refused` as :func:`webapp.actions.store_photo.store_photo`, without the reasons that only looking
    at the picture can give, and as :func:`webapp.actions.bringing.refuse_unless_asked`.
    """
    case = await case_of(exam, candidate_id, lock=False)
    before = await known(case, upload.photo)
    if before is None:
        if brought is not None:
            await refuse_unless_asked(case, upload.place, brought)
        # Megabytes are not asked for in vain: after the bell only where something was announced under this id.
        await let_in(exam, case, upload.as_seen())
        await refuse_over_quota(case.id)
    try:
        arrived = await receive_to_disk(chunks, exam.package.max_original_bytes, desk.originals)
    except (PhotoRefused, *PASSING) as fault:
        raise as_refusal(fault) from fault
    # Cancelled, or without the database's answer, nobody knows whether the row stands: then the file stays, too.
    try:
        if before is None:
            found, kept = await _write(exam, candidate_id, upload, arrived, brought)
        else:
            refuse_unless_same(before, arrived.sha256)
            found, kept = before, False
    except Refused:
        await _let_go(arrived)
        raise
    except IntegrityError as taken:
        await _let_go(arrived)
        raise Refused("photo.not_found") from taken
    if not kept:
        await _let_go(arrived)
    return found


async def _let_go(arrived: Arrived) -> None:
    """Takes away what no row points at."""
    await asyncio.to_thread(arrived.path.unlink, missing_ok=True)


@transaction
async def _write(
    exam: OpenExam, candidate_id: UUID, upload: Upload, arrived: Arrived, brought: Brought | None
) -> tuple[Known, bool]:
    case = await case_of(exam, candidate_id, lock=True)
    before = await known(case, upload.photo)
    if before is not None:
        refuse_unless_same(before, arrived.sha256)
        return before, False
    if brought is not None:
        await refuse_unless_asked(case, upload.place, brought)
    found = await let_in(exam, case, upload.as_seen(Fingerprint(arrived.size, arrived.sha256)))
    await note_arrived(found.file, upload.photo, upload.replaces)
    incoming = await Incoming.create(
        id=upload.photo,
        case_id=case.id,
        material=upload.place.material,
        slot=upload.place.slot,
        replaces=upload.replaces,
        sha256=arrived.sha256,
        size=arrived.size,
        file=arrived.path.name,
        state=WAITING,
        seen={},
        in_grace=found.in_grace,
        brought_by=brought.reviewer.id if brought else None,
        arrived_at=await exam_now(),
    )
    await raise_version(case)
    await record(
        case_chain(case.id),
        actor=brought.reviewer.actor if brought else f"candidate:{candidate_id}",
        what="original.arrived",
        subject=f"photo:{upload.photo}",
        place=str(upload.place),
        replaces=str(upload.replaces or ""),
        received=arrived.sha256,
        size=arrived.size,
        in_grace=found.in_grace,
        **({"brought_because": brought.why.value} if brought else {}),
    )
    return Known(incoming=incoming), True
