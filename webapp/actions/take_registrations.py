"""Takes registrations over from the registration system: people, their units, and a case for whom something concerns.

Rows come here already read and checked. What people have uploaded is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from webapp.actions.recording import case_chain, exam_chain, record
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, Phase, Registration, Unit
from webapp.records.reading.case_file import needs_case
from webapp.records.reading.exams import OpenExam
from webapp.rules.fields import Record
from webapp.rules.names import user_name_key
from webapp.rules.stages import begins_at
from webapp.rules.taking import Fate, Outcome, changed_fields, conflict, record_digest

SLICE = 200
"""Rows a transaction: a page that reads does not wait longer than that."""


@dataclass
class Taken:
    """What became of the rows; ``failed`` has (registration number, code of the reason)."""

    added: int = 0
    changed: int = 0
    same: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list, compare=False, repr=False)
    """The fate of each row, in their order; the counts above sum them up."""

    def note(self, outcome: Outcome) -> None:
        """Counts one row."""
        self.outcomes.append(outcome)
        match outcome.fate:
            case Fate.ADDED:
                self.added += 1
            case Fate.CHANGED:
                self.changed += 1
            case Fate.SAME:
                self.same += 1
            case Fate.FAILED:
                self.failed.append((outcome.number, outcome.code))


async def take_registrations(exam: OpenExam, records: Sequence[Record], *, by: str) -> Taken:
    """Adds registrations and changes those that are there, in their order.

    Codes of failed rows: ``site_unknown``, ``person_known`` (the person has another registration number),
    ``user_name_taken`` (by somebody else).
    """
    taken = Taken()
    for start in range(0, len(records), SLICE):
        await _take(exam, records[start : start + SLICE], by, taken)
    return taken


async def _take(exam: OpenExam, records: Sequence[Record], by: str, taken: Taken) -> None:
    here = await _take_slice(exam, records, by)
    for outcome in here.outcomes:  # counted only once its transaction stands
        taken.note(outcome)


@transaction
async def _take_slice(exam: OpenExam, records: Sequence[Record], by: str) -> Taken:
    await Phase.select_for_update().get(id=exam.phase.id)  # the making of a case takes the phase's lock first
    sites = {office.code: office.id for office in exam.sites}
    taken = Taken()
    for row in records:
        taken.note(await _take_one(exam, row, sites, by))
    if taken.added or taken.changed:
        await record(
            exam_chain(exam.code),
            actor=by,
            what="registrations.taken",
            added=taken.added,
            changed=taken.changed,
            same=taken.same,
            failed=len(taken.failed),
        )
    return taken


async def _take_one(exam: OpenExam, row: Record, sites: Mapping[str, UUID], by: str) -> Outcome:
    number, digest = row["registration_number"], record_digest(row)
    known = await Registration.get_or_none(exam_id=exam.id, number=number)
    if known is not None and known.record_digest == digest:
        return Outcome(number, Fate.SAME)
    site = sites.get(row["site_code"])
    problem = "site_unknown" if site is None else await _conflict(exam.id, row, known)
    if problem or site is None:
        return Outcome(number, Fate.FAILED, problem)
    values = await _values(exam.id, row, site)
    if known is None:
        return Outcome(number, Fate.ADDED, case=await _add(exam, row, digest, values, by))
    fields = changed_fields(known.record, row)
    case = await _change(exam, known, row, digest=digest, values=values, fields=fields, by=by)
    return Outcome(number, Fate.CHANGED, fields=fields, case=case)


async def _conflict(exam_id: UUID, row: Record, known: Registration | None) -> str:
    person = await Candidate.get_or_none(exam_id=exam_id, id_type=row["id_type"], id_number=row["id_number"])
    namesake = await Candidate.get_or_none(exam_id=exam_id, user_name_key=user_name_key(row["user_name"]))
    return conflict(
        known.candidate_id if known else None,
        person.id if person else None,
        namesake.id if namesake else None,
    )


async def _values(exam_id: UUID, row: Record, site: UUID) -> dict[str, Any]:
    unit_id = None
    if code := row.get("unit_code", ""):
        told = {"name": row.get("unit_name", ""), "phone": row.get("unit_phone", "")}
        unit, _ = await Unit.update_or_create(exam_id=exam_id, code=code, defaults=told)
        unit_id = unit.id
    return {
        "id_type": row["id_type"],
        "id_number": row["id_number"],
        "registration_number": row["registration_number"],
        "name": row["name"],
        "office_id": site,
        "unit_id": unit_id,
        "user_name": row["user_name"],
        "user_name_key": user_name_key(row["user_name"]),
    }


async def _add(exam: OpenExam, row: Record, digest: str, values: dict[str, Any], by: str) -> str:
    moment = now()
    candidate = await Candidate.create(exam_id=exam.id, **values)
    await Registration.create(
        exam_id=exam.id,
        candidate_id=candidate.id,
        number=row["registration_number"],
        record=dict(row),
        record_digest=digest,
        taken_at=moment,
        changed_at=moment,
    )
    return await _make_case(exam, candidate, row, digest, by)


async def _make_case(exam: OpenExam, candidate: Candidate, row: Record, digest: str, by: str) -> str:
    """The stage of the case that was made; empty where nothing is asked of this person."""
    if not needs_case(exam, row):
        return ""
    begins = begins_at(exam.window, await exam_now())
    case = await Case.create(
        phase_id=exam.phase.id,
        candidate_id=candidate.id,
        site_id=candidate.office_id,
        stage=begins.stage.value,
        level=begins.level,
        made_at=now(),
    )
    await record(
        case_chain(case.id),
        actor=by,
        what="case.made",
        subject=f"candidate:{candidate.id}",
        stage=begins.stage.value,
        registration=row["registration_number"],
        digest=digest,
    )
    return case.stage


async def _change(
    exam: OpenExam,
    known: Registration,
    row: Record,
    *,
    digest: str,
    values: dict[str, Any],
    fields: Sequence[str],
    by: str,
) -> str:
    await Candidate.filter(id=known.candidate_id).update(**values)
    await Registration.filter(id=known.id).update(record=dict(row), record_digest=digest, changed_at=now())
    case = await Case.filter(phase_id=exam.phase.id, candidate_id=known.candidate_id).first()
    if case is None:
        return await _make_case(exam, await Candidate.get(id=known.candidate_id), row, digest, by)
    await Case.filter(id=case.id).update(version=case.version + 1)
    await record(
        case_chain(case.id),
        actor=by,
        what="registration.changed",
        subject=f"candidate:{known.candidate_id}",
        fields=list(fields),
        digest=digest,
    )
    return ""
