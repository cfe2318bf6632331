"""Lines of keys: compared with what tomllib reads, on texts of every shape."""

from __future__ import annotations

import itertools
import json
import string
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.rules.package_table import KeyPath
from webapp.rules.toml_lines import lines_of

Draw = Callable[[int], int]


def paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Every path of parsed data, from the top down."""
    items: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        items = iter(value.items())
    elif isinstance(value, list):
        items = iter(enumerate(value))
    for key, inner in items:
        yield (*path, key)
        yield from paths(inner, (*path, key))


KEYS = st.one_of(
    st.sampled_from(["a", "b", "zh-Hans", "1", "true"]),
    st.text(string.ascii_letters + "身份证 .\"'#=[]{}\\", max_size=6),
)
LEAVES = st.one_of(st.integers(), st.booleans(), st.text("ab中 \"'#[]{},=\n\\", max_size=8))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


class Writer:
    """Writes data as TOML, each thing in a shape that ``choose`` picks."""

    def __init__(self, choose: Draw) -> None:
        self.choose = choose

    def key(self, key: str) -> str:
        bare = key and all(c in string.ascii_letters + string.digits + "-_" for c in key)
        if bare and self.choose(2):
            return key
        plain = "'" not in key and "\n" not in key and "\\" not in key
        return f"'{key}'" if plain and self.choose(2) else json.dumps(key, ensure_ascii=False)

    def text(self, text: str) -> str:
        shape = self.choose(4)
        if shape == 1 and "'''" not in text and not text.endswith("'"):
            return f"'''\n{text}'''"
        if shape == 2:
            inner = text.replace("\\", "\\\\").replace('"""', '""\\"')
            return f'"""\n{inner}"""'
        if shape == 3 and "'" not in text and "\n" not in text:
            return f"'{text}'"
        return json.dumps(text, ensure_ascii=False)

    def inline(self, value: object) -> str:
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{self.key(k)} = {self.inline(v)}" for k, v in value.items()) + " }"
        if isinstance(value, list):
            gap = "\n  # a comment, with ] and }\n  " if self.choose(2) else " "
            end = "," if value and self.choose(2) else ""
            return "[" + gap + f",{gap}".join(map(self.inline, value)) + end + gap + "]"
        return self.text(value) if isinstance(value, str) else json.dumps(value)

    def table(self, data: dict[str, object], head: str = "") -> Iterator[str]:
        """Plain pairs first, then the tables and lists of tables that get headers."""
        later: list[tuple[str, Any]] = []
        for key, value in data.items():
            tables = isinstance(value, dict) or (
                isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
            )
            if tables and self.choose(2):
                later.append((key, value))
            elif isinstance(value, dict) and value and self.choose(2):
                for inner_key, inner in value.items():
                    yield f"{self.key(key)} . {self.key(inner_key)} = {self.inline(inner)} # a = b\n"
            else:
                yield f"{' ' * self.choose(3)}{self.key(key)} = {self.inline(value)}\n"
        for key, value in later:
            name = f"{head}.{self.key(key)}" if head else self.key(key)
            one = isinstance(value, dict)
            for each in [value] if one else value:
                yield f"[ {name} ]  # [a]\n\n" if one else f"[[ {name} ]]\n"
                yield from self.table(each, name)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.lists(st.integers(0, 11), min_size=1, max_size=40))
def test_the_paths_found_are_those_of_the_parsed_data(data: dict[str, object], choices: list[int]) -> None:
    endless = itertools.cycle(choices)
    text = "".join(Writer(lambda shapes: next(endless) % shapes).table(data))
    read = tomllib.loads(text)
    assert read == data, "the test's own writer must write TOML"
    assert set(lines_of(text)) == set(paths(data))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 11), min_size=1, max_size=60), st.integers(0, 2), st.booleans())
def test_every_value_is_found_on_its_own_line(choices: list[int], depth: int, carriage_returns: bool) -> None:
    numbers = itertools.count(1000)
    endless = itertools.cycle(choices)
    text = "".join(Writer(lambda shapes: next(endless) % shapes).table(numbered(depth, numbers)))
    found = lines_of(text.replace("\n", "\r\n") if carriage_returns else text)
    lines = text.split("\n")
    leaves = dict(numbers_in(tomllib.loads(text)))
    assert len(leaves) >= 2
    for path, number in leaves.items():
        assert str(number) in lines[found[path] - 1]


def numbered(depth: int, numbers: Iterator[int]) -> dict[str, object]:
    """Nested tables and lists in which each number stands once."""
    data: dict[str, object] = {"a": next(numbers), "b": next(numbers)}
    if depth:
        data["list"] = [next(numbers), numbered(depth - 1, numbers)]
        data["table"] = numbered(depth - 1, numbers)
        data["tables"] = [numbered(depth - 1, numbers) for _ in range(2)]
    return data


def numbers_in(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, int]]:
    """The numbers of parsed data, with their paths."""
    if isinstance(value, int):
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers_in(inner, (*path, key))


def test_lines_of_a_text_with_every_shape() -> None:
    text = '''\
# comment [a]
a = 1
"b c".'d' = """
first ""quoted"" [x]
"""
[t]          # header
x = [
  1,
  # not this
  { y = "z", w = [2] },
]
[[t.list]]
n = 1
[[t.list]]
n = 2
[t.list.deep]
m.o = 3
'''
    assert lines_of(text) == {
        ("a",): 2,
        ("b c",): 3,
        ("b c", "d"): 3,
        ("t",): 6,
        ("t", "x"): 7,
        ("t", "x", 0): 8,
        ("t", "x", 1): 10,
        ("t", "x", 1, "y"): 10,
        ("t", "x", 1, "w"): 10,
        ("t", "x", 1, "w", 0): 10,
        ("t", "list"): 12,
        ("t", "list", 0): 12,
        ("t", "list", 0, "n"): 13,
        ("t", "list", 1): 14,
        ("t", "list", 1, "n"): 15,
        ("t", "list", 1, "deep"): 16,
        ("t", "list", 1, "deep", "m"): 17,
        ("t", "list", 1, "deep", "m", "o"): 17,
    }


def test_an_empty_text_has_no_lines() -> None:
    assert lines_of("") == {}
    assert lines_of("\n# nothing\n") == {}
