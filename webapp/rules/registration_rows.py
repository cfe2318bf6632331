"""Rows of a registration table: each becomes a record by field code, or says why it cannot.

A finding names the field and a code and quotes nothing, so that it may be shown, logged and sent on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from webapp.rules import identity_numbers
from webapp.rules.fields import Field, Fields, Kind
from webapp.rules.row_problems import CheckedRow, Code, Problem, RawRow
from webapp.rules.row_values import (
    PEOPLE,
    Unreadable,
    is_damaged_number,
    is_error,
    length_most,
    stored_length,
    tidy,
    value_of,
)
from webapp.rules.rows_together import beside_each_other

_NUMBER = re.compile(r"[0-9A-Za-z-]+")
_STAND_INS = re.compile("[?？\ufffd□\ue000-\uf8ff]")  # the last: private use, where GBK keeps rare characters


def checked_rows(rows: Iterable[RawRow], fields: Fields, sites: Collection[str]) -> list[CheckedRow]:
    """All rows of a table, in its order, each for itself and beside the others; ``sites``: codes of offices."""
    alone = [checked_row(row, fields, sites) for row in rows]
    return beside_each_other(alone)


def checked_row(row: RawRow, fields: Fields, sites: Collection[str]) -> CheckedRow:
    """One row for itself."""
    record: dict[str, str] = {}
    problems = [Problem("", Code.MORE_CELLS)] if row.more_cells else []
    warnings: list[Problem] = []
    for code, field in fields.items():
        value = _value(field, row.cells.get(code, ""))
        if isinstance(value, Problem):
            problems.append(value)
        elif value:
            record[code] = value
        elif field.required:
            problems.append(Problem(code, Code.MISSING))
    _check_site(record, sites, problems, warnings)
    _check_number(record, problems)
    _check_identity(record, problems, warnings)
    warnings += [
        Problem(code, Code.RARE_CHARACTER) for code in PEOPLE if _STAND_INS.search(record.get(code, ""))
    ]
    return CheckedRow(row.line, record, tuple(problems), tuple(warnings))


def _value(field: Field, cell: str | Code) -> str | Problem:
    if isinstance(cell, Code):
        return Problem(field.code, cell)
    if not cell:
        return ""
    plain, most = tidy(cell), length_most(field.code)
    if len(plain) > most:
        return Problem(field.code, Code.TOO_LONG, {"most": most})
    if is_error(plain):
        return Problem(field.code, Code.CELL_ERROR)
    if field.kind is Kind.TEXT and is_damaged_number(plain):
        return Problem(field.code, Code.DAMAGED_NUMBER)
    try:
        value = value_of(field, plain)
    except Unreadable as unreadable:
        return Problem(field.code, unreadable.code)
    longer = stored_length(field.code, value) > most  # one full-width sign may become several
    return Problem(field.code, Code.TOO_LONG, {"most": most}) if longer else value


def _check_site(
    record: dict[str, str], sites: Collection[str], problems: list[Problem], warnings: list[Problem]
) -> None:
    code = record.get("site_code", "")
    if not code or code in sites:
        return
    padded = [site for site in sites if site.lstrip("0") == code]
    if len(padded) == 1:
        record["site_code"] = padded[0]
        warnings.append(Problem("site_code", Code.ZEROS_RESTORED))
    else:
        problems.append(Problem("site_code", Code.SITE_UNKNOWN))


def _check_number(record: dict[str, str], problems: list[Problem]) -> None:
    number = record.get("registration_number", "")
    if number and (not _NUMBER.fullmatch(number) or identity_numbers.is_valid(number.upper())):
        problems.append(Problem("registration_number", Code.BAD_NUMBER))
        del record["registration_number"]  # it may be anything, such as a name; nothing of it is shown


def _check_identity(record: dict[str, str], problems: list[Problem], warnings: list[Problem]) -> None:
    id_type, number = record.get("id_type", ""), record.get("id_number", "")
    if not id_type or not number:
        return
    if problem := _identity_problem(id_type, number):
        problems.append(problem)
        del record["id_number"]  # two rows with the same damage are not the same person
    elif not identity_numbers.follows_standard(id_type):
        if not identity_numbers.has_usual_length(id_type, number):
            warnings.append(Problem("id_number", Code.ID_LENGTH_UNUSUAL))
    elif _is_another_day(record.get("birth_date", ""), number):
        warnings.append(Problem("birth_date", Code.BIRTH_DIFFERS))


def _identity_problem(id_type: str, number: str) -> Problem | None:
    if not identity_numbers.follows_standard(id_type):
        possible = identity_numbers.has_possible_signs(number)
        return None if possible else Problem("id_number", Code.BAD_ID_SIGNS)
    if len(number) != 18:
        return Problem("id_number", Code.ID_LENGTH, {"length": len(number)})
    if identity_numbers.cut_off(number):
        return Problem("id_number", Code.DAMAGED_NUMBER)
    return None if identity_numbers.is_valid(number) else Problem("id_number", Code.ID_CHECK)


def _is_another_day(birth_date: str, number: str) -> bool:
    day = identity_numbers.born(number)
    return bool(birth_date) and day is not None and birth_date != day.isoformat()
