"""Sentences for refusals that were kept or passed on as a bare code: they are looked up, never trusted."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.pages.language import _
from webapp.pages.words import REFUSALS, refusal_sentence


def known_problem(code: str, facts: Mapping[str, object]) -> str | None:
    """The sentence of a refusal's code in the user's language; None for a code that nobody knows."""
    if code not in REFUSALS:
        return None
    try:
        return refusal_sentence(code, facts)
    except KeyError:
        return not_taken()  # a sentence with figures that nobody kept


def not_taken() -> str:
    """For whatever has no sentence of its own."""
    return _("这张照片没有收下，重新拍一张或换一张。")


def why_refused(code: str, seen: Mapping[str, object]) -> str:
    """Why an original could not be used; ``code`` as :class:`webapp.records.photos.Incoming` keeps it."""
    return known_problem(f"photo.{code}", seen) or not_taken()
