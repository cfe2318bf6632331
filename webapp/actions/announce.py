"""A phone says before the bell which photos are on their way; what was said in time comes in during the grace.

An announcement reserves nothing. Told again it is the same one; a later fingerprint is added only before the bell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from webapp.actions.known_photos import known, refuse_unless_counts
from webapp.actions.photo_places import SlotKey, case_of, locked, place_in
from webapp.actions.recording import case_chain, record
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Announcement, Case
from webapp.records.reading.case_file import CaseFile, announced_of, read_case
from webapp.records.reading.exams import OpenExam
from webapp.rules.announcements import Announcement as Announced
from webapp.rules.announcements import Fingerprint, SlotState, announcing_refusals, is_open
from webapp.rules.bells import grace_ends
from webapp.rules.catalogue import Slot
from webapp.rules.changing import Situation, deadline_of, lock_on
from webapp.rules.refusals import Refused, refuse_first

MOST_ROWS = 600
"""Announcements of one case, with all that ended: as many as files that it may fill."""


@dataclass(frozen=True)
class Item:
    """One photo as the phone tells of it."""

    photo: UUID
    place: SlotKey
    chosen: Fingerprint
    shrunk: Fingerprint | None = None
    replaces: UUID | None = None

    @property
    def said(self) -> Announced:
        """The same as the rules see it."""
        return Announced(
            self.photo, self.place.material, self.place.slot, self.chosen, self.shrunk, self.replaces
        )


@dataclass(frozen=True)
class Answered:
    """What became of one item: announced, ``arrived`` long ago, or refused."""

    photo: UUID
    deadline: datetime | None = None
    """By the exam's clock: the bell, or the due time."""
    until: datetime | None = None
    """The first moment at which it is not taken any more."""
    refused: Refused | None = None

    @property
    def state(self) -> str:
        """In a word."""
        return "refused" if self.refused else "announced" if self.until else "arrived"


@dataclass
class _Desk:
    """One request's work on one locked case."""

    exam: OpenExam
    case: Case
    file: CaseFile
    situation: Situation
    rows: dict[UUID, Announcement]
    """Those that have not ended, by photo; it grows as items are accepted."""

    @property
    def moment(self) -> datetime:
        return self.situation.exam_now

    def deadline(self, at: SlotKey) -> datetime:
        return deadline_of(self.situation, at.material, at.slot)

    def is_open(self, row: Announcement) -> bool:
        deadline = self.deadline(SlotKey(row.material, row.slot))
        return is_open(announced_of(row), deadline, self.moment, self.file.grace)


async def announce(exam: OpenExam, candidate_id: UUID, items: Sequence[Item]) -> tuple[Answered, ...]:
    """An answer for each photo, in their order.

    Those that may not be announced are answered with why: ``photo.not_found`` (the id is somebody else's),
    ``photo.removed``, ``photo.<reason>``, ``photo.unknown_place``, ``photo.too_large``, ``photo.quota``,
    ``locked.<why>`` and the codes of :func:`webapp.rules.announcements.announcing_refusals`.
    :class:`Refused` ``photo.no_case``.
    """
    try:
        return await _announce(exam, candidate_id, items)
    except IntegrityError as taken:
        raise Refused("photo.not_found") from taken  # somebody else announced the same id at the same moment


@transaction
async def _announce(exam: OpenExam, candidate_id: UUID, items: Sequence[Item]) -> tuple[Answered, ...]:
    case = await case_of(exam, candidate_id, lock=True)
    file = await read_case(exam, case)
    situation = file.situation(await exam_now(), now())
    desk = _Desk(exam, case, file, situation, {row.id: row for row in file.announcements})
    answers: list[Answered] = []
    written: list[Item] = []
    for item in items:
        answer, fresh = await _answered(desk, item)
        answers.append(answer)
        written += [item] if fresh else []
    if written:
        await record(
            case_chain(case.id),
            actor=f"candidate:{candidate_id}",
            what="photo.announced",
            subject=f"case:{case.id}",
            photos=[_told(item) for item in written],
            refused=[{"photo": str(a.photo), "code": a.refused.code} for a in answers if a.refused],
        )
    return tuple(answers)


def _told(item: Item) -> dict[str, object]:
    return {
        "photo": str(item.photo),
        "place": str(item.place),
        "replaces": str(item.replaces or ""),
        "chosen": item.chosen.sha256,
        "chosen_size": item.chosen.size,
        "shrunk": item.shrunk.sha256 if item.shrunk else "",
        "shrunk_size": item.shrunk.size if item.shrunk else 0,
    }


