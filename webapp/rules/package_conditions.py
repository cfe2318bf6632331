"""Conditions as they stand in an exam's data.

A clause is ``{ field = "…", is = "…" }``, or has ``in``, ``not``, ``not_in``, ``empty = true`` or
``filled = true`` in its place; ``all`` and ``any`` take lists of clauses and of further ``all`` and ``any``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webapp.rules.conditions import All, Any, Clause, Condition, Relation
from webapp.rules.fields import Field, Fields
from webapp.rules.package_table import Table, meant

_NEVER = Any(())
_PARTS: Mapping[str, Callable[[tuple[Condition, ...]], Condition]] = {"all": All, "any": Any}


def read_condition(table: Table, fields: Fields) -> Condition:
    """The condition that ``table`` writes; unknown fields and values are problems of its line."""
    keys = [key for key in ("all", "any", "field") if key in table]
    if len(keys) != 1:
        table.problems.add(table.path, 'A condition has exactly one of "field", "all" and "any".')
        for key in ("all", "any", "field", *Relation):
            table.take(key)
        return _NEVER
    if keys[0] == "field":
        return _clause(table, fields)
    return _PARTS[keys[0]](tuple(read_condition(part, fields) for part in table.tables(keys[0])))


def _clause(table: Table, fields: Fields) -> Condition:
    code = table.text("field")
    relations = [relation for relation in Relation if relation in table]
    if len(relations) != 1:
        names = ", ".join(f'"{relation}"' for relation in Relation)
        table.problems.add(table.path, f"A clause compares its field by exactly one of {names}.")
        for relation in relations:
            table.take(relation)
        return _NEVER
    relation = relations[0]
    values = _values(table, relation)
    if code and table.problems.known(code, fields, "field", table.at("field")):
        _check(table, fields[code], relation, values)
    return Clause(code, relation, values)


def _values(table: Table, relation: Relation) -> tuple[str, ...]:
    if relation in {Relation.IN, Relation.NOT_IN}:
        return table.texts(relation, needed=True)
    if relation in {Relation.IS, Relation.NOT}:
        return (table.text(relation),)
    if table.take(relation) is not True:
        table.problems.add(table.at(relation), f'"{relation}" is written as {relation} = true.')
    return ()


def _check(table: Table, field: Field, relation: Relation, values: tuple[str, ...]) -> None:
    if not values:
        return
    if not field.choices:
        table.problems.add(
            table.at(relation),
            f'The field "{field.code}" has no closed list of values; it can only be empty or filled.',
        )
        return
    several = relation in {Relation.IN, Relation.NOT_IN}
    for place, value in enumerate(values):
        if value and value not in field.values:
            path = table.at(relation, place) if several else table.at(relation)
            table.problems.add(path, f'"{value}" is no value of "{field.code}"; {meant(value, field.values)}')
