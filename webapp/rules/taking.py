"""What becomes of a registration beside those that are there: told beforehand and done by the same rule."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from webapp.rules.chain import canonical
from webapp.rules.fields import Record


class Fate(StrEnum):
    """What becomes, or became, of one row."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """One row's fate."""

    number: str
    """The registration number."""
    fate: Fate
    code: str = ""
    """Why it failed."""
    fields: tuple[str, ...] = ()
    """The codes of the fields that changed."""
    case: str = ""
    """The stage in which a case is made; empty where none is made."""


def record_digest(record: Record) -> str:
    """SHA-256 in hex over the record's canonical form: tells a changed row from one that was sent again."""
    return hashlib.sha256(canonical(dict(record))).hexdigest()


def changed_fields(before: Record, after: Record) -> tuple[str, ...]:
    """The codes of the fields in which two records differ, in order of the alphabet."""
    return tuple(sorted(code for code in {*before, *after} if before.get(code, "") != after.get(code, "")))


def conflict(own: Hashable | None, person: Hashable | None, namesake: Hashable | None) -> str:
    """Why a row cannot be taken; empty if it can.

    All are candidates: ``own`` of the row's registration number, ``person`` with its identity document,
    ``namesake`` with its user name; None where there is nobody.
    """
    if person is not None and person != own:
        return "person_known"
    if namesake is not None and namesake != own:
        return "user_name_taken"
    return ""
