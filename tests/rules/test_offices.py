"""Who stands below whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.offices import within

# A region with two sites, one of which has a point of its own; and another region.
PARENTS: dict[str, str | None] = {
    "12": None,
    "1201": "12",
    "1202": "12",
    "120101": "1201",
    "13": None,
    "1301": "13",
}


@pytest.mark.parametrize(
    ("root", "below"),
    [
        ("12", {"12", "1201", "1202", "120101"}),
        ("1201", {"1201", "120101"}),
        ("1202", {"1202"}),
        ("120101", {"120101"}),
        ("13", {"13", "1301"}),
        ("nowhere", set()),
    ],
)
def test_an_office_holds_itself_and_everything_below_it_and_nothing_else(root: str, below: set[str]) -> None:
    assert {office for office in PARENTS if within(office, [root], PARENTS)} == below


def test_of_several_roots_one_is_enough_and_of_none_nobody_is_within() -> None:
    assert {office for office in PARENTS if within(office, ["1202", "1301"], PARENTS)} == {"1202", "1301"}
    assert not any(within(office, [], PARENTS) for office in PARENTS)


def test_an_office_that_nobody_knows_is_within_nothing_but_itself() -> None:
    assert not within("99", ["12", "13"], PARENTS)
    assert within("99", ["99"], PARENTS)


def test_a_loop_in_the_data_ends_in_an_answer() -> None:
    loop: dict[str, str | None] = {"a": "b", "b": "c", "c": "a"}
    assert not within("a", ["z"], loop)
    assert within("a", ["c"], loop)


@given(st.lists(st.integers(0, 100), max_size=60), st.data())
def test_in_any_tree_it_agrees_with_walking_upwards(choices: list[int], data: st.DataObject) -> None:
    parents: dict[int, int | None] = {0: None}
    for number, choice in enumerate(choices, start=1):
        parents[number] = choice % number
    office = data.draw(st.sampled_from(sorted(parents)))
    root = data.draw(st.sampled_from(sorted(parents)))
    chain: list[int] = []
    at: int | None = office
    while at is not None:
        chain.append(at)
        at = parents[at]
    assert within(office, [root], parents) == (root in chain)
