"""Marks on a case in review: no stages, they tell reviewers something."""

from __future__ import annotations

from enum import StrEnum


class Flag(StrEnum):
    """Stored as plain text."""

    INCOMPLETE = "incomplete"
    """Closed while something required was neither filled nor declared."""
    ANSWERED_IN_PART = "answered_in_part"
    NOT_ANSWERED = "not_answered"
    HOLD = "hold"
    """A reviewer has put it aside and says why."""
    DOUBT = "doubt"
    """A reviewer wants a second look at it."""
    SUSPICION = "suspicion"
    """疑似虚假: kept as evidence, for the region."""
    SITE_CHANGED = "site_changed"
    """The registration names another site since a higher level has it."""
    NEWLY_REQUIRED = "newly_required"
    """The registration changed, and something is required now that nobody could hand in."""
    CANCELLED_LATER = "cancelled_later"
    """The registration was cancelled after publishing."""


BY_HAND = (Flag.HOLD, Flag.DOUBT, Flag.SUSPICION)
"""Those that a reviewer sets and clears."""
OF_THE_LAST_HANDING_IN = (Flag.INCOMPLETE, Flag.ANSWERED_IN_PART, Flag.NOT_ANSWERED)
"""Those that tell how the case last came to its reviewers, and end when it comes anew."""
