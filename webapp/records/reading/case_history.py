"""All that has happened to a case: moves, verdicts, calls, supplements and the other events of its chain."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from webapp.records.events import Event
from webapp.records.moves import CaseMove
from webapp.records.reading.events import names_of
from webapp.records.supplements import Call
from webapp.records.verdicts import Verdict

MOST_EVENTS = 500


@dataclass(frozen=True)
class CaseHistory:
    """Each kind in no particular order; ``names`` by actor as events name them."""

    moves: tuple[CaseMove, ...]
    verdicts: tuple[Verdict, ...]
    calls: tuple[Call, ...]
    events: tuple[Event, ...]
    """The newest :data:`MOST_EVENTS`."""
    names: dict[str, str]


async def case_history(case_id: UUID) -> CaseHistory:
    """The history of a case that the reader has been found to belong to."""
    moves = await CaseMove.filter(case_id=case_id)
    verdicts = await Verdict.filter(case_id=case_id)
    calls = await Call.filter(supplement__case_id=case_id)
    events = await Event.filter(chain=f"case:{case_id}").order_by("-sequence").limit(MOST_EVENTS)
    actors = {row.actor for row in moves} | {row.actor for row in events}
    return CaseHistory(tuple(moves), tuple(verdicts), tuple(calls), tuple(events), await names_of(actors))
