"""Reading the review levels and the tree of offices of an exam's package."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.rules.exam_package import Contact, ExamOffice, Level, OfficeKind, upwards
from webapp.rules.package_table import Problems, Table

MOST_LEVELS = 3


def read_office_kinds(table: Table) -> tuple[OfficeKind, ...]:
    """``[[office_kind]]``."""
    tables = table.tables("office_kind")
    kinds = tuple(OfficeKind(each.text("code"), each.words("name")) for each in tables)
    codes = [(kind.code, each.at("code")) for kind, each in zip(kinds, tables, strict=True)]
    table.problems.unique(codes, "kind of office")
    return kinds


def read_levels(table: Table, kinds: Sequence[OfficeKind]) -> tuple[Level, ...]:
    """``[[level]]``, first to last; each is done by a kind of office of its own."""
    tables = table.tables("level")
    if len(tables) > MOST_LEVELS:
        table.problems.add(tables[MOST_LEVELS].path, f"A review chain has at most {MOST_LEVELS} levels.")
    levels = tuple(_level(each, kinds) for each in tables)
    codes = [(level.code, each.at("code")) for level, each in zip(levels, tables, strict=True)]
    table.problems.unique(codes, "level")
    done_by = [
        (level.office_kind, each.at("office_kind")) for level, each in zip(levels, tables, strict=True)
    ]
    table.problems.unique(done_by, "level of kind")
    return levels


def _level(table: Table, kinds: Sequence[OfficeKind]) -> Level:
    kind = table.text("office_kind")
    if kind:
        codes = [known.code for known in kinds]
        table.problems.known(kind, codes, "kind of office", table.at("office_kind"))
    return Level(table.text("code"), kind, table.words("name"), table.words("waiting"), table.words("done"))


def read_offices(
    table: Table, kinds: Sequence[OfficeKind], levels: Sequence[Level]
) -> tuple[ExamOffice, ...]:
    """``[[office]]``: one tree, in which every office at the bottom finds one for each level on its way up."""
    tables = table.tables("office")
    offices = tuple(_office(each, kinds) for each in tables)
    codes = [(office.code, each.at("code")) for office, each in zip(offices, tables, strict=True)]
    table.problems.unique(codes, "office")
    if _is_tree(table.problems, offices, tables):
        parents = {office.parent for office in offices}
        for office, each in zip(offices, tables, strict=True):
            if office.code not in parents:
                _check_levels(each, upwards(offices, office.code), levels)
    return offices


def _is_tree(problems: Problems, offices: Sequence[ExamOffice], tables: Sequence[Table]) -> bool:
    """Whether every way up ends at one root; names what does not."""
    codes = [office.code for office in offices]
    roots = [each for office, each in zip(offices, tables, strict=True) if not office.parent]
    sound = True
    for office, each in zip(offices, tables, strict=True):
        if office.parent:
            known = problems.known(office.parent, codes, "office", each.at("parent"))
            circle = known and upwards(offices, office.code)[-1].parent
            if circle:
                problems.add(each.at("parent"), "The offices above this one lead back to it.")
            sound = sound and known and not circle
        elif each is not roots[0]:
            line = problems.line_of(roots[0].path)
            problems.add(each.path, f"The offices are one tree, and its root already stands on {line}.")
            sound = False
    return sound


def _check_levels(table: Table, way: Sequence[ExamOffice], levels: Sequence[Level]) -> None:
    places = [
        next((i for i, above in enumerate(way) if above.kind == level.office_kind), None) for level in levels
    ]
    for level, place in zip(levels, places, strict=True):
        if place is None:
            sentence = (
                f'No office of kind "{level.office_kind}" stands here or above for the level "{level.code}".'
            )
            table.problems.add(table.path, sentence)
    found = [place for place in places if place is not None]
    if found != sorted(found):
        table.problems.add(table.path, "The levels do not lead upwards from this office.")


def _office(table: Table, kinds: Sequence[OfficeKind]) -> ExamOffice:
    kind = table.text("kind")
    if kind:
        codes = [known.code for known in kinds]
        table.problems.known(kind, codes, "kind of office", table.at("kind"))
    return ExamOffice(
        code=table.text("code"),
        kind=kind,
        name=table.words("name"),
        parent=table.text("parent", ""),
        phone=table.text("phone", ""),
        hours=table.words_if_given("hours"),
    )


def read_contact(table: Table, offices: Sequence[ExamOffice]) -> Contact:
    """``[contact]``: an office with a telephone."""
    contact = table.table("contact")
    code = contact.text("office")
    by_code = {office.code: office for office in offices}
    if (
        code
        and table.problems.known(code, by_code, "office", contact.at("office"))
        and not by_code[code].phone
    ):
        table.problems.add(contact.at("office"), f'The office "{code}" has no telephone.')
    return Contact(code, contact.words("personal_data"))
