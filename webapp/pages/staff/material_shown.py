"""One entry of the catalogue in words: who hands it in, where its photos belong, what it looks like."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.pages.language import _, listed
from webapp.pages.words import size_words
from webapp.records.reading.exams import OpenExam
from webapp.rules.catalogue import Example, Material, Rule, Slot, Variant, written_out
from webapp.rules.conditions import describes


@dataclass(frozen=True)
class ExampleShown:
    """A drawn picture with what it shows; ``label`` is its place, where places have names."""

    address: str
    shows: str
    label: str


@dataclass(frozen=True)
class SlotShown:
    """A place for photos; ``must``: it may not stay empty."""

    name: str
    counts: str
    must: bool
    state: str = ""
    """What somebody has there, as the kind of its state; empty where nobody is looked at."""
    said: str = ""


@dataclass(frozen=True)
class FormShown:
    """One form of a material: its own, or a variant's with the condition for it."""

    condition: str
    hint: str
    counts: str
    slots: list[SlotShown]
    examples: list[ExampleShown]


@dataclass(frozen=True)
class MaterialShown:
    """One material whole; ``mark`` is ``*``, ``must`` or empty."""

    code: str
    name: str
    mark: str
    condition: str
    size: str
    own: FormShown
    variants: list[FormShown]
    compare: str
    """The registration's fields that reviewers hold against the photos."""
    reasons: str


def mark_of(material: Material) -> str:
    """The manual's mark: ``*`` for everyone's, ``must`` for 必传."""
    return {Rule.ALL: "*", Rule.WHEN: "must", Rule.OPTIONAL: ""}[material.rule]


def material_shown(exam: OpenExam, material: Material, language: str) -> MaterialShown:
    """All that the package says of it."""
    fields = exam.package.fields
    return MaterialShown(
        code=material.code,
        name=material.name.said_in(language),
        mark=mark_of(material),
        condition=written_out(material, language, fields),
        size=_("每张 %(size)s", size=size_words(material.max_photo_bytes)),
        own=FormShown(
            "",
            material.hint.said_in(language),
            _counts(material.least, material.most),
            slots_of(material, language),
            examples_of(material, language),
        ),
        variants=[_variant(exam, material, one, language) for one in material.variants],
        compare=listed(fields[code].names.said_in(language) for code in material.compare if code in fields),
        reasons=listed(
            reason.reviewer.said_in(language) for reason in exam.package.reasons_for(material.code)
        ),
    )


def _variant(exam: OpenExam, material: Material, variant: Variant, language: str) -> FormShown:
    least, most = sum(slot.least for slot in variant.slots), sum(slot.most for slot in variant.slots)
    return FormShown(
        describes(variant.when, language, exam.package.fields),
        (variant.hint or material.hint).said_in(language),
        _counts(least, most),
        _slots(variant.slots, language),
        _examples(variant.slots, variant.example or material.example, language),
    )


def slots_of(material: Material, language: str) -> list[SlotShown]:
    """Its places in their order."""
    return _slots(material.slots, language)


def examples_of(material: Material, language: str) -> list[ExampleShown]:
    """One picture for each place that has its own, else the material's."""
    return _examples(material.slots, material.example, language)


def _slots(slots: tuple[Slot, ...], language: str) -> list[SlotShown]:
    return [
        SlotShown(slot.name.said_in(language), _counts(slot.least, slot.most), slot.least > 0)
        for slot in slots
    ]


def _examples(slots: tuple[Slot, ...], whole: Example, language: str) -> list[ExampleShown]:
    drawn = [(slot.example, slot.name.said_in(language)) for slot in slots if slot.example]
    return [
        ExampleShown(f"/examples/{example.file}", example.shows.said_in(language), label)
        for example, label in drawn or [(whole, "")]
    ]


def _counts(least: int, most: int) -> str:
    if least == most:
        return _("%(n)s 张", n=most)
    return _("最多 %(n)s 张", n=most) if not least else _("%(least)s 到 %(most)s 张", least=least, most=most)
