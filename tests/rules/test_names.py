"""Names that people type are compared as people compare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.names import key_to_look_up, plain_text, user_name_key


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("zhangsan", "zhangsan"),
        ("  zhangsan\t", "zhangsan"),
        ("\u3000张三\u3000", "张三"),
        ("ｚｈａｎｇＳａｎ１", "zhangSan1"),
        ("zhang san", "zhang san"),
        ("ﬁ", "fi"),
        ("Å", "Å"),
        ("", ""),
        ("\u3000", ""),
    ],
)
def test_full_width_letters_become_plain_and_blanks_at_the_ends_go(typed: str, plain: str) -> None:
    assert plain_text(typed) == plain


@pytest.mark.parametrize(
    "typed", ["ZhangSan", "zhangsan", "ZHANGSAN", " ＺhangＳan ", "ｚｈａｎｇｓａｎ\u3000"]
)
def test_ways_to_write_one_user_name_are_one(typed: str) -> None:
    assert user_name_key(typed) == "zhangsan"


@pytest.mark.parametrize("other", ["zhang san", "zhangsan1", "zhangsän", "张三", "zhаngsan"])
def test_other_names_stay_others(other: str) -> None:
    """The last one has a Cyrillic letter: it looks the same, and is another."""
    assert user_name_key(other) != user_name_key("zhangsan")


@pytest.mark.parametrize(
    ("typed", "found"), [("x" * 64, True), ("x" * 65, False), ("ß" * 32, True), ("ß" * 33, False)]
)
def test_what_is_longer_than_any_user_name_is_looked_up_as_nobodys(typed: str, found: bool) -> None:
    assert key_to_look_up(typed) == (user_name_key(typed) if found else "")


@given(st.text())
def test_what_was_compared_once_compares_the_same_again(typed: str) -> None:
    assert plain_text(plain_text(typed)) == plain_text(typed)
    assert user_name_key(user_name_key(typed)) == user_name_key(typed)
    assert user_name_key(plain_text(typed)) == user_name_key(typed)


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_case_does_not_matter_in_letters_that_have_a_plain_one(typed: str) -> None:
    plain = "".join(c for c in typed if c.upper().lower() == c.lower() and len(c.upper()) == 1)
    assert user_name_key(plain.upper()) == user_name_key(plain.lower())
