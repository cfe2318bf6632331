"""The page on which an office uploads for a candidate: what it has asked for, what is there, a form for each slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from webapp.clock import exam_now, now
from webapp.pages.candidate.locks import lock_words
from webapp.pages.candidate.problems import known_problem, why_refused
from webapp.pages.language import _, current_language, later
from webapp.pages.reviewer.asked_words import AskedShown, asked_shown, material_name
from webapp.pages.words import moment_words
from webapp.records.people import Candidate
from webapp.records.photos import Incoming
from webapp.records.reading.case_file import CaseFile, Request
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_material import refused_originals
from webapp.records.supplements import AskedItem
from webapp.rules.bells import due_in_force
from webapp.rules.bringing import WhyBrought, asks_for
from webapp.rules.changing import lock_on
from webapp.rules.filling import SlotFill

WHY: Final = {
    WhyBrought.NO_PHONE: later("没有能拍照的手机"),
    WhyBrought.ILL: later("住院或行动不便"),
    WhyBrought.NO_NETWORK: later("所在地方没有网络"),
    WhyBrought.FAILED: later("自己传过，没有传成"),
}


@dataclass(frozen=True)
class PictureShown:
    """A photo that lies in a slot; ``brought``: an office has uploaded it."""

    id: UUID
    version: int
    received: str
    new: bool
    brought: bool


@dataclass(frozen=True)
class SlotShown:
    """A slot that may be filled. ``replaceable``: it is full, and one of these makes room. ``fresh``: an id to send."""

    place: str
    name: str
    pictures: list[PictureShown]
    waiting: int
    failed: list[str]
    open: bool
    replaceable: list[PictureShown]
    fresh: UUID


@dataclass(frozen=True)
class MaterialSupplied:
    """One material that is asked for."""

    name: str
    asked: list[AskedShown]
    slots: list[SlotShown]


@dataclass(frozen=True)
class SupplyPage:
    """See ``templates/reviewer/supply.html``. ``locked`` says why nothing can be uploaded any more."""

    case: UUID
    candidate: str
    number: str
    due: str
    note: str
    locked: str
    materials: list[MaterialSupplied]
    fields: list[AskedShown]
    why: list[tuple[str, str]]
    stored: bool
    problem: str | None

    @property
    def processing(self) -> bool:
        """Whether something has arrived that is not a photo yet."""
        return any(slot.waiting for material in self.materials for slot in material.slots)


@dataclass(frozen=True)
class _InRequest:
    """What every slot of the page needs."""

    file: CaseFile
    asked: Request
    failed: list[Incoming]
    exam: OpenExam
    shut: bool


async def supply_page(
    exam: OpenExam, candidate: Candidate, file: CaseFile, asked: Request, *, stored: bool, problem: str
) -> SupplyPage:
    """The page as things stand; ``problem`` is the code of the refusal that a form was answered with."""
    materials = dict.fromkeys(item.material for item in asked.items if item.material)
    situation = file.situation(await exam_now(), now())
    lock = next(filter(None, (lock_on(situation, code) for code in materials)), None)
    due = due_in_force(asked.row.due, file.window.bell)
    facts = {"limit": exam.package.max_original_bytes, "at": due, "zone": exam.time_zone, "most": 1}
    refused = await refused_originals(file.case.id)
    failed = [one for one in refused if one.arrived_at >= asked.row.asked_at]
    at = _InRequest(file, asked, failed, exam, shut=lock is not None)

    def shown(items: Sequence[AskedItem]) -> list[AskedShown]:
        return asked_shown(items, file.concerns, file.unanswered, exam)

    return SupplyPage(
        case=file.case.id,
        candidate=candidate.name,
        number=candidate.registration_number,
        due=moment_words(due, exam.time_zone, ends=True),
        note=asked.row.note,
        locked=lock_words(lock, exam) if lock else "",
        materials=[
            MaterialSupplied(
                name=material_name(code, exam),
                asked=shown([item for item in asked.items if item.material == code]),
                slots=[_slot(at, code, slot) for slot in _asked_slots(file, asked, code)],
            )
            for code in materials
        ],
        fields=shown([item for item in asked.items if item.field]),
        why=[(code.value, _(words)) for code, words in WHY.items()],
        stored=stored and not problem,
        problem=known_problem(problem, facts),
    )


def _asked_slots(file: CaseFile, asked: Request, code: str) -> list[SlotFill]:
    fill = next((one for one in file.fills if one.concern.material.code == code), None)
    slots = fill.slots if fill else ()
    return [one for one in slots if asks_for(asked.asked, code, one.slot.code)]


def _slot(at: _InRequest, code: str, fill: SlotFill) -> SlotShown:
    file = at.file
    here = (code, fill.slot.code)
    replaced = {one.replaces for one in file.waiting}
    pictures = [
        PictureShown(
            id=one.photo.id,
            version=one.version.number,
            received=moment_words(one.photo.received_at, at.exam.time_zone),
            new=one.photo.round > at.asked.row.round,
            brought=one.photo.brought_by is not None,
        )
        for one in file.photos
        if (one.photo.material, one.photo.slot) == here
    ]
    can_go = [one for one in pictures if one.id not in replaced]
    waiting = sum((one.material, one.slot) == here for one in file.waiting)
    failed = [why_refused(one.reason, one.seen) for one in at.failed if (one.material, one.slot) == here]
    return SlotShown(
        place=f"{code}.{fill.slot.code}",
        name=fill.slot.name.said_in(current_language()),
        pictures=pictures,
        waiting=waiting,
        failed=failed[-1:] if not waiting else [],
        open=not at.shut and (fill.free > 0 or bool(can_go)),
        replaceable=can_go if fill.free == 0 else [],
        fresh=uuid4(),
    )
