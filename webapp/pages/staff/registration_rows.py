"""Rows of an uploaded file as the console shows them: what is wrong, what changes, what it does."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.pages.language import _
from webapp.pages.staff.registration_words import EFFECTS, FATES, sentence
from webapp.records.imports import ImportRow
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.imports import outcome_of
from webapp.rules.imports import Mark
from webapp.rules.places import Stage
from webapp.rules.row_problems import Code, Problem
from webapp.rules.taking import Fate

_LETTERS = 26
_PROBLEMS_SHOWN = 3
"""More than that mostly say that the row is no row."""
_CELL_SHOWN = 40

_SPOILT = "#N/A"
_BEYOND_TELLING = frozenset(
    {Code.TEXT_AS_DATE, Code.CELL_ERROR, Code.FORMULA_WITHOUT_RESULT, Code.MERGED_ACROSS}
)


@dataclass(frozen=True)
class ProblemShown:
    """One finding: the cell such as H118 (empty: the whole row), what stands in it, the column, why and what to do."""

    cell: str
    stands: str
    column: str
    why: str


@dataclass(frozen=True)
class ChangeShown:
    """One field, old and new; an empty text is an empty field."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class RowShown:
    """One row; ``after``: what it does, in sentences; ``differs``: what the dry run had said instead."""

    line: int
    number: str
    name: str
    shape: str
    fate: str
    problems: list[ProblemShown]
    more_problems: int
    warnings: list[str]
    changes: list[ChangeShown]
    after: list[str]
    differs: str


def row_shown(exam: OpenExam, row: ImportRow, places: dict[str, int], language: str) -> RowShown:
    """A row in the reader's language."""
    shape, fate = FATES[Fate(row.fate)]
    problems = [Problem(field, Code(code), facts) for field, code, facts in row.told.get("problems", [])]
    found = [_problem(exam, row, one, places, language) for one in problems]
    return RowShown(
        row.line,
        row.number,
        row.name,
        shape,
        _(fate),
        found[:_PROBLEMS_SHOWN],
        max(0, len(found) - _PROBLEMS_SHOWN),
        [_warning(exam, one, language) for one in row.told.get("warnings", [])],
        [_change(exam, one, language) for one in row.told.get("changes", [])],
        _after(exam, row, language),
        _(FATES[Fate(row.told["shown"][0])][1]) if f"|{Mark.DIFFERS.value}|" in row.marks else "",
    )


def _named(exam: OpenExam, code: str, language: str) -> str:
    field = exam.package.fields.get(code)
    return field.names.said_in(language) if field else _("整行")


def _problem(
    exam: OpenExam, row: ImportRow, problem: Problem, places: dict[str, int], language: str
) -> ProblemShown:
    place = places.get(problem.field)
    return ProblemShown(
        f"{letters(place)}{row.line}" if place is not None else "",
        row.told.get("cells", {}).get(problem.field, "")[:_CELL_SHOWN],
        _named(exam, problem.field, language),
        sentence(exam, problem),
    )


def cells_to_mend(row: ImportRow) -> dict[str, str]:
    """A failed row's cells as they stood in the file. What a spreadsheet has spoilt beyond telling is no text there:
    uploaded again without being mended, it must fail again instead of passing for what was meant.
    """
    spoilt = {
        field: _SPOILT for field, code, _facts in row.told.get("problems", []) if code in _BEYOND_TELLING
    }
    return {**row.told.get("cells", {}), **spoilt}


def problems_in_words(exam: OpenExam, row: ImportRow) -> str:
    """All that stands against a row, as one text in Simplified Chinese, as the region's files are."""
    told = [Problem(field, Code(code), facts) for field, code, facts in row.told.get("problems", [])]
    return "；".join(f"{_named(exam, one.field, 'zh-Hans')}：{sentence(exam, one)}" for one in told)


def letters(place: int) -> str:
    """What a spreadsheet calls the column at ``place``, the first being 0: A, …, Z, AA, …"""
    before, last = divmod(place, _LETTERS)
    return (letters(before - 1) if before else "") + chr(ord("A") + last)


def _warning(exam: OpenExam, told: list[object], language: str) -> str:
    field, code, facts = told
    problem = Problem(str(field), Code(str(code)), facts if isinstance(facts, dict) else {})
    return _(
        "%(column)s：%(what)s", column=_named(exam, problem.field, language), what=sentence(exam, problem)
    )


def _change(exam: OpenExam, told: list[str], language: str) -> ChangeShown:
    code, old, new = told
    return ChangeShown(
        _named(exam, code, language), _value(exam, code, old, language), _value(exam, code, new, language)
    )


def _value(exam: OpenExam, code: str, value: str, language: str) -> str:
    field = exam.package.fields.get(code)
    if code == "site_code":
        names = {site.code: exam.in_language(site.name, language) for site in exam.sites}
        return f"{value} {names[value]}" if value in names else value
    return field.value_said_in(language, value) if field else value


def _after(exam: OpenExam, row: ImportRow, language: str) -> list[str]:
    outcome = outcome_of(row)
    said = [_(EFFECTS[effect]) for effect in outcome.effects]
    if outcome.case == Stage.WITHDRAWN.value:
        said.append(_("已过截止，档案记为未提交材料"))
    elif outcome.case:
        said.append(_("建立档案，可以激活"))
    elif outcome.fate is Fate.ADDED:
        said.append(_("没有要交的材料，不建档案"))
    names = {one.code: one.name.said_in(language) for one in exam.package.materials}
    for key, words in (("more", _("增加必传：%(names)s")), ("fewer", _("不再必传：%(names)s，已传的保留"))):
        if codes := row.told.get(key):
            said.append(words.replace("%(names)s", "、".join(names.get(code, code) for code in codes)))
    return said
