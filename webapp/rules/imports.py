"""How an import of registrations stands, and by what its rows are found and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from webapp.rules.places import Stage
from webapp.rules.taking import Effect, Fate, Outcome

MOST_BYTES = 48 << 20
"""Of an uploaded file: some 130,000 rows as text, more as a workbook."""
KEPT_FOR = timedelta(days=7)
"""A file that nobody takes in or drops is dropped then: it is full of personal data."""


class ImportState(StrEnum):
    """Where an uploaded file stands."""

    JUDGING = "judging"
    """Its dry run is being made."""
    READY = "ready"
    """Its dry run is shown; nothing has been changed yet."""
    TAKING = "taking"
    TAKEN = "taken"
    DROPPED = "dropped"
    BROKEN = "broken"
    """The kept file could not be read any more. What had been taken in by then stays."""


class Mark(StrEnum):
    """By what rows are found besides their fate and their effects."""

    LATE = "late"
    """A case is made withdrawn, because the bell has rung."""
    WARNED = "warned"
    DIFFERS = "differs"
    """Taking it in did something else than the dry run had shown."""


CHANGES_SOMETHING = frozenset({Fate.ADDED, Fate.CHANGED, Fate.SUPERSEDED})
"""The fates for which something is written."""


def marks_of(outcome: Outcome, *, warned: bool, differs: bool = False) -> tuple[str, ...]:
    """The marks of one row, its effects among them."""
    late = outcome.case == Stage.WITHDRAWN.value
    own = {Mark.LATE: late, Mark.WARNED: warned, Mark.DIFFERS: differs}
    return (
        *(effect.value for effect in outcome.effects),
        *(mark.value for mark, set_ in own.items() if set_),
    )


def counted(rows: Iterable[tuple[Outcome, Collection[str]]]) -> Counter[str]:
    """Rows by fate and by mark, and the fields that change in all of them together (``fields``)."""
    counts: Counter[str] = Counter()
    for outcome, marks in rows:
        counts[outcome.fate.value] += 1
        counts.update(marks)
        if outcome.fate is Fate.CHANGED:
            counts["fields"] += len(outcome.fields)
    return counts


def is_same(shown: Outcome, done: Outcome, *, bell_given: bool) -> bool:
    """Whether a row did what its dry run had shown. ``bell_given``: late cases got a bell, as it was asked for."""
    return _compared(shown, bell_given=bell_given) == _compared(done, bell_given=bell_given)


def _compared(outcome: Outcome, *, bell_given: bool) -> Outcome:
    if not bell_given:
        return outcome
    effects = tuple(effect for effect in outcome.effects if effect is not Effect.OWN_BELL)
    return replace(outcome, case="made" if outcome.case else "", effects=effects)


def writes_nothing(counts: dict[str, int]) -> bool:
    """Whether taking these rows in would write nothing at all."""
    return not any(counts.get(fate.value) for fate in CHANGES_SOMETHING)
