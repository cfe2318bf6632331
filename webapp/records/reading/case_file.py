"""All that the rules need to know of one case, read at once: for its owner's pages, the desk and every move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from webapp.read_rows import made
from webapp.records.cases import Case
from webapp.records.declarations import Declaration
from webapp.records.moves import CaseMove
from webapp.records.photos import Announcement, Incoming, Photo, PhotoVersion
from webapp.records.reading.case_rows import REGISTRATION, case_rows, record_in
from webapp.records.reading.exams import OpenExam
from webapp.records.results import Result
from webapp.records.supplements import AskedItem, Supplement
from webapp.records.verdicts import Verdict
from webapp.rules.announcements import Announcement as Announced
from webapp.rules.announcements import Fingerprint, is_open
from webapp.rules.bells import case_window
from webapp.rules.catalogue import Concern, concerning
from webapp.rules.changing import OpenSupplement, Situation, deadline_of
from webapp.rules.circumstances import Circumstances
from webapp.rules.exam_package import ExamPackage
from webapp.rules.fields import Record
from webapp.rules.filling import Held, MaterialFill, filled
from webapp.rules.places import Arrival, By, Move, Place, Stage
from webapp.rules.showing import PublishedResult
from webapp.rules.supplements import Answers, Asked, AskedField, AskedPhoto, unanswered
from webapp.rules.verdicts import Kind
from webapp.rules.verdicts import Verdict as Word
from webapp.rules.windows import Window
from webapp.statements import Statement, ask

_MOST_READINGS = 3
_CASE = 'SELECT * FROM "case" WHERE id = ?'


@dataclass(frozen=True)
class StoredPhoto:
    """A photo that counts, with the version of it that is shown."""

    photo: Photo
    version: PhotoVersion


@dataclass(frozen=True)
class Request:
    """An open supplement with its items in their order."""

    row: Supplement
    items: tuple[AskedItem, ...]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The items as the rules see them, in the same order."""
        return tuple(asked_of(item) for item in self.items)


