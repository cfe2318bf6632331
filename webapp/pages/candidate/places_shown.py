"""The places of one material's page: each slot with its photos, what is on its way, and room for one more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from webapp.pages.candidate.asked import AskedShown
from webapp.pages.candidate.locks import lock_words
from webapp.pages.candidate.problems import why_refused
from webapp.pages.candidate.receipts import page_address, received_words, thumbnail_address
from webapp.pages.language import _, current_language
from webapp.records.photos import Incoming
from webapp.records.reading.case_file import CaseFile, StoredPhoto
from webapp.records.reading.exams import OpenExam
from webapp.rules.catalogue import PAGE, Slot
from webapp.rules.changing import Lock, Situation, Why, lock_on
from webapp.rules.filling import MaterialFill, SlotFill


@dataclass(frozen=True)
class PlaceShown:
    """A place for a photo as its owner sees it: ``templates/pieces/place.html``, ``static/js/elements/photo-slot.js``.

    ``state``: empty (needed), optional, arrived, processing, unusable, returned, locked or early. ``most`` is 0 where
    nothing may be added now. ``fresh`` is the id of the photo that a plain form would send; with ``returned`` it takes
    the place of ``photo``.
    """

    slot: str
    label: str
    label_pattern: str
    hint: str
    state: str
    least: int
    most: int
    photo: str = ""
    thumbnail: str = ""
    href: str = ""
    words: str = ""
    fresh: str = ""


@dataclass(frozen=True)
class Inside:
    """What lies in one slot."""

    stored: Sequence[StoredPhoto]
    waiting: Sequence[Incoming]
    refused: Sequence[Incoming]
    asked: AskedShown | None = None
    """The item of an open request that wants other photos than those of ``round_asked`` and before."""
    round_asked: int = 0
    settled: bool = False
    """The material can be handed in as it is: no place of it is needed any more."""

    def returned(self, stored: StoredPhoto) -> AskedShown | None:
        """Why this photo will not do; None for one that came since, or once another has answered."""
        if self.asked is None or self.asked.answered == "photo" or stored.photo.round > self.round_asked:
            return None
        return self.asked

    def instead_of(self, stored: StoredPhoto) -> Incoming | None:
        """The original that is to take its place and waits to be shrunk."""
        return next((one for one in self.waiting if one.replaces == stored.photo.id), None)

    def failed_for(self, stored: StoredPhoto) -> Incoming | None:
        """The last original that was to take its place and could not be used."""
        return next((one for one in reversed(self.refused) if one.replaces == stored.photo.id), None)


def locks_of(situation: Situation, fill: MaterialFill) -> dict[str, Lock | None]:
    """What locks each slot of a material."""
    code = fill.concern.material.code
    return {one.slot.code: lock_on(situation, code, one.slot.code) for one in fill.slots}


def shared_lock(locks: Mapping[str, Lock | None]) -> Lock | None:
    """The one lock that holds all slots; None where one is open or they differ."""
    different = set(locks.values())
    return different.pop() if len(different) == 1 else None


def places_of(
    fill: MaterialFill,
    own: CaseFile,
    refused: Sequence[Incoming],
    locks: Mapping[str, Lock | None],
    exam: OpenExam,
    *,
    asked: Sequence[AskedShown] = (),
) -> list[PlaceShown]:
    """All places of a material, slot by slot, filled ones first; ``asked`` are the items of an open request."""
    code = fill.concern.material.code
    common = shared_lock(locks)
    round_asked = own.request.row.round if own.request else 0
    places: list[PlaceShown] = []
    for one in fill.slots:
        here = (code, one.slot.code)
        inside = Inside(
            [s for s in own.photos if (s.photo.material, s.photo.slot) == here],
            [w for w in own.waiting if (w.material, w.slot) == here],
            [r for r in refused if (r.material, r.slot) == here],
            next((item for item in asked if item.covers(*here)), None),
            round_asked,
            fill.settled,
        )
        places += numbered(list(_in_slot(one, inside, locks[one.slot.code], exam, say_lock=common is None)))
    return places


def numbered(places: Sequence[PlaceShown]) -> list[PlaceShown]:
    """Pages one after another are called by their number."""
    return [
        replace(place, label=place.label_pattern.format(number=number)) if place.label_pattern else place
        for number, place in enumerate(places, start=1)
    ]


def is_numbered(slot: Slot) -> bool:
    """Whether its photos are called by their number rather than by its name."""
    return slot.code == PAGE or slot.most > 1


def _in_slot(
    fill: SlotFill, inside: Inside, lock: Lock | None, exam: OpenExam, *, say_lock: bool
) -> Iterator[PlaceShown]:
    blank = _blank(fill.slot, lock)
    if inside.settled and fill.missing:
        blank = replace(blank, least=0)  # declared missing, or another paper stands for it
    for stored in inside.stored:
        yield _stored(blank, stored, inside, lock, exam, say_lock=say_lock)
    for waiting in inside.waiting:
        if waiting.replaces is None:
            yield replace(blank, state="processing", photo=str(waiting.id))
    if lock is not None:
        if not (inside.stored or inside.waiting):
            yield _shut(blank, lock, exam, say_lock=say_lock)
        return
    # What failed takes no place, but it is shown in one: that is where the next try goes.
    refused = [one for one in inside.refused if one.replaces is None]
    for failed in refused[-fill.free :] if fill.free else []:
        words = why_refused(failed.reason, failed.seen)
        yield replace(blank, state="unusable", photo=str(failed.id), words=words, fresh=str(uuid4()))
    if fill.free > len(refused):
        waiting_here = sum(one.replaces is None for one in inside.waiting)
        needed = not inside.settled and fill.missing > waiting_here + len(refused)
        yield replace(blank, state="empty" if needed else "optional", fresh=str(uuid4()))


def _blank(slot: Slot, lock: Lock | None) -> PlaceShown:
    language = current_language()
    return PlaceShown(
        slot=slot.code,
        label=slot.name.said_in(language),
        label_pattern=_("第 {number} 张") if is_numbered(slot) else "",
        hint=slot.hint.said_in(language) if slot.hint else "",
        state="empty",
        least=slot.least,
        most=slot.most if lock is None else 0,
    )


def _shut(blank: PlaceShown, lock: Lock, exam: OpenExam, *, say_lock: bool) -> PlaceShown:
    if lock.why is Why.NOT_OPEN_YET:
        return replace(blank, state="early")
    return replace(blank, state="locked", words=lock_words(lock, exam) if say_lock else _("没有照片"))


def _stored(
    blank: PlaceShown,
    stored: StoredPhoto,
    inside: Inside,
    lock: Lock | None,
    exam: OpenExam,
    *,
    say_lock: bool,
) -> PlaceShown:
    place = replace(
        blank,
        photo=str(stored.photo.id),
        thumbnail=thumbnail_address(stored),
        href=page_address(stored),
        words=received_words(stored, exam.time_zone),
    )
    if lock is not None:
        return replace(place, state="locked", words=lock_words(lock, exam) if say_lock else place.words)
    waiting = inside.instead_of(stored)
    if waiting is not None:
        return replace(place, state="processing", photo=str(waiting.id))
    why = inside.returned(stored)
    if why is None:
        return replace(place, state="arrived")
    failed = inside.failed_for(stored)
    words = why_refused(failed.reason, failed.seen) if failed else why.said
    return replace(place, state="returned", words=words, fresh=str(uuid4()))
