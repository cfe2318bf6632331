"""The exam, its upload windows, its offices and the units that registered people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class Exam(Model):
    """One year's exam in one region, as loaded from its package."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    code = fields.CharField(max_length=64, unique=True)
    package: dict[str, Any] = fields.JSONField()
    """The package's data as it stood when it was loaded; all texts and rules are read from here."""
    package_digest = fields.CharField(max_length=64)
    open_to_candidates = fields.BooleanField(default=False)
    loaded_at: datetime = fields.DatetimeField()

    class Meta:
        table = "exam"


class Phase(Model):
    """One upload window of an exam: the half-open interval [opens, bell) of UTC instants."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    exam: fields.ForeignKeyRelation[Exam] = fields.ForeignKeyField(
        "webapp.Exam", related_name="phases", on_delete=fields.RESTRICT
    )
    exam_id: UUID
    code = fields.CharField(max_length=32)
    opens: datetime = fields.DatetimeField()
    bell: datetime = fields.DatetimeField()
    published_at: datetime | None = fields.DatetimeField(null=True)
    """By the exam's clock. Set once, by two managers (:mod:`webapp.rules.publishing`)."""

    class Meta:
        table = "phase"
        unique_together = (("exam", "code"),)


class SiteBell(Model):
    """A later bell for all cases of one office and those below it. Rows are added, and the latest bell counts."""

    id: int = fields.BigIntField(primary_key=True)
    phase: fields.ForeignKeyRelation[Phase] = fields.ForeignKeyField(
        "webapp.Phase", related_name="site_bells", on_delete=fields.RESTRICT
    )
    phase_id: UUID
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "webapp.Office", related_name="bells", on_delete=fields.RESTRICT
    )
    office_id: UUID
    bell: datetime = fields.DatetimeField()
    set_by: UUID = fields.UUIDField()
    """Staff."""
    set_at: datetime = fields.DatetimeField()
    reason = fields.CharField(max_length=500)

    class Meta:
        table = "site_bell"


class Office(Model):
    """A node of the tree of reviewing offices: the region, its sites, deeper where an exam has three levels."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    exam: fields.ForeignKeyRelation[Exam] = fields.ForeignKeyField(
        "webapp.Exam", related_name="offices", on_delete=fields.RESTRICT
    )
    exam_id: UUID
    code = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=32)
    name: dict[str, str] = fields.JSONField()
    """Name by language."""
    phone = fields.CharField(max_length=32, default="")
    hours: dict[str, str] = fields.JSONField()
    """Opening hours by language."""
    parent: fields.ForeignKeyNullableRelation[Office] = fields.ForeignKeyField(
        "webapp.Office", related_name="children", null=True, on_delete=fields.RESTRICT
    )
    parent_id: UUID | None

    class Meta:
        table = "office"
        unique_together = (("exam", "code"),)


class Unit(Model):
    """The hospital or school that registered a candidate. It gets the telephone calls."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    exam: fields.ForeignKeyRelation[Exam] = fields.ForeignKeyField(
        "webapp.Exam", related_name="units", on_delete=fields.RESTRICT
    )
    exam_id: UUID
    code = fields.CharField(max_length=32)
    name = fields.CharField(max_length=200)
    phone = fields.CharField(max_length=32, default="")

    class Meta:
        table = "unit"
        unique_together = (("exam", "code"),)


class ExamClock(Model):
    """How far the exam's time stands from real time. A row exists only in demos and tests."""

    id: int = fields.IntField(primary_key=True)
    offset_seconds: int = fields.BigIntField(default=0)

    class Meta:
        table = "exam_clock"
