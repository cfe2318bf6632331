"""What was published, and what two persons have to do together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.cases import Case
from webapp.records.exam import Phase
from webapp.records.people import Staff


class Result(Model):
    """What was published of a case. Never changed: a correction is the next version. Ids grow as they are written."""

    id: int = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="results", on_delete=fields.RESTRICT
    )
    case_id: UUID
    version: int = fields.IntField()
    word = fields.CharField(max_length=24)
    """``passed``, ``failed``, ``given_up`` or ``nothing_handed_in``."""
    registration_number = fields.CharField(max_length=32)
    """The candidate's current one when it was written."""
    move: UUID | None = fields.UUIDField(null=True)
    """The move that it tells of. The case has moved since where its ``arrived_by`` is another."""
    reasons: list[str] = fields.JSONField()
    note = fields.CharField(max_length=1000, default="")
    """The reviewer's words to the candidate."""
    visible_from: datetime = fields.DatetimeField()
    """By the exam's clock."""
    written_at: datetime = fields.DatetimeField()
    """In real time."""

    class Meta:
        table = "result"
        unique_together = (("case", "version"),)


class Proposal(Model):
    """What one manager has begun and another must finish: publishing a phase, or touching a published case."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    phase: fields.ForeignKeyRelation[Phase] = fields.ForeignKeyField(
        "webapp.Phase", related_name="proposals", on_delete=fields.RESTRICT
    )
    phase_id: UUID
    case: fields.ForeignKeyNullableRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="proposals", null=True, on_delete=fields.RESTRICT
    )
    case_id: UUID | None
    act = fields.CharField(max_length=16)
    """``publish``, ``reopen``, ``restore`` or ``correct``."""
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="proposals", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    at: datetime = fields.DatetimeField()
    """By the exam's clock."""
    cases: int = fields.IntField(default=0)
    digest = fields.CharField(max_length=64, default="")
    """With ``publish``: the number of cases and the digest over all (case id, version)."""
    case_version: int = fields.BigIntField(default=0)
    reason = fields.CharField(max_length=1000, default="")
    deadline: datetime | None = fields.DatetimeField(null=True)
    """With ``restore``: the new bell or due time."""
    ended_at: datetime | None = fields.DatetimeField(null=True)
    ended_why = fields.CharField(max_length=16, default="")
    """``done``, ``voided``, ``expired``, ``replaced`` or ``taken_back``."""

    class Meta:
        table = "proposal"
        indexes = (("phase_id", "act", "ended_at"),)
