"""What the reviewer's queue asks: the cases of somebody's own offices, by where they stand, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tortoise.expressions import F, Q, Subquery

from webapp.records.cases import Case, CaseFlag
from webapp.records.exam import Office
from webapp.records.moves import CaseMove
from webapp.records.people import Staff
from webapp.records.photos import Announcement, Incoming
from webapp.records.reading.case_file import place_of, read_case, window_of
from webapp.records.reading.case_rows import WAITING
from webapp.records.reading.exams import OpenExam
from webapp.records.registrations import Registration
from webapp.records.supplements import Supplement
from webapp.records.verdicts import Verdict
from webapp.rules.bells import case_bell
from webapp.rules.fields import Record
from webapp.rules.leases import Claim, Lease, ReviewFrom, claim_refusals
from webapp.rules.places import SETTLES_AFTER, TAKEN_BACK, Move, Stage

PAGE_ROWS = 50


class Tab(StrEnum):
    """One list of the queue; the value stands in the address."""

    WAITING = "waiting"
    """In review here, in nobody's hands, and review has begun."""
    MINE = "mine"
    OTHERS = "others"
    ANSWERED = "answered"
    """Of the waiting ones those that came back from a supplement."""
    ASKED = "asked"
    """This office has asked, and waits."""
    AHEAD = "ahead"
    """Handed in, but review begins with the bell."""
    BEYOND = "beyond"
    """A higher level has it, or it is decided."""


@dataclass(frozen=True)
class Desk:
    """Whose queue it is, and when it is looked at: ``now`` is real time, ``exam_now`` the exam's."""

    exam: OpenExam
    staff_id: UUID
    offices: tuple[Office, ...]
    now: datetime
    exam_now: datetime

    @property
    def benches(self) -> tuple[tuple[int, tuple[UUID, ...]], ...]:
        """The levels at which the person reviews, each with the sites whose cases come there."""
        found: dict[int, list[UUID]] = defaultdict(list)
        own = {office.id for office in self.offices}
        for level in range(self.exam.levels):
            found[level] = [s.id for s in self.exam.sites if self.exam.office_at(level, s.id).id in own]
        return tuple((level, tuple(sites)) for level, sites in found.items() if sites)


@dataclass(frozen=True)
class QueueRow:
    """One case with what a line of the queue says of it."""

    case: Case
    """With its candidate and their unit."""
    record: Record
    flags: tuple[str, ...]
    arrived_by: str
    """The move that brought it to where it stands; empty for none."""
    due: datetime | None
    holder: str
    """Name of whoever has it in hand."""
    refusals: tuple[str, ...]
    """Why this person cannot claim it now: codes of :func:`webapp.rules.leases.claim_refusals`."""


@dataclass(frozen=True)
class QueuePage:
    """One page of a tab, and how many cases each tab has."""

    rows: tuple[QueueRow, ...]
    counts: dict[Tab, int]
    found: int
    """How many cases this tab has with what was searched for."""


async def queue_page(desk: Desk, tab: Tab, search: str, page: int) -> QueuePage:
    """``page`` counts from 0. Oldest first."""
    counts = {one: await Case.filter(_of_tab(desk, one)).count() for one in Tab}
    wanted = Case.filter(_of_tab(desk, tab) & _searched(search))
    found = await wanted.count() if search else counts[tab]
    cases = await _in_order(desk, tab, search, page * PAGE_ROWS)
    return QueuePage(await _rows(desk, cases), counts, found)


async def next_claimable(desk: Desk, passed_over: Collection[UUID] = ()) -> UUID | None:
    """The oldest case that this person may claim now, without those that were tried and refused."""
    offset = 0
    while cases := await _in_order(desk, Tab.WAITING, "", offset):
        against = await refusals_of(desk, cases)
        for case in cases:
            if not against[case.id] and case.id not in passed_over:
                return case.id
        offset += PAGE_ROWS
    return None


async def just_decided(desk: Desk, case_id: UUID) -> tuple[Case, CaseMove] | None:
    """A case with this person's own decision on it, while that can still be taken back."""
    case = await Case.get_or_none(id=case_id, phase_id=desk.exam.phase.id).select_related("candidate")
    if case is None or case.arrived_by is None:
        return None
    move = await CaseMove.get(id=case.arrived_by)
    claimed = case.claimed_at is not None and case.claimed_at > move.at
    fresh = desk.now - move.at < SETTLES_AFTER and not claimed
    if move.person != desk.staff_id or Move(move.move) not in TAKEN_BACK or not fresh:
        return None
    return case, move


async def _in_order(desk: Desk, tab: Tab, search: str, offset: int) -> list[Case]:
    wanted = Case.filter(_of_tab(desk, tab) & _searched(search)).order_by("handed_in_at", "id")
    return await wanted.offset(offset).limit(PAGE_ROWS).select_related("candidate", "candidate__unit")


def _searched(words: str) -> Q:
    if not words:
        return Q()
    return Q(candidate__name__icontains=words) | Q(candidate__registration_number__contains=words)


