"""Accounts of staff: made with posts, invited by a one-time code, disabled and enabled again.

Nobody ever chooses another person's password: a manager hands out a code, and its owner takes the account into use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.exceptions import IntegrityError

from webapp.actions.one_time_codes import LASTS, code_digest, new_code
from webapp.actions.recording import exam_chain, record
from webapp.clock import now
from webapp.database import transaction
from webapp.records import Post, Staff
from webapp.rules.names import USER_NAME_MOST, plain_text, user_name_key
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

_LEAST_NAME = 3
_NAME_MOST = 64


@dataclass(frozen=True)
class Invitation:
    """A one-time code, shown once; only its digest is stored."""

    user_name: str
    code: str
    until: datetime


def checked_name(name: str) -> str:
    """A person's name as it is stored. :class:`Refused` ``staff.name_missing``, ``staff.name_length``."""
    name = plain_text(name)
    if not name:
        raise Refused("staff.name_missing")
    if len(name) > _NAME_MOST:
        raise Refused("staff.name_length", most=_NAME_MOST)
    return name


def _checked_names(name: str, user_name: str) -> tuple[str, str]:
    name, user_name = checked_name(name), plain_text(user_name)
    # Folding case can make a name longer, and both forms have to fit their columns.
    longest = max(len(user_name), len(user_name_key(user_name)))
    plain = user_name.isprintable() and " " not in user_name
    if len(user_name) < _LEAST_NAME or longest > USER_NAME_MOST or not plain:
        raise Refused("staff.user_name_length", least=_LEAST_NAME, most=USER_NAME_MOST)
    return name, user_name


async def add_staff(
    exam_code: str, *, by: str, name: str, user_name: str, posts: Sequence[tuple[UUID, Role]]
) -> Invitation:
    """A new account with its posts (office id, role), and the code to take it into use.

    :class:`Refused` ``staff.name_missing``, ``staff.name_length``, ``staff.user_name_length``,
    ``staff.user_name_taken``, ``staff.no_post``.
    """
    name, user_name = _checked_names(name, user_name)
    if not posts:
        raise Refused("staff.no_post")
    invitation = Invitation(user_name, new_code(), now() + LASTS)
    try:
        await _add(exam_code, by, name, invitation, posts)
    except IntegrityError as taken:
        # The column is unique: of two who choose one name at the same moment the second is told so here.
        raise Refused("staff.user_name_taken", user_name=user_name) from taken
    return invitation


@transaction
async def _add(
    exam_code: str, by: str, name: str, invitation: Invitation, posts: Sequence[tuple[UUID, Role]]
) -> None:
    staff = await Staff.create(
        name=name,
        user_name=invitation.user_name,
        user_name_key=user_name_key(invitation.user_name),
        invite_hash=code_digest(invitation.code),
        invite_until=invitation.until,
    )
    for office_id, role in dict.fromkeys(posts):
        await Post.create(staff_id=staff.id, office_id=office_id, role=role.value)
    await record(
        exam_chain(exam_code),
        actor=by,
        what="staff.added",
        subject=f"staff:{staff.id}",
        posts=[f"{role}@{office_id}" for office_id, role in dict.fromkeys(posts)],
    )


@transaction
async def invite_staff(exam_code: str, staff_id: UUID, *, by: str) -> Invitation:
    """A new one-time code for an account, for instance after a lost phone; the older code is dead.

    A disabled account is let in again by it, but only with the code: password and phone of before are forgotten.
    That is the way back after a stolen phone.
    """
    staff = await Staff.select_for_update().get(id=staff_id)
    code, until = new_code(), now() + LASTS
    if staff.disabled_at is not None:
        await Staff.filter(id=staff_id).update(
            disabled_at=None, password_hash=None, totp_sealed=None, enrolled_at=None
        )
    await Staff.filter(id=staff_id).update(
        invite_hash=code_digest(code), invite_until=until, pending_totp_sealed=None
    )
    await record(exam_chain(exam_code), actor=by, what="staff.invited", subject=f"staff:{staff_id}")
    return Invitation(staff.user_name, code, until)


async def refuse_last_manager(exam_code: str, staff_id: UUID) -> None:
    """:class:`Refused` ``staff.last_manager`` if nobody else could manage the region without this account.

    Locks the accounts of the region's managers, so that of two who shut each other out one is too late. An account
    that was never taken into use manages nothing yet.
    """
    managing = Post.filter(role=Role.MANAGER.value, office__parent_id=None, office__exam__code=exam_code)
    first = {row["staff_id"] for row in await managing.values("staff_id")}
    await Staff.filter(id__in=list(first)).order_by("id").select_for_update()
    able = managing.filter(staff__disabled_at=None, staff__enrolled_at__not_isnull=True)
    if {row["staff_id"] for row in await able.values("staff_id")} == {staff_id}:
        raise Refused("staff.last_manager")


@transaction
async def disable_staff(exam_code: str, staff_id: UUID, *, by: str) -> None:
    """Keeps an account out from this moment on; nobody disables the account they are using.

    :class:`Refused` ``staff.own_account``, ``staff.last_manager``.
    """
    if by == f"staff:{staff_id}":
        raise Refused("staff.own_account")
    await refuse_last_manager(exam_code, staff_id)
    changed = await Staff.filter(id=staff_id, disabled_at=None).update(
        disabled_at=now(), invite_hash=None, invite_until=None, pending_totp_sealed=None
    )
    if changed:
        await record(exam_chain(exam_code), actor=by, what="staff.disabled", subject=f"staff:{staff_id}")


@transaction
async def enable_staff(exam_code: str, staff_id: UUID, *, by: str) -> None:
    """Lets a disabled account in again, with the password and the phone it had."""
    changed = await Staff.filter(id=staff_id, disabled_at__not_isnull=True).update(disabled_at=None)
    if changed:
        await record(exam_chain(exam_code), actor=by, what="staff.enabled", subject=f"staff:{staff_id}")
