"""What ways back after a forgotten password ask: whose answers, whose code, and when it was done."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from webapp.records.people import Candidate, PasswordRecovery, RecoveryAnswer, RecoveryCode
from webapp.rules.names import key_to_look_up
from webapp.rules.recovery import Identity, identity


async def answers_of(exam_id: UUID, person: Identity) -> list[RecoveryAnswer]:
    """The answers of the activated candidate with this document; one question for known and unknown alike."""
    return await RecoveryAnswer.filter(
        candidate__exam_id=exam_id,
        candidate__id_type=person.id_type,
        candidate__id_number=person.number,
        candidate__activated_at__not_isnull=True,
    ).order_by("question")


async def candidates_named(exam_id: UUID, name: str) -> list[Candidate]:
    """Activated candidates with this user name, or with this number on a document of whatever kind."""
    named = Q(user_name_key=key_to_look_up(name)) | Q(id_number=identity("", name).number)
    return await Candidate.filter(named, exam_id=exam_id, activated_at__not_isnull=True).order_by("id")


async def last_recovery(candidate_id: UUID) -> PasswordRecovery | None:
    """The last time a candidate's password was replaced without the old one."""
    return await PasswordRecovery.filter(candidate_id=candidate_id).order_by("-at").first()


async def code_open_until(candidate_id: UUID, moment: datetime) -> datetime | None:
    """Until when the code that a candidate holds is in force; None where they hold none."""
    row = await RecoveryCode.filter(candidate_id=candidate_id, ended_at=None, until__gt=moment).first()
    return row.until if row else None
