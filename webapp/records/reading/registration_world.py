"""Who is there beside a table of registrations: read for some rows at a time, and kept as it is after each row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from webapp.records.cases import Case, CaseFlag
from webapp.records.declarations import Declaration
from webapp.records.exam import Phase
from webapp.records.moves import CaseMove
from webapp.records.people import Candidate
from webapp.records.photos import Incoming, Photo
from webapp.records.reading.case_file import place_of
from webapp.records.reading.case_rows import WAITING
from webapp.records.reading.exams import OpenExam
from webapp.records.registrations import Registration
from webapp.rules.fields import Record
from webapp.rules.filling import Counts, Held
from webapp.rules.flags import Flag
from webapp.rules.names import user_name_key
from webapp.rules.places import Place, Stage
from webapp.rules.taking import Standing, is_import_withdrawal, record_digest

Document = tuple[str, str]
"""Type and number of an identity document."""


@dataclass(frozen=True)
class Person:
    """A candidate, as far as an import asks."""

    id: UUID
    number: str
    """Of the current registration."""
    record: Record
    """The current registration's."""
    document: Document
    name_key: str
    standing: Standing | None = None
    """Their case in the open phase."""


@dataclass
class World:
    """Those whom the rows read so far meet, as they are after the rows that were planned so far."""

    published: bool
    sites: frozenset[str]
    """Codes."""
    registered: dict[str, tuple[str, UUID]] = field(default_factory=dict)
    """By registration number: the record's digest and the candidate."""
    people: dict[Document, UUID] = field(default_factory=dict)
    user_names: dict[str, UUID] = field(default_factory=dict)
    persons: dict[UUID, Person] = field(default_factory=dict)

    def place(self, person: Person) -> None:
        """The person has this document and this user name from now on, and no other."""
        before = self.persons.get(person.id)
        if before is not None:
            del self.people[before.document], self.user_names[before.name_key]
        self.people[person.document] = self.user_names[person.name_key] = person.id
        self.persons[person.id] = person

    def tells_anew(self, row: Record) -> bool:
        """Whether the row's number is new, or known with another record."""
        known = self.registered.get(row["registration_number"])
        return known is None or known[0] != record_digest(row)


def document_of(record: Record) -> Document:
    """The identity document of the person whom a record names."""
    return record["id_type"], record["id_number"]


async def empty_world(exam: OpenExam) -> World:
    """Nobody has been looked up yet."""
    published = await Phase.exists(id=exam.phase.id, published_at__not_isnull=True)
    return World(published, frozenset(office.code for office in exam.sites))


async def look_up(exam: OpenExam, world: World, rows: Sequence[Record], *, lock: bool = False) -> None:
    """Adds those whom ``rows`` meet. Who is there already stays as the rows before have left them.

    ``lock``: locks the cases, by id, for the rest of the transaction.
    """
    numbers = [row["registration_number"] for row in rows]
    found = Registration.filter(exam_id=exam.id, number__in=numbers)
    for known in await found.values("number", "record_digest", "candidate_id"):
        world.registered.setdefault(known["number"], (known["record_digest"], known["candidate_id"]))
    anew = [row for row in rows if world.tells_anew(row)]
    if not anew:
        return
    candidates = {one.id: one for one in await _candidates(exam, world, anew) if one.id not in world.persons}
    records = await _records(exam, [one.registration_number for one in candidates.values()])
    standings = await _standings(exam, list(candidates), lock=lock)
    for one in candidates.values():
        world.place(
            Person(
                one.id,
                one.registration_number,
                records.get(one.registration_number, {}),
                (one.id_type, one.id_number),
                one.user_name_key,
                standings.get(one.id),
            )
        )


async def _candidates(exam: OpenExam, world: World, rows: Sequence[Record]) -> list[Candidate]:
    owners = {
        world.registered[number][1]
        for row in rows
        if (number := row["registration_number"]) in world.registered
    }
    here = Candidate.filter(exam_id=exam.id)
    found = await here.filter(id_number__in=[row["id_number"] for row in rows])
    found += await here.filter(user_name_key__in=[user_name_key(row["user_name"]) for row in rows])
    return found + (await here.filter(id__in=list(owners)) if owners else [])


async def _records(exam: OpenExam, numbers: Sequence[str]) -> dict[str, Record]:
    if not numbers:
        return {}
    # A document's number or a user name can each bring somebody: up to three times as many as there are rows.
    found = await Registration.filter(exam_id=exam.id, number__in=numbers).values("number", "record")
    return {row["number"]: row["record"] for row in found}


async def _standings(exam: OpenExam, candidates: Collection[UUID], *, lock: bool) -> dict[UUID, Standing]:
    if not candidates:
        return {}
    of_them = Case.filter(phase_id=exam.phase.id, candidate_id__in=candidates).order_by("id")
    cases = await (of_them.select_for_update() if lock else of_them)
    arrivals = await _arrivals(cases)
    sites = {office.id: office.code for office in exam.offices}
    flags, (counts, declared) = await _flags(cases), await _contents(cases)
    standings = {}
    for case in cases:
        place = place_of(case)
        arrival = (
            arrivals.get(case.arrived_by) if case.arrived_by and place.stage is Stage.WITHDRAWN else None
        )
        standings[case.candidate_id] = Standing(
            place,
            sites[case.site_id],
            Place(Stage(arrival.from_stage), arrival.from_level) if arrival else None,
            arrival is not None and is_import_withdrawal(arrival.move, arrival.by),
            frozenset(flags[case.id]),
            counts.get(case.id, {}),
            declared.get(case.id, {}),
        )
    return standings


async def _arrivals(cases: Iterable[Case]) -> dict[UUID, CaseMove]:
    """How the withdrawn ones came there."""
    moves = [case.arrived_by for case in cases if case.arrived_by and case.stage == Stage.WITHDRAWN.value]
    return {move.id: move for move in await CaseMove.filter(id__in=moves)} if moves else {}


async def _flags(cases: Iterable[Case]) -> dict[UUID, set[Flag]]:
    flags: dict[UUID, set[Flag]] = defaultdict(set)
    ids = [case.id for case in cases]
    for row in await CaseFlag.filter(case_id__in=ids) if ids else ():
        flags[row.case_id].add(Flag(row.flag))
    return flags


async def _contents(cases: Iterable[Case]) -> tuple[dict[UUID, Counts], dict[UUID, Mapping[str, str]]]:
    """What there is of the cases whose candidates cannot add what is newly required by themselves."""
    ids = [case.id for case in cases if case.stage != Stage.COLLECTING.value]
    if not ids:
        return {}, {}
    stored = await _by_place(Photo.filter(case_id__in=ids, removed_at=None))
    arrived = await _by_place(Incoming.filter(case_id__in=ids, state=WAITING, replaces=None))
    counts: dict[UUID, dict[tuple[str, str], Held]] = defaultdict(dict)
    for case, material, slot in {*stored, *arrived}:
        at = (case, material, slot)
        counts[case][material, slot] = Held(stored[at], arrived[at])
    declared: dict[UUID, dict[str, str]] = defaultdict(dict)
    for one in await Declaration.filter(case_id__in=ids, ended_at=None):
        declared[one.case_id][one.material] = one.kind
    return dict(counts), dict(declared)


async def _by_place(rows: QuerySet[Photo] | QuerySet[Incoming]) -> Counter[tuple[UUID, str, str]]:
    """How many there are of each case, material and slot."""
    places = ("case_id", "material", "slot")
    counted = rows.annotate(number=Count("id")).group_by(*places).values(*places, "number")
    return Counter({(one["case_id"], one["material"], one["slot"]): one["number"] for one in await counted})
