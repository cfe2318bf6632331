"""What is only seen in a whole table: rows that stand twice, people who do, numbers shorter than the others."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from webapp.rules.fields import Record
from webapp.rules.names import user_name_key
from webapp.rules.row_problems import CheckedRow, Code, Problem
from webapp.rules.taking import is_decided


def beside_each_other(rows: Sequence[CheckedRow]) -> list[CheckedRow]:
    """The rows with what was found by comparing them."""
    found = _Found(rows)
    repeated = _find_repeated(rows, found)
    once = [index for index in range(len(rows)) if index not in repeated]
    _find_numbers(rows, once, found)
    _find_people(rows, once, found)
    _find_user_names(rows, once, found)
    _find_short_numbers(rows, once, found)
    return [
        replace(
            row,
            problems=(*row.problems, *found.problems[index]),
            warnings=(*row.warnings, *found.warnings[index]),
        )
        for index, row in enumerate(rows)
    ]


@dataclass
class _Found:
    """Findings by the row's place in ``rows``."""

    rows: Sequence[CheckedRow]
    problems: dict[int, list[Problem]] = field(default_factory=lambda: defaultdict(list))
    warnings: dict[int, list[Problem]] = field(default_factory=lambda: defaultdict(list))

    def blame(self, blamed: Iterable[int], group: Sequence[int], code: str, why: Code) -> None:
        """Each of ``blamed`` fails and names another row of its group."""
        for index in blamed:
            other = next(one for one in group if one != index)
            self.problems[index].append(Problem(code, why, {"line": self.rows[other].line}))


def _groups(
    rows: Sequence[CheckedRow], once: Iterable[int], key: Callable[[Record], Hashable]
) -> list[list[int]]:
    """The places of rows that share a key, where several do; an empty key is nobody's."""
    groups = defaultdict(list)
    for index in once:
        shared = key(rows[index].record)
        if shared not in {None, ""}:
            groups[shared].append(index)
    return [group for group in groups.values() if len(group) > 1]


def _number(record: Record) -> str:
    return record.get("registration_number", "")


def _person(record: Record) -> tuple[str, str] | None:
    id_type, number = record.get("id_type", ""), record.get("id_number", "")
    return (id_type, number) if id_type and number else None


def _find_repeated(rows: Sequence[CheckedRow], found: _Found) -> set[int]:
    """Rows that only say what an earlier one has said. They do no harm."""
    seen: dict[str, CheckedRow] = {}
    repeated = set()
    for index, row in enumerate(rows):
        earlier = seen.setdefault(row.number, row)
        if row.number and earlier is not row and earlier.record == row.record:
            repeated.add(index)
            found.warnings[index].append(Problem("", Code.ROW_REPEATED, {"line": earlier.line}))
    return repeated


def _find_numbers(rows: Sequence[CheckedRow], once: Sequence[int], found: _Found) -> None:
    for group in _groups(rows, once, _number):
        found.blame(group, group, "registration_number", Code.NUMBER_TWICE)  # nobody can say which one holds


def _find_people(rows: Sequence[CheckedRow], once: Sequence[int], found: _Found) -> None:
    """Somebody who registered anew has several rows. Pointed out is only where nothing tells which is the newest."""
    for group in _groups(rows, once, _person):
        for index in group:
            own = rows[index]
            for other in (rows[each] for each in group):
                if own.number != other.number and not is_decided(own.record, other.record):
                    told = Problem("id_number", Code.PERSON_TWICE, {"line": other.line})
                    found.warnings[index].append(told)
                    break


def _find_user_names(rows: Sequence[CheckedRow], once: Sequence[int], found: _Found) -> None:
    for group in _groups(rows, once, lambda record: user_name_key(record.get("user_name", ""))):
        if len({_person(rows[index].record) for index in group}) > 1:
            found.blame(group, group, "user_name", Code.USER_NAME_TWICE)


def _find_short_numbers(rows: Sequence[CheckedRow], once: Sequence[int], found: _Found) -> None:
    lengths = Counter(len(rows[index].number) for index in once if rows[index].number.isdecimal())
    usual = max(lengths, key=lambda length: (lengths[length], length), default=0)
    for index in once:
        number = rows[index].number
        if number.isdecimal() and len(number) < usual:
            found.warnings[index].append(Problem("registration_number", Code.NUMBER_SHORT))
