"""The asking office takes its request back: the case is with it again."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.decide import NOTE_MOST
from webapp.actions.moving import Mover, Said, locked_file, make_move
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import CaseMove, Supplement
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import By, Move
from webapp.rules.refusals import Refused


@transaction
async def cancel_ask(
    exam: OpenExam,
    staff_id: UUID,
    offices: frozenset[UUID],
    case_id: UUID,
    version: int,
    *,
    note: str = "",
) -> CaseMove:
    """``offices``: those at which the person reviews or manages. ``note``: why, for the case's history.

    :class:`Refused`: ``case.not_found``, ``case.not_your_office``, ``decision.note_length`` and what the table says.
    """
    if len(note) > NOTE_MOST:
        raise Refused("decision.note_length", most=NOTE_MOST)
    file = await locked_file(exam, case_id, Move.CANCEL_ASK)
    if file.request is not None and file.request.row.office_id not in offices:
        raise Refused("case.not_your_office")
    moment = await exam_now()
    row = await make_move(
        exam,
        file,
        Move.CANCEL_ASK,
        Mover(By.ASKING_OFFICE, f"staff:{staff_id}", staff_id),
        file.circumstances(moment, now(), version_current=version == file.case.version),
        said=Said(note=note),
    )
    await Supplement.filter(case_id=case_id, closed_at=None).update(closed_at=moment, outcome="cancelled")
    return row
