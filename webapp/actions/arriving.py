"""What a photo that is sent asks first: is its place open, or was exactly this announced before the time was over.

Inside a transaction that has locked the case's row the answer counts; before that it saves work in vain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.actions.photo_places import SlotKey, locked, place_among, refuse_if_no_room
from webapp.clock import exam_now, now
from webapp.records import Case
from webapp.records.reading.case_file import CaseFile, announced_of, read_case
from webapp.records.reading.exams import OpenExam
from webapp.rules.announcements import Fingerprint, is_open, taken_in_grace
from webapp.rules.changing import deadline_of, lock_on
from webapp.rules.refusals import Refused
from webapp.statements import Statement, write

_ARRIVED = (
    "UPDATE \"announcement\" SET ended_at = ?, ended_why = 'arrived' "
    "WHERE case_id = ? AND id = ? AND ended_at IS NULL"
)
_POINTLESS = (
    "UPDATE \"announcement\" SET ended_at = ?, ended_why = 'pointless' "
    "WHERE case_id = ? AND replaces = ? AND ended_at IS NULL"
)


@dataclass(frozen=True)
class Arriving:
    """A photo on its way in. ``bytes_seen`` is None before its bytes were read."""

    photo: UUID
    place: SlotKey
    replaces: UUID | None
    bytes_seen: Fingerprint | None = None


@dataclass(frozen=True)
class LetIn:
    """A photo may come in. ``in_grace``: only the grace lets it in; else its place is open, as for any other."""

    file: CaseFile
    """The case before it came."""
    in_grace: bool


async def let_in(exam: OpenExam, case: Case, arriving: Arriving) -> LetIn:
    """What is found about a photo that may come in.

    :class:`Refused` ``photo.unknown_place``, ``photo.slot_full``, ``photo.nothing_to_replace``, ``locked.<why>``, and
    ``announcement.other_bytes`` where something else was announced under this id.
    """
    file = await read_case(exam, case)
    found = place_among(file.concerns, case, arriving.place)
    by_grace = _by_grace(exam, file, await exam_now(), arriving)
    refuse_if_no_room(found, [one.photo for one in file.photos], file.waiting, arriving.replaces)
    return LetIn(file, by_grace)


def _by_grace(exam: OpenExam, file: CaseFile, moment: datetime, arriving: Arriving) -> bool:
    situation = file.situation(moment, now())
    material, slot = arriving.place.material, arriving.place.slot
    lock = lock_on(situation, material, slot)
    if lock is None:
        return False
    row = next((one for one in file.announcements if one.id == arriving.photo), None)
    as_told = row is not None and (row.material, row.slot, row.replaces) == (
        material,
        slot,
        arriving.replaces,
    )
    if row is None or not as_told or not lock.lets_announced_in:
        raise locked(lock, exam)
    announced, deadline = announced_of(row), deadline_of(situation, material, slot)
    if not is_open(announced, deadline, moment, file.grace):
        raise locked(lock, exam)
    if arriving.bytes_seen is not None and not taken_in_grace(
        announced,
        arriving.bytes_seen,
        photo=arriving.photo,
        material=material,
        slot=slot,
        deadline=deadline,
        exam_now=moment,
        grace=file.grace,
    ):
        raise Refused("announcement.other_bytes")
    return True


async def note_arrived(file: CaseFile, photo: UUID, replaces: UUID | None) -> None:
    """What was announced is here, before or after the bell; and what was to replace the same photo is pointless now.

    ``file`` was read after its case was locked, so nothing else has been announced since.
    """
    if not any(one.id == photo or (replaces and one.replaces == replaces) for one in file.announcements):
        return
    case = file.case
    moment = await exam_now()
    await write(Statement(_ARRIVED, (moment, case.id, photo)))
    if replaces is not None:
        await note_gone(case, replaces)


async def note_gone(case: Case, photo: UUID) -> None:
    """This photo counts no more, so nothing can be on its way to replace it."""
    await write(Statement(_POINTLESS, (await exam_now(), case.id, photo)))
