"""A level's word on one material, what its word on the whole case needs, and what a new photo clears."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.rules.places import Move, Place, Stage


class Kind(StrEnum):
    """A level's word on one material."""

    ACCEPTED = "accepted"
    REDO = "redo"
    WAIVED = "waived"
    """For a gap that the candidate has declared with a reason."""


@dataclass(frozen=True)
class Verdict:
    """The newest word of one level on one material; older ones are history and not given to these rules."""

    material: str
    level: int
    kind: Kind
    at: datetime
    slots: frozenset[str] = frozenset()
    """With ``redo``: the slots to be photographed again; none: the material as a whole."""
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MaterialState:
    """What there is of a material when a verdict or a conclusion on it is wanted."""

    code: str
    required: bool
    slots: frozenset[str]
    filled: frozenset[str]
    """Slots that hold at least one photo."""
    declared: bool = False
    """Declared missing with a reason; photos of a substitute may still be there."""
    unseen: frozenset[str] = frozenset()
    """Slots with a photo that the person who decides has not yet had on screen."""

    @property
    def must_be_decided(self) -> bool:
        return self.required or bool(self.filled)


class Conclusion(StrEnum):
    """A reviewer's word on the whole case at one level."""

    MEETS = "meets"
    FAILS = "fails"
    ASKS = "asks"
    RETURNS = "returns"


def move_of(conclusion: Conclusion, place: Place, levels: int) -> Move:
    """The move that writes ``conclusion``. Below the last level both opinions pass the case up."""
    if place.stage is not Stage.REVIEW:
        raise ValueError(f"nothing is concluded at {place}")
    last = place.level == levels - 1
    return {
        Conclusion.MEETS: Move.PASS if last else Move.PASS_UP,
        Conclusion.FAILS: Move.FAIL if last else Move.PASS_UP,
        Conclusion.ASKS: Move.ASK,
        Conclusion.RETURNS: Move.RETURN_DOWN,
    }[conclusion]


def problems(
    kind: Kind, slots: Collection[str], reasons: Collection[str], material: MaterialState
) -> tuple[str, ...]:
    """Why this verdict cannot be given, as codes; empty: it can.

    ``verdict.no_photo``: accepts what is not there. ``verdict.not_declared``: waives what nobody declared
    missing. ``verdict.no_reason``, ``verdict.unknown_slot``: a ``redo`` that nobody could follow.
    ``verdict.unseen``: a photo it speaks of was not on screen.
    """
    if kind is Kind.REDO:
        concerned = frozenset(slots) or material.slots
        checks = {
            "verdict.no_reason": not reasons,
            "verdict.unknown_slot": not frozenset(slots) <= material.slots,
        }
    else:
        concerned = material.slots
        checks = {
            "verdict.no_photo": kind is Kind.ACCEPTED and not material.filled,
            "verdict.not_declared": kind is Kind.WAIVED and not material.declared,
        }
    checks["verdict.unseen"] = bool(material.unseen & concerned)
    return tuple(code for code, wrong in checks.items() if wrong)


def undecided(materials: Iterable[MaterialState], verdicts: Iterable[Verdict], level: int) -> tuple[str, ...]:
    """Codes of the filled or required materials on which ``level`` has not given its own verdict."""
    decided = {verdict.material for verdict in verdicts if verdict.level == level}
    return tuple(one.code for one in materials if one.must_be_decided and one.code not in decided)


def redone(verdicts: Iterable[Verdict], level: int) -> tuple[str, ...]:
    """Codes of the materials that ``level`` wants again."""
    return tuple(one.material for one in verdicts if one.level == level and one.kind is Kind.REDO)


def lacking(
    conclusion: Conclusion,
    level: int,
    materials: Sequence[MaterialState],
    verdicts: Sequence[Verdict],
    cited: Collection[str] = (),
) -> tuple[str, ...]:
    """Codes of the materials that stand against this conclusion of ``level``; empty: its verdicts are there.

    ``meets`` needs every filled or required material decided and none wanted again; the others need only a
    verdict on each material they cite, and ``asks`` a ``redo``.
    """
    own = [verdict for verdict in verdicts if verdict.level == level]
    if conclusion is Conclusion.MEETS:
        return tuple(dict.fromkeys((*undecided(materials, own, level), *redone(own, level))))
    wanted = redone(own, level) if conclusion is Conclusion.ASKS else tuple(one.material for one in own)
    return tuple(code for code in cited if code not in wanted)


def not_looked_at(conclusion: Conclusion, materials: Iterable[MaterialState]) -> tuple[str, ...]:
    """Codes of the materials whose photos whoever concludes has not all had on screen.

    A colleague's verdicts stand, but ``meets`` is a word on the whole case. The others rest on what they cite.
    """
    return tuple(one.code for one in materials if one.unseen) if conclusion is Conclusion.MEETS else ()


def without(verdicts: Iterable[Verdict], material: str) -> tuple[Verdict, ...]:
    """The verdicts that still stand once a photo or the declaration of ``material`` has changed.

    Those on it, of all levels, become history.
    """
    return tuple(verdict for verdict in verdicts if verdict.material != material)


def newest(verdicts: Iterable[Verdict], material: str) -> Verdict | None:
    """The last word on a material, whichever level said it."""
    return max(
        (one for one in verdicts if one.material == material),
        key=lambda one: (one.at, one.level),
        default=None,
    )


def round_after(number: int, move: Move, *, took_back: Move | None = None) -> int:
    """The round after a move; the first is 1, each ``ask`` ends one. ``took_back``: what was undone."""
    if move is Move.TAKE_BACK:
        return number - 1 if took_back is Move.ASK else number
    return number + 1 if move is Move.ASK else number
