"""All rows of one case, in one trip: every photo that comes in is judged by them, twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.read_rows import made, recalled
from webapp.records.cases import Case
from webapp.records.declarations import Declaration
from webapp.records.moves import CaseMove
from webapp.records.photos import Announcement, Incoming, Photo, PhotoVersion
from webapp.records.reading.exams import OpenExam, bells_of_now, with_bells
from webapp.records.registrations import Registration
from webapp.records.results import Result
from webapp.records.supplements import AskedItem, Supplement
from webapp.records.verdicts import Verdict
from webapp.rules.fields import Record
from webapp.statements import Row, Statement, ask

WAITING = "waiting"
REGISTRATION = (
    'SELECT r.* FROM "registration" r JOIN "candidate" c ON c.registration_number = r.number '
    "WHERE r.exam_id = ? AND c.id = ?"
)
"""The current one, which is the one that the candidate carries the number of."""
_PHOTOS = 'SELECT * FROM "photo" WHERE case_id = ? AND removed_at IS NULL ORDER BY received_at, id'
_VERSIONS = (
    'SELECT v.* FROM "photo" p JOIN "photo_version" v ON v.photo_id = p.id AND v.number = p.version '
    "WHERE p.case_id = ? AND p.removed_at IS NULL ORDER BY p.received_at, p.id"
)
_ASKED = (
    'SELECT i.* FROM "supplement" s JOIN "asked_item" i ON i.supplement_id = s.id '
    "WHERE s.case_id = ? AND s.closed_at IS NULL ORDER BY i.number"
)
_ONES = (
    "SELECT * FROM \"incoming\" WHERE case_id = ? AND state = 'waiting' ORDER BY arrived_at, id",
    'SELECT * FROM "announcement" WHERE case_id = ? AND ended_at IS NULL ORDER BY announced_at',
    'SELECT * FROM "declaration" WHERE case_id = ? AND ended_at IS NULL',
    'SELECT * FROM "verdict" WHERE case_id = ? AND ended_at IS NULL ORDER BY at',
    "SELECT * FROM \"case_move\" WHERE case_id = ? AND undone_at IS NULL AND conclusion <> '' ORDER BY number",
    'SELECT * FROM "supplement" WHERE case_id = ? AND closed_at IS NULL',
    _ASKED,
    'SELECT * FROM "result" WHERE case_id = ? ORDER BY version DESC LIMIT 1',
)
_MOVE = 'SELECT * FROM "case_move" WHERE id = ?'


@dataclass(frozen=True)
class CaseRows:
    """What the tables hold of a case; ``exam`` with its phase and bells as they are now."""

    exam: OpenExam
    record: Record
    photos: Sequence[Photo]
    versions: Sequence[PhotoVersion]
    """The shown one of each photo, in the same order."""
    waiting: Sequence[Incoming]
    announcements: Sequence[Announcement]
    declarations: Sequence[Declaration]
    verdicts: Sequence[Verdict]
    decisions: Sequence[CaseMove]
    requests: Sequence[Supplement]
    asked: Sequence[AskedItem]
    results: Sequence[Result]
    arrived_by: Sequence[CaseMove]


async def case_rows(exam: OpenExam, case: Case) -> CaseRows:
    """The rows, all seen at one moment."""
    phases, bells, registrations, photos, versions, *ones = await ask(
        # The exam was read before this transaction began: by now it may have a later bell, or be published.
        *bells_of_now(exam),
        Statement(REGISTRATION, (exam.id, case.candidate_id)),
        Statement(_PHOTOS, (case.id,)),
        Statement(_VERSIONS, (case.id,)),
        *(Statement(one, (case.id,)) for one in _ONES),
        *((Statement(_MOVE, (case.arrived_by,)),) if case.arrived_by else ()),
    )
    waiting, announcements, declarations, verdicts, decisions, requests, asked, results, *moves = ones
    return CaseRows(
        exam=with_bells(exam, phases, bells),
        record=record_in(registrations),
        photos=recalled(Photo, photos),
        versions=recalled(PhotoVersion, versions),
        waiting=made(Incoming, waiting),
        announcements=made(Announcement, announcements),
        declarations=made(Declaration, declarations),
        verdicts=made(Verdict, verdicts),
        decisions=made(CaseMove, decisions),
        requests=made(Supplement, requests),
        asked=made(AskedItem, asked),
        results=made(Result, results),
        arrived_by=made(CaseMove, moves[0]) if moves else (),
    )


def record_in(registrations: Sequence[Row]) -> Record:
    """The record of the current registration; empty where there is none."""
    found = made(Registration, registrations)
    return found[0].record if found else {}
