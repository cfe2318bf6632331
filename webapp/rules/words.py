"""Words of an exam's data in the product's languages, Simplified Chinese first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
"""BCP 47 tags. The first is always given and stands in where another is missing."""


@dataclass(frozen=True)
class Words:
    """One thing said in each language; an empty string: not said in it."""

    zh_hans: str
    zh_hant: str = ""
    en: str = ""

    def said_in(self, language: str) -> str:
        """The words in ``language`` (one of :data:`LANGUAGES`); Simplified Chinese where they are missing."""
        return self.by_language().get(language) or self.zh_hans

    def by_language(self) -> dict[str, str]:
        """The words that are given, by language tag: the form in which they are stored."""
        given = dict(zip(LANGUAGES, (self.zh_hans, self.zh_hant, self.en), strict=True))
        return {language: words for language, words in given.items() if words}

    def filled(self, **facts: str) -> Words:
        """The same words with each ``{name}`` replaced by that fact, in every language."""
        return Words(*(_filled(words, facts) for words in (self.zh_hans, self.zh_hant, self.en)))


_GAP = re.compile(r"\{([a-z_]+)\}")


def gaps(words: str) -> frozenset[str]:
    """The names of the ``{name}`` gaps in ``words``."""
    return frozenset(_GAP.findall(words))


def _filled(words: str, facts: Mapping[str, str]) -> str:
    return _GAP.sub(lambda gap: facts.get(gap[1], gap[0]), words)
