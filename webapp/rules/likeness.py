"""When two pictures are nearly the same: the distance of their difference hashes, fitted on data.

A hint for people who look themselves, never a verdict. ``docs/decisions/0034-hints-of-the-same-picture.md`` has the
rates of hits and of false hints.
"""

from __future__ import annotations

from typing import Final

NEARLY: Final = 0.2
"""Most that may differ, as a share of all that either of two pictures has to say."""
SAYING: Final = 24
"""Fewest bits that a picture must have set: a blank page is like every other blank page."""


def distance(one: str, other: str) -> float:
    """From 0 (the same) to 1 (nothing in common): bits that differ, as a share of those set in either (Jaccard).

    Takes hex digits as :func:`webapp.photos.measuring.difference_hash` gives them. 1 where either is empty or says
    too little.
    """
    first, second = int(one or "0", 16), int(other or "0", 16)
    if min(first.bit_count(), second.bit_count()) < SAYING:
        return 1.0
    return (first ^ second).bit_count() / (first | second).bit_count()


def nearly_the_same(one: str, other: str) -> bool:
    """Whether a person should be told that two pictures look alike."""
    return distance(one, other) <= NEARLY
