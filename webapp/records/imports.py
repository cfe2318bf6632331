"""Imports of registrations: a file that was uploaded, what it would do, and what it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.exam import Exam
from webapp.records.people import Staff


class RegistrationImport(Model):
    """One uploaded file. It is judged first, and taken in once a manager says so."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    exam: fields.ForeignKeyRelation[Exam] = fields.ForeignKeyField(
        "webapp.Exam", related_name="imports", on_delete=fields.RESTRICT
    )
    exam_id: UUID
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="imports", on_delete=fields.RESTRICT
    )
    staff_id: UUID
    """Who uploaded it."""
    state = fields.CharField(max_length=16)
    """``judging``, ``ready``, ``taking``, ``taken``, ``dropped`` or ``broken``."""
    file_name = fields.CharField(max_length=128)
    size: int = fields.IntField()
    sha256 = fields.CharField(max_length=64)
    """Of the file's bytes, in hex."""
    shelf_key = fields.CharField(max_length=32)
    """The file's name on the shelf of imports; empty once it is no longer kept."""
    head: dict[str, Any] = fields.JSONField()
    """How the table was found: kind, sheet, heading_line, encoding, places, absent, unknown."""
    rows: int = fields.IntField()
    """Rows of the table."""
    judged_rows: int = fields.IntField(default=0)
    taken_rows: int = fields.IntField(default=0)
    """How far the work has come: a process that goes on begins here."""
    judged: dict[str, int] = fields.JSONField()
    """Counts of the dry run, by fate, effect and mark."""
    taken: dict[str, int] = fields.JSONField()
    """The same of the import itself."""
    bell_for_late: datetime | None = fields.DatetimeField(null=True)
    uploaded_at: datetime = fields.DatetimeField()
    decided_by: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="decided_imports", on_delete=fields.RESTRICT, null=True
    )
    decided_by_id: UUID | None
    """Who had it taken in, or dropped it."""
    decided_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    outcomes: fields.ReverseRelation[ImportRow]

    class Meta:
        table = "registration_import"
        indexes = (("exam_id", "state"), ("exam_id", "uploaded_at"))


class ImportRow(Model):
    """One row of an uploaded file: what it would do, and after the import what it did."""

    id: int = fields.BigIntField(primary_key=True)
    of: fields.ForeignKeyRelation[RegistrationImport] = fields.ForeignKeyField(
        "webapp.RegistrationImport", related_name="outcomes", on_delete=fields.CASCADE
    )
    of_id: UUID
    position: int = fields.IntField()
    """Its place among the rows, the first being 0."""
    line: int = fields.IntField()
    """Its number in the file, the first being 1."""
    number = fields.CharField(max_length=32)
    name = fields.CharField(max_length=64)
    fate = fields.CharField(max_length=16)
    """A word of :class:`webapp.rules.taking.Fate`; of the dry run until the row is taken."""
    marks = fields.CharField(max_length=200, default="")
    """What it is found by besides its fate, each between bars: ``|withdrawn|warned|``."""
    told: dict[str, Any] = fields.JSONField()
    """Problems, warnings, changes, and of a failed row its cells."""

    class Meta:
        table = "import_row"
        unique_together = (("of", "position"),)
