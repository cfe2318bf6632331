"""Reading an exam's data with every problem named: where it stands, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from webapp.rules.words import LANGUAGES, Words

KeyPath = tuple[str | int, ...]
"""The way to a value from the top of the data: keys of tables, places in lists counted from 0."""


@dataclass(frozen=True, order=True)
class Place:
    """Where something is written; ``line`` counts from 1 and is None where the data came without text."""

    file: str = ""
    line: int | None = None


Where = Callable[[KeyPath], Place]


def nowhere(_path: KeyPath) -> Place:
    """For data that came from no file, such as those kept with an exam."""
    return Place()


@dataclass(frozen=True)
class PackageProblem:
    """One thing that is wrong with an exam's data."""

    line: int | None
    path: str
    """Key path such as ``material[3].when.all[0].is``."""
    sentence: str
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else ""
        return f"{place}{self.path}: {self.sentence}"


class BrokenPackage(Exception):
    """An exam's data cannot be used; ``problems`` names all that was found, in the order of the text."""

    def __init__(self, problems: Iterable[PackageProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def path_text(path: KeyPath) -> str:
    """``("material", 3, "name")`` as ``material[3].name``."""
    parts = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return parts.removeprefix(".")


class Problems:
    """Collects what is wrong, and remembers the tables that were read so that unread keys can be named."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._found: list[PackageProblem] = []
        self._tables: list[Table] = []

    def add(self, path: KeyPath, sentence: str) -> None:
        """``sentence`` is English, says what is wrong and what would be right, and ends with a full stop."""
        place = self._where(path)
        self._found.append(PackageProblem(place.line, path_text(path), sentence, place.file))

    def line_of(self, path: KeyPath) -> str:
        """Where ``path`` stands, for a sentence about something else: ``line 12`` or its key path."""
        line = self._where(path).line
        return f"line {line}" if line else path_text(path)

    def watch(self, table: Table) -> None:
        """Name ``table``'s unread keys at the end."""
        self._tables.append(table)

    def finish(self) -> None:
        """Raise :class:`BrokenPackage` unless all was well and every key was read."""
        for table in self._tables:
            table.name_unread_keys()
        if self._found:
            raise BrokenPackage(sorted(self._found, key=lambda problem: (problem.file, problem.line or 0)))

    def unique(self, named: Iterable[tuple[str, KeyPath]], what: str) -> None:
        """Each code stands once; ``named`` pairs codes with their key paths."""
        first: dict[str, KeyPath] = {}
        for code, path in named:
            if code and code in first:
                self.add(path, f'The {what} "{code}" already stands on {self.line_of(first[code])}.')
            first.setdefault(code, path)

    def known(self, code: str, codes: Collection[str], what: str, path: KeyPath) -> bool:
        """Whether ``code`` is one of ``codes``; if not, a problem that names what was probably meant."""
        if code in codes:
            return True
        self.add(path, f'There is no {what} "{code}"; {meant(code, codes)}')
        return False


def meant(code: str, codes: Collection[str]) -> str:
    """The end of a sentence: the nearest of ``codes``, or all of them where they are few."""
    near = difflib.get_close_matches(code, codes, n=1, cutoff=0.7)
    if near:
        return f'did you mean "{near[0]}"?'
    few = 15
    return (
        f"known are {', '.join(sorted(codes))}." if 0 < len(codes) <= few else "see the list of known ones."
    )


Member = TypeVar("Member", bound=StrEnum)


class Table:
    """One table of the data. A reader that finds something wrong names it and returns a harmless stand-in."""

    def __init__(self, data: Mapping[str, object], path: KeyPath, problems: Problems) -> None:
        self.path = path
        self.problems = problems
        self._data = data
        self._read: set[str] = set()
        problems.watch(self)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def at(self, *steps: str | int) -> KeyPath:
        """The key path of something in this table."""
        return (*self.path, *steps)

    def take(self, key: str) -> object:
        """The raw value (None where it is missing), counted as read."""
        self._read.add(key)
        return self._data.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not blank."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.strip():
            return value
        self._expected(key, value, "a text")
        return ""

    def number(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from ``least`` to ``most``."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self._expected(key, value, f"a whole number from {least} to {most}")
        return least

    def flag(self, key: str, default: bool | None = None) -> bool:
        """``true`` or ``false``."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool):
            return value
        self._expected(key, value, "true or false")
        return False

    def one_of(self, key: str, members: type[Member]) -> Member:
        """One of an enumeration's values."""
        value = self.take(key)
        names = [str(member) for member in members]
        if isinstance(value, str) and value in names:
            return members(value)
        self._expected(key, value, "one of " + ", ".join(f'"{name}"' for name in names))
        return next(iter(members))

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of different strings, place for place; empty where the key is missing and not ``needed``."""
        value = self.take(key)
        if value is None and not needed:
            return ()
        if not isinstance(value, list) or not value:
            self._expected(key, value, "a list of texts")
            return ()
        given: list[str] = []
        for place, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                self.problems.add(self.at(key, place), "Each entry of this list is a text.")
                given.append("")
                continue
            if item in given:
                self.problems.add(self.at(key, place), f'"{item}" stands twice in this list.')
            given.append(item)
        return tuple(given)

    def table(self, key: str) -> Table:
        """A table within this one."""
        value = self.take(key)
        if isinstance(value, Mapping):
            return Table(value, self.at(key), self.problems)
        self._expected(key, value, "a table")
        return Table({}, self.at(key), Problems(nowhere))

    def tables(self, key: str, *, needed: bool = True) -> list[Table]:
        """A list of tables, at least one where it is ``needed``."""
        value = self.take(key)
        if value is None and not needed:
            return []
        if not isinstance(value, list) or not value:
            self._expected(key, value, "at least one table")
            return []
        tables = []
        for place, item in enumerate(value):
            if isinstance(item, Mapping):
                tables.append(Table(item, self.at(key, place), self.problems))
            else:
                self.problems.add(self.at(key, place), "Each entry of this list is a table.")
        return tables

    def words(self, key: str) -> Words:
        """Words in the product's languages, Simplified Chinese at least."""
        value = self.take(key)
        if isinstance(value, Mapping):
            return Table(value, self.at(key), self.problems).all_words()
        self._expected(key, value, "words by language, such as zh-Hans")
        return Words("")

    def words_if_given(self, key: str) -> Words | None:
        """Words, or None where the key is missing."""
        return self.words(key) if key in self else None

    def all_words(self) -> Words:
        """This whole table as words by language."""
        hans, hant, en = LANGUAGES
        return Words(self.text(hans), self.text(hant, ""), self.text(en, ""))

    def name_unread_keys(self) -> None:
        """Every key that nobody asked for is a problem: most are misspelt."""
        for key in self._data:
            if key not in self._read:
                self.problems.add(self.at(key), f'There is no key "{key}" here; {meant(key, self._read)}')

    def _expected(self, key: str, value: object, what: str) -> None:
        if value is None:
            self.problems.add(self.at(key), f'"{key}" is missing; it is {what}.')
        else:
            self.problems.add(self.at(key), f'"{key}" is {what}, not {value!r:.60}.')
