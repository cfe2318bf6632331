"""What the table of moves says without any case: what can be reached, and on whose list it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from enum import StrEnum

from webapp.rules.places import COLLECTING, WITHDRAWN, Arrival, By, Move, Place, Stage
from webapp.rules.stages import rows_from

BEGINNINGS = (COLLECTING, WITHDRAWN)
"""Where a case can be made."""

_Standing = tuple[Place, Arrival | None]
_SOMETIME = datetime(2020, 1, 1, tzinfo=UTC)
_EVERYBODY = frozenset(By)


class Desk(StrEnum):
    """A list on somebody's screen, from which a case is moved on."""

    CANDIDATE = "candidate"
    """The candidate's own first screen."""
    QUEUE = "queue"
    """The queue of the level at which the case stands."""
    CALLS = "calls"
    """The call desk of the office that asked."""
    PUBLISHING = "publishing"
    """The region's results, to be published or opened again."""
    NOT_HANDED_IN = "not_handed_in"
    """The site's list of cases in which nothing was handed in."""
    WITHDRAWN = "withdrawn"
    """The region's list of all withdrawn cases."""


DESKS: dict[Stage, tuple[Desk, ...]] = {
    Stage.COLLECTING: (Desk.CANDIDATE,),
    Stage.REVIEW: (Desk.QUEUE,),
    Stage.SUPPLEMENT: (Desk.CANDIDATE, Desk.CALLS),
    Stage.PASSED: (Desk.PUBLISHING,),
    Stage.FAILED: (Desk.PUBLISHING,),
    Stage.WITHDRAWN: (Desk.WITHDRAWN, Desk.NOT_HANDED_IN),
}
"""Whose lists show a case of each stage."""

SITS_AT: dict[Desk, By] = {
    Desk.CANDIDATE: By.CANDIDATE,
    Desk.QUEUE: By.REVIEWER,
    Desk.CALLS: By.ASKING_OFFICE,
    Desk.PUBLISHING: By.REGION_MANAGER,
    Desk.NOT_HANDED_IN: By.SITE_MANAGER,
    Desk.WITHDRAWN: By.REGION_MANAGER,
}
"""As what the people of a list move its cases."""


def reachable(levels: int) -> frozenset[Place]:
    """Every place in which a case can come to stand."""
    return frozenset(
        place for place, _ in _all_from([(place, None) for place in BEGINNINGS], levels, _EVERYBODY)
    )


def leads_to(place: Place, levels: int, by: Collection[By] = _EVERYBODY) -> frozenset[Place]:
    """Every place to which these alone can bring a case from ``place``, however it came there."""
    standings = _all_from([(beginning, None) for beginning in BEGINNINGS], levels, _EVERYBODY)
    ends = [
        frozenset(end for end, _ in _all_from([standing], levels, by))
        for standing in standings
        if standing[0] == place
    ]
    return frozenset.intersection(*ends) if ends else frozenset()


def _all_from(starts: Iterable[_Standing], levels: int, by: Collection[By]) -> set[_Standing]:
    found: set[_Standing] = set()
    waiting = list(starts)
    while waiting:
        standing = waiting.pop()
        if standing not in found:
            found.add(standing)
            waiting.extend(_next(standing, levels, by))
    return found


def _next(standing: _Standing, levels: int, by: Collection[By]) -> Iterable[_Standing]:
    place, arrival = standing
    for row in rows_from(place, levels):
        # Taking back leads where the case has already been, with the arrival it had there.
        if row.by in by and row.move is not Move.TAKE_BACK:
            yield row.leads(place, levels, arrival), Arrival(row.move, row.by, place, _SOMETIME)
