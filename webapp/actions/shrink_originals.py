"""Originals that wait become photos, one at a time, oldest first; whatever interrupts this, they go on waiting.

Only one process of an installation does it (see :mod:`webapp.duties`): shrinking takes hundreds of megabytes.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from webapp.actions.photo_desk import PASSING, PhotoDesk
from webapp.actions.photo_places import SlotKey, place_in, raise_version, refuse_if_full
from webapp.actions.recording import case_chain, record
from webapp.actions.store_photo import Shelved, Upload, shelve, unshelve, write_photo
from webapp.database import transaction
from webapp.photos.refusals import PhotoRefused
from webapp.records import Case, Incoming, Photo
from webapp.records.reading.case_rows import WAITING
from webapp.records.reading.exams import NoExam, OpenExam, open_exam
from webapp.rules.refusals import Refused

log = logging.getLogger("webapp.originals")
CLOCK = "clock"
MOST_TRIES = 5
PAUSE_SECONDS = 5.0
"""After a fault of the machine, before originals are looked at again."""


async def shrink_originals(desk: PhotoDesk) -> int:
    """Works until nothing waits; how many originals were settled, as photos or as refused.

    What the machine cannot do now (a full disk, no process to be had) is left waiting for the next time, and so is a
    file that cannot be read: an operator can mend that.
    """
    settled = 0
    unreadable = False
    tried: set[UUID] = set()
    while True:
        try:
            exam = await open_exam()
        except NoExam:
            return settled
        of_exam = Incoming.filter(state=WAITING, case__phase_id=exam.phase.id)
        waiting = await of_exam.order_by("arrived_at", "id").limit(len(tried) + 1)
        incoming = next((one for one in waiting if one.id not in tried), None)
        if incoming is None:
            if unreadable:
                await asyncio.sleep(PAUSE_SECONDS)
            return settled
        tried.add(incoming.id)
        try:
            await _settle(desk, exam, incoming)
        except (*PASSING, OSError) as fault:
            if not await asyncio.to_thread(_can_be_read, desk.originals / incoming.file):
                log.error("an original cannot be read: %s", incoming.id)
                unreadable = True
                continue
            # The machine's fault, which the next one would meet too.
            log.warning("originals wait on: %s", type(fault).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
            return settled
        except Exception as fault:
            # The others behind it must not wait for a fault of this one, nor it for ever.
            log.error("an original could not be settled: %s", incoming.id, exc_info=fault)
            if incoming.tries + 1 >= MOST_TRIES:
                await _refuse(incoming, "crashed", {})
            else:
                await _count_try(incoming)
            continue
        settled += 1


async def _settle(desk: PhotoDesk, exam: OpenExam, incoming: Incoming) -> None:
    path = desk.originals / incoming.file
    if not await asyncio.to_thread(path.exists):
        # Taken out, swept away after an hour, and then brought back.
        await _refuse(incoming, "gone", {})
        return
    try:
        limit = await _limit(exam, incoming)
        shelved = await shelve(desk.shelf, await desk.pool.shrink(path, limit))
    except PhotoRefused as fault:
        await _refuse(incoming, fault.code, dict(fault.seen))
    except Refused as fault:
        await _refuse(incoming, fault.code.removeprefix("photo."), dict(fault.facts))
    else:
        try:
            kept = await _write(exam, incoming, shelved)
        except Refused as fault:
            kept = False
            await _refuse(incoming, fault.code.removeprefix("photo."), dict(fault.facts))
        if not kept:
            await unshelve(desk.shelf, shelved)
            return
    with suppress(OSError):  # its row says that it is done with: the sweep takes it
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _can_be_read(path: Path) -> bool:
    """To its end: a disk may give out in the midst of it."""
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


async def _limit(exam: OpenExam, incoming: Incoming) -> int:
    case = await Case.get(id=incoming.case_id)
    found = await place_in(exam, case, SlotKey(incoming.material, incoming.slot))
    return found.material.max_photo_bytes


@transaction
async def _write(exam: OpenExam, incoming: Incoming, shelved: Shelved) -> bool:
    """False where the original was taken out meanwhile."""
    case = await Case.select_for_update().get(id=incoming.case_id)
    if not await Incoming.filter(id=incoming.id, state=WAITING).update(state="done"):
        return False
    place = SlotKey(incoming.material, incoming.slot)
    replaces = incoming.replaces
    if replaces is not None and not await Photo.exists(id=replaces, removed_at=None):
        replaces = None  # what it was to replace has gone, and so left a place
    await refuse_if_full(await place_in(exam, case, place), replaces)
    upload = Upload(incoming.id, place, replaces)
    await write_photo(
        case,
        upload,
        shelved,
        actor=CLOCK,
        sha256=incoming.sha256,
        size=incoming.size,
        received_at=incoming.arrived_at,
        in_grace=incoming.in_grace,
        brought_by=incoming.brought_by,
    )
    return True


@transaction
async def _count_try(incoming: Incoming) -> None:
    await Incoming.filter(id=incoming.id).update(tries=incoming.tries + 1)


@transaction
async def _refuse(incoming: Incoming, code: str, seen: dict[str, object]) -> None:
    case = await Case.select_for_update().get(id=incoming.case_id)
    took = await Incoming.filter(id=incoming.id, state=WAITING).update(
        state="refused", reason=code, seen=seen
    )
    if not took:
        return
    await raise_version(case)
    await record(
        case_chain(case.id),
        actor=CLOCK,
        what="original.refused",
        subject=f"photo:{incoming.id}",
        place=f"{incoming.material}.{incoming.slot}",
        reason=code,
    )
