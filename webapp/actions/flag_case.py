"""A mark on a case, set and cleared by hand: 搁置, 存疑, 疑似虚假."""

from __future__ import annotations

from uuid import UUID

from webapp.actions.moving import locked_file
from webapp.actions.recording import case_chain, record
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.records import CaseFlag
from webapp.records.reading.exams import OpenExam
from webapp.rules.flags import BY_HAND, Flag
from webapp.rules.offices import within
from webapp.rules.refusals import Refused

NOTE_MOST = 500


@transaction
async def set_flag(
    exam: OpenExam, staff_id: UUID, offices: frozenset[UUID], case_id: UUID, flag: Flag, *, note: str
) -> None:
    """``offices``: those at which the person reviews or manages.

    :class:`Refused`: ``case.not_found``, ``flag.not_by_hand``, ``flag.note_length``.
    """
    if flag not in BY_HAND:
        raise Refused("flag.not_by_hand")
    if len(note) > NOTE_MOST:
        raise Refused("flag.note_length", most=NOTE_MOST)
    file = await locked_file(exam, case_id)
    if not within(file.case.site_id, offices, exam.parents):
        raise Refused("case.not_found")
    actor = f"staff:{staff_id}"
    await CaseFlag.update_or_create(
        case_id=case_id,
        flag=flag.value,
        defaults={"set_by": actor, "set_at": await exam_now(), "note": note},
    )
    await record(
        case_chain(case_id), actor=actor, what="flag.set", subject=f"case:{case_id}", flag=flag.value
    )


@transaction
async def clear_flag(
    exam: OpenExam, staff_id: UUID, offices: frozenset[UUID], case_id: UUID, flag: Flag
) -> None:
    """Takes a mark off; nothing where it is not there. :class:`Refused` as :func:`set_flag`."""
    if flag not in BY_HAND:
        raise Refused("flag.not_by_hand")
    file = await locked_file(exam, case_id)
    if not within(file.case.site_id, offices, exam.parents):
        raise Refused("case.not_found")
    if await CaseFlag.filter(case_id=case_id, flag=flag.value).delete():
        actor = f"staff:{staff_id}"
        await record(
            case_chain(case_id), actor=actor, what="flag.cleared", subject=f"case:{case_id}", flag=flag.value
        )
