"""Telephone calls about a request: how one can end, and what is called next."""

from __future__ import annotations

from enum import StrEnum


class Callee(StrEnum):
    """Who is called."""

    UNIT = "unit"
    CANDIDATE = "candidate"


class Outcome(StrEnum):
    """How a call ended."""

    TOLD = "told"
    """Somebody took the message and will pass it on, or it was the candidate."""
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    CALL_LATER = "call_later"
    """They asked to be called at another time."""
    WRONG_NUMBER = "wrong_number"
    NOT_THEIRS = "not_theirs"
    """The unit says that the person is not (or no longer) theirs."""


AGAIN = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.CALL_LATER})
"""After these the same number is tried again."""
