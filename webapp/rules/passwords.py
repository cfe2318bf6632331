"""What a password must be, as data of the exam, and how answers to its rules are named."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from webapp.rules.names import user_name_key


@dataclass(frozen=True)
class PasswordPolicy:
    """Lengths count characters. Any printable character may be used."""

    least: int
    most: int
    letter_and_digit: bool
    """At least one letter A-Z or a-z and one digit, as the exam's manual has always asked."""


# The first of every published list of leaked passwords, and what this exam's people would think of.
_COMMON = frozenset(
    """
    password
    """.split()  # noqa: SIM905 - a list of words reads better as words
)


def password_problem(password: str, user_name: str, policy: PasswordPolicy) -> str | None:
    """The code of the first rule that ``password`` breaks, or None.

    Codes: ``too_short``, ``too_long``, ``unprintable``, ``letter_and_digit``, ``same_as_user_name``, ``common``.
    """
    if len(password) < policy.least:
        return "too_short"
    if len(password) > policy.most:
        return "too_long"
    if any(unicodedata.category(character).startswith("C") for character in password):
        return "unprintable"
    plain = password.isascii()
    letters = (
        any(c.isalpha() for c in password)
        if not plain
        else any(c.isascii() and c.isalpha() for c in password)
    )
    if policy.letter_and_digit and not (letters and any(c.isdecimal() for c in password)):
        return "letter_and_digit"
    folded = user_name_key(password)
    if user_name and folded == user_name_key(user_name):
        return "same_as_user_name"
    if folded in _COMMON or len(set(folded)) <= 2:
        return "common"
    return None
