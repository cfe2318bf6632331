"""A table of registrations beside those that are there: what taking it in would do. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID, uuid4

from webapp.records.reading.case_file import concerns_of, needs_case
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.registration_world import (
    Person,
    World,
    document_of,
    empty_world,
    look_up,
)
from webapp.records.registrations import Registration
from webapp.rules.bells import case_window
from webapp.rules.fields import Record
from webapp.rules.flags import Flag
from webapp.rules.names import user_name_key
from webapp.rules.places import COLLECTING, Place
from webapp.rules.stages import begins_at
from webapp.rules.taking import (
    Effect,
    Fate,
    Outcome,
    Standing,
    after_effects,
    changed_fields,
    conflict,
    effects_on,
    holds,
    lacking,
    newly_required,
    record_digest,
    takes_over,
)
from webapp.rules.windows import WindowState

_SLICE = 200
"""Records a query: they are large, and databases bound the parameters of a statement."""


@dataclass(frozen=True)
class Terms:
    """On which terms a table is taken."""

    exam_now: datetime
    bell_for_late: datetime | None = None
    """The bell of cases that are made after theirs. None: they begin withdrawn."""


@dataclass(frozen=True)
class Plan:
    """One row's fate and all that is written for it."""

    outcome: Outcome
    row: Record
    digest: str = ""
    candidate: UUID | None = None
    """Whose registration it is; None: nothing is written."""
    known: bool = False
    """The registration's number is there already."""
    bell: datetime | None = None
    """Its case's own, where one is made with it."""
    clears: tuple[Flag, ...] = ()
    """Flags of the case that no longer say what is so."""
    before: Record = field(default_factory=dict)
    """The person's registration until now, where there was one."""


async def with_absent_kept(
    exam: OpenExam, records: Sequence[Record], absent: Collection[str]
) -> list[Record]:
    """The records, with what is known in the fields ``absent``, of which the table has no column."""
    if not absent:
        return list(records)
    completed: list[Record] = []
    for part in _slices(records):
        numbers = [record["registration_number"] for record in part]
        rows = await Registration.filter(exam_id=exam.id, number__in=numbers).values("number", "record")
        known: dict[str, Record] = {row["number"]: row["record"] for row in rows}
        for record in part:
            before = known.get(record["registration_number"], {})
            kept = {code: value for code, value in before.items() if code in absent}
            completed.append({**kept, **record})
    return completed


async def foretold(exam: OpenExam, records: Sequence[Record], terms: Terms) -> list[Outcome]:
    """What :func:`webapp.actions.take_registrations.take_registrations` would make of the records now."""
    world = await empty_world(exam)
    outcomes: list[Outcome] = []
    for part in _slices(records):
        await look_up(exam, world, part)
        outcomes += [planned(exam, world, row, terms).outcome for row in part]
    return outcomes


def planned(exam: OpenExam, world: World, row: Record, terms: Terms) -> Plan:
    """What becomes of a row whom :func:`look_up` has been asked about; ``world`` is then as the row leaves it."""
    number, digest = row["registration_number"], record_digest(row)
    known_digest, own = world.registered.get(number, ("", None))
    if known_digest == digest:
        return Plan(Outcome(number, Fate.SAME), row)
    if row["site_code"] not in world.sites:
        return Plan(Outcome(number, Fate.FAILED, "site_unknown"), row)
    named = world.people.get(document_of(row))
    who = own or named
    if who is None and not holds(row):
        return Plan(Outcome(number, Fate.CANCELLED), row)
    problem = conflict(own, named, None)
    person = world.persons[who] if who is not None else None
    if person and not problem and number != person.number and not takes_over(row, person.record):
        world.registered[number] = (digest, person.id)
        fate = Fate.SUPERSEDED if holds(row) else Fate.CANCELLED
        return Plan(Outcome(number, fate), row, digest, person.id, own is not None)
    problem = problem or conflict(own, named, world.user_names.get(user_name_key(row["user_name"])))
    if problem:
        return Plan(Outcome(number, Fate.FAILED, problem), row)
    plan = _taken(exam, world, row, person, terms)
    plan = replace(plan, digest=digest, known=own is not None)
    assert plan.candidate is not None  # noqa: S101 - for mypy: a row that is taken has one
    world.registered[number] = (digest, plan.candidate)
    return plan


def _taken(exam: OpenExam, world: World, row: Record, person: Person | None, terms: Terms) -> Plan:
    """The row is, or becomes, its person's current registration."""
    number = row["registration_number"]
    before = person.record if person else {}
    standing = person.standing if person else None
    fields = changed_fields(before, row) if person else ()
    effects: tuple[Effect, ...] = ()
    clears: tuple[Flag, ...] = ()
    case, bell = "", None
    if standing is None:
        standing, bell = _begins(exam, row, terms)
        case = standing.place.stage.value if standing else ""
        effects = (Effect.OWN_BELL,) if bell else ()
    else:
        effects = _effects(exam, world, standing, before, row)
        clears = _clears(exam, standing, effects, row)
        standing = after_effects(standing, effects, row["site_code"], clears)
    if person is not None and number != person.number:
        effects = (Effect.TAKEN_OVER, *effects)
    after = Person(
        person.id if person else uuid4(),
        number,
        row,
        document_of(row),
        user_name_key(row["user_name"]),
        standing,
    )
    world.place(after)
    fate = Fate.CHANGED if person else Fate.ADDED
    outcome = Outcome(number, fate, fields=fields, case=case, effects=effects)
    return Plan(outcome, row, candidate=after.id, bell=bell, clears=clears, before=before)


def begins(exam: OpenExam, record: Record, terms: Terms) -> tuple[Place, datetime | None] | None:
    """Where a case of this record is made, and its own bell; None where it needs none."""
    if not holds(record) or not needs_case(exam, record):
        return None
    site = exam.site(record["site_code"])
    window = case_window(exam.window, exam.bell_of_site(site.id))
    if terms.bell_for_late is not None and window.state_at(terms.exam_now) is WindowState.CLOSED:
        return COLLECTING, terms.bell_for_late
    return begins_at(window, terms.exam_now), None


def _begins(exam: OpenExam, row: Record, terms: Terms) -> tuple[Standing | None, datetime | None]:
    found = begins(exam, row, terms)
    return (Standing(found[0], row["site_code"]), found[1]) if found else (None, None)


def _effects(
    exam: OpenExam, world: World, standing: Standing, before: Record, row: Record
) -> tuple[Effect, ...]:
    more = standing.works_at != COLLECTING and bool(
        newly_required(concerns_of(exam, before), concerns_of(exam, row), standing)
    )
    return effects_on(standing, before, row, published=world.published, requires_more=more)


def _clears(exam: OpenExam, standing: Standing, effects: Collection[Effect], row: Record) -> tuple[Flag, ...]:
    """Flags of the case that no longer say what is so."""
    over: dict[Flag, Callable[[], bool]] = {
        Flag.CANCELLED_LATER: lambda: holds(row),
        Flag.SITE_CHANGED: lambda: Effect.SITE_MOVED in effects or row["site_code"] == standing.site,
        Flag.NEWLY_REQUIRED: lambda: not lacking(concerns_of(exam, row), standing),
    }
    return tuple(flag for flag, is_over in over.items() if flag in standing.flags and is_over())


def _slices(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), _SLICE):
        yield records[start : start + _SLICE]
