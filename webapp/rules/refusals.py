"""A refusal: something that may not be, with a stable code. Pages choose its words and its status."""

from __future__ import annotations


class Refused(Exception):
    """``code`` names the reason; ``facts`` are what the sentence needs (numbers, moments, codes, no secrets)."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
