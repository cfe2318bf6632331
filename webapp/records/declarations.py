"""What a candidate says in words: that a material is not there, that another stands for it, that the record errs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.cases import Case


class Declaration(Model):
    """没有此材料 or 等效证明, with a reason that reviewers read. The one without ``ended_at`` counts."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="declarations", on_delete=fields.RESTRICT
    )
    case_id: UUID
    material = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=16)
    """``missing``, or ``equivalent``: the photos show another paper that stands for it."""
    words = fields.CharField(max_length=500)
    made_at: datetime = fields.DatetimeField()
    """By the exam's clock."""
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "declaration"
        indexes = (("case_id", "ended_at"),)


class RecordDoubt(Model):
    """报名信息有疑议: the candidate says that a field of the registration record is wrong."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="doubts", on_delete=fields.RESTRICT
    )
    case_id: UUID
    field = fields.CharField(max_length=32)
    """A field's code."""
    value_then = fields.CharField(max_length=200, default="")
    """What the record said when it was doubted."""
    words = fields.CharField(max_length=500)
    """What it should say, and why."""
    made_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)
    """Taken back by the candidate."""

    class Meta:
        table = "record_doubt"
        indexes = (("case_id", "ended_at"),)
