"""``webapp import-registrations``: a table is read, checked, compared, and taken in row by row where it is good.

What is shown names rows by line and registration number, never by a person's name or number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from webapp.actions.take_registrations import SLICE, refuse_bell, take_registrations
from webapp.clock import exam_now
from webapp.import_words import COUNTED, LATE, NO_BELL, OF_EFFECTS, OF_FATES, form_of, sentence_of_row
from webapp.records.reading.exams import OpenExam, open_exam
from webapp.records.reading.registrations import Terms, foretold, with_absent_kept
from webapp.rules.fields import Fields, Record
from webapp.rules.package_phases import instant
from webapp.rules.places import Stage
from webapp.rules.refusals import Refused
from webapp.rules.registration_rows import checked_rows
from webapp.rules.row_problems import CheckedRow, Code, Problem
from webapp.rules.taking import Effect, Fate, Outcome
from webapp.sheets.tables import SheetRows

_SHOWN_MOST = 3
"""Findings of one row in the plain report; more of them mostly say that the row is no row."""


@dataclass(frozen=True)
class Report:
    """What became, or would become, of a table."""

    exam: str
    fields: Fields
    table: SheetRows
    rows: tuple[tuple[CheckedRow, Outcome], ...]
    """Every row with its fate, in the table's order."""
    dry_run: bool

    @property
    def counts(self) -> dict[str, int]:
        """Rows by fate."""
        fates = Counter(outcome.fate for _, outcome in self.rows)
        return {fate.value: fates[fate] for fate in Fate}

    @property
    def cases(self) -> dict[str, int]:
        """Cases by the stage in which they are made."""
        return dict(Counter(outcome.case for _, outcome in self.rows if outcome.case))

    @property
    def effects(self) -> dict[Effect, int]:
        """Rows by what else they do, where there are any."""
        found = Counter(effect for _, outcome in self.rows for effect in outcome.effects)
        return {effect: found[effect] for effect in Effect if found[effect]}

    @property
    def status(self) -> int:
        """The exit status: 1 if a row failed."""
        return 1 if self.counts[Fate.FAILED] else 0


async def import_registrations(
    table: SheetRows,
    *,
    dry_run: bool,
    bell_for_late: str = "",
    taken: Callable[[int], None] = lambda _rows: None,
) -> Report:
    """Takes the good rows in, or only says what that would do; ``taken`` hears of each so many rows.

    ``bell_for_late``: a local time of the exam such as ``2020-05-10 24:00``; :class:`NoBell` if it is none.
    """
    exam = await open_exam()
    bell = await _bell(exam, bell_for_late)
    checked = checked_rows(table.rows, exam.package.fields, {site.code for site in exam.sites})
    good = [row.record for row in checked if row.is_good]
    records = await with_absent_kept(exam, good, table.absent)
    if dry_run:
        outcomes = iter(await foretold(exam, records, Terms(await exam_now(), bell)))
    else:
        outcomes = iter(await _take(exam, records, bell, taken))
    rows = tuple(
        (row, next(outcomes) if row.is_good else Outcome(row.number, Fate.FAILED)) for row in checked
    )
    return Report(exam.code, exam.package.fields, table, rows, dry_run)


class NoBell(Exception):
    """The bell for late cases cannot be one."""


async def _bell(exam: OpenExam, written: str) -> datetime | None:
    if not written:
        return None
    try:
        bell = instant(written, ZoneInfo(exam.time_zone))
        await refuse_bell(exam, bell)
    except ValueError as problem:
        raise NoBell(str(problem)) from problem
    except Refused as refused:
        raise NoBell(NO_BELL[refused.code]) from refused
    return bell


