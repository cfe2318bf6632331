"""What every change of a photo asks first, inside its transaction: whose case, still open, and is there a place.

The case's row is locked first, so that of two changes at once the second sees what the first has done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.clock import exam_now, now
from webapp.read_rows import made
from webapp.records import Case, Incoming, Photo
from webapp.records.reading.case_file import concerns_of, read_case, record_of
from webapp.records.reading.case_rows import WAITING
from webapp.records.reading.exams import OpenExam
from webapp.rules.catalogue import Concern, Material, Slot
from webapp.rules.changing import Lock, lock_on
from webapp.rules.filling import Held, SlotFill
from webapp.rules.refusals import Refused
from webapp.statements import Row, Statement, ask, write

_CASE = 'SELECT * FROM "case" WHERE phase_id = ? AND candidate_id = ?'
_NEXT_VERSION = 'UPDATE "case" SET version = ? WHERE id = ?'
_VERDICTS_END = (
    "UPDATE \"verdict\" SET ended_at = ?, ended_why = 'changed' "
    "WHERE case_id = ? AND material = ? AND ended_at IS NULL"
)


@dataclass(frozen=True)
class SlotKey:
    """A slot of a material, by their codes."""

    material: str
    slot: str

    def __str__(self) -> str:
        return f"{self.material}.{self.slot}"


@dataclass(frozen=True)
class OpenPlace:
    """A place that may be filled now."""

    case: Case
    material: Material
    slot: Slot


async def case_of(exam: OpenExam, candidate_id: UUID, *, lock: bool) -> Case:
    """The candidate's own case; :class:`Refused` ``photo.no_case``. ``lock``: for the rest of the transaction."""
    (cases,) = await ask(own_case_row(exam, candidate_id, lock=lock))
    return case_among(cases)


def own_case_row(exam: OpenExam, candidate_id: UUID, *, lock: bool) -> Statement:
    """What :func:`case_among` needs of the database."""
    return Statement(f"{_CASE} FOR UPDATE" if lock else _CASE, (exam.phase.id, candidate_id))


def case_among(cases: Sequence[Row]) -> Case:
    """:func:`case_of` where its row was read beside others."""
    if not cases:
        raise Refused("photo.no_case")
    return made(Case, cases)[0]


async def place_in(exam: OpenExam, case: Case, place: SlotKey) -> OpenPlace:
    """The place on this person's list; :class:`Refused` ``photo.unknown_place`` where it does not concern them."""
    return place_among(concerns_of(exam, await record_of(exam.id, case.candidate_id)), case, place)


def place_among(concerns: Sequence[Concern], case: Case, place: SlotKey) -> OpenPlace:
    """The same where the person's list was read already."""
    for concern in concerns:
        if concern.material.code == place.material:
            slot = concern.material.slot(place.slot)
            if slot is not None:
                return OpenPlace(case, concern.material, slot)
    raise Refused("photo.unknown_place")


def locked(lock: Lock, exam: OpenExam) -> Refused:
    """A lock as a refusal."""
    return Refused(f"locked.{lock.why.value}", at=lock.at, zone=exam.time_zone)


async def refuse_if_locked(exam: OpenExam, case: Case, place: SlotKey) -> None:
    """:class:`Refused` ``locked.…`` unless photos of this place may be changed at this moment."""
    situation = (await read_case(exam, case)).situation(await exam_now(), now())
    lock = lock_on(situation, place.material, place.slot)
    if lock is not None:
        raise locked(lock, exam)


async def refuse_if_full(at: OpenPlace, replaces: UUID | None) -> None:
    """:class:`Refused` ``photo.slot_full``, or ``photo.nothing_to_replace`` where that photo is not there."""
    photos = await Photo.filter(case_id=at.case.id, removed_at=None)
    refuse_if_no_room(at, photos, await Incoming.filter(case_id=at.case.id, state=WAITING), replaces)


def refuse_if_no_room(
    at: OpenPlace, photos: Iterable[Photo], waiting: Iterable[Incoming], replaces: UUID | None
) -> None:
    """The same where the case's photos that count, and its originals that wait, were read already."""
    here = at.material.code, at.slot.code
    stored = [photo.id for photo in photos if (photo.material, photo.slot) == here]
    waits = [original.replaces for original in waiting if (original.material, original.slot) == here]
    if replaces is not None:
        # An original that replaces holds no place, so only one of them may wait for each photo.
        if replaces not in stored or replaces in waits:
            raise Refused("photo.nothing_to_replace")
    elif not SlotFill(at.slot, Held(len(stored), waits.count(None))).free:
        raise Refused("photo.slot_full", most=at.slot.most)


async def may_be_filled(exam: OpenExam, case: Case, place: SlotKey, replaces: UUID | None) -> OpenPlace:
    """All of the above: the place, open and with room."""
    found = await place_in(exam, case, place)
    await refuse_if_locked(exam, case, place)
    await refuse_if_full(found, replaces)
    return found


async def raise_version(case: Case) -> None:
    """The case has changed. Its row is locked by the caller."""
    await write(_raised(case))


def _raised(case: Case) -> Statement:
    return Statement(_NEXT_VERSION, (case.version + 1, case.id))


async def note_change(case: Case, material: str) -> None:
    """What there is of a material has changed: whatever was said of it, at any level, is history now."""
    await write(*changes(case, material, await exam_now()))


def changes(case: Case, material: str, moment: datetime) -> tuple[Statement, ...]:
    """The same, to be written beside other rows; ``moment`` by the exam's clock."""
    return Statement(_VERDICTS_END, (moment, case.id, material)), _raised(case)
