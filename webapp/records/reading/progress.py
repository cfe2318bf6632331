"""How far the cases of each site are: a fixed number of grouped queries, however many sites there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import F, Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from webapp.records.cases import Case, CaseFlag
from webapp.records.exam import SiteBell
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import Move, Stage

Place = tuple[str, int | None]
"""A stage and its level, as they are stored."""


@dataclass
class SiteCounts:
    """Cases of one site, or of several together."""

    places: Counter[Place] = field(default_factory=Counter)
    held: Counter[Place] = field(default_factory=Counter)
    """Those that a reviewer has in hand."""
    activated: int = 0
    nothing_handed_in: int = 0
    """Part of the withdrawn ones."""
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def cases(self) -> int:
        """All of them."""
        return self.places.total()

    def at(self, stage: Stage) -> int:
        """Those at a stage, whatever its level."""
        return sum(number for (name, _level), number in self.places.items() if name == stage.value)

    @property
    def given_up(self) -> int:
        """The withdrawn ones that are not 未提交材料."""
        return self.at(Stage.WITHDRAWN) - self.nothing_handed_in

    @property
    def open_cases(self) -> int:
        """Those that publishing waits for."""
        return self.cases - sum(self.at(stage) for stage in (Stage.PASSED, Stage.FAILED, Stage.WITHDRAWN))

    def add(self, other: SiteCounts) -> None:
        """Counts another site's in."""
        self.places += other.places
        self.held += other.held
        self.flags += other.flags
        self.activated += other.activated
        self.nothing_handed_in += other.nothing_handed_in


def nothing_handed_in() -> Q:
    """The withdrawn cases of which nothing came in: closed empty, or made after their bell, by no move at all."""
    closed = Q(moves__id=F("arrived_by"), moves__move=Move.CLOSE.value)
    return Q(stage=Stage.WITHDRAWN.value) & (Q(arrived_by__isnull=True) | closed)


def given_up() -> Q:
    """The other withdrawn ones."""
    return Q(stage=Stage.WITHDRAWN.value, moves__id=F("arrived_by"), moves__move__not=Move.CLOSE.value)


async def count_sites(exam: OpenExam, sites: Collection[UUID], now: datetime) -> Mapping[UUID, SiteCounts]:
    """By site; ``now`` is real time, which leases go by."""
    found = {site: SiteCounts() for site in sites}
    if not found:
        return found
    cases = Case.filter(phase_id=exam.phase.id, site_id__in=list(found))
    by_place = cases.annotate(number=Count("id"), held=Count("id", _filter=Q(lease_until__gt=now)))
    for row in await by_place.group_by("site_id", "stage", "level").values(
        "site_id", "stage", "level", "number", "held"
    ):
        place = (row["stage"], row["level"])
        found[row["site_id"]].places[place] = row["number"]
        found[row["site_id"]].held[place] = row["held"]
    for row in await _by_site(cases.filter(candidate__activated_at__not_isnull=True)):
        found[row["site_id"]].activated = row["number"]
    for row in await _by_site(cases.filter(nothing_handed_in())):
        found[row["site_id"]].nothing_handed_in = row["number"]
    marked = CaseFlag.filter(case__phase_id=exam.phase.id, case__site_id__in=list(found))
    for row in (
        await marked.annotate(number=Count("id"))
        .group_by("case__site_id", "flag")
        .values("case__site_id", "flag", "number")
    ):
        found[row["case__site_id"]].flags[row["flag"]] = row["number"]
    return found


async def _by_site(cases: QuerySet[Case]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        await cases.annotate(number=Count("id")).group_by("site_id").values("site_id", "number")
    )
    return rows


async def extensions_of(exam: OpenExam, offices: Collection[UUID]) -> list[SiteBell]:
    """The bells that were written for these offices, newest first."""
    written = SiteBell.filter(phase_id=exam.phase.id, office_id__in=list(offices))
    return await written.order_by("-set_at", "-id").limit(200)
