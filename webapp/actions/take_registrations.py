"""Takes registrations over from the registration system: people, their units, and a case for whom something concerns.

Rows come here already read and checked. What people have uploaded is never touched. What becomes of each row is
planned by :mod:`webapp.records.reading.registrations`, which also foretells it; here the plans are written.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.actions.follow_registration import follow
from webapp.actions.make_cases import make_case
from webapp.actions.recording import exam_chain, record
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, Phase, Registration, Unit
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.registration_world import empty_world, look_up
from webapp.records.reading.registrations import Plan, Terms, planned
from webapp.rules.bells import extends
from webapp.rules.fields import Record
from webapp.rules.names import user_name_key
from webapp.rules.places import Place, Stage
from webapp.rules.refusals import Refused
from webapp.rules.taking import Fate, Outcome

SLICE = 200
"""Rows a transaction: a page that reads does not wait longer than that."""


@dataclass
class Taken:
    """What became of the rows; ``failed`` has (registration number, code of the reason)."""

    added: int = 0
    changed: int = 0
    same: int = 0
    superseded: int = 0
    cancelled: int = 0
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
            case Fate.SUPERSEDED:
                self.superseded += 1
            case Fate.CANCELLED:
                self.cancelled += 1
            case Fate.FAILED:
                self.failed.append((outcome.number, outcome.code))


async def take_registrations(
    exam: OpenExam, records: Sequence[Record], *, by: str, bell_for_late: datetime | None = None
) -> Taken:
    """Adds registrations and changes those that are there, in their order.

    ``bell_for_late``: the bell of cases that are made after theirs; without it these begin withdrawn.
    :class:`Refused` as :func:`refuse_bell`. Codes of failed rows: ``site_unknown``, ``person_known`` (the number and
    the identity document are two different people's), ``user_name_taken`` (by somebody else).
    """
    await refuse_bell(exam, bell_for_late)
    taken = Taken()
    for start in range(0, len(records), SLICE):
        here = await take_slice(exam, records[start : start + SLICE], by=by, bell_for_late=bell_for_late)
        for outcome in here.outcomes:  # counted only once its transaction stands
            taken.note(outcome)
    return taken


async def refuse_bell(exam: OpenExam, bell_for_late: datetime | None) -> None:
    """:class:`Refused` ``bell.not_later`` (than the phase's bell and than now), ``phase.published``."""
    if bell_for_late is None:
        return
    if exam.phase.published_at is not None:
        raise Refused("phase.published")
    if not extends(bell_for_late, exam.window.bell, await exam_now()):
        raise Refused("bell.not_later")


@transaction
async def take_slice(
    exam: OpenExam,
    records: Sequence[Record],
    *,
    by: str,
    bell_for_late: datetime | None = None,
    noted: Callable[[Taken], Awaitable[None]] | None = None,
) -> Taken:
    """One slice, whole or not at all; ``bell_for_late`` as :func:`refuse_bell` allows it.

    ``noted`` writes down, in the same transaction, what became of the rows, instead of an event of the slice's own.
    What it raises undoes the slice.
    """
    # The making of a case and every withdrawal take the phase's lock first; then come the cases, by id.
    phase = await Phase.select_for_update().get(id=exam.phase.id)
    terms = Terms(await exam_now(), bell_for_late if phase.published_at is None else None)
    world = await empty_world(exam)
    await look_up(exam, world, records, lock=True)
    units = await _known_units(exam.id, records)
    taken = Taken()
    for row in records:
        plan = planned(exam, world, row, terms)
        await _carry_out(exam, plan, units, by)
        taken.note(plan.outcome)
    if noted is not None:
        await noted(taken)
    elif taken.added or taken.changed or taken.superseded:
        await record(
            exam_chain(exam.code),
            actor=by,
            what="registrations.taken",
            added=taken.added,
            changed=taken.changed,
            same=taken.same,
            superseded=taken.superseded,
            cancelled=taken.cancelled,
            failed=len(taken.failed),
        )
    return taken


async def _carry_out(exam: OpenExam, plan: Plan, units: dict[str, Unit], by: str) -> None:
    if plan.candidate is None:
        return
    fate, row = plan.outcome.fate, plan.row
    if fate in {Fate.ADDED, Fate.CHANGED}:
        values = await _values(exam, row, units)
        if fate is Fate.ADDED:
            await Candidate.create(id=plan.candidate, exam_id=exam.id, **values)
        else:
            await Candidate.filter(id=plan.candidate).update(**values)
    await _keep(exam.id, plan)
    if plan.outcome.case:
        site = exam.site(row["site_code"]).id
        begins_at = Place(Stage(plan.outcome.case)), plan.bell
        await make_case(exam, plan.candidate, site, row, begins_at, digest=plan.digest, by=by)
    elif fate is Fate.CHANGED:
        case = await Case.get_or_none(phase_id=exam.phase.id, candidate_id=plan.candidate)
        if case is not None:
            await follow(exam, case, plan, by=by)


async def _keep(exam_id: UUID, plan: Plan) -> None:
    """The registration as it was told."""
    moment = now()
    told: dict[str, Any] = {"record": dict(plan.row), "record_digest": plan.digest, "changed_at": moment}
    if plan.known:
        await Registration.filter(exam_id=exam_id, number=plan.outcome.number).update(**told)
        return
    await Registration.create(
        exam_id=exam_id,
        candidate_id=plan.candidate,
        number=plan.outcome.number,
        taken_at=moment,
        **told,
    )


async def _known_units(exam_id: UUID, records: Sequence[Record]) -> dict[str, Unit]:
    codes = {row["unit_code"] for row in records if row.get("unit_code")}
    found = await Unit.filter(exam_id=exam_id, code__in=list(codes)) if codes else []
    return {unit.code: unit for unit in found}


async def _unit(exam_id: UUID, row: Record, units: dict[str, Unit]) -> UUID | None:
    code = row.get("unit_code", "")
    if not code:
        return None
    told: dict[str, Any] = {"name": row.get("unit_name", ""), "phone": row.get("unit_phone", "")}
    unit = units.get(code)
    if unit is None:
        unit = units[code] = await Unit.create(exam_id=exam_id, code=code, **told)
    elif (unit.name, unit.phone) != (told["name"], told["phone"]):
        await unit.update_from_dict(told).save(update_fields=list(told))
    return unit.id


async def _values(exam: OpenExam, row: Record, units: dict[str, Unit]) -> Mapping[str, Any]:
    return {
        "id_type": row["id_type"],
        "id_number": row["id_number"],
        "registration_number": row["registration_number"],
        "name": row["name"],
        "office_id": exam.site(row["site_code"]).id,
        "unit_id": await _unit(exam.id, row, units),
        "user_name": row["user_name"],
        "user_name_key": user_name_key(row["user_name"]),
    }
