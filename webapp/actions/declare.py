"""What a candidate says in words: this material is not there, another stands for it, or the record is wrong."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.hand_in import own_case_id
from webapp.actions.moving import locked_file
from webapp.actions.photo_places import locked, note_change
from webapp.actions.recording import case_chain, record
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Declaration, RecordDoubt
from webapp.records.reading.exams import OpenExam
from webapp.rules.changing import lock_on
from webapp.rules.filling import Declared
from webapp.rules.places import Stage
from webapp.rules.refusals import Refused

WORDS_MOST = 500
MOST_DOUBTS = 20


def _checked(words: str) -> str:
    words = words.strip()
    if not words:
        raise Refused("declare.words_missing")
    if len(words) > WORDS_MOST:
        raise Refused("declare.words_length", most=WORDS_MOST)
    return words


@transaction
async def declare(exam: OpenExam, candidate_id: UUID, material: str, kind: Declared, words: str) -> None:
    """没有此材料 or 等效证明, in place of what was declared of the material before.

    :class:`Refused`: ``photo.no_case``, ``photo.unknown_place``, ``declare.not_required``,
    ``declare.words_missing``, ``declare.words_length``, ``locked.<why>``.
    """
    words = _checked(words)
    await _end(exam, candidate_id, material)
    file = await locked_file(exam, await own_case_id(exam, candidate_id))
    concern = file.concern(material)
    if concern is None or not concern.requirement.must:
        raise Refused("declare.not_required")
    await Declaration.create(
        case_id=file.case.id, material=material, kind=kind.value, words=words, made_at=await exam_now()
    )
    await note_change(file.case, material)
    await record(
        case_chain(file.case.id),
        actor=f"candidate:{candidate_id}",
        what="material.declared",
        subject=f"case:{file.case.id}",
        material=material,
        kind=kind.value,
    )


@transaction
async def take_declaration_back(exam: OpenExam, candidate_id: UUID, material: str) -> None:
    """What was declared of a material no longer counts; nothing where nothing was. ``locked.<why>``."""
    case_id, ended = await _end(exam, candidate_id, material)
    if not ended:
        return
    file = await locked_file(exam, case_id)
    await note_change(file.case, material)
    await record(
        case_chain(case_id),
        actor=f"candidate:{candidate_id}",
        what="material.declaration_ended",
        subject=f"case:{case_id}",
        material=material,
    )


async def _end(exam: OpenExam, candidate_id: UUID, material: str) -> tuple[UUID, int]:
    file = await locked_file(exam, await own_case_id(exam, candidate_id))
    if file.concern(material) is None:
        raise Refused("photo.unknown_place")
    lock = lock_on(file.situation(await exam_now(), now()), material)
    if lock is not None:
        raise locked(lock, exam)
    standing = Declaration.filter(case_id=file.case.id, material=material, ended_at=None)
    return file.case.id, await standing.update(ended_at=await exam_now())


@transaction
async def doubt_record(exam: OpenExam, candidate_id: UUID, field: str, words: str) -> None:
    """报名信息有疑议: told to the reviewers at any time until the case is settled. It changes nothing else.

    :class:`Refused`: ``photo.no_case``, ``doubt.unknown_field``, ``doubt.settled``, ``doubt.many``,
    ``declare.words_missing``, ``declare.words_length``.
    """
    words = _checked(words)
    file = await locked_file(exam, await own_case_id(exam, candidate_id))
    if field not in exam.package.fields:
        raise Refused("doubt.unknown_field")
    if file.place.stage is Stage.WITHDRAWN or file.published:
        raise Refused("doubt.settled")
    mine = RecordDoubt.filter(case_id=file.case.id)
    if await mine.count() >= MOST_DOUBTS:
        raise Refused("doubt.many")
    await mine.filter(field=field, ended_at=None).update(ended_at=await exam_now())
    await RecordDoubt.create(
        case_id=file.case.id,
        field=field,
        value_then=file.record.get(field, "")[:200],
        words=words,
        made_at=await exam_now(),
    )
    await record(
        case_chain(file.case.id),
        actor=f"candidate:{candidate_id}",
        what="record.doubted",
        subject=f"case:{file.case.id}",
        field=field,
    )


@transaction
async def take_doubt_back(exam: OpenExam, candidate_id: UUID, doubt_id: UUID) -> None:
    """The candidate's doubt no longer counts; nothing where it is not theirs or has ended."""
    case_id = await own_case_id(exam, candidate_id)
    mine = RecordDoubt.filter(id=doubt_id, case_id=case_id, ended_at=None)
    if await mine.update(ended_at=await exam_now()):
        await record(
            case_chain(case_id),
            actor=f"candidate:{candidate_id}",
            what="record.doubt_ended",
            subject=f"case:{case_id}",
        )
