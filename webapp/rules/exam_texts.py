"""What an exam says to people, with versions of what they agree to, and the reviewers' canned reasons."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.rules.words import Words


@dataclass(frozen=True)
class Text:
    """One sentence or paragraph. ``version`` changes whenever its meaning does."""

    code: str
    version: str
    words: Words


@dataclass(frozen=True)
class Pledges:
    """What a candidate promises at activation, all with one tick; the version is kept with the candidate."""

    version: str
    items: tuple[Words, ...]
    agree: Words


@dataclass(frozen=True)
class Consent:
    """The separate tick for ID and face photos: what for, how long, and whom to ask.

    ``{site}``, ``{phone}`` and ``{months}`` stand for the candidate's site, its telephone and how long photos
    are kept; see :meth:`webapp.rules.words.Words.filled`.
    """

    version: str
    title: Words
    purpose: Words
    retention: Words
    contact: Words
    agree: Words


@dataclass(frozen=True)
class ExamTexts:
    """All texts of an exam."""

    activation_notices: tuple[Text, ...]
    materials_notices: tuple[Text, ...]
    pledges: Pledges
    consent: Consent
    upload_line: Text
    """Stands on every upload screen; the size limit is added by the page itself."""
    example_line: Text
    """How to photograph a document, under every example."""

    def versions(self) -> dict[str, str]:
        """The version of every text by its code: kept with what a person agreed to or was told."""
        texts = (*self.activation_notices, *self.materials_notices, self.upload_line, self.example_line)
        return {
            **{text.code: text.version for text in texts},
            "pledges": self.pledges.version,
            "consent": self.consent.version,
        }

    def shown_at_activation(self) -> dict[str, str]:
        """Of these the ones that somebody reads, or agrees to, when they activate their account."""
        codes = [*(text.code for text in self.activation_notices), "pledges", "consent"]
        versions = self.versions()
        return {code: versions[code] for code in codes}


@dataclass(frozen=True)
class Hint:
    """Advice on doing better next time."""

    code: str
    words: Words


@dataclass(frozen=True)
class Reason:
    """A canned reason why a material is returned."""

    code: str
    reviewer: Words
    """Short, for the reviewer's button."""
    candidate: Words
    """What is wrong, in the candidate's terms."""
    hints: tuple[Hint, ...]
    general: bool = False
    """Offered for every material, not only for those that name it."""
    may_fail: bool = False
    """Also a reason for 不符合: no better photo can cure it."""


@dataclass(frozen=True)
class Question:
    """A recovery question; none can be answered from the registration."""

    code: str
    words: Words
