"""How far a candidate's list is filled: what is there, what is missing, and whether one more photo fits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.rules.catalogue import Concern, Slot


@dataclass(frozen=True)
class Held:
    """What one slot holds: photos that count, and originals that have arrived and hold a place."""

    photos: int = 0
    waiting: int = 0


NOTHING = Held()


@dataclass(frozen=True)
class SlotFill:
    """One slot and what it holds."""

    slot: Slot
    held: Held

    @property
    def free(self) -> int:
        """How many more photos fit."""
        return max(0, self.slot.most - self.held.photos - self.held.waiting)

    @property
    def missing(self) -> int:
        """How many photos it still needs. What waits does not count yet: it may be refused."""
        return max(0, self.slot.least - self.held.photos)


class FillState(StrEnum):
    """A material's state in one word."""

    EMPTY = "empty"
    PARTLY = "partly"
    COMPLETE = "complete"
    DECLARED = "declared"
    """Declared missing, with a reason."""


class Declared(StrEnum):
    """What a candidate says of a material that is not there as it is asked for."""

    MISSING = "missing"
    EQUIVALENT = "equivalent"
    """The photos show another paper that stands for it."""


@dataclass(frozen=True)
class MaterialFill:
    """One line of the list with what is there of it."""

    concern: Concern
    slots: tuple[SlotFill, ...]
    declared: Declared | None = None

    @property
    def have(self) -> int:
        """How many photos count."""
        return sum(one.held.photos for one in self.slots)

    @property
    def waiting(self) -> int:
        """How many originals are still being shrunk."""
        return sum(one.held.waiting for one in self.slots)

    @property
    def missing(self) -> int:
        """How many photos it still needs."""
        return sum(one.missing for one in self.slots)

    @property
    def state(self) -> FillState:
        """COMPLETE needs a photo even where none is required: an optional material is not done by itself.

        Of an equivalent one photo is enough: another paper need not have the same sides.
        """
        if self.declared is Declared.MISSING:
            return FillState.DECLARED
        if not self.have:
            return FillState.EMPTY
        if self.declared is Declared.EQUIVALENT:
            return FillState.COMPLETE
        return FillState.PARTLY if self.missing else FillState.COMPLETE

    @property
    def settled(self) -> bool:
        """Whether it can be handed in as it is: filled, or declared missing."""
        return self.state in {FillState.COMPLETE, FillState.DECLARED}


Counts = Mapping[tuple[str, str], Held]
"""By (material, slot)."""


def filled(
    concerns: Iterable[Concern], counts: Counts, declared: Mapping[str, str] | None = None
) -> tuple[MaterialFill, ...]:
    """The list with what is there of each line; ``declared`` has values of :class:`Declared` by material."""
    said = {material: Declared(kind) for material, kind in (declared or {}).items()}
    return tuple(
        MaterialFill(
            concern,
            tuple(
                SlotFill(slot, counts.get((concern.material.code, slot.code), NOTHING))
                for slot in concern.material.slots
            ),
            said.get(concern.material.code),
        )
        for concern in concerns
    )


@dataclass(frozen=True)
class Progress:
    """Of the materials that must be there: how many there are, and how many can be handed in as they are."""

    required: int
    done: int


def progress(fills: Collection[MaterialFill]) -> Progress:
    """The figures at the top of the list."""
    must = [one for one in fills if one.concern.requirement.must]
    return Progress(len(must), sum(one.settled for one in must))
