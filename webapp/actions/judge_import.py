"""The dry run of an uploaded file, in slices: what each row would do. Only the import's own rows are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from webapp.actions.import_desk import ImportDesk
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.photos.shelf import shelf_key
from webapp.records import Candidate, ImportRow, RegistrationImport
from webapp.records.reading.case_file import concerns_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.registration_world import World, empty_world, look_up
from webapp.records.reading.registrations import Plan, Terms, planned, with_absent_kept
from webapp.rules.fields import Record
from webapp.rules.imports import ImportState, counted, marks_of
from webapp.rules.row_problems import CheckedRow, Code, Problem
from webapp.rules.taking import Fate, Outcome
from webapp.sheets.reading import ReadRow, reading


class OtherProcess(Exception):
    """Another process is at the same import, and further."""


async def judge_import(desk: ImportDesk, exam: OpenExam, upload: RegistrationImport) -> None:
    """Judges what is left of it. Raises what reading its file raises, and :class:`OtherProcess`.

    After an interruption the rows before are judged once more, without being written, for those behind them.
    """
    data = await desk.shelf.get(shelf_key(upload.shelf_key))
    sites = {site.code for site in exam.sites}
    world, terms = await empty_world(exam), Terms(await exam_now())
    done, counts = upload.judged_rows, Counter(upload.judged)
    position = 0
    async with reading(data, upload.file_name, exam.package.fields, sites) as table:
        async for part in table.slices:
            if desk.stop.is_set():
                return
            rows = await _judged(exam, world, terms, part, table.head.absent)
            start, position = position, position + len(part)
            if position <= done:
                continue
            fresh = rows[max(0, done - start) :]
            counts += counted((outcome, marks) for _, outcome, marks, _ in fresh)
            last = {"people_kept": await _not_in_file(exam, world)} if position == upload.rows else {}
            await _write(upload, max(done, start), fresh, {**counts, **last})


Judged = tuple[CheckedRow, Outcome, tuple[str, ...], dict[str, Any]]
"""A row, what would become of it, its marks, and what is told of it."""


async def _judged(
    exam: OpenExam, world: World, terms: Terms, part: Sequence[ReadRow], absent: Sequence[str]
) -> list[Judged]:
    good = [one.row.record for one in part if one.row.is_good]
    records = await with_absent_kept(exam, good, absent)
    await look_up(exam, world, records)
    left = iter(records)
    judged: list[Judged] = []
    for one in part:
        row = one.row
        plan = planned(exam, world, next(left), terms) if row.is_good else None
        outcome = plan.outcome if plan else Outcome(row.number, Fate.FAILED)
        warnings = warnings_of(row, outcome)
        told = _told(exam, one, plan, outcome, warnings)
        judged.append((row, outcome, marks_of(outcome, warned=bool(warnings)), told))
    return judged


def warnings_of(row: CheckedRow, outcome: Outcome) -> tuple[Problem, ...]:
    """What somebody should look at although the row is taken."""
    changed = [code for code in ("id_type", "id_number") if code in outcome.fields]
    return (*row.warnings, *(Problem(code, Code.IDENTITY_CHANGED) for code in changed))


def _told(
    exam: OpenExam, one: ReadRow, plan: Plan | None, outcome: Outcome, warnings: Sequence[Problem]
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    problems = one.row.problems
    if outcome.code:
        problems = (Problem("", Code(outcome.code)),)
    if problems:
        told["problems"] = [[p.field, p.code.value, dict(p.facts)] for p in problems]
        told["cells"] = one.cells or one.row.record
    if warnings:
        told["warnings"] = [[p.field, p.code.value, dict(p.facts)] for p in warnings]
    if plan and plan.outcome.fate is Fate.CHANGED:
        told["changes"] = [
            [code, plan.before.get(code, ""), plan.row.get(code, "")] for code in outcome.fields
        ]
        told["more"], told["fewer"] = _other_materials(exam, plan.before, plan.row)
    if outcome.fate is not Fate.SAME:
        told["outcome"] = as_told(outcome)
    return told


def _other_materials(exam: OpenExam, before: Record, after: Record) -> tuple[list[str], list[str]]:
    """Codes of the materials that must be there now and did not have to, and the other way round."""
    old, new = (
        [one.material.code for one in concerns_of(exam, record) if one.requirement.must]
        for record in (before, after)
    )
    return [code for code in new if code not in old], [code for code in old if code not in new]


def as_told(outcome: Outcome) -> list[Any]:
    """An outcome without its number, as it is stored."""
    effects = [effect.value for effect in outcome.effects]
    return [outcome.fate.value, outcome.code, list(outcome.fields), outcome.case, effects]


async def _not_in_file(exam: OpenExam, world: World) -> int:
    """Candidates whom no good row of the file names; nothing happens to them."""
    named = list({candidate for _digest, candidate in world.registered.values()})
    here = 0
    for start in range(0, len(named), 500):
        here += await Candidate.filter(exam_id=exam.id, id__in=named[start : start + 500]).count()
    return await Candidate.filter(exam_id=exam.id).count() - here


@transaction
async def _write(
    upload: RegistrationImport, start: int, rows: Sequence[Judged], counts: dict[str, int]
) -> None:
    done = start + len(rows)
    state = ImportState.READY if done == upload.rows else ImportState.JUDGING
    at = RegistrationImport.filter(id=upload.id, state=ImportState.JUDGING.value, judged_rows=start)
    if not await at.update(judged_rows=done, judged=counts, state=state.value):
        raise OtherProcess
    await ImportRow.bulk_create(
        [
            ImportRow(
                of_id=upload.id,
                position=start + place,
                line=row.line,
                number=row.number,
                name=row.record.get("name", ""),
                fate=outcome.fate.value,
                marks=between_bars(marks),
                told=told,
            )
            for place, (row, outcome, marks, told) in enumerate(rows)
        ]
    )


def between_bars(marks: Sequence[str]) -> str:
    """Marks as they are stored and searched for."""
    return "".join(f"|{mark}" for mark in marks) + "|" if marks else ""
