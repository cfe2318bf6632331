"""What the pages about accounts of staff ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.records.exam import Office
from webapp.records.people import Staff
from webapp.rules.names import user_name_key
from webapp.rules.offices import within


@dataclass(frozen=True)
class Account:
    """One account with its posts (role, office)."""

    id: UUID
    name: str
    user_name: str
    posts: tuple[tuple[str, Office], ...]
    enrolled_at: datetime | None
    invite_until: datetime | None
    disabled_at: datetime | None
    signed_in_at: datetime | None


async def staff_id_of(user_name: str) -> UUID | None:
    """The id of the account with this user name."""
    staff = await Staff.get_or_none(user_name_key=user_name_key(user_name))
    return staff.id if staff else None


async def accounts_within(offices: Collection[UUID], parents: Mapping[UUID, UUID | None]) -> list[Account]:
    """Accounts all of whose posts are at or below ``offices``, by name: what a manager there answers for."""
    found = []
    for staff in await Staff.all().order_by("name", "user_name").prefetch_related("posts__office"):
        posts = sorted(staff.posts, key=lambda post: (post.office.code, post.role))
        if posts and all(within(post.office_id, offices, parents) for post in posts):
            found.append(
                Account(
                    staff.id,
                    staff.name,
                    staff.user_name,
                    tuple((post.role, post.office) for post in posts),
                    staff.enrolled_at,
                    staff.invite_until,
                    staff.disabled_at,
                    staff.signed_in_at,
                )
            )
    return found


async def everybody(exam_id: UUID) -> list[Staff]:
    """All accounts with a post in an exam, disabled ones too, by name."""
    return await Staff.filter(posts__office__exam_id=exam_id).distinct().order_by("name", "user_name")
