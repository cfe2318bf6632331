"""Who may upload for a candidate: the office that asked, while its request is open, and only what it asked for."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.actions.photo_places import SlotKey
from webapp.actions.reviewing import Reviewer
from webapp.records import Case
from webapp.records.reading.case_file import open_request
from webapp.rules.bringing import WhyBrought, asks_for
from webapp.rules.refusals import Refused


@dataclass(frozen=True)
class Brought:
    """A reviewer who acts for a candidate, and why they do it."""

    reviewer: Reviewer
    why: WhyBrought


async def refuse_unless_asked(case: Case, place: SlotKey, brought: Brought) -> None:
    """:class:`Refused` ``supply.closed``, ``case.not_your_office`` or ``locked.not_asked``."""
    request = await open_request(case.id)
    if request is None:
        raise Refused("supply.closed")
    if request.row.office_id not in brought.reviewer.offices:
        raise Refused("case.not_your_office")
    if not asks_for(request.asked, place.material, place.slot):
        raise Refused("locked.not_asked")
