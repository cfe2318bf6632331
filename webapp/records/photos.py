"""The photos of a case: where each belongs, every stored version, originals that wait, what was announced and seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from webapp.records.cases import Case
from webapp.records.people import Staff


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
    round: int = fields.IntField(default=1, db_default=1)
    """The case's round in which it came: later than the round that a supplement ended, it is an answer to it."""
    in_grace = fields.BooleanField(default=False, db_default=False)
    """Announced in time and delivered after the bell or the due time."""
    brought_by: UUID | None = fields.UUIDField(null=True)
    """Staff who uploaded it for the candidate. None: it is the candidate's own."""
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
    sharpness: float | None = fields.FloatField(null=True)
    brightness: int | None = fields.IntField(null=True)
    difference_hash = fields.CharField(max_length=128, default="", db_default="")
    """What it looks like (:class:`webapp.photos.judged.Measured`). Nothing for versions from before these were kept."""
    made_at: datetime = fields.DatetimeField()

    class Meta:
        table = "photo_version"
        unique_together = (("photo", "number"),)
        indexes = (("sha256",),)


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
    in_grace = fields.BooleanField(default=False, db_default=False)
    brought_by: UUID | None = fields.UUIDField(null=True)
    tries: int = fields.IntField(default=0)
    arrived_at: datetime = fields.DatetimeField()
    """By the exam's clock."""

    class Meta:
        table = "incoming"
        indexes = (("state", "arrived_at"), ("case_id", "state"))


class Announcement(Model):
    """ "This photo is on its way", said before the bell or a due time. It reserves nothing and dies with the grace."""

    id: UUID = fields.UUIDField(primary_key=True)
    """The photo's id to be."""
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="announcements", on_delete=fields.RESTRICT
    )
    case_id: UUID
    material = fields.CharField(max_length=32)
    slot = fields.CharField(max_length=32)
    replaces: UUID | None = fields.UUIDField(null=True)
    chosen_size: int = fields.BigIntField()
    chosen_sha256 = fields.CharField(max_length=64)
    shrunk_size: int | None = fields.BigIntField(null=True)
    shrunk_sha256 = fields.CharField(max_length=64, default="")
    announced_at: datetime = fields.DatetimeField()
    """By the exam's clock."""
    ended_at: datetime | None = fields.DatetimeField(null=True)
    ended_why = fields.CharField(max_length=16, default="")
    """``arrived``, ``withdrawn``, ``moved`` (the case has), ``pointless`` (nothing is left to replace), or empty."""

    class Meta:
        table = "announcement"
        indexes = (("case_id", "ended_at"),)


class PhotoSeen(Model):
    """What one member of staff has had of one stored version of a photo."""

    id: int = fields.BigIntField(primary_key=True)
    version: fields.ForeignKeyRelation[PhotoVersion] = fields.ForeignKeyField(
        "webapp.PhotoVersion", related_name="seen_by", on_delete=fields.RESTRICT
    )
    version_id: int
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="seen_photos", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    fetched_at: datetime = fields.DatetimeField()
    """First time its bytes were sent to this person."""
    seen_at: datetime | None = fields.DatetimeField(null=True)
    """On screen, decoded, for a second. Only this lifts the guard against deciding unseen."""

    class Meta:
        table = "photo_seen"
        unique_together = (("version", "staff"),)
