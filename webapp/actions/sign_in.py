"""Signing in: what was given is checked, and what came of it is written down.

Somebody unknown costs the same time, gets the same refusal and leaves the same kind of event as somebody known.
"""

from __future__ import annotations

from uuid import UUID

from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.hashing import secret_matches
from webapp.keyring import Keyring, KeyringProblem
from webapp.records import Candidate, Staff
from webapp.rules.names import key_to_look_up, plain_text
from webapp.rules.refusals import Refused
from webapp.totp import matching_step

TOTP_PURPOSE = "staff-totp"


async def sign_in_candidate(exam_id: UUID, exam_code: str, user_name: str, password: str) -> Candidate:
    """The candidate of this exam with this name and password; :class:`Refused` ``sign_in.wrong``."""
    candidate = await Candidate.get_or_none(exam_id=exam_id, user_name_key=key_to_look_up(user_name))
    right = await secret_matches(candidate.password_hash if candidate else None, password)
    if candidate is None or not right:
        await _failed(exam_code, f"candidate:{candidate.id}" if candidate else "", "candidate")
        raise Refused("sign_in.wrong")
    await _candidate_entered(exam_code, candidate.id)
    return candidate


async def sign_in_staff(exam_code: str, user_name: str, password: str, code: str, keyring: Keyring) -> Staff:
    """The account with this name, password and one-time code.

    :class:`Refused` ``sign_in.wrong_staff`` (whichever was wrong), ``sign_in.code_used``, ``sign_in.disabled``.
    """
    staff = await Staff.get_or_none(user_name_key=key_to_look_up(user_name))
    right = await secret_matches(staff.password_hash if staff else None, password)
    step = _totp_step(staff, code, keyring)
    if staff is None or not right or step is None:
        await _failed(exam_code, f"staff:{staff.id}" if staff else "", "staff")
        raise Refused("sign_in.wrong_staff")
    if staff.disabled_at is not None:
        await _failed(exam_code, f"staff:{staff.id}", "staff")
        raise Refused("sign_in.disabled")
    await _staff_entered(exam_code, staff.id, step)
    return staff


def _totp_step(staff: Staff | None, code: str, keyring: Keyring) -> int | None:
    if staff is None or staff.totp_sealed is None:
        return None
    try:
        secret = keyring.unseal(TOTP_PURPOSE, staff.totp_sealed).decode()
    except KeyringProblem:
        # The account was sealed with a key that is gone; its owner needs a new one-time code from a manager.
        return None
    return matching_step(secret, plain_text(code).replace(" ", ""), now())


@transaction
async def _failed(exam_code: str, subject: str, door: str) -> None:
    await record(exam_chain(exam_code), actor="nobody", what="sign_in.failed", subject=subject, door=door)


@transaction
async def _candidate_entered(exam_code: str, candidate_id: UUID) -> None:
    who = f"candidate:{candidate_id}"
    await record(exam_chain(exam_code), actor=who, what="sign_in.done", subject=who)


@transaction
async def note_entry(exam_code: str, candidate_id: UUID) -> None:
    """Writes down that a candidate came in with a ticket."""
    who = f"candidate:{candidate_id}"
    await record(exam_chain(exam_code), actor=who, what="sign_in.done", subject=who, door="ticket")


@transaction
async def note_refused_ticket(exam_code: str, reason: str) -> None:
    """Writes down that a ticket was refused; ``reason`` is the refusal's code."""
    await record(exam_chain(exam_code), actor="nobody", what="sign_in.failed", door="ticket", reason=reason)


@transaction
async def _staff_entered(exam_code: str, staff_id: UUID, step: int) -> None:
    # One code, one sign-in: of two browsers that send the same code at once only one raises the step.
    took = await Staff.filter(id=staff_id, totp_step__lt=step, disabled_at=None).update(
        totp_step=step, signed_in_at=now()
    )
    if not took:
        raise Refused("sign_in.code_used")
    who = f"staff:{staff_id}"
    await record(exam_chain(exam_code), actor=who, what="sign_in.done", subject=who)


@transaction
async def note_sign_out(exam_code: str, actor: str) -> None:
    """Writes down that somebody signed out."""
    await record(exam_chain(exam_code), actor=actor, what="sign_out", subject=actor)
