"""A table of registrations beside those that are there: what taking it in would do. Nothing is written here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from webapp.records.cases import Case
from webapp.records.people import Candidate
from webapp.records.reading.case_file import needs_case
from webapp.records.reading.exams import OpenExam
from webapp.records.registrations import Registration
from webapp.rules.fields import Record
from webapp.rules.names import user_name_key
from webapp.rules.stages import begins_at
from webapp.rules.taking import Fate, Outcome, changed_fields, conflict, record_digest

_Person = tuple[str, str]
"""Type and number of an identity document."""
_SLICE = 200
"""Records a query: they are large, and databases bound the parameters of a statement."""


async def with_absent_kept(
    exam: OpenExam, records: Sequence[Record], absent: Collection[str]
) -> list[Record]:
    """The records, with what is known in the fields ``absent``, of which the table has no column."""
    if not absent:
        return list(records)
    completed: list[Record] = []
    for part in _slices(records):
        known = await _known_records(exam.id, part)
        for record in part:
            before = known.get(record["registration_number"], {})
            kept = {code: value for code, value in before.items() if code in absent}
            completed.append({**kept, **record})
    return completed


async def foretold(exam: OpenExam, records: Sequence[Record], exam_now: datetime) -> list[Outcome]:
    """What :func:`webapp.actions.take_registrations.take_registrations` would make of the records now."""
    world = await _world(exam)
    stage = begins_at(exam.window, exam_now).stage.value
    outcomes: list[Outcome] = []
    for part in _slices(records):
        known = await _known_records(exam.id, [row for row in part if world.tells_anew(row)])
        for number, record in known.items():
            world.records.setdefault(number, record)
        outcomes += [_outcome(exam, world, row, stage) for row in part]
    return outcomes


@dataclass
class _World:
    """Who is there, as it would be after each row."""

    sites: frozenset[str]
    registered: dict[str, tuple[str, UUID]] = field(default_factory=dict)
    """By registration number: the record's digest and the candidate."""
    people: dict[_Person, UUID] = field(default_factory=dict)
    user_names: dict[str, UUID] = field(default_factory=dict)
    holds: dict[UUID, tuple[_Person, str]] = field(default_factory=dict)
    """The document and the user name of each candidate."""
    with_case: set[UUID] = field(default_factory=set)
    records: dict[str, Record] = field(default_factory=dict)
    """Those that rows change, by registration number: what the table said before stands for what is stored."""

    def place(self, candidate: UUID, person: _Person, name_key: str) -> None:
        """The candidate has this document and this user name from now on, and no other."""
        if candidate in self.holds:
            old_person, old_name = self.holds[candidate]
            del self.people[old_person], self.user_names[old_name]
        self.people[person] = self.user_names[name_key] = candidate
        self.holds[candidate] = (person, name_key)

    def tells_anew(self, row: Record) -> bool:
        """Whether the row's number is known with another record."""
        known = self.registered.get(row["registration_number"])
        return known is not None and known[0] != record_digest(row)


async def _world(exam: OpenExam) -> _World:
    world = _World(frozenset(office.code for office in exam.sites))
    rows = await Registration.filter(exam_id=exam.id).values("number", "record_digest", "candidate_id")
    world.registered = {row["number"]: (row["record_digest"], row["candidate_id"]) for row in rows}
    for row in await Candidate.filter(exam_id=exam.id).values("id", "id_type", "id_number", "user_name_key"):
        world.place(row["id"], (row["id_type"], row["id_number"]), row["user_name_key"])
    cases = await Case.filter(phase_id=exam.phase.id).values("candidate_id")
    world.with_case = {row["candidate_id"] for row in cases}
    return world


def _outcome(exam: OpenExam, world: _World, row: Record, stage: str) -> Outcome:
    number, digest = row["registration_number"], record_digest(row)
    known_digest, own = world.registered.get(number, ("", None))
    if known_digest == digest:
        return Outcome(number, Fate.SAME)
    if row["site_code"] not in world.sites:
        return Outcome(number, Fate.FAILED, "site_unknown")
    person, name_key = (row["id_type"], row["id_number"]), user_name_key(row["user_name"])
    problem = conflict(own, world.people.get(person), world.user_names.get(name_key))
    if problem:
        return Outcome(number, Fate.FAILED, problem)
    candidate = own or uuid4()
    case = stage if candidate not in world.with_case and needs_case(exam, row) else ""
    if case:
        world.with_case.add(candidate)
    world.place(candidate, person, name_key)
    world.registered[number] = (digest, candidate)
    before, world.records[number] = world.records.get(number, {}), row
    if own is None:
        return Outcome(number, Fate.ADDED, case=case)
    return Outcome(number, Fate.CHANGED, fields=changed_fields(before, row), case=case)


async def _known_records(exam_id: UUID, rows: Sequence[Record]) -> dict[str, Record]:
    numbers = [row["registration_number"] for row in rows]
    if not numbers:
        return {}
    found = await Registration.filter(exam_id=exam_id, number__in=numbers).values("number", "record")
    return {row["number"]: row["record"] for row in found}


def _slices(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), _SLICE):
        yield records[start : start + _SLICE]
