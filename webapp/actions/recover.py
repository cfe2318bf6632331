"""A forgotten password is replaced by a new one, on the strength of something that is used up by it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.hashing import hash_secret
from webapp.records import Candidate, PasswordRecovery, RecoveryCode
from webapp.records.reading.exams import OpenExam
from webapp.rules.passwords import password_problem
from webapp.rules.recovery import Way
from webapp.rules.refusals import Refused


@dataclass(frozen=True)
class Strength:
    """On what it is done. Both calls are the guard's, on rows of its own, in the transaction of the new password."""

    way: Way
    use_up: Callable[[], Awaitable[bool]]
    """Whether it still held; of two at once one is told yes."""
    shut_out: Callable[[], Awaitable[None]]
    """Ends what was opened with the old password or stands half open, and forgets tries in vain."""


async def recover(
    exam: OpenExam, candidate: Candidate, password: str, again: str, strength: Strength
) -> None:
    """Sets ``password``; :class:`Refused` ``password.<rule>``, ``password.differ``, ``recovery.ended``."""
    policy = exam.candidate_passwords
    if problem := password_problem(password, candidate.user_name, policy):
        raise Refused(f"password.{problem}", least=policy.least, most=policy.most)
    if password != again:
        raise Refused("password.differ")
    await _recover(exam.code, candidate, await hash_secret(password), strength)


@transaction
async def _recover(exam_code: str, candidate: Candidate, hashed: str, strength: Strength) -> None:
    moment, mine = now(), Candidate.filter(id=candidate.id, activated_at__not_isnull=True)
    # The person's row first, as with codes: two resets of one person never wait for each other's rows.
    held = await mine.select_for_update().first()
    if held is None or not await strength.use_up():
        raise Refused("recovery.ended")
    await mine.update(password_hash=hashed)
    codes = RecoveryCode.filter(candidate_id=candidate.id, ended_at=None)
    await codes.update(ended_at=moment, ended_why="recovered")
    await PasswordRecovery.create(candidate_id=candidate.id, way=strength.way.value, at=moment)
    await strength.shut_out()
    who = f"candidate:{candidate.id}"
    await record(
        exam_chain(exam_code), actor=who, what="password.recovered", subject=who, way=strength.way.value
    )


@transaction
async def note_read(exam_code: str, candidate: Candidate) -> None:
    """The person has read that the password was replaced."""
    unread = PasswordRecovery.filter(candidate_id=candidate.id, read_at=None)
    if await unread.update(read_at=now()):
        who = f"candidate:{candidate.id}"
        await record(exam_chain(exam_code), actor=who, what="password.recovery_read", subject=who)
