"""An exam as data: everything in which one year's exam in one region differs from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from webapp.rules.catalogue import Material
from webapp.rules.exam_texts import ExamTexts, Question, Reason
from webapp.rules.fields import Fields
from webapp.rules.passwords import PasswordPolicy
from webapp.rules.windows import Window
from webapp.rules.words import Words


class ReviewFrom(StrEnum):
    """From when on a case may be claimed."""

    BELL = "bell"
    SUBMIT = "submit"


@dataclass(frozen=True)
class ExamPhase:
    """One upload window and the codes of the materials that it asks for, in the catalogue's order."""

    code: str
    name: Words
    window: Window
    materials: tuple[str, ...]


@dataclass(frozen=True)
class Level:
    """One step of the review chain, done by offices of one kind."""

    code: str
    office_kind: str
    name: Words
    waiting: Words
    """What a candidate reads while the case waits at this level."""
    done: Words
    """… and once this level has finished, which says nothing of how."""


@dataclass(frozen=True)
class OfficeKind:
    """What an office is called: 考区, 考点."""

    code: str
    name: Words


@dataclass(frozen=True)
class ExamOffice:
    """A node of the tree of offices; ``parent`` is empty at its root."""

    code: str
    kind: str
    name: Words
    parent: str = ""
    phone: str = ""
    hours: Words | None = None


@dataclass(frozen=True)
class Recovery:
    """How a forgotten password is replaced by answering questions."""

    by_answers: bool
    asked: int
    """How many different questions are chosen at activation."""
    questions: tuple[Question, ...]
    answer_least: int
    answer_most: int
    answers_refused: tuple[str, ...]
    """Answers that somebody who guesses would try first, in the form of ``names.user_name_key``."""
    tries_a_day: int
    reset_minutes: int


@dataclass(frozen=True)
class Retention:
    """How many months after the end of the season things are kept."""

    photos_months: int
    records_months: int
    access_log_months: int


@dataclass(frozen=True)
class Contact:
    """Whom to ask: an office, and where questions about personal information go."""

    office: str
    personal_data: Words


@dataclass(frozen=True)
class Document:
    """A text of the package: ``<folder>/<name>.md``, and ``.pdf`` for attachments."""

    name: str
    title: Words


@dataclass(frozen=True)
class ExamPackage:
    """All of it, made and checked by :func:`webapp.rules.package_reading.read_package`."""

    code: str
    title: Words
    region: Words
    time_zone: str
    phases: tuple[ExamPhase, ...]
    review_from: ReviewFrom
    grace_minutes: int
    lease_minutes: int
    levels: tuple[Level, ...]
    office_kinds: tuple[OfficeKind, ...]
    offices: tuple[ExamOffice, ...]
    candidate_password: PasswordPolicy
    staff_password: PasswordPolicy
    recovery: Recovery
    max_photo_bytes: int
    max_original_bytes: int
    retention: Retention
    contact: Contact
    fields: Fields
    materials: tuple[Material, ...]
    reasons: tuple[Reason, ...]
    texts: ExamTexts
    attachments: tuple[Document, ...]
    help: tuple[Document, ...]
    document: Mapping[str, object] = field(repr=False)
    """The data from which this was made (texts, numbers, lists and tables only): what an exam's row keeps."""

    def phase(self, code: str) -> ExamPhase:
        """The phase of that code; KeyError if there is none."""
        return _of(self.phases, code)

    def material(self, code: str) -> Material:
        """The material of that code; KeyError if there is none."""
        return _of(self.materials, code)

    def materials_of(self, phase: str) -> tuple[Material, ...]:
        """The materials that a phase asks for, in the catalogue's order."""
        asked = self.phase(phase).materials
        return tuple(material for material in self.materials if material.code in asked)

    def reason(self, code: str) -> Reason:
        """The reason of that code; KeyError if there is none."""
        return _of(self.reasons, code)

    def reasons_for(self, material: str) -> tuple[Reason, ...]:
        """What a reviewer may choose from for a material: general reasons and its own, in list order."""
        own = self.material(material).reasons
        return tuple(reason for reason in self.reasons if reason.general or reason.code in own)

    def level(self, code: str) -> Level:
        """The level of that code; KeyError if there is none."""
        return _of(self.levels, code)

    def office(self, code: str) -> ExamOffice:
        """The office of that code; KeyError if there is none."""
        return _of(self.offices, code)

    def office_at(self, level: str, office: str) -> ExamOffice:
        """Who reviews the candidates of ``office`` at ``level``: it, or the office of that kind above it."""
        kind = self.level(level).office_kind
        return next(above for above in upwards(self.offices, office) if above.kind == kind)


def upwards(offices: Sequence[ExamOffice], code: str) -> list[ExamOffice]:
    """The office of that code and those above it; ends where a parent is unknown or comes again."""
    by_code = {office.code: office for office in offices}
    way: list[ExamOffice] = []
    while code in by_code and by_code[code] not in way:
        way.append(by_code[code])
        code = way[-1].parent
    return way


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


Thing = TypeVar("Thing", bound=_Coded)


def _of(things: tuple[Thing, ...], code: str) -> Thing:
    for thing in things:
        if thing.code == code:
            return thing
    raise KeyError(code)
