"""Cases brought to where a test needs them, with the move that would have brought them there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, CaseMove
from webapp.rules.places import By, Move, Place

LONG_AGO = timedelta(minutes=5)


@transaction
async def put(
    case_id: UUID,
    place: Place,
    move: Move,
    *,
    by: By = By.REVIEWER,
    person: UUID | None = None,
    ago: timedelta = LONG_AGO,
) -> Case:
    """Moves the case to ``place`` as ``move`` by that person would have, ``ago`` before now."""
    case = await Case.get(id=case_id)
    row = await CaseMove.create(
        case_id=case_id,
        number=await CaseMove.filter(case_id=case_id).count() + 1,
        move=move.value,
        by=by.value,
        actor=f"staff:{person}" if person else by.value,
        person=person,
        from_stage=case.stage,
        from_level=case.level,
        to_stage=place.stage.value,
        to_level=place.level,
        round=case.round,
        at=now() - ago,
        exam_at=await exam_now() - ago,
        reasons=[],
        previous=case.arrived_by,
    )
    await Case.filter(id=case_id).update(
        stage=place.stage.value, level=place.level, version=case.version + 1, arrived_by=row.id
    )
    return await Case.get(id=case_id)


async def case_of(candidate: Candidate) -> Case:
    """The candidate's case."""
    return await Case.get(candidate_id=candidate.id)


async def all_put(people: Iterable[Candidate], place: Place, move: Move, **how: object) -> list[Case]:
    """Each one's case, put there."""
    return [await put((await case_of(one)).id, place, move, **how) for one in people]  # type: ignore[arg-type]


@transaction
async def as_if_long_ago(case_id: UUID) -> None:
    """All moves of the case were made before the last 10 s."""
    await CaseMove.filter(case_id=case_id).update(at=now() - LONG_AGO)


def in_the_exams_zone(moment: datetime) -> str:
    """As a ``datetime-local`` field of the exam's pages has it."""
    return f"{moment + timedelta(hours=8):%Y-%m-%dT%H:%M}"
