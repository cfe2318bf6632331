"""Password rules: each by itself, and whatever is typed."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from webapp.rules.passwords import COMMON, PasswordPolicy, password_problem

CANDIDATE = PasswordPolicy(8, 20, letter_and_digit=True)
STAFF = PasswordPolicy(12, 64, letter_and_digit=False)
LETTERS, DIGITS = string.ascii_letters, string.digits
printable = st.characters(exclude_categories=["C"])


@pytest.mark.parametrize(
    "password", ["Yishi-88", "Yishi-88" + "x" * 12, "a1!@#$%^", "1 Passwort", "密码Mima2020", "🙂🙂🙂🙂abc1"]
)
def test_a_password_that_keeps_every_rule_is_taken(password: str) -> None:
    assert password_problem(password, "zhangsan", CANDIDATE) is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Yishi-8", "too_short"),
        ("", "too_short"),
        ("Yishi-88" + "x" * 13, "too_long"),
        ("Yishi\t88", "unprintable"),
        ("Yishi\0-88", "unprintable"),
        ("Yishi\u202e-88", "unprintable"),
        ("Yishi\u200b-88", "unprintable"),
        ("Yishi\ud800-88", "unprintable"),
        ("yishikaoshi", "letter_and_digit"),
        ("2020-04-23", "letter_and_digit"),
        ("--------", "letter_and_digit"),
        ("密码密码密码12", "letter_and_digit"),
        ("ｙｉｓｈｉ１２３", "letter_and_digit"),
        ("Mima密码٤٥٦", "letter_and_digit"),
        ("zhangsan2020", "same_as_user_name"),
        ("ZhangSan2020", "same_as_user_name"),
        ("a1a1a1a1", "common"),
        ("aaaaaaa1", "common"),
        ("a1234567", "common"),
        ("Password1", "common"),
        ("1QAZ2WSX", "common"),
    ],
)
def test_each_rule_refuses_what_it_is_there_for(password: str, problem: str) -> None:
    assert password_problem(password, "zhangsan2020", CANDIDATE) == problem


def test_lengths_count_characters_and_not_bytes() -> None:
    assert password_problem("密码Mima12", "x", CANDIDATE) is None
    assert password_problem("密码Mim1", "x", CANDIDATE) == "too_short"
    assert password_problem("密码" * 9 + "a1", "x", CANDIDATE) is None
    assert password_problem("密码" * 9 + "ab1", "x", CANDIDATE) == "too_long"


def test_staff_need_twelve_characters_of_any_kind() -> None:
    assert password_problem("correct horse battery", "guanli", STAFF) is None
    assert password_problem("correct hor", "guanli", STAFF) == "too_short"
    assert password_problem("c" + "orrect horse" * 6, "guanli", STAFF) == "too_long"
    for common in ("123456789012", "passwordpassword", "1qaz2wsx3edc", "administrator", "111111111111"):
        assert password_problem(common, "guanli", STAFF) == "common", common


@pytest.mark.parametrize(
    "password",
    ["a12345678", "a123456789", "abc12345", "abcd1234", "woaini1314", "woaini520", "1qaz2wsx", "qwer1234",
     "password123", "qq123456", "1q2w3e4r", "iloveyou1", "admin123", "p@ssw0rd", "123456aa", "yishi2020",
     "kaoshi2020", "tianjin2020"],
)  # fmt: skip
def test_the_first_of_every_list_and_what_comes_to_mind_here_are_too_common(password: str) -> None:
    for written in (password, password.upper(), password.capitalize()):
        assert password_problem(written, "zhangsan", CANDIDATE) == "common"
    assert password_problem(f"{password}-Xu7", "zhangsan", CANDIDATE) is None


def test_the_list_of_common_ones_is_written_as_it_is_compared_and_holds_none_in_vain() -> None:
    assert len(COMMON) > 100
    assert {word.casefold() for word in COMMON} == COMMON
    assert [word for word in COMMON if len(word) < 8 or len(set(word)) <= 2] == [], "other rules refuse these"


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_whatever_is_typed_the_rule_that_is_named_is_broken(
    password: str, user_name: str, both: bool
) -> None:
    policy = PasswordPolicy(8, 20, letter_and_digit=both)
    problem = password_problem(password, user_name, policy)
    unprintable = any(unicodedata.category(c).startswith("C") for c in password)
    lacks = not (set(password) & set(LETTERS) and set(password) & set(DIGITS))
    broken = {
        "too_short": len(password) < 8,
        "too_long": len(password) > 20,
        "unprintable": unprintable,
        "letter_and_digit": both and lacks,
    }
    assert (problem in broken) == any(broken.values())
    assert problem is None or broken.get(problem, True)


@given(st.text(printable, min_size=6, max_size=18), st.sampled_from(LETTERS), st.sampled_from(DIGITS))
def test_any_printable_characters_with_a_letter_and_a_digit_will_do(
    text: str, letter: str, digit: str
) -> None:
    password = letter + text + digit
    assume(len(set(unicodedata.normalize("NFKC", password).casefold())) > 2)
    assert password_problem(password, "", CANDIDATE) in {None, "common"}
    assert password_problem(password, "zhangsan", CANDIDATE) != "same_as_user_name"


@given(st.text(st.sampled_from(LETTERS + DIGITS), min_size=8, max_size=20))
def test_the_user_name_is_no_password_however_it_is_written(user_name: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in user_name)
    policy = PasswordPolicy(8, 20, letter_and_digit=False)
    for written in (user_name, user_name.swapcase(), wide):
        assert password_problem(written, user_name, policy) == "same_as_user_name"
        assert password_problem(user_name, written, policy) == "same_as_user_name"
