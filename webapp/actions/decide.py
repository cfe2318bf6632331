"""A reviewer concludes a case at their level: it goes up or down, its candidate is asked, or it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from webapp.actions.moving import Said, locked_file, make_move
from webapp.actions.reviewing import Reviewer, brought, level_in_review, material_states
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import AskedItem, CaseMove, Supplement
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import By, Move
from webapp.rules.refusals import Refused, refuse_first
from webapp.rules.stages import refusals
from webapp.rules.supplements import Asked, AskedField, asked_by
from webapp.rules.verdicts import Conclusion, lacking, move_of, not_looked_at

NOTE_MOST = 1_000
FIELD_NOTE_MOST = 500


@dataclass(frozen=True)
class Decision:
    """A conclusion as the form has it. ``version`` is that of the case on the page."""

    conclusion: Conclusion
    version: int
    reasons: tuple[str, ...] = ()
    """Codes of the exam's reasons, with 不符合 and a return."""
    note: str = ""
    cited: tuple[str, ...] = ()
    """Materials on which the conclusion rests. A request asks for all that the level wants again."""
    due: datetime | None = None
    """Of a request."""
    fields: dict[str, str] = field(default_factory=dict)
    """Fields of the record that are to be put right, each with what is wrong with it."""


async def decide(exam: OpenExam, reviewer: Reviewer, case_id: UUID, decision: Decision) -> CaseMove:
    """The move that was made. It can be taken back for 10 s.

    :class:`Refused`: ``case.not_found``, ``case.moved``, ``case.not_in_review``, ``case.not_your_office``,
    ``decision.note_length``, ``decision.unknown_reason``, ``decision.unknown_field``, what the table says, and
    ``verdict.unseen``.
    """
    if len(decision.note) > NOTE_MOST:
        raise Refused("decision.note_length", most=NOTE_MOST)
    if any(len(note) > FIELD_NOTE_MOST for note in decision.fields.values()):
        raise Refused("decision.note_length", most=FIELD_NOTE_MOST)
    known = {reason.code for reason in exam.package.reasons}
    if not set(decision.reasons) <= known:
        raise Refused("decision.unknown_reason")
    if not set(decision.fields) <= set(exam.package.fields):
        raise Refused("decision.unknown_field")
    return await _decide(exam, reviewer, case_id, decision)


@transaction
async def _decide(exam: OpenExam, reviewer: Reviewer, case_id: UUID, decision: Decision) -> CaseMove:
    file = await locked_file(exam, case_id)
    level = level_in_review(exam, file, reviewer)
    move = move_of(decision.conclusion, file.place, exam.levels)
    own = [word for word in file.words if word.level == level]
    items: list[Asked] = [*asked_by(own), *(AskedField(code) for code in sorted(decision.fields))]
    materials = await material_states(file, reviewer.id)
    circumstances = file.circumstances(
        await exam_now(),
        now(),
        **{
            **brought(exam, file, reviewer, decision.version),
            "conclusion_lacks": bool(
                lacking(decision.conclusion, level, materials, file.words, decision.cited)
            ),
            "against": decision.conclusion is Conclusion.FAILS,
            "reason": bool(decision.reasons or decision.note.strip()),
            "asked": len(items),
            "deadline_named": decision.due,
        },
    )
    if not_looked_at(decision.conclusion, materials):
        refuse_first(refusals(file.place, move, exam.levels, By.REVIEWER, circumstances))
        raise Refused("verdict.unseen")
    said = Said(decision.conclusion, decision.reasons, decision.note)
    row = await make_move(exam, file, move, reviewer.mover, circumstances, said=said)
    if move is Move.ASK and decision.due is not None:
        await _open_request(exam, file, decision, items, row)
    return row


async def _open_request(
    exam: OpenExam, file: CaseFile, decision: Decision, items: Sequence[Asked], row: CaseMove
) -> None:
    level = file.case.level or 0
    request = await Supplement.create(
        case_id=file.case.id,
        level=level,
        office_id=exam.office_at(level, file.case.site_id).id,
        round=file.case.round,
        staff_id=row.person,
        asked_at=row.exam_at,
        due=decision.due,
        note=decision.note,
    )
    said = {one.material: one.note for one in file.verdicts if one.level == level}
    for number, item in enumerate(items, start=1):
        if isinstance(item, AskedField):
            await AskedItem.create(
                supplement_id=request.id,
                number=number,
                field=item.field,
                value_then=file.record.get(item.field, "")[:200],
                reasons=[],
                note=decision.fields[item.field],
            )
        else:
            await AskedItem.create(
                supplement_id=request.id,
                number=number,
                material=item.material,
                slot=item.slot or "",
                reasons=sorted(item.reasons),
                note=said.get(item.material, ""),
            )


@transaction
async def take_back(exam: OpenExam, reviewer: Reviewer, case_id: UUID) -> CaseMove:
    """Undoes the same reviewer's decision within 10 s while nobody has claimed the case; they have it in hand again.

    :class:`Refused` with what the table says.
    """
    file = await locked_file(exam, case_id, Move.TAKE_BACK)
    arrival, claimed = file.arrival, file.case.claimed_at
    circumstances = file.circumstances(
        await exam_now(),
        now(),
        by_person=reviewer.id,
        claimed_since=arrival is None or (claimed is not None and claimed > arrival.at),
    )
    row = await make_move(exam, file, Move.TAKE_BACK, reviewer.mover, circumstances)
    if arrival is not None and arrival.move is Move.ASK:
        open_one = Supplement.filter(case_id=case_id, closed_at=None)
        await open_one.update(closed_at=row.exam_at, outcome="taken_back")
    return row
