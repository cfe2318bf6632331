"""代传: an office uploads what somebody asked for cannot upload themselves."""

from __future__ import annotations

from enum import StrEnum

from webapp.rules.supplements import Asked, AskedPhoto


class WhyBrought(StrEnum):
    """Why the candidate does not do it. Only the code is kept."""

    NO_PHONE = "no_phone"
    """Nothing with which they could photograph."""
    ILL = "ill"
    """In hospital, or otherwise not able to."""
    NO_NETWORK = "no_network"
    FAILED = "failed"
    """They tried, and it did not work."""


def asks_for(asked: tuple[Asked, ...], material: str, slot: str) -> bool:
    """Whether a request names this slot, or its material as a whole: an office brings nothing else."""
    return any(
        isinstance(item, AskedPhoto) and item.material == material and item.slot in {None, slot}
        for item in asked
    )
