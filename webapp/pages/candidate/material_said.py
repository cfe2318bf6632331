"""Words on the page of one material: what a request wants of it, and what its owner says where it is not there."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.actions.answer import WORDS_MOST
from webapp.pages.candidate.asked import AskedShown
from webapp.pages.candidate.said import Refusal
from webapp.pages.candidate.standing import Standing
from webapp.pages.words import moment_words
from webapp.rules.changing import lock_on
from webapp.rules.filling import MaterialFill


@dataclass(frozen=True)
class DeclarationShown:
    """What a person says, or may say, of a material that is not there as it is asked for.

    ``standing`` is what counts now: ``missing``, ``equivalent`` or empty; ``kind`` and ``words`` fill the form.
    """

    standing: str
    said: str
    when: str
    kind: str
    words: str
    most: int
    open: bool
    """Whether it can be made, changed or taken back now."""


@dataclass(frozen=True)
class AskedHere:
    """What an open request wants of this material, and until when."""

    items: list[AskedShown]
    due: str
    seconds_left: int
    open: bool
    typed: dict[str, str]
    """Words by the item's id that a refused form had."""

    @property
    def waits(self) -> int:
        """How many items are not answered yet."""
        return sum(not item.answered for item in self.items)

    @property
    def hints(self) -> list[str]:
        """How to do better, said once."""
        return list(dict.fromkeys(hint for item in self.items for hint in item.hints))


def asked_here(here: Standing, mine: list[AskedShown], refusal: Refusal | None) -> AskedHere:
    """For a material that the open request names."""
    return AskedHere(
        items=mine,
        due=moment_words(here.due, here.exam.time_zone, ends=True),
        seconds_left=here.seconds_until(here.due),
        open=here.moment < here.due,
        typed=refusal.typed if refusal else {},
    )


def declaration_shown(here: Standing, fill: MaterialFill, refusal: Refusal | None) -> DeclarationShown | None:
    """None where nothing must be handed in, or where it is too late and nothing was said."""
    if not fill.concern.requirement.must:
        return None
    row = here.own.declaration(fill.concern.material.code)
    lock = lock_on(here.situation, fill.concern.material.code)
    if row is None and lock is not None and refusal is None:
        return None
    typed = refusal.typed if refusal else {}
    return DeclarationShown(
        standing=row.kind if row else "",
        said=row.words if row else "",
        when=moment_words(row.made_at, here.exam.time_zone) if row else "",
        kind=typed.get("kind", row.kind if row else ""),
        words=typed.get("words", row.words if row else ""),
        most=WORDS_MOST,
        open=lock is None or refusal is not None,
    )
