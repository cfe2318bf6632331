"""The ten seconds in which a reviewer can take a decision back, wherever they have gone on to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quart import request

from webapp.clock import exam_now, now
from webapp.guard.access import current_person
from webapp.pages.chrome import exam_shown
from webapp.pages.language import _
from webapp.pages.reviewer.move_words import decided_words
from webapp.records.reading.review_queue import Desk, just_decided
from webapp.rules.places import SETTLES_AFTER


@dataclass(frozen=True)
class Undo:
    """A decision that this person can still take back. ``case``: its id, to be carried on to the next page."""

    case: str
    address: str
    words: str
    seconds: int


async def queue_desk() -> Desk:
    """The signed-in reviewer's offices, at this moment."""
    person = current_person()
    return Desk(await exam_shown(), person.id, person.offices("reviewer"), now(), await exam_now())


async def undo_shown() -> Undo | None:
    """The decision that the page's address names as just made (``?decided=``), while it can be undone."""
    try:
        case_id = UUID(request.args.get("decided", ""))
    except ValueError:
        return None
    desk = await queue_desk()
    decided = await just_decided(desk, case_id)
    if decided is None:
        return None
    case, move = decided
    left = SETTLES_AFTER - (desk.now - move.at)
    return Undo(
        str(case.id),
        f"/review/cases/{case.id}/take-back",
        _("%(name)s：%(words)s", name=case.candidate.name, words=decided_words(desk.exam, move)),
        max(1, int(left.total_seconds())),
    )
