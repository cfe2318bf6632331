"""What a candidate is told of a case, as codes for pages to put into words: no result before its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.rules.circumstances import Circumstances, withdrawn_with_nothing_handed_in
from webapp.rules.places import Arrival, By, Move, Place, Stage, is_settled, review
from webapp.rules.stages import refusals


@dataclass(frozen=True)
class PublishedResult:
    """The newest Result of a case."""

    word: str
    """``passed``, ``failed``, ``given_up`` or ``nothing_handed_in``."""
    visible_from: datetime
    """``published_at``, by the exam's clock."""
    moved_since: bool
    """The case has been reopened or restored, and no newer Result has been written."""


@dataclass(frozen=True)
class Shown:
    """Where a case stands, and what was published of it."""

    word: str
    """``collecting``, ``submitted`` (can still be changed), ``waiting.<kind of office>``, ``supplement``,
    ``given_up``, ``nothing_handed_in``, ``passed`` or ``failed``."""
    result: str | None = None
    """The published word; with ``rechecking`` it can differ from ``word``."""
    rechecking: bool = False


def shown_place(place: Place, levels: int, arrival: Arrival | None, now: datetime) -> Place:
    """The place that the candidate may know of before publishing; ``now`` is real time.

    A decision that can still be taken back is not shown yet, and a decided case looks like one in review.
    """
    if arrival is not None and not is_settled(arrival, now):
        place = arrival.came_from
    return review(levels - 1) if place.stage in {Stage.PASSED, Stage.FAILED} else place


def withdrawal_word(arrival: Arrival | None) -> str:
    """``nothing_handed_in`` or ``given_up``, by how the case came to be withdrawn."""
    return "nothing_handed_in" if withdrawn_with_nothing_handed_in(arrival) else "given_up"


def is_in_force(result: PublishedResult | None, exam_now: datetime) -> bool:
    """Whether a case's Result can be seen and nothing has moved since."""
    return result is not None and exam_now >= result.visible_from and not result.moved_since


def shown(
    place: Place, kinds: Sequence[str], circumstances: Circumstances, result: PublishedResult | None = None
) -> Shown:
    """What the candidate is told. ``kinds`` names each level's kind of office: ``("site", "region")``."""
    word = _word(place, kinds, circumstances)
    if result is None or circumstances.exam_now < result.visible_from:
        return Shown(word)
    if result.moved_since:
        return Shown(word, result.word, rechecking=True)
    return Shown(result.word, result.word)


def _word(place: Place, kinds: Sequence[str], circumstances: Circumstances) -> str:
    levels = len(kinds)
    seen = shown_place(place, levels, circumstances.arrival, circumstances.now)
    if seen.stage is Stage.WITHDRAWN:
        return withdrawal_word(circumstances.arrival)
    if seen.level is None or seen.stage is Stage.SUPPLEMENT:
        return seen.stage.value
    if not refusals(place, Move.RECALL, levels, By.CANDIDATE, circumstances):
        return "submitted"
    return f"waiting.{kinds[seen.level]}"
