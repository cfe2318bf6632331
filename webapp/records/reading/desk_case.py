"""One case as a reviewer's desk shows it, for somebody of an office that it comes by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from webapp.records.cases import Case, CaseFlag
from webapp.records.declarations import RecordDoubt
from webapp.records.moves import CaseMove
from webapp.records.people import Candidate, Staff
from webapp.records.photos import Photo, PhotoSeen, PhotoVersion
from webapp.records.reading.case_file import CaseFile, Request, StoredPhoto, read_case
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import AskedItem, Supplement
from webapp.rules.offices import within
from webapp.rules.places import Move


@dataclass(frozen=True)
class DeskCase:
    """A case's file with what only reviewers see."""

    file: CaseFile
    candidate: Candidate
    """With their unit."""
    flags: tuple[CaseFlag, ...]
    doubts: tuple[RecordDoubt, ...]
    """What the candidate says is wrong with the record, and has not taken back."""
    requests: tuple[Request, ...]
    """All requests but those taken back, newest first; the open one too."""
    earlier: tuple[StoredPhoto, ...]
    """Photos that no longer count and were there when something was asked for, oldest first."""
    seen: frozenset[int]
    """Versions that this person has had on screen."""
    names: dict[UUID, str]
    """Of the members of staff who have worked on it."""


async def desk_case(
    exam: OpenExam, case_id: UUID, staff_id: UUID, offices: Collection[UUID]
) -> DeskCase | None:
    """None for a case that comes by none of ``offices``: for this person it is not there."""
    case = await Case.get_or_none(id=case_id, phase_id=exam.phase.id)
    if case is None or not within(case.site_id, offices, exam.parents):
        return None
    file = await read_case(exam, case)
    earlier = await _earlier(case_id)
    versions = [one.version.id for one in (*file.photos, *earlier)]
    on_screen = PhotoSeen.filter(version_id__in=versions, staff_id=staff_id, seen_at__not_isnull=True)
    people = {one.staff_id for one in file.verdicts} | {one.person for one in file.decisions}
    people |= {case.lease_holder}
    return DeskCase(
        file=file,
        candidate=await Candidate.get(id=case.candidate_id).select_related("unit"),
        flags=tuple(await CaseFlag.filter(case_id=case_id).order_by("flag")),
        doubts=tuple(await RecordDoubt.filter(case_id=case_id, ended_at=None).order_by("made_at")),
        requests=await _requests(case_id),
        earlier=earlier,
        seen=frozenset(row.version_id for row in await on_screen) if versions else frozenset(),
        names={row.id: row.name for row in await Staff.filter(id__in=[one for one in people if one])},
    )


async def _requests(case_id: UUID) -> tuple[Request, ...]:
    rows = await Supplement.filter(case_id=case_id).exclude(outcome="taken_back").order_by("-asked_at")
    items = await AskedItem.filter(supplement_id__in=[row.id for row in rows]).order_by("number")
    return tuple(Request(row, tuple(item for item in items if item.supplement_id == row.id)) for row in rows)


def there_when_asked(photo: Photo, asks: Iterable[CaseMove]) -> bool:
    """Whether a photo that was taken out counted when something was asked for. Else it is only its owner's."""
    removed = photo.removed_at
    return removed is not None and any(ask.exam_at >= photo.received_at and ask.at <= removed for ask in asks)


async def _earlier(case_id: UUID) -> tuple[StoredPhoto, ...]:
    asks = await CaseMove.filter(case_id=case_id, move=Move.ASK.value, undone_at=None)
    if not asks:
        return ()
    gone = await Photo.filter(case_id=case_id, removed_at__not_isnull=True).order_by("received_at", "id")
    there = [photo for photo in gone if there_when_asked(photo, asks)]
    versions = await PhotoVersion.filter(photo_id__in=[photo.id for photo in there]) if there else []
    shown = {(version.photo_id, version.number): version for version in versions}
    return tuple(StoredPhoto(photo, shown[photo.id, photo.version]) for photo in there)
