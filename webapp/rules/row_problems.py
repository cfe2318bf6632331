"""What can be wrong with a row of a registration table, as stable codes without anybody's data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.rules.fields import Record


class Code(StrEnum):
    """Why a row cannot be taken, or what somebody should look at although it can."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    """``most`` characters are allowed."""
    NOT_A_VALUE = "not_a_value"
    """None of the field's closed list."""
    BAD_DATE = "bad_date"
    AMBIGUOUS_MONTH = "ambiguous_month"
    """``2018.1`` may be January, or October that lost its zero."""
    BAD_PERIOD = "bad_period"
    PERIOD_BACKWARDS = "period_backwards"
    BAD_NUMBER = "bad_number"
    """A registration number that is none, for instance because it is an identity number."""
    BAD_ID_SIGNS = "bad_id_signs"
    ID_LENGTH = "id_length"
    """``length`` characters instead of 18."""
    ID_CHECK = "id_check"
    """The check digit is wrong, or there is no such day of birth."""
    SITE_UNKNOWN = "site_unknown"
    MORE_CELLS = "more_cells"
    """The row has more cells than there are headings: its columns have probably moved."""

    # What a spreadsheet did to a cell.
    DAMAGED_NUMBER = "damaged_number"
    """A number of more than 15 digits, the last of which are gone (``4.90101E+17``)."""
    TEXT_AS_DATE = "text_as_date"
    """A code such as ``2-3`` that has become a date."""
    CELL_ERROR = "cell_error"
    """``#N/A`` and the like."""
    FORMULA_WITHOUT_RESULT = "formula_without_result"
    MERGED_ACROSS = "merged_across"
    """Merged with cells of other columns."""

    # What is only seen in the whole table; ``line`` is the other row's.
    NUMBER_TWICE = "number_twice"
    USER_NAME_TWICE = "user_name_twice"

    # What is only seen beside the registrations that are there.
    PERSON_KNOWN = "person_known"
    """The identity document is one person's, the registration number another's."""
    USER_NAME_TAKEN = "user_name_taken"

    # Warnings: the row is taken.
    RARE_CHARACTER = "rare_character"
    """A name with ``?`` or another stand-in for a character that some system could not write."""
    ZEROS_RESTORED = "zeros_restored"
    """The site's code had lost its leading zeros."""
    NUMBER_SHORT = "number_short"
    """A registration number shorter than all around it: it may have lost leading zeros."""
    ID_LENGTH_UNUSUAL = "id_length_unusual"
    BIRTH_DIFFERS = "birth_differs"
    """The date of birth is not that of the identity number."""
    IDENTITY_CHANGED = "identity_changed"
    """A known registration comes with another identity document: a correction, or another person."""
    PERSON_TWICE = "person_twice"
    """Registered anew in ``line``, and neither time nor status tell which registration is the newer one."""
    ROW_REPEATED = "row_repeated"
    """The same row stands in ``line`` already."""


@dataclass(frozen=True)
class Problem:
    """One finding: the field's code (empty: the row as a whole), why, and facts that quote no cell."""

    field: str
    code: Code
    facts: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class RawRow:
    """A row as it was read: what its cells say by field code, or what has become of them."""

    line: int
    """Its number in the file, the first being 1."""
    cells: Mapping[str, str | Code]
    more_cells: bool = False
    """Something stands to the right of the headings."""
    stood: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """How a spreadsheet shows the cells of which nothing can be told any more, such as ``4.9E+17``."""


@dataclass(frozen=True)
class CheckedRow:
    """A row, read and checked. It may be taken if it has no problems."""

    line: int
    record: Record
    """What could be read of it, by field code."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def number(self) -> str:
        """The registration number, empty where none can be told: all that may be shown of a row."""
        return self.record.get("registration_number", "")

    @property
    def is_good(self) -> bool:
        """Whether it may be taken."""
        return not self.problems
