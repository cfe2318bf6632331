"""Where a row of the table of moves begins and where it leads, in an exam with ``levels`` levels."""

from __future__ import annotations

from collections.abc import Callable

from webapp.rules.places import COLLECTING, Arrival, Place, Stage, review, supplement

Start = Callable[[Place, int], bool]
"""(place, levels) → whether the row begins here."""

Leads = Callable[[Place, int, Arrival | None], Place]
"""(place, levels, arrival) → where the row leads; ``arrival`` is how the case came to ``place``."""


def at(*stages: Stage) -> Start:
    """At one of these stages, whatever the level."""
    return lambda place, levels: place.stage in stages


collecting = at(Stage.COLLECTING)
any_review = at(Stage.REVIEW)
any_supplement = at(Stage.SUPPLEMENT)
decided = at(Stage.PASSED, Stage.FAILED)
withdrawn = at(Stage.WITHDRAWN)
not_withdrawn = at(*(stage for stage in Stage if stage is not Stage.WITHDRAWN))
after_a_decision = at(Stage.REVIEW, Stage.SUPPLEMENT, Stage.PASSED, Stage.FAILED)


def first_review(place: Place, levels: int) -> bool:
    return place == review(0)


def higher_review(place: Place, levels: int) -> bool:
    return any_review(place, levels) and not first_review(place, levels)


def last_review(place: Place, levels: int) -> bool:
    return place == review(levels - 1)


def lower_review(place: Place, levels: int) -> bool:
    return any_review(place, levels) and not last_review(place, levels)


def to(target: Place) -> Leads:
    """To this place, from wherever."""
    return lambda place, levels, arrival: target


def first_level(place: Place, levels: int, arrival: Arrival | None) -> Place:
    return review(0)


def last_level(place: Place, levels: int, arrival: Arrival | None) -> Place:
    return review(levels - 1)


def next_level(place: Place, levels: int, arrival: Arrival | None) -> Place:
    return review(_level(place) + 1)


def level_below(place: Place, levels: int, arrival: Arrival | None) -> Place:
    return review(_level(place) - 1)


def asking_level(place: Place, levels: int, arrival: Arrival | None) -> Place:
    return review(_level(place))


def its_supplement(place: Place, levels: int, arrival: Arrival | None) -> Place:
    return supplement(_level(place))


def where_it_was(place: Place, levels: int, arrival: Arrival | None) -> Place:
    # A case that was made withdrawn, after its bell, has left nothing: it begins.
    return COLLECTING if arrival is None else arrival.came_from


def _level(place: Place) -> int:
    if place.level is None:
        raise ValueError(f"{place} belongs to no level")
    return place.level
