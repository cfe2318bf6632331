"""The way of a case: every move it has made, with the words that a reviewer or manager said to it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.cases import Case


class CaseMove(Model):
    """One move of the table in :mod:`webapp.rules.stages`. Written by :mod:`webapp.actions.moving` alone."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="moves", on_delete=fields.RESTRICT
    )
    case_id: UUID
    number: int = fields.IntField()
    """1 for the first move of the case."""
    move = fields.CharField(max_length=16)
    by = fields.CharField(max_length=16)
    """A value of :class:`webapp.rules.places.By`."""
    actor = fields.CharField(max_length=64)
    """As in events."""
    person: UUID | None = fields.UUIDField(null=True)
    """The candidate or member of staff; None for the clock and the import."""
    from_stage = fields.CharField(max_length=16)
    from_level: int | None = fields.IntField(null=True)
    to_stage = fields.CharField(max_length=16)
    to_level: int | None = fields.IntField(null=True)
    round: int = fields.IntField()
    """The round in which it was made."""
    at: datetime = fields.DatetimeField()
    """Real time, which also measures the 10 s of taking back."""
    exam_at: datetime = fields.DatetimeField()
    conclusion = fields.CharField(max_length=8, default="")
    """A value of :class:`webapp.rules.verdicts.Conclusion` for a reviewer's decision."""
    reasons: list[str] = fields.JSONField()
    """Reason codes of the exam's package."""
    note = fields.CharField(max_length=1000, default="")
    """What the person wrote: an opinion, or why a manager did it."""
    previous: UUID | None = fields.UUIDField(null=True)
    """The move by which the case had come to where this one took it from."""
    undone_at: datetime | None = fields.DatetimeField(null=True)
    """Taken back: it counts no longer."""

    class Meta:
        table = "case_move"
        unique_together = (("case", "number"),)