async def _take(
    exam: OpenExam, records: Sequence[Record], bell: datetime | None, taken: Callable[[int], None]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for start in range(0, len(records), SLICE):
        part = records[start : start + SLICE]
        outcomes += (await take_registrations(exam, part, by="operator", bell_for_late=bell)).outcomes
        taken(len(part))
    return outcomes


async def column_lines() -> list[str]:
    """The headings of the columns, which of them must be there, and what may stand in them."""
    fields = (await open_exam()).package.fields
    return [
        "\t".join((field.column, "required" if field.required else "", form_of(field)))
        for field in fields.values()
    ]


def as_json(report: Report) -> dict[str, Any]:
    """The report for tools."""
    table = report.table
    return {
        "file": table.name,
        "kind": table.kind,
        "sheet": table.sheet,
        "heading_line": table.heading_line,
        "exam": report.exam,
        "dry_run": report.dry_run,
        "absent_columns": [report.fields[code].column for code in table.absent],
        "unknown_columns": list(table.unknown),
        **report.counts,
        "cases": report.cases,
        "effects": {effect.value: count for effect, count in report.effects.items()},
        "rows": [_row_as_json(report, row, outcome) for row, outcome in report.rows],
    }


def _row_as_json(report: Report, row: CheckedRow, outcome: Outcome) -> dict[str, Any]:
    def told(problem: Problem) -> dict[str, Any]:
        return {
            "field": problem.field,
            "column": report.fields[problem.field].column if problem.field else "",
            "code": problem.code.value,
            **problem.facts,
            "sentence": sentence_of_row(problem, report.fields),
        }

    return {
        "line": row.line,
        "registration_number": row.number,
        "fate": outcome.fate.value,
        "problems": [told(problem) for problem in _problems(row, outcome)],
        "warnings": [told(problem) for problem in _warnings(row, outcome)],
        "changed_fields": list(outcome.fields),
        "case": outcome.case,
        "effects": [effect.value for effect in outcome.effects],
    }


def _problems(row: CheckedRow, outcome: Outcome) -> tuple[Problem, ...]:
    """Those of the row itself, or the one that stood against it beside the registrations that are there."""
    return (Problem("", Code(outcome.code)),) if outcome.code else row.problems


def _warnings(row: CheckedRow, outcome: Outcome) -> tuple[Problem, ...]:
    changed = [code for code in ("id_type", "id_number") if code in outcome.fields]
    return (*row.warnings, *(Problem(code, Code.IDENTITY_CHANGED) for code in changed))


def lines(report: Report) -> Iterator[str]:
    """The report for people."""
    table = report.table
    where = f"sheet {table.sheet}, " if table.sheet else ""
    yield f"{table.name}: {table.kind}, {where}headings in line {table.heading_line}, {len(report.rows):,} rows"
    if table.absent:
        absent = ", ".join(report.fields[code].column for code in table.absent)
        yield f"not in this table, known values stay: {absent}"
    if table.unknown:
        yield f"columns that are not read: {', '.join(table.unknown)}"
    for row, outcome in report.rows:
        yield from _row_lines(report, row, outcome)
    for fate, words in OF_FATES.items():
        if of_fate := [row.line for row, outcome in report.rows if outcome.fate is fate]:
            yield f"{words}: lines {_ranges(of_fate)}"
    if late := [row.line for row, outcome in report.rows if outcome.case == Stage.WITHDRAWN.value]:
        yield f"{LATE}: lines {_ranges(late)}"
    yield _summary(report)


def _row_lines(report: Report, row: CheckedRow, outcome: Outcome) -> Iterator[str]:
    named = f"line {row.line} ({row.number or 'no registration number'})"
    problems = [sentence_of_row(problem, report.fields) for problem in _problems(row, outcome)]
    if outcome.fate is Fate.FAILED:
        more = f"; and {len(problems) - _SHOWN_MOST} more" if len(problems) > _SHOWN_MOST else ""
        yield f"{named} failed: {'; '.join(problems[:_SHOWN_MOST])}{more}"
    if outcome.fate is Fate.CHANGED:
        yield f"{named} changed: {', '.join(report.fields[code].column for code in outcome.fields)}"
    for effect in outcome.effects:
        yield f"{named}: {OF_EFFECTS[effect]}"
    for warning in _warnings(row, outcome):
        yield f"{named} warning: {sentence_of_row(warning, report.fields)}"


def _ranges(numbers: Sequence[int]) -> str:
    """``4-17, 19``; the numbers rise."""
    ends = [numbers[0]]
    for before, after in pairwise(numbers):
        if after != before + 1:
            ends += [before, after]
    ends.append(numbers[-1])
    spans = zip(ends[::2], ends[1::2], strict=True)
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def _summary(report: Report) -> str:
    counted = ", ".join(f"{count:,} {fate}" for fate, count in report.counts.items())
    told = f"{counted}; cases made: {sum(report.cases.values()):,}"
    if late := report.cases.get(Stage.WITHDRAWN.value, 0):
        told += f", {late:,} of them withdrawn because the bell has rung"
    told += "".join(f"; {COUNTED[effect]}: {count:,}" for effect, count in report.effects.items())
    return f"dry run, nothing was written. It would be: {told}" if report.dry_run else told
