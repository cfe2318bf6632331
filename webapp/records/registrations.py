"""What the registration system told: one row per registration, as it was last told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.exam import Exam
from webapp.records.people import Candidate


class Registration(Model):
    """One registration of a person. A new registration of the same person is a new row beside it."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    exam: fields.ForeignKeyRelation[Exam] = fields.ForeignKeyField(
        "webapp.Exam", related_name="registrations", on_delete=fields.RESTRICT
    )
    exam_id: UUID
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="registrations", on_delete=fields.RESTRICT
    )
    candidate_id: UUID
    number = fields.CharField(max_length=32)
    record: dict[str, str] = fields.JSONField()
    """Values by field code (see :mod:`webapp.rules.fields`); an empty field is absent."""
    record_digest = fields.CharField(max_length=64)
    """SHA-256 in hex over the record's canonical form: tells a changed row from one that was sent again."""
    taken_at: datetime = fields.DatetimeField()
    changed_at: datetime = fields.DatetimeField()

    class Meta:
        table = "registration"
        unique_together = (("exam", "number"),)
