"""A candidate's own case: what concerns them, what is there, and in what situation it stands."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.records.cases import Case
from webapp.records.photos import Incoming, Photo, PhotoVersion
from webapp.records.reading.exams import OpenExam
from webapp.records.registrations import Registration
from webapp.rules.bells import case_window
from webapp.rules.catalogue import Concern, concerning
from webapp.rules.changing import Situation
from webapp.rules.fields import Record
from webapp.rules.filling import Held, MaterialFill, filled
from webapp.rules.places import Place, Stage
from webapp.rules.windows import Window

WAITING = "waiting"


@dataclass(frozen=True)
class StoredPhoto:
    """A photo that counts, with the version of it that is shown."""

    photo: Photo
    version: PhotoVersion


@dataclass(frozen=True)
class OwnCase:
    """One case with its list and all that is in it."""

    case: Case
    record: Record
    concerns: tuple[Concern, ...]
    window: Window
    """The case's own."""
    levels: int
    photos: tuple[StoredPhoto, ...]
    """Those that count, as they were received."""
    waiting: tuple[Incoming, ...]

    @property
    def fills(self) -> tuple[MaterialFill, ...]:
        """The list with what is there of each material."""
        return filled(self.concerns, held(self.photos, self.waiting))

    def concern(self, material: str) -> Concern | None:
        """The list's line for this material; None where it does not concern this person."""
        return next((one for one in self.concerns if one.material.code == material), None)

    def situation(self, exam_now: datetime, now: datetime) -> Situation:
        """What the rules on changing need to know."""
        return situation_of(self.case, self.window, self.levels, exam_now, now)


def held(photos: tuple[StoredPhoto, ...], waiting: tuple[Incoming, ...]) -> dict[tuple[str, str], Held]:
    """What each (material, slot) holds. An original that replaces a photo holds no place of its own."""
    stored = Counter((one.photo.material, one.photo.slot) for one in photos)
    arrived = Counter((one.material, one.slot) for one in waiting if one.replaces is None)
    return {place: Held(stored[place], arrived[place]) for place in {*stored, *arrived}}


def window_of(exam: OpenExam, case: Case) -> Window:
    """When uploading is open for a case."""
    return case_window(exam.window, own=case.bell)


def situation_of(case: Case, window: Window, levels: int, exam_now: datetime, now: datetime) -> Situation:
    """A case as the rules on changing see it."""
    return Situation(
        place=Place(Stage(case.stage), case.level),
        levels=levels,
        exam_now=exam_now,
        now=now,
        window=window,
        arrival=None,
        since=None,
    )


async def record_of(exam_id: UUID, candidate_id: UUID) -> Record:
    """The newest registration's record; empty where there is none."""
    row = await Registration.filter(exam_id=exam_id, candidate_id=candidate_id).order_by("-taken_at").first()
    return row.record if row else {}


def concerns_of(exam: OpenExam, record: Record) -> tuple[Concern, ...]:
    """What the open phase asks of the person with this record, in the catalogue's order."""
    return concerning(exam.package.materials_of(exam.phase.code), record)


def needs_case(exam: OpenExam, record: Record) -> bool:
    """Whether anything at all must be handed in by the person with this record."""
    return any(concern.requirement.must for concern in concerns_of(exam, record))


async def photos_of(case_id: UUID) -> tuple[StoredPhoto, ...]:
    """The photos that count, oldest first, each with its shown version."""
    photos = await Photo.filter(case_id=case_id, removed_at=None).order_by("received_at", "id")
    versions = await PhotoVersion.filter(photo_id__in=[photo.id for photo in photos]) if photos else []
    shown = {(version.photo_id, version.number): version for version in versions}
    return tuple(StoredPhoto(photo, shown[photo.id, photo.version]) for photo in photos)


async def own_case(exam: OpenExam, candidate_id: UUID) -> OwnCase | None:
    """The candidate's case in the open phase; None where nothing concerns them."""
    case = await Case.get_or_none(phase_id=exam.phase.id, candidate_id=candidate_id)
    if case is None:
        return None
    record = await record_of(exam.id, candidate_id)
    return OwnCase(
        case=case,
        record=record,
        concerns=concerns_of(exam, record),
        window=window_of(exam, case),
        levels=len(exam.package.levels),
        photos=await photos_of(case.id),
        waiting=tuple(await Incoming.filter(case_id=case.id, state=WAITING).order_by("arrived_at", "id")),
    )
