"""What an account is called and which posts it holds, changed by a manager for a named reason."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from webapp.actions.keep_staff import checked_name, refuse_last_manager
from webapp.actions.recording import exam_chain, record
from webapp.database import transaction
from webapp.records import Office, Post, Staff
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role


class Why(StrEnum):
    """Why an account is changed: a code, because the event that keeps it holds no personal text."""

    MOVED = "moved"
    CORRECTED = "corrected"
    HANDED_OVER = "handed_over"
    ENDED = "ended"


async def change_staff(
    exam_code: str, staff_id: UUID, *, by: str, name: str, posts: Sequence[tuple[UUID, Role]], why: str
) -> bool:
    """Gives an account this name and exactly these posts (office id, role); whether anything changed.

    :class:`Refused`: ``staff.name_missing``, ``staff.name_length``, ``staff.no_post``, ``staff.no_reason``,
    ``staff.own_posts``, ``staff.last_manager``.
    """
    name = checked_name(name)
    if not posts:
        raise Refused("staff.no_post")
    if why not in set(Why):
        raise Refused("staff.no_reason")
    return await _change(exam_code, staff_id, by=by, name=name, posts=list(dict.fromkeys(posts)), why=why)


@transaction
async def _change(
    exam_code: str, staff_id: UUID, *, by: str, name: str, posts: Sequence[tuple[UUID, Role]], why: str
) -> bool:
    if not await _manages_region_after(posts):
        await refuse_last_manager(exam_code, staff_id)
    staff = await Staff.select_for_update().get(id=staff_id)
    held = {(post.office_id, Role(post.role)): post for post in await Post.filter(staff_id=staff_id)}
    gone, new = [one for one in held if one not in posts], [one for one in posts if one not in held]
    if (gone or new) and by == f"staff:{staff_id}":
        raise Refused("staff.own_posts")
    if staff.name == name and not gone and not new:
        return False
    await Staff.filter(id=staff_id).update(name=name)
    for one in gone:
        await Post.filter(id=held[one].id).delete()
    for office_id, role in new:
        await Post.create(staff_id=staff_id, office_id=office_id, role=role.value)
    await record(
        exam_chain(exam_code),
        actor=by,
        what="staff.changed",
        subject=f"staff:{staff_id}",
        why=why,
        renamed=staff.name != name,
        gave=[f"{role}@{office_id}" for office_id, role in new],
        took=[f"{role}@{office_id}" for office_id, role in gone],
    )
    return True


async def _manages_region_after(posts: Sequence[tuple[UUID, Role]]) -> bool:
    at = [office_id for office_id, role in posts if role is Role.MANAGER]
    return bool(at) and await Office.filter(id__in=at, parent_id=None).exists()
