"""Conditions on a record: what holds, and how it is written out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.rules.conditions import (
    All,
    Any,
    Clause,
    Condition,
    Relation,
    describes,
    fields_of,
    grounds,
    holds,
)
from webapp.rules.fields import FIELDS, Record
from webapp.rules.words import LANGUAGES

CHOICES = {code: field for code, field in FIELDS.items() if field.choices}
VALUED = (Relation.IS, Relation.NOT, Relation.IN, Relation.NOT_IN)


def records() -> st.SearchStrategy[Record]:
    """Records with some fields filled, by values of their lists."""
    filled = {code: st.sampled_from(sorted(field.values)) for code, field in CHOICES.items()}
    return st.fixed_dictionaries({}, optional=filled | {"former_name": st.sampled_from(["", "测试丙"])})


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    """Any clause that a package may write."""
    relation = draw(st.sampled_from(list(Relation)))
    if relation not in VALUED:
        return Clause(draw(st.sampled_from(sorted(FIELDS))), relation)
    field = CHOICES[draw(st.sampled_from(sorted(CHOICES)))]
    most = 1 if relation in {Relation.IS, Relation.NOT} else 3
    values = st.lists(st.sampled_from(sorted(field.values)), min_size=1, max_size=most, unique=True)
    return Clause(field.code, relation, tuple(draw(values)))


def conditions() -> st.SearchStrategy[Condition]:
    """Clauses, and All and Any of them, nested."""
    return st.recursive(
        clauses(),
        lambda inner: st.builds(
            lambda kind, parts: kind(tuple(parts)),
            st.sampled_from([All, Any]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=8,
    )


@pytest.mark.parametrize(
    ("clause", "value", "expected"),
    [
        (Clause("is_assistant", Relation.IS, ("是",)), "是", True),
        (Clause("is_assistant", Relation.IS, ("是",)), "否", False),
        (Clause("is_assistant", Relation.IS, ("是",)), "", False),
        (Clause("is_assistant", Relation.NOT, ("是",)), "", True),
        (Clause("is_assistant", Relation.NOT, ("是",)), "是", False),
        (Clause("education", Relation.IN, ("硕士", "博士")), "博士", True),
        (Clause("education", Relation.IN, ("硕士", "博士")), "本科", False),
        (Clause("education", Relation.NOT_IN, ("硕士", "博士")), "本科", True),
        (Clause("education", Relation.NOT_IN, ("硕士", "博士")), "", True),
        (Clause("education", Relation.NOT_IN, ("硕士", "博士")), "硕士", False),
        (Clause("former_name", Relation.FILLED), "测试丙", True),
        (Clause("former_name", Relation.FILLED), "", False),
        (Clause("former_name", Relation.EMPTY), "", True),
        (Clause("former_name", Relation.EMPTY), "测试丙", False),
    ],
)
def test_a_clause_compares_its_field(clause: Clause, value: str, expected: bool) -> None:
    assert holds(clause, {clause.field: value}) is expected


@settings(deadline=None)
@given(clauses())
def test_a_missing_field_is_an_empty_one(clause: Clause) -> None:
    assert holds(clause, {}) is holds(clause, {clause.field: ""})


@settings(deadline=None)
@given(st.lists(conditions(), min_size=1, max_size=4), records())
def test_all_and_any_join_their_parts(parts: list[Condition], record: Record) -> None:
    said = [holds(part, record) for part in parts]
    assert holds(All(tuple(parts)), record) is all(said)
    assert holds(Any(tuple(parts)), record) is any(said)


@settings(deadline=None)
@given(clauses(), records())
def test_every_relation_has_its_opposite(clause: Clause, record: Record) -> None:
    opposites = {Relation.IS: Relation.NOT, Relation.IN: Relation.NOT_IN, Relation.FILLED: Relation.EMPTY}
    both_ways = opposites | {opposite: relation for relation, opposite in opposites.items()}
    other = Clause(clause.field, both_ways[clause.relation], clause.values)
    assert holds(clause, record) is not holds(other, record)


@settings(deadline=None)
@given(conditions(), records(), records())
def test_only_the_fields_it_names_can_change_what_a_condition_says(
    condition: Condition, record: Record, other: Record
) -> None:
    kept = {code: record.get(code, "") for code in fields_of(condition)}
    assert holds(condition, record) is holds(condition, {**other, **kept})


def test_a_condition_is_written_out_with_the_names_of_field_and_value() -> None:
    clause = Clause("is_assistant", Relation.IS, ("是",))
    assert describes(clause, "zh-Hans") == "「是否执业助理医师」为「是」"
    assert describes(clause, "zh-Hant") == "「是否執業助理醫師」為「是」"
    assert describes(clause, "en") == "“Assistant physician” is “yes”"


def test_joined_conditions_are_written_out_with_brackets_where_they_nest() -> None:
    condition = Any(
        (
            Clause("workplace_typed", Relation.IS, ("是",)),
            All(
                (
                    Clause("education", Relation.NOT_IN, ("硕士", "博士")),
                    Clause("former_name", Relation.FILLED),
                    Any((Clause("degree", Relation.IN, ("无", "学士")),)),
                )
            ),
        )
    )
    assert describes(condition, "zh-Hans") == (
        "「手工录入」为「是」，或（「报考学历」不在「硕士」「博士」之列，且「曾用名」已填写，且「学位」为「无」或「学士」）"
    )
    assert describes(condition, "en") == (
        "“Institution typed by hand” is “yes” or (“Education applied with” is none of "
        "“master's degree programme”, “doctorate” and “Former name” is filled in and “Degree” is “none” or “bachelor”)"
    )


@settings(deadline=None)
@given(conditions(), st.sampled_from(LANGUAGES))
def test_every_condition_can_be_written_out_and_names_all_its_fields(
    condition: Condition, language: str
) -> None:
    words = describes(condition, language)
    assert all(FIELDS[code].names.said_in(language) in words for code in fields_of(condition))
    assert "{" not in words
    assert words.count("（") == words.count("）")


def test_the_grounds_of_a_condition_are_the_fields_by_which_it_holds() -> None:
    either = Any((Clause("is_assistant", Relation.IS, ("是",)), Clause("graduated", Relation.FILLED)))
    condition = All(
        (Clause("education", Relation.NOT, ("博士",)), either, Clause("education", Relation.FILLED))
    )
    record = {"education": "本科", "is_assistant": "否", "graduated": "2018-07"}
    assert holds(condition, record)
    assert grounds(condition, record) == ("education", "graduated")
    assert grounds(condition, {**record, "is_assistant": "是"}) == ("education", "is_assistant", "graduated")
