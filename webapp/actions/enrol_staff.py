"""Taking a staff account into use: a one-time code, then an own password and a phone that makes codes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tortoise.queryset import QuerySet

from webapp.actions.one_time_codes import code_digest
from webapp.actions.recording import exam_chain, record
from webapp.actions.sign_in import TOTP_PURPOSE
from webapp.clock import now
from webapp.database import transaction
from webapp.hashing import hash_secret
from webapp.keyring import Keyring, KeyringProblem
from webapp.records import Staff
from webapp.rules.names import key_to_look_up, plain_text
from webapp.rules.passwords import PasswordPolicy, password_problem
from webapp.rules.refusals import Refused
from webapp.totp import matching_step, new_secret


@dataclass(frozen=True)
class Enrolment:
    """What the page shows: the account's own user name and the secret for the phone, in base32."""

    user_name: str
    secret: str


async def begin_enrolment(user_name: str, code: str, keyring: Keyring) -> Enrolment:
    """Offers a TOTP secret to whoever holds the code; the same one again when the page is loaded again.

    :class:`Refused` ``enrol.wrong`` (unknown name, wrong, used or too old a code).
    """
    key, digest = key_to_look_up(user_name), code_digest(code)
    staff = await _invited(key, digest).first()
    if staff is not None and staff.pending_totp_sealed is None:
        await _offer(key, digest, keyring.seal(TOTP_PURPOSE, new_secret().encode()))
        staff = await _invited(key, digest).first()
    if staff is None or staff.pending_totp_sealed is None:
        raise Refused("enrol.wrong")
    try:
        secret = keyring.unseal(TOTP_PURPOSE, staff.pending_totp_sealed).decode()
    except KeyringProblem as gone:
        # Offered under a key that has been taken off the ring: a new one-time code brings a new secret.
        raise Refused("enrol.wrong") from gone
    return Enrolment(staff.user_name, secret)


def _invited(key: str, digest: str) -> QuerySet[Staff]:
    return Staff.filter(user_name_key=key, invite_hash=digest, invite_until__gt=now(), disabled_at=None)


@transaction
async def _offer(key: str, digest: str, sealed: bytes) -> None:
    await _invited(key, digest).filter(pending_totp_sealed=None).update(pending_totp_sealed=sealed)


async def finish_enrolment(
    exam_code: str,
    *,
    user_name: str,
    code: str,
    password: str,
    totp: str,
    keyring: Keyring,
    policy: PasswordPolicy,
) -> UUID:
    """Sets password and phone at once and uses the code up; the id of the account.

    :class:`Refused` ``enrol.wrong``, ``password.<rule>`` (see :mod:`webapp.rules.passwords`), ``enrol.totp_wrong``.
    """
    offered = await begin_enrolment(user_name, code, keyring)
    if problem := password_problem(password, offered.user_name, policy):
        raise Refused(f"password.{problem}", least=policy.least, most=policy.most)
    step = matching_step(offered.secret, plain_text(totp).replace(" ", ""), now())
    if step is None:
        raise Refused("enrol.totp_wrong")
    hashed = await hash_secret(password)
    return await _take_into_use(exam_code, key_to_look_up(user_name), code_digest(code), hashed, step)


@transaction
async def _take_into_use(exam_code: str, key: str, digest: str, hashed: str, step: int) -> UUID:
    staff = await Staff.filter(user_name_key=key, invite_hash=digest).select_for_update().first()
    if staff is None:
        raise Refused("enrol.wrong")
    took = await Staff.filter(id=staff.id, invite_hash=digest, disabled_at=None).update(
        invite_hash=None,
        invite_until=None,
        password_hash=hashed,
        totp_sealed=staff.pending_totp_sealed,
        pending_totp_sealed=None,
        totp_step=step,
        enrolled_at=now(),
    )
    if not took:
        raise Refused("enrol.wrong")
    await record(
        exam_chain(exam_code), actor=f"staff:{staff.id}", what="staff.enrolled", subject=f"staff:{staff.id}"
    )
    return staff.id