@dataclass(frozen=True)
class CaseFile:
    """One case with its list and all that is in it."""

    case: Case
    record: Record
    concerns: tuple[Concern, ...]
    window: Window
    """The case's own."""
    levels: int
    published: bool
    grace: timedelta
    photos: tuple[StoredPhoto, ...]
    """Those that count, as they were received."""
    waiting: tuple[Incoming, ...]
    announcements: tuple[Announcement, ...]
    """Not ended; the grace may be over."""
    declarations: tuple[Declaration, ...]
    """Those that count."""
    verdicts: tuple[Verdict, ...]
    """Those that stand, of all levels."""
    decisions: tuple[CaseMove, ...]
    """Reviewers' conclusions that were not taken back, oldest first."""
    arrived_by: CaseMove | None
    request: Request | None
    """The open supplement."""
    result: Result | None
    """The newest, whether or not it can be seen yet."""

    @property
    def place(self) -> Place:
        """Where the case stands."""
        return place_of(self.case)

    @cached_property
    def fills(self) -> tuple[MaterialFill, ...]:
        """The list with what is there of each material."""
        declared = {one.material: one.kind for one in self.declarations}
        return filled(self.concerns, held(self.photos, self.waiting), declared)

    @property
    def arrival(self) -> Arrival | None:
        """The move that brought the case to where it stands."""
        return arrival_of(self.arrived_by)

    @property
    def words(self) -> tuple[Word, ...]:
        """The verdicts that stand, as the rules see them."""
        return tuple(word_of(row) for row in self.verdicts)

    @property
    def published_result(self) -> PublishedResult | None:
        """The newest Result as the rules see it."""
        if self.result is None:
            return None
        moved = self.result.move != self.case.arrived_by
        return PublishedResult(self.result.word, self.result.visible_from, moved)

    def concern(self, material: str) -> Concern | None:
        """The list's line for this material; None where it does not concern this person."""
        return next((one for one in self.concerns if one.material.code == material), None)

    def declaration(self, material: str) -> Declaration | None:
        """What the candidate has declared of a material."""
        return next((one for one in self.declarations if one.material == material), None)

    def situation(self, exam_now: datetime, now: datetime) -> Situation:
        """What the rules on changing need to know."""
        withdrawn = self.place.stage is Stage.WITHDRAWN and self.arrived_by is not None
        return Situation(
            place=self.place,
            levels=self.levels,
            exam_now=exam_now,
            now=now,
            window=self.window,
            arrival=self.arrival,
            since=self.arrived_by.exam_at if withdrawn and self.arrived_by else self.case.handed_in_at,
            supplement=self._open_supplement(),
            verdicts=self.words,
            result=self.published_result,
        )

    def _open_supplement(self) -> OpenSupplement | None:
        if self.request is None:
            return None
        row = self.request.row
        return OpenSupplement(row.level, self.request.asked, row.asked_at, row.due)

    def open_announcements(self, exam_now: datetime, now: datetime) -> tuple[Announcement, ...]:
        """Those that the case still waits for."""
        situation = self.situation(exam_now, now)
        return tuple(
            one
            for one in self.announcements
            if is_open(
                announced_of(one), deadline_of(situation, one.material, one.slot), exam_now, self.grace
            )
        )

    @property
    def unanswered(self) -> tuple[Asked, ...]:
        """Items of the open supplement that still wait."""
        if self.request is None:
            return ()
        return unanswered(self.request.asked, answers_to(self.request, self.photos, self.record))

    def with_photo(self, stored: StoredPhoto, replaces: UUID | None) -> CaseFile:
        """The file once a photo has come, as a new reading would find it: only ``case`` is still the row of before.

        For whoever has locked the case, read this file and written the photo.
        """
        kept = [one for one in self.photos if one.photo.id != replaces]
        return replace(
            self,
            photos=tuple(sorted([*kept, stored], key=lambda one: (one.photo.received_at, one.photo.id))),
            announcements=tuple(
                one
                for one in self.announcements
                if one.id != stored.photo.id and (replaces is None or one.replaces != replaces)
            ),
            verdicts=tuple(one for one in self.verdicts if one.material != stored.photo.material),
        )

    def circumstances(self, exam_now: datetime, now: datetime, **actor: object) -> Circumstances:
        """What the table of moves asks of the case; ``actor`` is what the one who moves it brings."""
        missing = sum(one.concern.requirement.must and not one.settled for one in self.fills)
        seen = {
            "exam_now": exam_now,
            "now": now,
            "window": self.window,
            "arrival": self.arrival,
            "first_round": self.case.round == 1,
            "verdicts_saved": bool(self.verdicts or self.decisions),
            "required_missing": missing,
            "empty": not (self.photos or self.declarations),
            "announcements_open": len(self.open_announcements(exam_now, now)),
            "incoming_waiting": len(self.waiting),
            "published": self.published,
            "due": self.request.row.due if self.request else None,
            "asked": len(self.request.items) if self.request else 0,
            "unanswered": len(self.unanswered),
        }
        return Circumstances(**{**seen, **actor})  # type: ignore[arg-type]  # the keys are the fields' names


def place_of(case: Case) -> Place:
    """Where a case stands."""
    return Place(Stage(case.stage), case.level)


def asked_of(item: AskedItem) -> Asked:
    """One item as the rules see it."""
    if item.field:
        return AskedField(item.field, frozenset(item.reasons))
    return AskedPhoto(item.material, item.slot or None, frozenset(item.reasons))


def announced_of(row: Announcement) -> Announced:
    """An announcement as the rules see it."""
    shrunk = Fingerprint(row.shrunk_size or 0, row.shrunk_sha256) if row.shrunk_sha256 else None
    return Announced(
        photo=row.id,
        material=row.material,
        slot=row.slot,
        chosen=Fingerprint(row.chosen_size, row.chosen_sha256),
        shrunk=shrunk,
        replaces=row.replaces,
        ended=row.ended_at is not None,
    )


def word_of(row: Verdict) -> Word:
    """A stored verdict as the rules see it."""
    return Word(row.material, row.level, Kind(row.kind), row.at, frozenset(row.slots), frozenset(row.reasons))


def arrival_of(row: CaseMove | None) -> Arrival | None:
    """A stored move as the way in which a case came to where it stands."""
    if row is None:
        return None
    came_from = Place(Stage(row.from_stage), row.from_level)
    return Arrival(Move(row.move), By(row.by), came_from, row.at, row.person)


def answers_to(request: Request, photos: Collection[StoredPhoto], record: Record) -> Answers:
    """What has come in since a request was made."""
    worded = [item for item in request.items if item.words]
    return Answers(
        new_photos=frozenset(
            (one.photo.material, one.photo.slot) for one in photos if one.photo.round > request.row.round
        ),
        cannot_supply=frozenset((item.material, item.slot or None) for item in worded if not item.field),
        changed_fields=frozenset(
            item.field
            for item in request.items
            if item.field and record.get(item.field, "")[:200] != item.value_then
        ),
        replied_fields=frozenset(item.field for item in worded if item.field),
    )


