"""The open requests of the offices that somebody reviews at, and what a call about one unit's people needs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.records.cases import Case
from webapp.records.exam import Unit
from webapp.records.moves import CaseMove
from webapp.records.people import Candidate
from webapp.records.reading.case_file import Request, answers_to, concerns_of, photos_of, window_of
from webapp.records.reading.exams import OpenExam
from webapp.records.registrations import Registration
from webapp.records.supplements import AskedItem, Call, Supplement
from webapp.rules.bells import due_in_force
from webapp.rules.catalogue import Concern
from webapp.rules.fields import Record
from webapp.rules.places import SETTLES_AFTER, Move, Stage
from webapp.rules.supplements import Asked, unanswered


@dataclass(frozen=True)
class OpenRequest:
    """One request that waits for its candidate."""

    row: Supplement
    case: Case
    candidate: Candidate
    unit: Unit | None
    due: datetime
    """In force: never before the case's bell."""
    calls: tuple[Call, ...]
    """Oldest first, each with its ``staff``."""
    items: int
    own: bool
    """Whether one of these offices asked, so that it makes the calls; the others only read."""


@dataclass(frozen=True)
class AskedOf:
    """One request in full: whom it concerns, by which record, and what of it has come in."""

    request: OpenRequest
    record: Record
    concerns: tuple[Concern, ...]
    items: tuple[AskedItem, ...]
    waiting: tuple[Asked, ...]
    """Items that nothing has come in for."""


def sites_of(exam: OpenExam, offices: Collection[UUID]) -> list[UUID]:
    """The sites on whose cases' chain one of ``offices`` stands."""
    return [site.id for site in exam.sites if chain_of(exam, site.id) & set(offices)]


def chain_of(exam: OpenExam, site_id: UUID) -> set[UUID]:
    """The offices that review a site's cases, of all levels."""
    return {exam.office_at(level, site_id).id for level in range(exam.levels)}


async def open_requests(exam: OpenExam, offices: Collection[UUID], now: datetime) -> list[OpenRequest]:
    """All that wait, oldest first. One that its reviewer may still take back is not told of yet."""
    of_chain = {
        "closed_at": None,
        "case__phase_id": exam.phase.id,
        "case__stage": Stage.SUPPLEMENT.value,
        "case__site_id__in": sites_of(exam, offices),
    }
    rows = Supplement.filter(**of_chain).order_by("asked_at", "id")
    calls: dict[UUID, list[Call]] = defaultdict(list)
    through = {f"supplement__{name}": value for name, value in of_chain.items()}
    for call in await Call.filter(**through).order_by("at", "id").select_related("staff"):
        calls[call.supplement_id].append(call)
    items = Counter(
        [item["supplement_id"] for item in await AskedItem.filter(**through).values("supplement_id")]
    )
    unsettled = CaseMove.filter(
        move=Move.ASK.value, undone_at=None, at__gt=now - SETTLES_AFTER, case__phase_id=exam.phase.id
    )
    fresh = set(await unsettled.values_list("case_id", flat=True))
    return [
        OpenRequest(
            row=row,
            case=row.case,
            candidate=row.case.candidate,
            unit=row.case.candidate.unit,
            due=due_in_force(row.due, window_of(exam, row.case).bell),
            calls=tuple(calls[row.id]),
            items=items[row.id],
            own=row.office_id in offices,
        )
        for row in await rows.prefetch_related("case__candidate__unit")
        if row.case_id not in fresh
    ]


async def asked_of(exam: OpenExam, requests: Sequence[OpenRequest]) -> list[AskedOf]:
    """The same requests in full."""
    records = await _records(exam, [one.candidate.id for one in requests])
    items: dict[UUID, list[AskedItem]] = defaultdict(list)
    of_these = AskedItem.filter(supplement_id__in=[one.row.id for one in requests])
    for item in await of_these.order_by("number") if requests else []:
        items[item.supplement_id].append(item)
    found = []
    for one in requests:
        record = records.get(one.candidate.id, {})
        request = Request(one.row, tuple(items[one.row.id]))
        answers = answers_to(request, await photos_of(one.case.id), record)
        waiting = unanswered(request.asked, answers)
        found.append(AskedOf(one, record, concerns_of(exam, record), request.items, waiting))
    return found


async def _records(exam: OpenExam, candidates: Sequence[UUID]) -> Mapping[UUID, Record]:
    rows = Registration.filter(exam_id=exam.id, candidate_id__in=list(candidates)).order_by("taken_at")
    return {row.candidate_id: row.record for row in await rows} if candidates else {}


async def phones_of(exam: OpenExam, candidates: Sequence[UUID]) -> dict[UUID, str]:
    """Telephone numbers of candidates, from their newest registrations; only those who have one."""
    records = await _records(exam, candidates)
    return {candidate: record["phone"] for candidate, record in records.items() if record.get("phone")}


async def reviewed_case(exam: OpenExam, offices: Collection[UUID], case_id: UUID) -> Case | None:
    """A case on whose chain one of ``offices`` stands, with its candidate; None for every other."""
    case = await Case.filter(id=case_id, phase_id=exam.phase.id).select_related("candidate").first()
    if case is None or not chain_of(exam, case.site_id) & set(offices):
        return None
    return case


async def is_on_chain(exam: OpenExam, offices: Collection[UUID], request_id: UUID) -> bool:
    """Whether one of ``offices`` reviews the case of this request, at whichever level; also once it is closed."""
    row = await Supplement.filter(id=request_id, case__phase_id=exam.phase.id).select_related("case").first()
    return row is not None and bool(chain_of(exam, row.case.site_id) & set(offices))