def _of_tab(desk: Desk, tab: Tab) -> Q:
    own = Q(lease_holder=desk.staff_id)
    held = Q(lease_holder__not_isnull=True, lease_until__gt=desk.now) & ~own
    free = Q(lease_holder=None) | (Q(lease_until__lte=desk.now) & ~own)
    review = _standing(desk, Stage.REVIEW)
    match tab:
        case Tab.WAITING:
            return review & free & _begun(desk)
        case Tab.MINE:
            return review & own
        case Tab.OTHERS:
            return review & held
        case Tab.ANSWERED:
            back = Q(moves__id=F("arrived_by"), moves__move__in=[Move.ANSWER.value, Move.EXPIRE.value])
            return review & free & _begun(desk) & back
        case Tab.ASKED:
            return _standing(desk, Stage.SUPPLEMENT)
        case Tab.AHEAD:
            return review & free & ~_begun(desk)
        case Tab.BEYOND:
            return _beyond(desk)


def _standing(desk: Desk, stage: Stage) -> Q:
    here = Q(id__in=[])
    for level, sites in desk.benches:
        here |= Q(stage=stage.value, level=level, site_id__in=list(sites))
    return Q(phase_id=desk.exam.phase.id) & here


def _beyond(desk: Desk) -> Q:
    there = Q(id__in=[])
    for level, sites in desk.benches:
        gone = Q(stage__in=[Stage.PASSED.value, Stage.FAILED.value]) | Q(level__gt=level)
        there |= gone & Q(site_id__in=list(sites))
    return Q(phase_id=desk.exam.phase.id) & there


def _begun(desk: Desk) -> Q:
    """Only sorts into tabs: whether a case may be claimed is said by the rule, case by case."""
    if ReviewFrom(desk.exam.review_from) is ReviewFrom.SUBMIT:
        return ~Q(id__in=[])
    over = [
        site.id
        for site in desk.exam.sites
        if case_bell(desk.exam.window.bell, desk.exam.bell_of_site(site.id)) <= desk.exam_now
    ]
    bell = Q(site_id__in=over) & (Q(bell=None) | Q(bell__lte=desk.exam_now))
    verdicts = Verdict.filter(ended_at=None).values("case_id")
    decisions = CaseMove.filter(undone_at=None).exclude(conclusion="").values("case_id")
    return bell | Q(id__in=Subquery(verdicts)) | Q(id__in=Subquery(decisions))


async def _rows(desk: Desk, cases: Sequence[Case]) -> tuple[QueueRow, ...]:
    ids = [case.id for case in cases]
    if not ids:
        return ()
    people = [case.candidate_id for case in cases]
    taken = Registration.filter(exam_id=desk.exam.id, candidate_id__in=people).order_by("taken_at")
    records = {row.candidate_id: row.record for row in await taken}
    flags: dict[UUID, list[str]] = defaultdict(list)
    for flag in await CaseFlag.filter(case_id__in=ids).order_by("flag"):
        flags[flag.case_id].append(flag.flag)
    dues = {row.case_id: row.due for row in await Supplement.filter(case_id__in=ids, closed_at=None)}
    moves = [case.arrived_by for case in cases if case.arrived_by]
    arrived = {row.id: row.move for row in await CaseMove.filter(id__in=moves)}
    holders = [case.lease_holder for case in cases if case.lease_holder]
    names = {row.id: row.name for row in await Staff.filter(id__in=holders)} if holders else {}
    against = await refusals_of(desk, cases)
    return tuple(
        QueueRow(
            case,
            records.get(case.candidate_id, {}),
            tuple(flags[case.id]),
            arrived.get(case.arrived_by, "") if case.arrived_by else "",
            dues.get(case.id),
            names.get(case.lease_holder, "") if case.lease_holder else "",
            against[case.id],
        )
        for case in cases
    )


async def refusals_of(desk: Desk, cases: Sequence[Case]) -> dict[UUID, tuple[str, ...]]:
    """What stands against this person's claim on each case, by the one rule; a fixed number of queries."""
    ids = [case.id for case in cases]
    judged = {row.case_id for row in await Verdict.filter(case_id__in=ids, ended_at=None)}
    concluded: dict[UUID, set[int]] = defaultdict(set)
    for row in await CaseMove.filter(case_id__in=ids, undone_at=None).exclude(conclusion=""):
        judged.add(row.case_id)
        if row.person == desk.staff_id and row.from_level is not None:
            concluded[row.case_id].add(row.from_level)
    waiting = [row.case_id for row in await Incoming.filter(case_id__in=ids, state=WAITING)]
    coming = {row.case_id for row in await Announcement.filter(case_id__in=ids, ended_at=None)}
    return {
        case.id: claim_refusals(
            Claim(
                person=desk.staff_id,
                place=place_of(case),
                now=desk.now,
                exam_now=desk.exam_now,
                window=window_of(desk.exam, case),
                review_from=ReviewFrom(desk.exam.review_from),
                lease=_lease(case),
                verdicts_saved=case.id in judged,
                # Few cases have any, and whether one still counts takes the whole file to say.
                announcements_open=await _announced(desk, case) if case.id in coming else 0,
                incoming_waiting=waiting.count(case.id),
                concluded=concluded[case.id],
            )
        )
        for case in cases
    }


async def _announced(desk: Desk, case: Case) -> int:
    file = await read_case(desk.exam, case)
    return len(file.open_announcements(desk.exam_now, desk.now))


def _lease(case: Case) -> Lease | None:
    if case.lease_holder is None or case.lease_taken_at is None or case.lease_until is None:
        return None
    return Lease(case.lease_holder, case.lease_taken_at, case.lease_until)
