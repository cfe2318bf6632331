"""The making of cases: with a registration that is taken in, and for all who lack one when a phase asks for more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from webapp.actions.recording import case_chain, record
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, Phase, Registration
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.registrations import Terms, begins
from webapp.rules.fields import Record
from webapp.rules.places import Place

_SLICE = 200


async def make_case(
    exam: OpenExam,
    candidate: UUID,
    site: UUID,
    row: Record,
    begins_at: tuple[Place, datetime | None],
    *,
    digest: str,
    by: str,
) -> None:
    """``begins_at``: where it begins and the bell of its own. The caller has locked the phase before anything else."""
    place, bell = begins_at
    case = await Case.create(
        phase_id=exam.phase.id,
        candidate_id=candidate,
        site_id=site,
        stage=place.stage.value,
        level=place.level,
        bell=bell,
        made_at=now(),
    )
    own = {"bell": bell.isoformat()} if bell else {}
    await record(
        case_chain(case.id),
        actor=by,
        what="case.made",
        subject=f"candidate:{candidate}",
        stage=place.stage.value,
        registration=row["registration_number"],
        digest=digest,
        **own,
    )


async def make_missing_cases(exam: OpenExam, *, by: str) -> int:
    """Cases of the open phase for all candidates whom it concerns and who have none yet; how many were made."""
    having = {row["candidate_id"] for row in await Case.filter(phase_id=exam.phase.id).values("candidate_id")}
    rows = await Candidate.filter(exam_id=exam.id).order_by("id").values("id")
    lacking: list[UUID] = [row["id"] for row in rows if row["id"] not in having]
    made = 0
    for start in range(0, len(lacking), _SLICE):
        made += await _make(exam, lacking[start : start + _SLICE], by)
    return made


@transaction
async def _make(exam: OpenExam, candidates: list[UUID], by: str) -> int:
    await Phase.select_for_update().get(id=exam.phase.id)
    having = Case.filter(phase_id=exam.phase.id, candidate_id__in=candidates)
    meanwhile = {case.candidate_id for case in await having}
    terms, made = Terms(await exam_now()), 0
    for candidate in await Candidate.filter(id__in=candidates).order_by("id"):
        current = await Registration.get_or_none(exam_id=exam.id, number=candidate.registration_number)
        if current is None or candidate.id in meanwhile:
            continue
        place = begins(exam, current.record, terms)
        if place is not None:
            await make_case(
                exam,
                candidate.id,
                candidate.office_id,
                current.record,
                place,
                digest=current.record_digest,
                by=by,
            )
            made += 1
    return made
