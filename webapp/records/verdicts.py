"""What reviewers have said of single materials. Old words stay as history."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.cases import Case
from webapp.records.people import Staff


class Verdict(Model):
    """A level's word on one material. It stands until ``ended_at``, at most one for each level and material."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="verdicts", on_delete=fields.RESTRICT
    )
    case_id: UUID
    material = fields.CharField(max_length=32)
    level: int = fields.IntField()
    round: int = fields.IntField()
    kind = fields.CharField(max_length=16)
    """A value of :class:`webapp.rules.verdicts.Kind`."""
    slots: list[str] = fields.JSONField()
    """With ``redo``: the slots to be photographed again. None named: the material as a whole."""
    reasons: list[str] = fields.JSONField()
    note = fields.CharField(max_length=500, default="")
    """For the candidate, in the reviewer's words."""
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="verdicts", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    at: datetime = fields.DatetimeField()
    """By the exam's clock."""
    ended_at: datetime | None = fields.DatetimeField(null=True)
    ended_why = fields.CharField(max_length=16, default="")
    """``said_anew``, ``changed`` (a photo or declaration of the material), ``site`` (the site changed)."""

    class Meta:
        table = "verdict"
        indexes = (("case_id", "ended_at"),)
