"""Where a case's pictures have been handed in before: the same bytes in any case, a look-alike by the same person.

One look by the stored digest, whatever the size of the exam; more only where an exam has several phases, or a photo
was turned or taken out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final
from uuid import UUID

from webapp.records.cases import Case
from webapp.records.moves import CaseMove
from webapp.records.photos import PhotoVersion
from webapp.records.reading.case_file import StoredPhoto
from webapp.records.reading.desk_case import DeskCase, there_when_asked
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.photo_versions import old_versions
from webapp.rules.likeness import nearly_the_same
from webapp.rules.offices import within
from webapp.rules.places import Move

MOST: Final = 60
"""Rows looked at: a picture that everybody hands in, such as an empty form, is no news after that."""


@dataclass(frozen=True)
class Alike:
    """One photo of the case (``photo``), and another picture that is the same, or nearly."""

    photo: UUID
    exactly: bool
    other: StoredPhoto | None = None
    """None: this person may not see it, and learns only that there is one."""
    case: Case | None = None
    """Of the other picture, with its candidate. None: it is in this case too, or may not be seen."""
    same_person: bool = False
    """Only known of, but by the same person: in another phase."""


@dataclass(frozen=True)
class _Onlooker:
    """Whose eyes look at which case."""

    exam: OpenExam
    desk: DeskCase
    offices: Collection[UUID]

    def told(self, photo: UUID, row: PhotoVersion, *, exactly: bool) -> Alike | None:
        """What may be said of a picture in another case: all, that there is one, or nothing."""
        case = row.photo.case
        inside = within(case.site_id, self.offices, self.exam.parents)
        same_person = case.candidate_id == self.desk.file.case.candidate_id
        if inside and case.phase_id == self.exam.phase.id:
            return Alike(photo, exactly, StoredPhoto(row.photo, row), case)
        if (inside and same_person) or self.exam.region_office.id in self.offices:
            return Alike(photo, exactly, same_person=same_person)
        return None


async def pictures_alike(exam: OpenExam, desk: DeskCase, offices: Collection[UUID]) -> list[Alike]:
    """What somebody who reviews at ``offices`` is told of this case's pictures; the same ones come first."""
    shown = [*desk.file.photos, *desk.earlier]
    if not shown:
        return []
    onlooker = _Onlooker(exam, desk, offices)
    own = list(one_each_way([*shown, *await old_versions(shown)]))
    found = [
        *_within_case(own),
        *_elsewhere(onlooker, own, await _same_bytes(exam, desk, own)),
        *_look_alikes(onlooker, own, await _other_phases(exam, desk)),
    ]
    return list(_once(found))


def one_each_way(versions: Iterable[StoredPhoto]) -> Iterator[StoredPhoto]:
    """Of each photo one version for each way it can lie, which all look the same; else turning it on and on would cost.

    The first of them stays: the one that is shown.
    """
    seen: set[tuple[UUID, int]] = set()
    for one in versions:
        way = one.photo.id, one.version.quarter_turns % 4
        if way not in seen:
            seen.add(way)
            yield one


def _within_case(own: Sequence[StoredPhoto]) -> Iterator[Alike]:
    """Each of two photos has the other as its hint, in the version that is like it."""
    for one, other in combinations(own, 2):
        if one.photo.id == other.photo.id:
            continue
        exactly = one.version.sha256 == other.version.sha256
        if exactly or nearly_the_same(one.version.difference_hash, other.version.difference_hash):
            yield Alike(one.photo.id, exactly, other)
            yield Alike(other.photo.id, exactly, one)


def _elsewhere(
    onlooker: _Onlooker, own: Sequence[StoredPhoto], rows: Iterable[PhotoVersion]
) -> Iterator[Alike]:
    for row in rows:
        for photo in {one.photo.id for one in own if one.version.sha256 == row.sha256}:
            told = onlooker.told(photo, row, exactly=True)
            if told:
                yield told


def _look_alikes(
    onlooker: _Onlooker, own: Sequence[StoredPhoto], rows: Iterable[PhotoVersion]
) -> Iterator[Alike]:
    for row in rows:
        for one in own:
            if nearly_the_same(one.version.difference_hash, row.difference_hash):
                told = onlooker.told(one.photo.id, row, exactly=one.version.sha256 == row.sha256)
                if told:
                    yield told


async def _same_bytes(exam: OpenExam, desk: DeskCase, own: Sequence[StoredPhoto]) -> list[PhotoVersion]:
    """In other cases of the exam, of photos that their reviewers can see."""
    rows = (
        await PhotoVersion.filter(
            sha256__in=[one.version.sha256 for one in own], photo__case__phase__exam_id=exam.id
        )
        .exclude(photo__case_id=desk.file.case.id)
        .order_by("id")
        .limit(MOST)
        .select_related("photo__case__candidate")
    )
    gone = {row.photo.case_id for row in rows if row.photo.removed_at is not None}
    asks = await CaseMove.filter(case_id__in=list(gone), move=Move.ASK.value, undone_at=None) if gone else []
    return [
        row
        for row in rows
        if row.photo.removed_at is None
        or there_when_asked(row.photo, [ask for ask in asks if ask.case_id == row.photo.case_id])
    ]


async def _other_phases(exam: OpenExam, desk: DeskCase) -> list[PhotoVersion]:
    """The same person's pictures in the exam's other phases."""
    if len(exam.package.phases) == 1:
        return []
    return (
        await PhotoVersion.filter(
            photo__case__candidate_id=desk.file.case.candidate_id, photo__removed_at=None
        )
        .exclude(photo__case_id=desk.file.case.id)
        .order_by("id")
        .limit(MOST)
        .select_related("photo__case__candidate")
    )


def _once(found: Iterable[Alike]) -> Iterator[Alike]:
    """Of several versions of a photo the one that is most alike, and of what may not be seen one of each kind."""
    known: set[tuple[object, ...]] = set()
    for one in sorted(found, key=lambda hint: not hint.exactly):
        key = one.photo, one.other.photo.id if one.other else one.same_person
        if key not in known:
            known.add(key)
            yield one
