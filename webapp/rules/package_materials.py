"""Reading the catalogue of an exam's package."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from webapp.rules.catalogue import PAGE, Example, Material, Rule, Slot, Variant
from webapp.rules.conditions import Condition
from webapp.rules.fields import Fields
from webapp.rules.package_conditions import read_condition
from webapp.rules.package_table import Table
from webapp.rules.words import Words

MOST_PHOTOS = 200
"""A bound on what one material may take; more belongs into several materials."""

_PAGE_NAME = Words("照片", "照片", "Photo")


@dataclass(frozen=True)
class Known:
    """What a material may refer to."""

    fields: Fields
    reasons: Collection[str]
    max_photo_bytes: int
    files: Collection[str] | None
    """Names of the package's files; None: not checked."""


def read_materials(table: Table, known: Known) -> tuple[Material, ...]:
    """All ``[[material]]`` tables, in their order."""
    tables = table.tables("material")
    materials = tuple(_material(each, known) for each in tables)
    codes = [(material.code, each.at("code")) for material, each in zip(materials, tables, strict=True)]
    table.problems.unique(codes, "material")
    return materials


def _material(table: Table, known: Known) -> Material:
    rule = table.one_of("required", Rule)
    variants = table.tables("variant", needed=False)
    slots = _slots(table, known, _counted(table))
    read = tuple(_variant(each, known, slots) for each in variants)
    table.problems.unique(
        [(variant.code, each.at("code")) for variant, each in zip(read, variants, strict=True)], "variant"
    )
    return Material(
        code=table.text("code"),
        name=table.words("name"),
        rule=rule,
        when=_when(table, rule, known.fields),
        slots=slots,
        hint=table.words("hint"),
        example=_example(table.table("example"), known),
        variants=read,
        reasons=_references(table, "reasons", known.reasons, "reason"),
        compare=_references(table, "compare", known.fields, "field"),
        max_photo_bytes=table.number("max_photo_bytes", 10_240, 1_048_576, known.max_photo_bytes),
    )


def _references(table: Table, key: str, codes: Collection[str], what: str) -> tuple[str, ...]:
    given = table.texts(key)
    for place, code in enumerate(given):
        if code:
            table.problems.known(code, codes, what, table.at(key, place))
    return given


def _when(table: Table, rule: Rule, fields: Fields) -> Condition | None:
    given = "when" in table
    if given != (rule is Rule.WHEN):
        sentence = '"when" stands exactly where required = "when".'
        table.problems.add(table.at("when") if given else table.at("required"), sentence)
    return read_condition(table.table("when"), fields) if given else None


def _counted(table: Table) -> tuple[int, int]:
    """``least`` and ``most`` of a material or variant."""
    least = table.number("least", 0, MOST_PHOTOS)
    most = table.number("most", 1, MOST_PHOTOS)
    if least > most:
        sentence = f'"least" is at most "most", but {least} is more than {most}.'
        table.problems.add(table.at("least"), sentence)
    return least, most


def _slots(table: Table, known: Known, counted: tuple[int, int]) -> tuple[Slot, ...]:
    """Named slots, or one repeated slot where none are named."""
    tables = table.tables("slot", needed=False)
    least, most = counted
    if not tables:
        return (Slot(PAGE, _PAGE_NAME, least, most),)
    slots = tuple(_slot(each, known) for each in tables)
    table.problems.unique(
        [(slot.code, each.at("code")) for slot, each in zip(slots, tables, strict=True)], "slot"
    )
    sums = (sum(slot.least for slot in slots), len(slots))
    if sums != counted:
        said = f'but "least" and "most" say {least} to {most}.'
        table.problems.add(table.at("least"), f"The named slots take {sums[0]} to {sums[1]} photos, {said}")
    return slots


def _slot(table: Table, known: Known) -> Slot:
    code = table.text("code")
    if code == PAGE:
        table.problems.add(table.at("code"), f'"{PAGE}" is the slot of materials without named slots.')
    return Slot(
        code=code,
        name=table.words("name"),
        least=0 if table.flag("optional", default=False) else 1,
        hint=table.words_if_given("hint"),
        example=_example(table.table("example"), known) if "example" in table else None,
    )


def _variant(table: Table, known: Known, slots: tuple[Slot, ...]) -> Variant:
    other_slots = any(key in table for key in ("slot", "least", "most"))
    return Variant(
        code=table.text("code"),
        when=read_condition(table.table("when"), known.fields),
        slots=_slots(table, known, _counted(table)) if other_slots else slots,
        hint=table.words_if_given("hint"),
        example=_example(table.table("example"), known) if "example" in table else None,
    )


def _example(table: Table, known: Known) -> Example:
    file = table.text("file")
    if known.files is not None and file and f"examples/{file}" not in known.files:
        table.problems.add(table.at("file"), f'There is no file "examples/{file}" in this package.')
    return Example(file, table.words("shows"))
