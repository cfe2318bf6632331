"""Numbers of identity documents: the check digit of mainland China, and how long the others are."""

from __future__ import annotations

import re
from datetime import date

MAINLAND = "居民身份证"
_SAME_STANDARD = frozenset({MAINLAND, "港澳台居民居住证"})
"""Documents whose numbers follow GB 11643: 18 places, the last one a check digit."""
_USUAL_LENGTHS = {"香港身份证": (8, 9), "澳门身份证": (8, 8), "台湾身份证": (10, 10), "外籍护照": (6, 20)}
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_OTHERS = re.compile(r"[0-9A-Z()/-]+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def check_digit(body: str) -> str:
    """The last place of a GB 11643 number (ISO 7064, MOD 11-2) for its first 17 digits."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def follows_standard(id_type: str) -> bool:
    """Whether numbers of this kind of document have a check digit and tell the date of birth."""
    return id_type in _SAME_STANDARD


def born(number: str) -> date | None:
    """The date of birth in a GB 11643 number; None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_valid(number: str) -> bool:
    """Whether this is a well-formed number by GB 11643 whose check digit is right."""
    return (
        bool(_SHAPE.fullmatch(number)) and born(number) is not None and check_digit(number[:17]) == number[17]
    )


def cut_off(number: str) -> bool:
    """Whether a spreadsheet has made zeros of the last three places: it keeps 15 digits of a number."""
    return len(number) == 18 and number.endswith("000") and not is_valid(number)


def has_possible_signs(number: str) -> bool:
    """Whether a number of another kind of document consists of letters, digits, brackets and dashes."""
    return bool(_OTHERS.fullmatch(number))


def has_usual_length(id_type: str, number: str) -> bool:
    """Whether a number of another kind is as long as such numbers are; brackets do not count."""
    least, most = _USUAL_LENGTHS.get(id_type, (1, 32))
    return least <= len(re.sub(r"[()/-]", "", number)) <= most


def masked(number: str) -> str:
    """A number as its owner recognises it and nobody can use it: 990101********0035; a short one keeps less."""
    head, tail = (6, 4) if len(number) >= 15 else (len(number) // 4, len(number) // 4)
    return number[:head] + "*" * (len(number) - head - tail) + number[len(number) - tail :]
