"""Photos on their way when the bell or a due time strikes: what may be announced, what the grace takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from webapp.rules.bells import GRACE, grace_ends


class Form(StrEnum):
    """In which of its two announced forms a photo arrives."""

    CHOSEN = "chosen"
    """The file as it was chosen; it goes the original's way."""
    SHRUNK = "shrunk"


@dataclass(frozen=True)
class Fingerprint:
    """Size in bytes and SHA-256 in lower-case hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Announcement:
    """One photo on its way. It reserves nothing."""

    photo: UUID
    material: str
    slot: str
    chosen: Fingerprint
    shrunk: Fingerprint | None = None
    """Given once the phone has shrunk it."""
    replaces: UUID | None = None
    ended: bool = False
    """It was withdrawn, or its photo has arrived."""


@dataclass(frozen=True)
class SlotState:
    """What one slot holds, counted over the same slot as the announcement's."""

    places: int
    photos: frozenset[UUID]
    waiting: int
    """Originals that have arrived and hold a free place until they are shrunk; a replacing one holds none."""


def is_open(
    announcement: Announcement, deadline: datetime, exam_now: datetime, grace: timedelta = GRACE
) -> bool:
    """Whether the case still waits for it. ``deadline``: see :func:`webapp.rules.changing.deadline_of`."""
    return not announcement.ended and exam_now < grace_ends(deadline, grace)


def announcing_refusals(
    announcement: Announcement,
    slot: SlotState,
    others: Collection[Announcement],
    deadline: datetime,
    exam_now: datetime,
) -> tuple[str, ...]:
    """Codes of all that stands against an announcement; empty: it may be made.

    ``others`` are the open announcements of the same slot; one for the same photo id is this one told again and
    does not count. Codes: ``announcement.late``, ``announcement.nothing_to_replace``,
    ``announcement.replaced_already`` (another one replaces that photo), and ``announcement.no_free_place``
    (each free place has its announcement).
    """
    rest = [other for other in others if other.photo != announcement.photo]
    free = slot.places - len(slot.photos) - slot.waiting
    taken = sum(other.replaces is None for other in rest)
    replaces = announcement.replaces
    checks = {
        "announcement.late": exam_now >= deadline,
        "announcement.nothing_to_replace": replaces is not None and replaces not in slot.photos,
        "announcement.replaced_already": replaces is not None
        and any(other.replaces == replaces for other in rest),
        "announcement.no_free_place": replaces is None and taken >= free,
    }
    return tuple(code for code, stands in checks.items() if stands)


def taken_in_grace(
    announcement: Announcement,
    arrived: Fingerprint,
    *,
    photo: UUID,
    material: str,
    slot: str,
    deadline: datetime,
    exam_now: datetime,
    grace: timedelta = GRACE,
) -> Form | None:
    """As which of its two forms the grace takes what has arrived, or None: it is not what was announced.

    One form only: once it is taken the announcement has ended. Whether a place is still free is asked apart.
    """
    named = (announcement.photo, announcement.material, announcement.slot) == (photo, material, slot)
    if not named or not is_open(announcement, deadline, exam_now, grace):
        return None
    if announcement.shrunk == arrived:
        return Form.SHRUNK
    return Form.CHOSEN if announcement.chosen == arrived else None
