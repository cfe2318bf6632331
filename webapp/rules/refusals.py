"""A refusal: something that may not be, with a stable code. Pages choose its words and its status."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """``code`` names the reason; ``facts`` are what the sentence needs (numbers, moments, codes, no secrets)."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def refuse_first(why: Sequence[str], **facts: object) -> None:
    """:class:`Refused` with the first of the codes that a rule gave; nothing where it gave none."""
    if why:
        raise Refused(why[0], **facts)