async def _answered(desk: _Desk, item: Item) -> tuple[Answered, bool]:
    """The answer, and whether it changed anything."""
    try:
        found = await known(desk.case, item.photo)
        if found is not None:
            refuse_unless_counts(found)
            return Answered(item.photo), False
        fresh = await _take(desk, item)
    except Refused as refused:
        return Answered(item.photo, refused=refused), False
    deadline = desk.deadline(item.place)
    return Answered(item.photo, deadline, grace_ends(deadline, desk.file.grace)), fresh


async def _take(desk: _Desk, item: Item) -> bool:
    row = await Announcement.get_or_none(id=item.photo)
    if row is not None and row.case_id != desk.case.id:
        raise Refused("photo.not_found")
    if row is not None and desk.is_open(row) and _says_nothing_new(announced_of(row), item):
        return False
    await _refuse_impossible(desk, item)
    is_new = row is None
    if row is None:
        if await Announcement.filter(case_id=desk.case.id).count() >= MOST_ROWS:
            raise Refused("photo.quota")
        row = Announcement(id=item.photo, case_id=desk.case.id)
    if item.shrunk is not None:
        row.shrunk_size, row.shrunk_sha256 = item.shrunk.size, item.shrunk.sha256
    elif row.shrunk_sha256 and row.chosen_sha256 != item.chosen.sha256:
        row.shrunk_size, row.shrunk_sha256 = None, ""
    row.material, row.slot, row.replaces = item.place.material, item.place.slot, item.replaces
    row.chosen_size, row.chosen_sha256 = item.chosen.size, item.chosen.sha256
    row.announced_at, row.ended_at, row.ended_why = desk.moment, None, ""
    await row.save(force_create=is_new)
    desk.rows[row.id] = row
    return True


def _says_nothing_new(before: Announced, item: Item) -> bool:
    """A repeated request, or one that was overtaken by its successor."""
    now_said = item.said
    return (before.material, before.slot, before.replaces, before.chosen) == (
        now_said.material,
        now_said.slot,
        now_said.replaces,
        now_said.chosen,
    ) and (now_said.shrunk is None or now_said.shrunk == before.shrunk)


async def _refuse_impossible(desk: _Desk, item: Item) -> None:
    at = await place_in(desk.exam, desk.case, item.place)
    lock = lock_on(desk.situation, item.place.material, item.place.slot)
    if lock is not None:
        raise Refused("announcement.late") if lock.lets_announced_in else locked(lock, desk.exam)
    _refuse_size(item.chosen, desk.exam.package.max_original_bytes)
    if item.shrunk is not None:
        _refuse_size(item.shrunk, at.material.max_photo_bytes)
    others = [
        announced_of(row)
        for row in desk.rows.values()
        if (row.material, row.slot) == (item.place.material, item.place.slot) and desk.is_open(row)
    ]
    refuse_first(
        announcing_refusals(
            item.said,
            _slot_state(desk.file, item.place, at.slot),
            others,
            desk.deadline(item.place),
            desk.moment,
        )
    )
    if item.replaces is not None and any(one.replaces == item.replaces for one in desk.file.waiting):
        raise Refused("announcement.replaced_already")


def _refuse_size(one: Fingerprint, limit: int) -> None:
    if one.size > limit:
        raise Refused("photo.too_large", limit=limit)


def _slot_state(file: CaseFile, place: SlotKey, slot: Slot) -> SlotState:
    here = (place.material, place.slot)
    return SlotState(
        places=slot.most,
        photos=frozenset(one.photo.id for one in file.photos if (one.photo.material, one.photo.slot) == here),
        waiting=sum((one.material, one.slot) == here and one.replaces is None for one in file.waiting),
    )


@transaction
async def withdraw_announcement(exam: OpenExam, candidate_id: UUID, photo_id: UUID) -> None:
    """The photo is not waited for any more, also after the bell. Doing it again changes nothing.

    :class:`Refused` ``photo.no_case``, ``photo.not_found``.
    """
    case = await case_of(exam, candidate_id, lock=True)
    row = await Announcement.get_or_none(id=photo_id, case_id=case.id)
    if row is None:
        raise Refused("photo.not_found")
    waiting = Announcement.filter(id=photo_id, ended_at=None)
    if not await waiting.update(ended_at=await exam_now(), ended_why="withdrawn"):
        return
    await record(
        case_chain(case.id),
        actor=f"candidate:{candidate_id}",
        what="photo.announcement_withdrawn",
        subject=f"photo:{photo_id}",
        place=f"{row.material}.{row.slot}",
    )
