"""What the page of publishing asks: who approved and who published, what is still open, and the list of results."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime

from webapp.records.cases import Case
from webapp.records.events import Event
from webapp.records.exam import Unit
from webapp.records.people import Candidate
from webapp.records.reading.events import names_of
from webapp.records.reading.exams import OpenExam
from webapp.records.results import Proposal, Result
from webapp.rules.places import SETTLED_STAGES

OPEN_SHOWN = 50
PROPOSALS_SHOWN = 100
_SLICE = 500


@dataclass(frozen=True)
class Published:
    """The act: when, by whom, after whose approval, and how many of each word."""

    at: datetime
    by: str
    approved_by: str
    cases: int
    counts: dict[str, int]


@dataclass(frozen=True)
class Listed:
    """One line of the list of results."""

    candidate: Candidate
    unit: Unit | None
    case: Case
    result: Result
    """The newest."""


async def open_cases(exam: OpenExam) -> list[Case]:
    """The first that publishing waits for, by site and stage, each with its candidate."""
    settled = [stage.value for stage in SETTLED_STAGES]
    found = Case.filter(phase_id=exam.phase.id).exclude(stage__in=settled)
    ordered = found.order_by("site__code", "stage", "level", "candidate__registration_number")
    return await ordered.limit(OPEN_SHOWN).prefetch_related("candidate")


async def approvals(exam: OpenExam, act: str) -> list[Proposal]:
    """The first persons' approvals, newest first, each with who gave it."""
    found = Proposal.filter(phase_id=exam.phase.id, act=act)
    return await found.order_by("-at").limit(20).prefetch_related("staff")


async def open_proposals(exam: OpenExam, acts: Collection[str]) -> list[Proposal]:
    """What has been proposed of single cases and waits, oldest first, each with case, candidate and proposer."""
    found = Proposal.filter(phase_id=exam.phase.id, act__in=list(acts), ended_at=None)
    return await found.order_by("at").limit(PROPOSALS_SHOWN).prefetch_related("staff", "case__candidate")


async def published_act(exam: OpenExam, chain: str) -> Published | None:
    """What the exam's chain says of publishing; None before."""
    event = await Event.filter(chain=chain, what="phase.published").order_by("-sequence").first()
    if event is None or exam.phase.published_at is None:
        return None
    approver = f"staff:{event.facts['approved_by']}"
    names = await names_of({event.actor, approver})
    return Published(
        exam.phase.published_at,
        names.get(event.actor, ""),
        names.get(approver, ""),
        int(event.facts["cases"]),
        dict(event.facts["counts"]),
    )


async def count_results(exam: OpenExam) -> int:
    """How many cases have a Result."""
    return await Result.filter(case__phase_id=exam.phase.id, version=1).count()


async def results_in_slices(exam: OpenExam) -> AsyncIterator[list[Listed]]:
    """Every case's newest Result, by registration number, so many at a time."""
    after = ""
    while True:
        cases = (
            await Case.filter(phase_id=exam.phase.id, candidate__registration_number__gt=after)
            .order_by("candidate__registration_number")
            .limit(_SLICE)
            .prefetch_related("candidate__unit")
        )
        if not cases:
            return
        after = cases[-1].candidate.registration_number
        newest: dict[object, Result] = {}
        for row in await Result.filter(case_id__in=[case.id for case in cases]).order_by("version"):
            newest[row.case_id] = row
        yield [
            Listed(case.candidate, case.candidate.unit, case, newest[case.id])
            for case in cases
            if case.id in newest
        ]
