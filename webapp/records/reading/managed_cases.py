"""The cases that somebody answers for: as a list that can be narrowed, and each with its whole story."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from webapp.records.cases import Case, CaseFlag
from webapp.records.exam import Unit
from webapp.records.moves import CaseMove
from webapp.records.people import Candidate
from webapp.records.reading.case_file import CaseFile, arrival_of, place_of, read_case
from webapp.records.reading.events import names_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.progress import given_up, nothing_handed_in
from webapp.records.results import Proposal, Result
from webapp.rules.places import LEVELLED, SETTLED_STAGES, Place, Stage
from webapp.rules.showing import withdrawal_word

PAGE_ROWS = 50
LONGEST_SEARCH = 64
MOST_PAGES = 10_000


@dataclass(frozen=True)
class Wanted:
    """How a list is narrowed; empty texts narrow nothing."""

    sites: frozenset[UUID]
    standing: str = ""
    """A stage, ``review.0``, ``given_up``, ``nothing_handed_in``, ``decided`` or ``open``."""
    flag: str = ""
    words: str = ""
    """Of a name, or the beginning of a registration number."""
    page: int = 1


@dataclass(frozen=True)
class ListedCase:
    """One case of a list."""

    case: Case
    candidate: Candidate
    unit: Unit | None
    flags: tuple[str, ...]
    withdrawal: str
    """``given_up`` or ``nothing_handed_in`` for a withdrawn one, else empty."""

    @property
    def place(self) -> Place:
        """Where it stands."""
        return place_of(self.case)


async def find_cases(exam: OpenExam, wanted: Wanted) -> tuple[list[ListedCase], int]:
    """A page of them by registration number, and how many there are in all."""
    cases = Case.filter(phase_id=exam.phase.id, site_id__in=list(wanted.sites))
    cases = _standing(cases, wanted.standing)
    if wanted.flag:
        cases = cases.filter(flags__flag=wanted.flag)
    words = wanted.words.strip()[:LONGEST_SEARCH]
    if words:
        begins = Q(candidate__registration_number__startswith=words)
        cases = cases.filter(Q(candidate__name__icontains=words) | begins)
    first = (max(1, min(wanted.page, MOST_PAGES)) - 1) * PAGE_ROWS
    page = cases.order_by("candidate__registration_number").offset(first).limit(PAGE_ROWS)
    return await _listed(await page.prefetch_related("candidate__unit", "flags")), await cases.count()


def _standing(cases: QuerySet[Case], standing: str) -> QuerySet[Case]:
    stage, _, level = standing.partition(".")
    if standing == "nothing_handed_in":
        return cases.filter(nothing_handed_in())
    if standing == "given_up":
        return cases.filter(given_up())
    if standing == "open":
        return cases.exclude(stage__in=[one.value for one in SETTLED_STAGES])
    if standing == "decided":
        return cases.filter(stage__in=[Stage.PASSED.value, Stage.FAILED.value])
    if stage in LEVELLED and level in {"0", "1", "2"}:
        return cases.filter(stage=stage, level=int(level))
    return cases.filter(stage=stage) if stage in set(Stage) else cases


async def _listed(cases: Sequence[Case]) -> list[ListedCase]:
    withdrawn = [case.arrived_by for case in cases if case.stage == Stage.WITHDRAWN.value and case.arrived_by]
    moves = {row.id: row for row in await CaseMove.filter(id__in=withdrawn)} if withdrawn else {}
    return [
        ListedCase(
            case,
            case.candidate,
            case.candidate.unit,
            tuple(sorted(flag.flag for flag in case.flags)),
            withdrawal_word(arrival_of(moves[case.arrived_by] if case.arrived_by else None))
            if case.stage == Stage.WITHDRAWN.value
            else "",
        )
        for case in cases
    ]


@dataclass(frozen=True)
class CaseStory:
    """One case with all that has happened to it."""

    file: CaseFile
    candidate: Candidate
    unit: Unit | None
    flags: tuple[CaseFlag, ...]
    moves: tuple[CaseMove, ...]
    """Newest first."""
    results: tuple[Result, ...]
    """Newest first."""
    proposal: Proposal | None
    """What waits for a second person."""
    names: dict[str, str]
    """Of those who acted, as events name them."""


async def case_story(exam: OpenExam, case_id: UUID, sites: Collection[UUID]) -> CaseStory | None:
    """None where the case does not stand at one of ``sites``."""
    found = Case.get_or_none(id=case_id, phase_id=exam.phase.id, site_id__in=list(sites))
    case = await found.prefetch_related("candidate__unit", "flags")
    if case is None:
        return None
    moves = await CaseMove.filter(case_id=case_id).order_by("-number")
    proposal = await Proposal.filter(case_id=case_id, ended_at=None).order_by("-at").first()
    actors = {move.actor for move in moves} | {flag.set_by for flag in case.flags}
    if proposal is not None:
        actors.add(f"staff:{proposal.staff_id}")
    if case.lease_holder is not None:
        actors.add(f"staff:{case.lease_holder}")
    return CaseStory(
        file=await read_case(exam, case),
        candidate=case.candidate,
        unit=case.candidate.unit,
        flags=tuple(case.flags),
        moves=tuple(moves),
        results=tuple(await Result.filter(case_id=case_id).order_by("-version")),
        proposal=proposal,
        names=await names_of(actors),
    )


async def case_of_proposal(exam: OpenExam, proposal_id: UUID, sites: Collection[UUID]) -> UUID | None:
    """The case, at one of ``sites``, that a proposal is about; an ended proposal too."""
    found = Proposal.filter(id=proposal_id, phase_id=exam.phase.id, case__site_id__in=list(sites))
    row = await found.first()
    return row.case_id if row else None
