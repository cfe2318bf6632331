"""Conditions on a registration's fields: whom a material concerns, as data that can be written out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from webapp.rules.fields import FIELDS, Fields, Record


class Relation(StrEnum):
    """How a clause looks at its field. An empty field is never one of the values, so ``not`` holds for it."""

    IS = "is"
    IN = "in"
    NOT = "not"
    NOT_IN = "not_in"
    EMPTY = "empty"
    FILLED = "filled"


@dataclass(frozen=True)
class Clause:
    """One field against values: one for ``is`` and ``not``, several for ``in`` and ``not_in``, else none."""

    field: str
    relation: Relation
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class All:
    """Holds where every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Any:
    """Holds where at least one part holds."""

    parts: tuple[Condition, ...]


Condition = Clause | All | Any


def holds(condition: Condition, record: Record) -> bool:
    """Whether ``condition`` is true of ``record``."""
    if isinstance(condition, All):
        return all(holds(part, record) for part in condition.parts)
    if isinstance(condition, Any):
        return any(holds(part, record) for part in condition.parts)
    value = record.get(condition.field, "")
    match condition.relation:
        case Relation.IS | Relation.IN:
            return value in condition.values
        case Relation.NOT | Relation.NOT_IN:
            return value not in condition.values
        case Relation.EMPTY:
            return not value
        case Relation.FILLED:
            return bool(value)


def fields_of(condition: Condition) -> frozenset[str]:
    """The codes of the fields on which ``condition`` rests."""
    if isinstance(condition, Clause):
        return frozenset({condition.field})
    return frozenset().union(*(fields_of(part) for part in condition.parts))


def grounds(condition: Condition, record: Record) -> tuple[str, ...]:
    """The codes of the fields by which a condition holds for this record, each once: of ``Any`` the parts that hold."""
    if isinstance(condition, Clause):
        return (condition.field,)
    parts = (
        condition.parts if isinstance(condition, All) else [p for p in condition.parts if holds(p, record)]
    )
    return tuple(dict.fromkeys(code for part in parts for code in grounds(part, record)))


@dataclass(frozen=True)
class _Grammar:
    """How one language writes conditions; ``{field}`` and ``{values}`` stand for quoted names."""

    quoted: str
    relations: dict[Relation, str]
    either: str
    neither: str
    both: str
    one_of: str
    group: str


_CHINESE = {
    Relation.IS: "{field}为{values}",
    Relation.IN: "{field}为{values}",
    Relation.NOT: "{field}不是{values}",
    Relation.NOT_IN: "{field}不在{values}之列",
    Relation.EMPTY: "{field}没有填写",
    Relation.FILLED: "{field}已填写",
}
_TRADITIONAL = {
    **_CHINESE,
    Relation.IS: "{field}為{values}",
    Relation.IN: "{field}為{values}",
    Relation.EMPTY: "{field}沒有填寫",
    Relation.FILLED: "{field}已填寫",
}
_ENGLISH = {
    Relation.IS: "{field} is {values}",
    Relation.IN: "{field} is {values}",
    Relation.NOT: "{field} is not {values}",
    Relation.NOT_IN: "{field} is none of {values}",
    Relation.EMPTY: "{field} is empty",
    Relation.FILLED: "{field} is filled in",
}
_GRAMMARS = {
    "zh-Hans": _Grammar("「{}」", _CHINESE, "或", "", "，且", "，或", "（{}）"),
    "zh-Hant": _Grammar("「{}」", _TRADITIONAL, "或", "", "，且", "，或", "（{}）"),
    "en": _Grammar("“{}”", _ENGLISH, " or ", ", ", " and ", " or ", "({})"),
}


def describes(condition: Condition, language: str, fields: Fields = FIELDS) -> str:
    """``condition`` in words, such as 「是否执业助理医师」为「是」, without a full stop."""
    grammar = _GRAMMARS[language]
    if isinstance(condition, Clause):
        return _clause(condition, language, fields, grammar)
    joint = grammar.both if isinstance(condition, All) else grammar.one_of
    return joint.join(_part(part, language, fields, grammar) for part in condition.parts)


def _part(part: Condition, language: str, fields: Fields, grammar: _Grammar) -> str:
    words = describes(part, language, fields)
    several = not isinstance(part, Clause) and len(part.parts) > 1
    return grammar.group.format(words) if several else words


def _clause(clause: Clause, language: str, fields: Fields, grammar: _Grammar) -> str:
    field = fields[clause.field]
    values = [grammar.quoted.format(field.value_said_in(language, value)) for value in clause.values]
    joint = grammar.neither if clause.relation is Relation.NOT_IN else grammar.either
    return grammar.relations[clause.relation].format(
        field=grammar.quoted.format(field.names.said_in(language)), values=joint.join(values)
    )
