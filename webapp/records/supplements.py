"""What reviewers have asked for again, how it was answered, and the telephone calls about it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.cases import Case
from webapp.records.exam import Office
from webapp.records.people import Staff


class Supplement(Model):
    """One request. Open while ``closed_at`` is empty, also while a withdrawn case waits to be restored to it."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="supplements", on_delete=fields.RESTRICT
    )
    case_id: UUID
    level: int = fields.IntField()
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "webapp.Office", related_name="supplements", on_delete=fields.RESTRICT
    )
    office_id: UUID
    """The office that asked. It makes the calls."""
    round: int = fields.IntField()
    """The round that it ended: what answers it carries a later one."""
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="supplements", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    asked_at: datetime = fields.DatetimeField()
    """By the exam's clock, as all times here."""
    due: datetime = fields.DatetimeField()
    note = fields.CharField(max_length=1000, default="")
    """For the candidate and the unit."""
    closed_at: datetime | None = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=16, default="")
    """``answered``, ``in_part``, ``not_at_all``, ``cancelled`` or ``taken_back``."""
    items: fields.ReverseRelation[AskedItem]

    class Meta:
        table = "supplement"
        indexes = (("case_id", "closed_at"),)


class AskedItem(Model):
    """One thing that is asked for: a slot or a whole material again, or a field of the record put right."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    supplement: fields.ForeignKeyRelation[Supplement] = fields.ForeignKeyField(
        "webapp.Supplement", related_name="items", on_delete=fields.RESTRICT
    )
    supplement_id: UUID
    number: int = fields.IntField()
    material = fields.CharField(max_length=32, default="")
    slot = fields.CharField(max_length=32, default="")
    """Empty with a material: the material as a whole."""
    field = fields.CharField(max_length=32, default="")
    """A field's code, where it is the record that is to be corrected."""
    value_then = fields.CharField(max_length=200, default="")
    """What the record said when it was asked: another value since is an answer."""
    reasons: list[str] = fields.JSONField()
    note = fields.CharField(max_length=500, default="")
    words = fields.CharField(max_length=500, default="")
    """The candidate's: that this cannot be supplied and why, or the reply about a field."""
    worded_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "asked_item"
        unique_together = (("supplement", "number"),)


class Call(Model):
    """One telephone call about a request."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    supplement: fields.ForeignKeyRelation[Supplement] = fields.ForeignKeyField(
        "webapp.Supplement", related_name="calls", on_delete=fields.RESTRICT
    )
    supplement_id: UUID
    callee = fields.CharField(max_length=16)
    """``unit`` or ``candidate``."""
    phone = fields.CharField(max_length=32, default="")
    outcome = fields.CharField(max_length=16)
    """A value of :class:`webapp.rules.calls.Outcome`."""
    note = fields.CharField(max_length=500, default="")
    next_try: datetime | None = fields.DatetimeField(null=True)
    """When to call again, by the exam's clock."""
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="calls", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "call"
        indexes = (("supplement_id", "at"),)