def held(photos: Sequence[StoredPhoto], waiting: Sequence[Incoming]) -> dict[tuple[str, str], Held]:
    """What each (material, slot) holds. An original that replaces a photo holds no place of its own."""
    stored = Counter((one.photo.material, one.photo.slot) for one in photos)
    arrived = Counter((one.material, one.slot) for one in waiting if one.replaces is None)
    return {place: Held(stored[place], arrived[place]) for place in {*stored, *arrived}}


def window_of(exam: OpenExam, case: Case) -> Window:
    """When uploading is open for a case: its bell is the latest of its phase's, its site's and its own."""
    return case_window(exam.window, exam.bell_of_site(case.site_id), case.bell)


async def record_of(exam_id: UUID, candidate_id: UUID) -> Record:
    """The current registration's record, which is the one that the candidate carries the number of."""
    (found,) = await ask(Statement(REGISTRATION, (exam_id, candidate_id)))
    return record_in(found)


def concerns_of(exam: OpenExam, record: Record) -> tuple[Concern, ...]:
    """What the open phase asks of the person with this record, in the catalogue's order."""
    # A photo's way asks four times. The package stands in what is remembered, so its id is nobody else's meanwhile.
    key = id(exam.package), exam.phase.code, frozenset(record.items())
    known = _remembered.get(key)
    if known is None:
        if len(_remembered) >= _MOST_REMEMBERED:
            _remembered.clear()
        found = concerning(exam.package.materials_of(exam.phase.code), record)
        _remembered[key] = known = (exam.package, found)
    return known[1]


_remembered: dict[tuple[int, str, frozenset[tuple[str, str]]], tuple[ExamPackage, tuple[Concern, ...]]] = {}
_MOST_REMEMBERED = 2_000


def needs_case(exam: OpenExam, record: Record) -> bool:
    """Whether anything at all must be handed in by the person with this record."""
    return any(concern.requirement.must for concern in concerns_of(exam, record))


async def photos_of(case_id: UUID) -> tuple[StoredPhoto, ...]:
    """The photos that count, oldest first, each with its shown version."""
    photos = await Photo.filter(case_id=case_id, removed_at=None).order_by("received_at", "id")
    versions = await PhotoVersion.filter(photo_id__in=[photo.id for photo in photos]) if photos else []
    shown = {(version.photo_id, version.number): version for version in versions}
    return tuple(StoredPhoto(photo, shown[photo.id, photo.version]) for photo in photos)


async def open_request(case_id: UUID) -> Request | None:
    """The supplement that a case waits for."""
    row = await Supplement.filter(case_id=case_id, closed_at=None).first()
    if row is None:
        return None
    return Request(row, tuple(await AskedItem.filter(supplement_id=row.id).order_by("number")))


async def read_case(exam: OpenExam, case: Case) -> CaseFile:
    """The file of a case. Within a transaction that has locked the case's row it is what stands.

    Outside one the case may move while it is read: a request that was closed meanwhile makes it be read anew.
    """
    file = await _read_once(exam, case)
    for _again in range(_MOST_READINGS):
        if file.place.stage is not Stage.SUPPLEMENT or file.request is not None:
            break
        (rows,) = await ask(Statement(_CASE, (case.id,)))
        file = await _read_once(exam, made(Case, rows)[0])
    return file


async def _read_once(exam: OpenExam, case: Case) -> CaseFile:
    rows = await case_rows(exam, case)
    requests = [
        Request(row, tuple(item for item in rows.asked if item.supplement_id == row.id))
        for row in rows.requests[:1]
    ]
    return CaseFile(
        case=case,
        record=rows.record,
        concerns=concerns_of(exam, rows.record),
        window=window_of(rows.exam, case),
        levels=len(exam.package.levels),
        published=rows.exam.phase.published_at is not None,
        grace=timedelta(minutes=exam.package.grace_minutes),
        photos=tuple(StoredPhoto(*both) for both in zip(rows.photos, rows.versions, strict=True)),
        waiting=tuple(rows.waiting),
        announcements=tuple(rows.announcements),
        declarations=tuple(rows.declarations),
        verdicts=tuple(rows.verdicts),
        decisions=tuple(rows.decisions),
        arrived_by=next(iter(rows.arrived_by), None),
        request=next(iter(requests), None),
        result=next(iter(rows.results), None),
    )
