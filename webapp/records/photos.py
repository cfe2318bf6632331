"""The photos of a case: where each belongs, every version of it that was stored, and originals that wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from webapp.records.cases import Case


class Photo(Model):
    """One picture in a slot. Its id was chosen by whoever sent it, so that sending again is the same photo."""

    id: UUID = fields.UUIDField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="photos", on_delete=fields.RESTRICT
    )
    case_id: UUID
    material = fields.CharField(max_length=32)
    slot = fields.CharField(max_length=32)
    sha256 = fields.CharField(max_length=64)
    """Of the bytes as they were received, in hex."""
    size: int = fields.IntField()
    """Bytes received."""
    received_at: datetime = fields.DatetimeField()
    """By the exam's clock: when its bytes had arrived."""
    version: int = fields.IntField(default=1)
    """Number of the version that is shown."""
    removed_at: datetime | None = fields.DatetimeField(null=True)
    removed_why = fields.CharField(max_length=16, default="")
    """``deleted`` or ``replaced``; empty while it counts."""
    replaced_by: UUID | None = fields.UUIDField(null=True)
    versions: fields.ReverseRelation[PhotoVersion]

    class Meta:
        table = "photo"
        indexes = (("case_id", "removed_at"),)


class PhotoVersion(Model):
    """One stored file of a photo: as it was judged, or as it was turned. Never changed, never shared."""

    id: int = fields.BigIntField(primary_key=True)
    photo: fields.ForeignKeyRelation[Photo] = fields.ForeignKeyField(
        "webapp.Photo", related_name="versions", on_delete=fields.RESTRICT
    )
    photo_id: UUID
    number: int = fields.IntField()
    """1 for what was received, then one more for each turn."""
    shelf_key = fields.CharField(max_length=32, unique=True)
    preview_key = fields.CharField(max_length=32, unique=True)
    """The shelf's names of the picture and of its small copy."""
    media_type = fields.CharField(max_length=16)
    width: int = fields.IntField()
    height: int = fields.IntField()
    """Pixels, upright."""
    size: int = fields.IntField()
    """Bytes stored."""
    sha256 = fields.CharField(max_length=64)
    """Of the bytes stored, in hex."""
    quarter_turns: int = fields.IntField(default=0)
    """Clockwise, of all turns together, counted from what was received."""
    facts: dict[str, Any] = fields.JSONField()
    """What judging found and did (:class:`webapp.photos.judged.Facts`)."""
    made_at: datetime = fields.DatetimeField()

    class Meta:
        table = "photo_version"
        unique_together = (("photo", "number"),)


class Incoming(Model):
    """An original that has arrived and waits to be shrunk. It holds its place, and its arrival fixes the time."""

    id: UUID = fields.UUIDField(primary_key=True)
    """The photo's id to be."""
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="incoming", on_delete=fields.RESTRICT
    )
    case_id: UUID
    material = fields.CharField(max_length=32)
    slot = fields.CharField(max_length=32)
    replaces: UUID | None = fields.UUIDField(null=True)
    sha256 = fields.CharField(max_length=64)
    size: int = fields.IntField()
    file = fields.CharField(max_length=64)
    """Name in the folder of originals."""
    state = fields.CharField(max_length=16)
    """``waiting``, ``done``, ``refused`` or ``removed``."""
    reason = fields.CharField(max_length=32, default="")
    """Why it was refused: a code of :mod:`webapp.photos.refusals`, or a lock's."""
    seen: dict[str, Any] = fields.JSONField()
    """Figures for the refusal's sentence."""
    tries: int = fields.IntField(default=0)
    arrived_at: datetime = fields.DatetimeField()
    """By the exam's clock."""

    class Meta:
        table = "incoming"
        indexes = (("state", "arrived_at"), ("case_id", "state"))
