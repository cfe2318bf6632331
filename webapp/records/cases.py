"""A candidate's case in one upload phase: where it stands, and how often it has changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.exam import Office, Phase
from webapp.records.people import Candidate


class Case(Model):
    """One candidate's photos, verdicts and moves in one phase."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    phase: fields.ForeignKeyRelation[Phase] = fields.ForeignKeyField(
        "webapp.Phase", related_name="cases", on_delete=fields.RESTRICT
    )
    phase_id: UUID
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="cases", on_delete=fields.RESTRICT
    )
    candidate_id: UUID
    site: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "webapp.Office", related_name="cases", on_delete=fields.RESTRICT
    )
    site_id: UUID
    """The office of the first level in whose queue it comes; it can stay when the candidate's site changes."""
    stage = fields.CharField(max_length=16)
    """A value of :class:`webapp.rules.places.Stage`."""
    level: int | None = fields.IntField(null=True)
    """The review level that the stage belongs to, 0 for the first; only for review and supplement."""
    version: int = fields.BigIntField(default=1)
    """Raised by a photo, declaration, verdict, move and change of the registration."""
    bell: datetime | None = fields.DatetimeField(null=True)
    """A bell of its own, where there is one."""
    made_at: datetime = fields.DatetimeField()

    class Meta:
        table = "case"
        unique_together = (("phase", "candidate"),)
