"""How many candidates each material concerns, and how many of them have it complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.functions import Count

from webapp.records.cases import Case
from webapp.records.declarations import Declaration
from webapp.records.people import Candidate
from webapp.records.photos import Photo
from webapp.records.reading.case_file import CaseFile, read_case
from webapp.records.reading.exams import OpenExam
from webapp.records.registrations import Registration
from webapp.rules.catalogue import Concern, concerning
from webapp.rules.conditions import fields_of
from webapp.rules.fields import Record
from webapp.rules.filling import FillState, Held, filled

_SLICE = 500


@dataclass
class Concerned:
    """Of one material, in cases: whom it is asked of, and how far they are."""

    asked: int = 0
    complete: int = 0
    declared: int = 0
    """Declared missing, with a reason."""


class _Lists:
    """The list of each record. Few combinations of the fields that conditions rest on ever occur."""

    def __init__(self, exam: OpenExam) -> None:
        self._materials = exam.package.materials_of(exam.phase.code)
        rests: set[str] = set()
        for material in self._materials:
            for when in (material.when, *(variant.when for variant in material.variants)):
                rests |= fields_of(when) if when else frozenset()
        self._fields = sorted(rests)
        self._known: dict[tuple[str, ...], tuple[Concern, ...]] = {}

    def of(self, record: Record) -> tuple[Concern, ...]:
        key = tuple(record.get(code, "") for code in self._fields)
        if key not in self._known:
            self._known[key] = concerning(self._materials, record)
        return self._known[key]


async def count_materials(exam: OpenExam, sites: Collection[UUID]) -> tuple[int, Mapping[str, Concerned]]:
    """How many cases there are at these sites, and by material whom it concerns; read so many at a time."""
    lists, found, total = _Lists(exam), defaultdict(Concerned), 0
    for material in exam.package.materials_of(exam.phase.code):
        found[material.code] = Concerned()
    after: UUID | None = None
    while True:
        cases = Case.filter(phase_id=exam.phase.id, site_id__in=list(sites)).order_by("id")
        cases = cases.filter(id__gt=after) if after else cases
        rows = await cases.limit(_SLICE).values("id", "candidate__registration_number")
        if not rows:
            return total, found
        after, total = rows[-1]["id"], total + len(rows)
        await _count(exam, {row["id"]: row["candidate__registration_number"] for row in rows}, lists, found)


async def _count(
    exam: OpenExam, numbers: Mapping[UUID, str], lists: _Lists, found: Mapping[str, Concerned]
) -> None:
    known = Registration.filter(exam_id=exam.id, number__in=list(numbers.values()))
    records = {row["number"]: row["record"] for row in await known.values("number", "record")}
    photos, declared = await _photos(list(numbers)), await _declared(list(numbers))
    for case_id, number in numbers.items():
        concerns = lists.of(records.get(number, {}))
        for fill in filled(concerns, photos.get(case_id, {}), declared.get(case_id)):
            counted = found[fill.concern.material.code]
            counted.asked += 1
            counted.complete += fill.state is FillState.COMPLETE
            counted.declared += fill.state is FillState.DECLARED


async def _photos(cases: Sequence[UUID]) -> dict[UUID, dict[tuple[str, str], Held]]:
    places = ("case_id", "material", "slot")
    grouped = Photo.filter(case_id__in=cases, removed_at=None).annotate(number=Count("id")).group_by(*places)
    counts: dict[UUID, dict[tuple[str, str], Held]] = defaultdict(dict)
    for row in await grouped.values(*places, "number"):
        counts[row["case_id"]][row["material"], row["slot"]] = Held(row["number"])
    return counts


async def _declared(cases: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    said: dict[UUID, dict[str, str]] = defaultdict(dict)
    for one in await Declaration.filter(case_id__in=cases, ended_at=None):
        said[one.case_id][one.material] = one.kind
    return said


async def case_by_number(
    exam: OpenExam, number: str, sites: Collection[UUID]
) -> tuple[Candidate, CaseFile] | None:
    """The case of the candidate who carries this registration number, if they belong to one of ``sites``."""
    case = (
        await Case.filter(
            phase_id=exam.phase.id, site_id__in=list(sites), candidate__registration_number=number
        )
        .prefetch_related("candidate")
        .first()
    )
    return (case.candidate, await read_case(exam, case)) if case else None
