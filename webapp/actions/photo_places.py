"""What every change of a photo asks first, inside its transaction: whose case, still open, and is there a place.

The case's row is locked first, so that of two changes at once the second sees what the first has done.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from webapp.clock import exam_now, now
from webapp.records import Case, Incoming, Photo, Verdict
from webapp.records.reading.case_file import WAITING, concerns_of, read_case, record_of
from webapp.records.reading.exams import OpenExam
from webapp.rules.catalogue import Material, Slot
from webapp.rules.changing import Lock, lock_on
from webapp.rules.filling import Held, SlotFill
from webapp.rules.refusals import Refused


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
    own = Case.filter(phase_id=exam.phase.id, candidate_id=candidate_id)
    case = await (own.select_for_update() if lock else own).first()
    if case is None:
        raise Refused("photo.no_case")
    return case


async def place_in(exam: OpenExam, case: Case, place: SlotKey) -> OpenPlace:
    """The place on this person's list; :class:`Refused` ``photo.unknown_place`` where it does not concern them."""
    record = await record_of(exam.id, case.candidate_id)
    for concern in concerns_of(exam, record):
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
    case_id, material, slot = at.case.id, at.material.code, at.slot.code
    stored = Photo.filter(case_id=case_id, material=material, slot=slot, removed_at=None)
    waits = Incoming.filter(case_id=case_id, material=material, slot=slot, state=WAITING)
    if replaces is not None:
        # An original that replaces holds no place, so only one of them may wait for each photo.
        if not await stored.filter(id=replaces).exists() or await waits.filter(replaces=replaces).exists():
            raise Refused("photo.nothing_to_replace")
        return
    waiting = waits.filter(replaces=None)
    if not SlotFill(at.slot, Held(await stored.count(), await waiting.count())).free:
        raise Refused("photo.slot_full", most=at.slot.most)


async def may_be_filled(exam: OpenExam, case: Case, place: SlotKey, replaces: UUID | None) -> OpenPlace:
    """All of the above: the place, open and with room."""
    found = await place_in(exam, case, place)
    await refuse_if_locked(exam, case, place)
    await refuse_if_full(found, replaces)
    return found


async def raise_version(case: Case) -> None:
    """The case has changed. Its row is locked by the caller."""
    await Case.filter(id=case.id).update(version=case.version + 1)


async def note_change(case: Case, material: str) -> None:
    """What there is of a material has changed: whatever was said of it, at any level, is history now."""
    standing = Verdict.filter(case_id=case.id, material=material, ended_at=None)
    await standing.update(ended_at=await exam_now(), ended_why="changed")
    await raise_version(case)
