"""The catalogue of an exam: what candidates hand in, and which of it concerns whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from webapp.rules.conditions import Condition, describes, holds
from webapp.rules.fields import FIELDS, Fields, Record
from webapp.rules.words import Words

PAGE = "page"
"""The slot of a material whose photos have no names of their own."""


class Rule(StrEnum):
    """Who must hand a material in, as the exam's data says it."""

    ALL = "all"
    WHEN = "when"
    OPTIONAL = "optional"


class Requirement(StrEnum):
    """What a material means for one candidate."""

    REQUIRED = "required"
    """From everyone, marked ``*``."""
    REQUIRED_WHEN = "required_when"
    """From those whom the material's condition names, marked 必传."""
    OPTIONAL = "optional"
    NOT_CONCERNED = "not_concerned"

    @property
    def must(self) -> bool:
        """Whether the candidate has to hand it in or declare it missing."""
        return self in {Requirement.REQUIRED, Requirement.REQUIRED_WHEN}


@dataclass(frozen=True)
class Example:
    """A drawn picture: a file of the package's folder ``examples``, and what it shows."""

    file: str
    shows: Words


@dataclass(frozen=True)
class Slot:
    """A place for photos. ``least`` 0: it may stay empty; ``most`` over 1: it repeats."""

    code: str
    name: Words
    least: int = 1
    most: int = 1
    hint: Words | None = None
    example: Example | None = None


@dataclass(frozen=True)
class Variant:
    """How a material differs for the candidates of ``when``: other slots, and other words where given."""

    code: str
    when: Condition
    slots: tuple[Slot, ...]
    hint: Words | None = None
    example: Example | None = None


@dataclass(frozen=True)
class Material:
    """One entry of the catalogue."""

    code: str
    name: Words
    rule: Rule
    slots: tuple[Slot, ...]
    hint: Words
    example: Example
    when: Condition | None = None
    """Given exactly where ``rule`` is WHEN."""
    variants: tuple[Variant, ...] = ()
    variant: str = ""
    """The code of the variant that this is (see :func:`as_seen_by`); empty: the material's own form."""
    reasons: tuple[str, ...] = ()
    """Codes of the reasons for return that belong to this material, besides the general ones."""
    compare: tuple[str, ...] = ()
    """Codes of the record's fields that a reviewer holds against the photos, in reading order."""
    max_photo_bytes: int = 204_800

    @property
    def least(self) -> int:
        """How many photos make it complete."""
        return sum(slot.least for slot in self.slots)

    @property
    def most(self) -> int:
        """How many photos it takes."""
        return sum(slot.most for slot in self.slots)

    @property
    def named_slots(self) -> bool:
        """Whether its photos have places of their own rather than being pages one after another."""
        return self.slots[0].code != PAGE

    def slot(self, code: str) -> Slot | None:
        """The slot of that code."""
        return next((slot for slot in self.slots if slot.code == code), None)


@dataclass(frozen=True)
class Concern:
    """One line of a candidate's own list; ``material`` already has the form that this candidate sees."""

    material: Material
    requirement: Requirement


def applies(material: Material, record: Record) -> Requirement:
    """What ``material`` means for the candidate of ``record``."""
    match material.rule:
        case Rule.ALL:
            return Requirement.REQUIRED
        case Rule.OPTIONAL:
            return Requirement.OPTIONAL
        case Rule.WHEN:
            concerned = material.when is not None and holds(material.when, record)
            return Requirement.REQUIRED_WHEN if concerned else Requirement.NOT_CONCERNED


def as_seen_by(material: Material, record: Record) -> Material:
    """``material`` in the form of its first variant whose condition holds, else in its own."""
    for variant in material.variants:
        if holds(variant.when, record):
            return replace(
                material,
                slots=variant.slots,
                hint=variant.hint or material.hint,
                example=variant.example or material.example,
                variant=variant.code,
            )
    return material


def concerning(materials: Iterable[Material], record: Record) -> tuple[Concern, ...]:
    """The candidate's own list: what is required and what is optional, in the catalogue's order."""
    concerns = (Concern(as_seen_by(material, record), applies(material, record)) for material in materials)
    return tuple(concern for concern in concerns if concern.requirement is not Requirement.NOT_CONCERNED)


_MARKS = {
    Rule.ALL: Words("必须上传：所有考生", "必須上傳：所有考生", "Required from everyone"),
    Rule.WHEN: Words("必传：{condition}的考生", "必傳：{condition}的考生", "Required where {condition}"),
    Rule.OPTIONAL: Words("选传", "選傳", "Optional"),
}


def written_out(material: Material, language: str, fields: Fields = FIELDS) -> str:
    """Who must hand ``material`` in, in words: 必传：「是否执业助理医师」为「是」的考生."""
    condition = describes(material.when, language, fields) if material.when else ""
    return _MARKS[material.rule].filled(condition=condition).said_in(language)
