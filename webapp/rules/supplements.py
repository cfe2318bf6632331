"""What a supplement asks for, and how far it has been answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from webapp.rules.verdicts import Kind, Verdict


@dataclass(frozen=True)
class AskedPhoto:
    """A slot of a material that is to be photographed again; without a slot, the material as a whole."""

    material: str
    slot: str | None = None
    reasons: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AskedField:
    """A field of the record that is to be corrected in the registration system, or explained here."""

    field: str
    reasons: frozenset[str] = frozenset()


Asked = AskedPhoto | AskedField


@dataclass(frozen=True)
class Answers:
    """What has come in since the asking."""

    new_photos: frozenset[tuple[str, str]] = frozenset()
    """(material, slot) of every photo that arrived since and is still there."""
    cannot_supply: frozenset[tuple[str, str | None]] = frozenset()
    """(material, slot) as asked, with a written reason."""
    changed_fields: frozenset[str] = frozenset()
    """Fields that an import has changed since."""
    replied_fields: frozenset[str] = frozenset()
    """Fields with a written reply."""


def asked_by(verdicts: Iterable[Verdict]) -> tuple[AskedPhoto, ...]:
    """What ``redo`` verdicts ask for: each slot they name, or the whole material where they name none."""
    return tuple(
        AskedPhoto(verdict.material, slot, verdict.reasons)
        for verdict in verdicts
        if verdict.kind is Kind.REDO
        for slot in (sorted(verdict.slots) or (None,))
    )


def unanswered(asked: Collection[Asked], answers: Answers) -> tuple[Asked, ...]:
    """The items that still wait for a photo, a written word or the import, in the order they were asked."""
    return tuple(item for item in asked if not _is_answered(item, answers))


def _is_answered(item: Asked, answers: Answers) -> bool:
    if isinstance(item, AskedField):
        return item.field in answers.changed_fields | answers.replied_fields
    if (item.material, item.slot) in answers.cannot_supply:
        return True
    return any(
        material == item.material and item.slot in {None, slot} for material, slot in answers.new_photos
    )
