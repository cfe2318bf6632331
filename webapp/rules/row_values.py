"""How the text of a cell becomes a field's value: one spelling for what a person reads as the same."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, time

from webapp.rules.field_values import NO, YES
from webapp.rules.fields import Field, Kind, column_key
from webapp.rules.names import plain_text, user_name_key
from webapp.rules.row_problems import Code

IDENTIFIERS = frozenset({
    "registration_number", "region_code", "site_code", "unit_code", "id_number", "permit_number",
    "category_code", "study_years", "diploma_number", "assistant_certificate", "assistant_licence",
    "workplace_code", "email",
})  # fmt: skip
"""Blanks inside these mean nothing, and full-width signs mean the same as half-width ones."""
PEOPLE = frozenset({"name", "former_name"})
_HALF_WIDTH = frozenset({"user_name", "phone", "unit_phone"})
_CAPITALS = frozenset({"id_number", "permit_number"})

_LENGTHS = {
    "registration_number": 32, "user_name": 64, "id_number": 32, "name": 64, "unit_code": 32, "unit_phone": 32,
}  # fmt: skip
LENGTH_MOST = 200

NOTHING = frozenset({"无", "無", "-", "--", "—", "——", "/", "\\"})
"""What people write into a cell that has nothing to say, unless it is one of the field's values."""

_BLANKS = re.compile(r"\s+")
_UNSEEN_SIGNS = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff"
)
_UNSEEN = re.compile(f"[{_UNSEEN_SIGNS}]")
_UNTIDY = re.compile(rf"[\s{_UNSEEN_SIGNS}]")
_IDEOGRAPH = r"[\u3400-\u9fff\U00020000-\U0003ffff]"
_BETWEEN_IDEOGRAPHS = re.compile(rf"(?<={_IDEOGRAPH})\s+(?={_IDEOGRAPH})")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_MARKS_OF_TEXT = "'’‘`"
"""With these a spreadsheet is told that a number is text; some exports keep them."""
_DASHES = re.compile("[‐‑‒–—―−]")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?E[+-]\d{2,3}")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})

_DAY = r"(?:(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2}))"
_TIME = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
_MOMENT = re.compile(rf"{_DAY}(?:(?:[ T]|(?<=日)){_TIME})?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?|(\d{4})(\d{2})")
_LOST_ZERO = re.compile(r"\d{4}\.1")
_ONE_END = r"(\d{4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{8}|\d{6})"
_PERIOD = re.compile(rf"{_ONE_END}[-~〜至到/]+{_ONE_END}")
_AROUND = re.compile(r"\s*([-/.年月日~〜至到:])\s*")
_YEARS = range(1900, 2101)


class Unreadable(Exception):
    """The text is none of the field's values."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


def length_most(code: str) -> int:
    """The most characters that a field may have."""
    return _LENGTHS.get(code, LENGTH_MOST)


def stored_length(code: str, value: str) -> int:
    """The characters that a value takes where it is stored; a user name may grow when it is made comparable."""
    return max(len(value), len(user_name_key(value))) if code == "user_name" else len(value)


def tidy(text: str) -> str:
    """Without what nobody sees: blanks at the ends, several blanks in a row, line breaks, control characters."""
    if not _UNTIDY.search(text):  # most cells of a large table
        return text
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def is_damaged_number(text: str) -> bool:
    """Whether a spreadsheet wrote a long number as ``4.90101E+17``: its last digits are gone."""
    return text[-1:].isdigit() and bool(_SCIENTIFIC.fullmatch(column_key(text).upper()))


def is_error(text: str) -> bool:
    """Whether a spreadsheet shows here that a formula has no result."""
    return text.upper() in _ERRORS


def value_of(field: Field, written: str) -> str:
    """The field's value for a :func:`tidy` text, empty for an empty cell; :class:`Unreadable` where it is none."""
    if not written or (written in NOTHING and written not in field.values):
        return ""
    match field.kind:
        case Kind.CHOICE:
            return _choice(field, written)
        case Kind.DATE:
            return _day(_numerals(written))
        case Kind.MONTH:
            return _month(_numerals(written))
        case Kind.PERIOD:
            return _period(_numerals(written))
        case Kind.MOMENT:
            return _moment(_numerals(written)).isoformat(" ")
        case Kind.TEXT:
            return _text(field.code, written)


def _text(code: str, written: str) -> str:
    if code in IDENTIFIERS:
        plain = column_key(written).lstrip(_MARKS_OF_TEXT)
        return plain.upper() if code in _CAPITALS else plain
    if code in PEOPLE:
        # Ideographs stay as they are registered: a compatibility form may be how the name is written.
        return _BETWEEN_IDEOGRAPHS.sub("", written.translate(_FULL_WIDTH))
    return plain_text(written) if code in _HALF_WIDTH else written


def _choice(field: Field, written: str) -> str:
    if any(choice.value == written for choice in field.choices):
        return written
    key = column_key(written)
    if field.values == {YES, NO}:
        key = {"TRUE": YES, "FALSE": NO}.get(key.upper(), key)
    for value in field.values:
        if column_key(value) == key:
            return value
    raise Unreadable(Code.NOT_A_VALUE)


def _numerals(written: str) -> str:
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", written))
    return _AROUND.sub(r"\1", plain)


def _moment(written: str) -> datetime:
    found = _MOMENT.fullmatch(written)
    if found is None:
        raise Unreadable(Code.BAD_DATE)
    spelled, compact, clock = found.groups()[:3], found.groups()[3:6], found.groups()[6:]
    year, month, day = (int(part) for part in (spelled if spelled[0] else compact))
    hour, minute, second = (int(part or 0) for part in clock)
    try:
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - as it is written
    except ValueError as none:
        raise Unreadable(Code.BAD_DATE) from none
    if moment.year not in _YEARS:
        raise Unreadable(Code.BAD_DATE)
    return moment


def _day(written: str) -> str:
    moment = _moment(written)
    if moment.time() != time.min:
        raise Unreadable(Code.BAD_DATE)
    return moment.date().isoformat()


def _month(written: str) -> str:
    if _LOST_ZERO.fullmatch(written):
        raise Unreadable(Code.AMBIGUOUS_MONTH)  # 2018.10, typed as a number, reads 2018.1
    found = _MONTH.fullmatch(written)
    if found is None:
        return _day(written)[:7]
    year, month = (int(part) for part in found.groups() if part is not None)
    if year not in _YEARS or not 1 <= month <= 12:
        raise Unreadable(Code.BAD_DATE)
    return f"{year:04d}-{month:02d}"


def _period(written: str) -> str:
    found = _PERIOD.fullmatch(written)
    if found is None:
        raise Unreadable(Code.BAD_PERIOD)
    first, last = (_month(end) for end in found.groups())
    if first > last:
        raise Unreadable(Code.PERIOD_BACKWARDS)
    return f"{first}/{last}"
