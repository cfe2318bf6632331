"""A candidate answers a request: with photos, with words where a photo cannot be had, and by handing it in."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.hand_in import as_candidate, own_case_id
from webapp.actions.moving import locked_file, make_move
from webapp.actions.photo_places import locked, raise_version
from webapp.actions.recording import case_chain, record
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import AskedItem, CaseMove, Supplement
from webapp.records.reading.exams import OpenExam
from webapp.rules.changing import lock_on, lock_on_field
from webapp.rules.places import Move
from webapp.rules.refusals import Refused

WORDS_MOST = 500


@transaction
async def say_about(exam: OpenExam, candidate_id: UUID, item_id: UUID, words: str) -> None:
    """That an asked photo cannot be supplied and why, or the reply about a field; empty words take it back.

    :class:`Refused`: ``photo.no_case``, ``answer.unknown_item``, ``answer.words_length``, ``locked.<why>``.
    """
    words = words.strip()
    if len(words) > WORDS_MOST:
        raise Refused("answer.words_length", most=WORDS_MOST)
    file = await locked_file(exam, await own_case_id(exam, candidate_id))
    item = next((one for one in file.request.items if one.id == item_id), None) if file.request else None
    if item is None:
        raise Refused("answer.unknown_item")
    situation = file.situation(await exam_now(), now())
    lock = (
        lock_on_field(situation, item.field)
        if item.field
        else lock_on(situation, item.material, item.slot or None)
    )
    if lock is not None:
        raise locked(lock, exam)
    await AskedItem.filter(id=item_id).update(words=words, worded_at=await exam_now() if words else None)
    await raise_version(file.case)
    await record(
        case_chain(file.case.id),
        actor=f"candidate:{candidate_id}",
        what="answer.said",
        subject=f"case:{file.case.id}",
        item=str(item_id),
        said=bool(words),
    )


@transaction
async def answer(exam: OpenExam, candidate_id: UUID) -> CaseMove:
    """提交补充材料: the request goes back to the level that asked. :class:`Refused` with what stands against it."""
    file = await locked_file(exam, await own_case_id(exam, candidate_id), Move.ANSWER)
    moment = await exam_now()
    row = await make_move(
        exam, file, Move.ANSWER, as_candidate(candidate_id), file.circumstances(moment, now())
    )
    await Supplement.filter(case_id=file.case.id, closed_at=None).update(closed_at=moment, outcome="answered")
    return row
