"""Marks on a case, as tags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.language import _
from webapp.rules.flags import Flag

KINDS: Final = {
    Flag.INCOMPLETE: "problem",
    Flag.ANSWERED_IN_PART: "problem",
    Flag.NOT_ANSWERED: "problem",
    Flag.HOLD: "locked",
    Flag.DOUBT: "under-way",
    Flag.SUSPICION: "problem",
    Flag.SITE_CHANGED: "under-way",
    Flag.NEWLY_REQUIRED: "problem",
    Flag.CANCELLED_LATER: "locked",
}


@dataclass(frozen=True)
class FlagShown:
    """One tag; ``kind`` is the look's state."""

    kind: str
    words: str


def flags_shown(flags: Iterable[str]) -> list[FlagShown]:
    """Stored flags as tags, in the order of :data:`FLAG_WORDS`."""
    there = set(flags)
    return [FlagShown(KINDS[flag], _(words)) for flag, words in FLAG_WORDS.items() if flag.value in there]
