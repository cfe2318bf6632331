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
    round: int = fields.IntField(default=1, db_default=1)
    """1, and one more for each ``ask`` (see :func:`webapp.rules.verdicts.round_after`)."""
    arrived_by: UUID | None = fields.UUIDField(null=True)
    """The :class:`webapp.records.moves.CaseMove` that brought it to where it stands. None: it was made there."""
    handed_in_at: datetime | None = fields.DatetimeField(null=True)
    """By the exam's clock: when it last came to its reviewers. Never the time of a decision."""
    lease_holder: UUID | None = fields.UUIDField(null=True)
    """Id of the :class:`webapp.records.people.Staff` who has claimed it. Any move of the case ends the claim."""
    lease_taken_at: datetime | None = fields.DatetimeField(null=True)
    lease_until: datetime | None = fields.DatetimeField(null=True)
    claimed_at: datetime | None = fields.DatetimeField(null=True)
    """The last time that anybody claimed it, in real time. Outlives the lease."""
    flags: fields.ReverseRelation[CaseFlag]

    class Meta:
        table = "case"
        unique_together = (("phase", "candidate"),)
        indexes = (("phase_id", "stage", "level"),)


class CaseFlag(Model):
    """A mark on a case that is no stage: it tells reviewers something and holds nothing up by itself."""

    id: int = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[Case] = fields.ForeignKeyField(
        "webapp.Case", related_name="flags", on_delete=fields.RESTRICT
    )
    case_id: UUID
    flag = fields.CharField(max_length=24)
    """A value of :class:`webapp.rules.flags.Flag`."""
    set_by = fields.CharField(max_length=64)
    """An actor as in events."""
    set_at: datetime = fields.DatetimeField()
    """By the exam's clock."""
    note = fields.CharField(max_length=500, default="")

    class Meta:
        table = "case_flag"
        unique_together = (("case", "flag"),)
