"""What a candidate may change, by material and slot, and for what is locked: who locked it, when and why.

A function of stage, window, supplement and verdicts. Nothing of a decision shows here before its publishing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.rules.bells import due_in_force
from webapp.rules.places import Arrival, By, Place, Stage
from webapp.rules.showing import PublishedResult, is_in_force, shown_place
from webapp.rules.supplements import Asked, AskedField, AskedPhoto
from webapp.rules.verdicts import Kind, Verdict, newest
from webapp.rules.windows import Window, WindowState


class Why(StrEnum):
    """Why something is locked."""

    NOT_OPEN_YET = "window.not_open_yet"
    CLOSED = "window.closed"
    DUE_PASSED = "due.passed"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    NOT_ASKED = "not_asked"
    """A supplement is open, but not for this."""
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"


_BY_DEADLINE = frozenset({Why.CLOSED, Why.DUE_PASSED})


@dataclass(frozen=True)
class Lock:
    """Who locked it, when (by the exam's clock) and why. ``level`` says of which level a reviewer is."""

    why: Why
    by: By
    at: datetime | None
    level: int | None = None

    @property
    def lets_announced_in(self) -> bool:
        """Whether only the time is over, so that an announced photo still comes in during the grace."""
        return self.why in _BY_DEADLINE


@dataclass(frozen=True)
class OpenSupplement:
    """The request that a case in ``supplement`` waits for."""

    level: int
    asked: tuple[Asked, ...]
    asked_at: datetime
    due: datetime


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A case as its locks see it. Times are the exam's, but ``now`` and ``arrival.at`` are real time."""

    place: Place
    levels: int
    exam_now: datetime
    now: datetime
    window: Window
    """The case's own: its bell is the latest of phase, site and case."""
    arrival: Arrival | None
    since: datetime | None
    """When the case was last handed in, or was withdrawn. Never the time of a decision."""
    supplement: OpenSupplement | None = None
    verdicts: Sequence[Verdict] = ()
    """Those that stand, of all levels."""
    result: PublishedResult | None = None


def lock_on(situation: Situation, material: str, slot: str | None = None) -> Lock | None:
    """What locks a slot, or None: its photos may be added, replaced and deleted.

    Without a slot: what locks the material as a whole, its declaration included.
    """
    place = shown_place(situation.place, situation.levels, situation.arrival, situation.now)
    if place.stage is Stage.COLLECTING:
        return _accepted(situation, material) or _outside_window(situation)
    if place.stage is Stage.SUPPLEMENT:
        return _lock_in_supplement(situation, material, slot)
    return _lock_on_case(situation, place)


def deadline_of(situation: Situation, material: str, slot: str) -> datetime:
    """Until when a slot that is open now stays so: the due time for what was asked, the bell for all else."""
    request = situation.supplement
    if situation.place.stage is Stage.SUPPLEMENT and request is not None and _asks(request, material, slot):
        return due_in_force(request.due, situation.window.bell)
    return situation.window.bell


def next_deadline(situation: Situation) -> datetime | None:
    """The next moment at which something that can be changed now locks by time alone; None: nothing will."""
    place = shown_place(situation.place, situation.levels, situation.arrival, situation.now)
    window, moments = situation.window, [situation.window.bell]
    if place.stage is Stage.SUPPLEMENT:
        moments.append(due_in_force(_request(situation).due, window.bell))
    elif place.stage is not Stage.COLLECTING:
        return None
    if window.state_at(situation.exam_now) is WindowState.BEFORE:
        return None
    return min((moment for moment in moments if situation.exam_now < moment), default=None)


def lock_on_field(situation: Situation, field: str) -> Lock | None:
    """What locks the reply about a field of the record, or None. Only a supplement opens one."""
    place = shown_place(situation.place, situation.levels, situation.arrival, situation.now)
    if place.stage is Stage.SUPPLEMENT:
        request = _request(situation)
        if any(isinstance(item, AskedField) and item.field == field for item in request.asked):
            return _overdue(situation, request)
        return Lock(Why.NOT_ASKED, By.REVIEWER, request.asked_at, request.level)
    if place.stage is Stage.COLLECTING:
        return Lock(Why.NOT_ASKED, By.REVIEWER, None)
    return _lock_on_case(situation, place)


def _lock_in_supplement(situation: Situation, material: str, slot: str | None) -> Lock | None:
    request = _request(situation)
    if _asks(request, material, slot):
        return _overdue(situation, request)
    if _asks(request, material, None):
        # The asking level saw the other slots of this material too, and was content with them.
        return Lock(Why.ACCEPTED, By.REVIEWER, request.asked_at, request.level)
    accepted = _accepted(situation, material)
    if accepted is not None:
        return accepted
    if request.asked_at < situation.window.bell:
        return _outside_window(situation)
    return Lock(Why.NOT_ASKED, By.REVIEWER, request.asked_at, request.level)


def _asks(request: OpenSupplement, material: str, slot: str | None) -> bool:
    """Whether a request names this slot; without a slot, whether it names anything of the material."""
    return any(
        isinstance(item, AskedPhoto)
        and item.material == material
        and (slot is None or item.slot in {None, slot})
        for item in request.asked
    )


def _lock_on_case(situation: Situation, place: Place) -> Lock:
    if place.stage is Stage.WITHDRAWN:
        by = By.CLOCK if situation.arrival is None else situation.arrival.by
        return Lock(Why.WITHDRAWN, by, situation.since)
    result = situation.result
    if result is not None and is_in_force(result, situation.exam_now):
        return Lock(Why.PUBLISHED, By.REGION_MANAGER, result.visible_from)
    return Lock(Why.IN_REVIEW, By.REVIEWER, situation.since, place.level)


def _request(situation: Situation) -> OpenSupplement:
    if situation.supplement is None:
        raise ValueError("a case in supplement has an open request")
    return situation.supplement


def _accepted(situation: Situation, material: str) -> Lock | None:
    verdict = newest(situation.verdicts, material)
    if verdict is None or verdict.kind is not Kind.ACCEPTED:
        return None
    return Lock(Why.ACCEPTED, By.REVIEWER, verdict.at, verdict.level)


def _outside_window(situation: Situation) -> Lock | None:
    match situation.window.state_at(situation.exam_now):
        case WindowState.BEFORE:
            return Lock(Why.NOT_OPEN_YET, By.CLOCK, situation.window.opens)
        case WindowState.CLOSED:
            return Lock(Why.CLOSED, By.CLOCK, situation.window.bell)
        case WindowState.OPEN:
            return None


def _overdue(situation: Situation, request: OpenSupplement) -> Lock | None:
    due = due_in_force(request.due, situation.window.bell)
    return Lock(Why.DUE_PASSED, By.CLOCK, due) if situation.exam_now >= due else None
