"""How events are bound to each other: one spelling for one value, and every column counts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.chain import Link, canonical, heads_digest, link_digest, seal_digest

LINK = Link(
    chain="exam:tianjin_2020",
    sequence=7,
    at=datetime(2020, 4, 23, 8, 0, 0, 123_456, tzinfo=UTC),
    actor="staff:1",
    what="staff.added",
    subject="staff:2",
    facts={"posts": ["manager@12"], "number": 3},
    previous="a" * 64,
)
CHANGED: dict[str, Any] = {
    "chain": "exam:tianjin_2021",
    "sequence": 8,
    "at": LINK.at + timedelta(microseconds=1),
    "actor": "staff:2",
    "what": "staff.invited",
    "subject": "staff:1",
    "facts": {"posts": ["manager@12"], "number": 4},
    "previous": "b" * 64,
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def test_every_column_is_covered_by_the_digest() -> None:
    assert set(CHANGED) == {field.name for field in fields(Link)}
    for name, value in CHANGED.items():
        assert link_digest(replace(LINK, **{name: value})) != link_digest(LINK), name


def test_what_moves_from_one_column_to_the_next_is_noticed() -> None:
    moved = replace(LINK, actor=LINK.actor + LINK.what[0], what=LINK.what[1:])
    assert moved.actor + moved.what == LINK.actor + LINK.what
    assert link_digest(moved) != link_digest(LINK)


def test_the_same_instant_in_another_zone_is_the_same_link() -> None:
    china = LINK.at.astimezone(timezone(timedelta(hours=8)))
    assert link_digest(replace(LINK, at=china)) == link_digest(LINK)


def test_the_digest_is_what_anybody_can_compute_from_the_columns() -> None:
    written = (
        '["exam:tianjin_2020",7,"2020-04-23T08:00:00.123456+00:00","staff:1","staff.added","staff:2",'
        f'{{"number":3,"posts":["manager@12"]}},"{"a" * 64}"]'
    )
    assert link_digest(LINK) == hashlib.sha256(written.encode()).hexdigest()


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_one_value_has_one_spelling_also_after_a_database_has_kept_it(facts: dict[str, Any]) -> None:
    kept = json.loads(json.dumps(dict(reversed(facts.items()))))
    assert canonical(kept) == canonical(facts)
    assert link_digest(replace(LINK, facts=kept)) == link_digest(replace(LINK, facts=facts))


def test_words_are_written_as_they_are() -> None:
    assert canonical({"b": "考区", "a": [1, None]}) == '{"a":[1,null],"b":"考区"}'.encode()


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", datetime(2020, 4, 23, tzinfo=UTC)])
def test_what_has_no_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@given(st.lists(st.tuples(st.text(), st.integers(0), st.text()), max_size=6), st.randoms())
def test_the_order_in_which_heads_are_read_does_not_matter(
    heads: list[tuple[str, int, str]], random: Any
) -> None:
    shuffled = heads[:]
    random.shuffle(shuffled)
    assert heads_digest(iter(shuffled)) == heads_digest(heads)


def test_a_changed_missing_or_added_head_is_noticed() -> None:
    heads = [("exam:a", 3, "x"), ("case:b", 1, "y")]
    others = [[("exam:a", 2, "x"), heads[1]], heads[:1], [*heads, ("case:c", 1, "z")], []]
    assert len({heads_digest(some) for some in (heads, *others)}) == 5


def test_a_seal_covers_its_day_its_heads_and_the_seal_before_it() -> None:
    seals = [
        seal_digest("2020-04-23", "heads", "before"),
        seal_digest("2020-04-24", "heads", "before"),
        seal_digest("2020-04-23", "heats", "before"),
        seal_digest("2020-04-23", "heads", "belore"),
        seal_digest("2020-04-23", "headsb", "efore"),
    ]
    assert len(set(seals)) == 5
