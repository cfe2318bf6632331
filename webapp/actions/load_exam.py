"""Loads an exam package: the exam, its phases and its offices, made or brought up to the package.

What candidates and offices have done stays: a phase's window and an office's row are changed, never made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webapp.actions.make_cases import make_missing_cases
from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.records import Exam, Office, Phase
from webapp.records.reading.exams import open_exam
from webapp.rules.chain import canonical
from webapp.rules.exam_package import ExamPackage, upwards
from webapp.rules.windows import Window


@dataclass(frozen=True)
class Loaded:
    """What loading did: ``changed`` is False when the very same package stood there already."""

    exam_id: UUID
    changed: bool


async def load_exam(
    package: ExamPackage,
    *,
    by: str,
    windows: Mapping[str, Window] | None = None,
    open_to_candidates: bool = True,
) -> Loaded:
    """``windows`` (phase code → window) are set; a phase that is new and not among them gets the package's own.

    A phase that exists keeps its window unless it is named: what a manager has extended does not fall back because
    somebody corrected a text. Loading the very same again changes nothing. Candidates whom the phase concerns and
    who have no case in it yet get one.
    """
    loaded = await _load(package, windows or {}, by, open_to_candidates=open_to_candidates)
    if open_to_candidates:
        await make_missing_cases(await open_exam(), by=by)
    return loaded


@transaction
async def _load(
    package: ExamPackage, windows: Mapping[str, Window], by: str, *, open_to_candidates: bool
) -> Loaded:
    digest = hashlib.sha256(canonical(package.document)).hexdigest()
    exam = await Exam.filter(code=package.code).select_for_update().first()
    if exam is not None and await _stands(exam, digest, windows, open_to_candidates=open_to_candidates):
        return Loaded(exam.id, changed=False)
    values: dict[str, Any] = {
        "package": dict(package.document),
        "package_digest": digest,
        "open_to_candidates": open_to_candidates,
        "loaded_at": now(),
    }
    if exam is None:
        exam = await Exam.create(code=package.code, **values)
    else:
        await Exam.filter(id=exam.id).update(**values)
    if open_to_candidates:  # one exam at a time is open to candidates on a host
        await Exam.exclude(id=exam.id).update(open_to_candidates=False)
    await _load_phases(exam.id, package, windows)
    await _load_offices(exam.id, package)
    await record(
        exam_chain(package.code), actor=by, what="exam.loaded", subject=f"exam:{exam.id}", digest=digest
    )
    return Loaded(exam.id, changed=True)


async def _stands(
    exam: Exam, digest: str, windows: Mapping[str, Window], *, open_to_candidates: bool
) -> bool:
    rows = {row.code: Window(row.opens, row.bell) for row in await Phase.filter(exam_id=exam.id)}
    same_windows = all(rows.get(code) == window for code, window in windows.items())
    return exam.package_digest == digest and same_windows and exam.open_to_candidates == open_to_candidates


async def _load_phases(exam_id: UUID, package: ExamPackage, windows: Mapping[str, Window]) -> None:
    for phase in package.phases:
        window = windows.get(phase.code)
        if window is not None:
            values = {"opens": window.opens, "bell": window.bell}
            await Phase.update_or_create(exam_id=exam_id, code=phase.code, defaults=values)
        else:
            values = {"opens": phase.window.opens, "bell": phase.window.bell}
            await Phase.get_or_create(exam_id=exam_id, code=phase.code, defaults=values)


async def _load_offices(exam_id: UUID, package: ExamPackage) -> None:
    ids: dict[str, UUID] = {}
    # From the root downwards, so that a parent's row is there before it is pointed at.
    for office in sorted(package.offices, key=lambda o: len(upwards(package.offices, o.code))):
        values = {
            "kind": office.kind,
            "name": office.name.by_language(),
            "phone": office.phone,
            "hours": office.hours.by_language() if office.hours else {},
            "parent_id": ids.get(office.parent),
        }
        row, _ = await Office.update_or_create(exam_id=exam_id, code=office.code, defaults=values)
        ids[office.code] = row.id
