"""Who signs in: candidates, and staff with their posts at offices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records.exam import Exam, Office, Unit


class Candidate(Model):
    """One person in one exam, made by the import and activated here."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    exam: fields.ForeignKeyRelation[Exam] = fields.ForeignKeyField(
        "webapp.Exam", related_name="candidates", on_delete=fields.RESTRICT
    )
    exam_id: UUID
    id_type = fields.CharField(max_length=32)
    id_number = fields.CharField(max_length=32)
    registration_number = fields.CharField(max_length=32)
    """The current registration's number; a new registration of the same person replaces it."""
    name = fields.CharField(max_length=64)
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "webapp.Office", related_name="candidates", on_delete=fields.RESTRICT
    )
    office_id: UUID
    unit: fields.ForeignKeyNullableRelation[Unit] = fields.ForeignKeyField(
        "webapp.Unit", related_name="candidates", null=True, on_delete=fields.RESTRICT
    )
    unit_id: UUID | None
    user_name = fields.CharField(max_length=64)
    user_name_key = fields.CharField(max_length=64)
    """The user name as it is compared: see :func:`webapp.rules.names.user_name_key`."""
    password_hash = fields.CharField(max_length=255, null=True)
    activated_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "candidate"
        unique_together = (
            ("exam", "id_type", "id_number"),
            ("exam", "user_name_key"),
            ("exam", "registration_number"),
        )


class Agreement(Model):
    """A text that a candidate was shown and agreed to, in which version and language, and when."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="agreements", on_delete=fields.CASCADE
    )
    candidate_id: UUID
    text = fields.CharField(max_length=64)
    """``pledges``, ``consent``, or the code of a notice that was shown (see ``ExamTexts.versions``)."""
    version = fields.CharField(max_length=32)
    language = fields.CharField(max_length=16)
    agreed_at: datetime = fields.DatetimeField()

    class Meta:
        table = "agreement"
        unique_together = (("candidate", "text", "version"),)


class RecoveryAnswer(Model):
    """The answer to one recovery question, as an argon2id hash of its plain form."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="recovery_answers", on_delete=fields.CASCADE
    )
    candidate_id: UUID
    question = fields.CharField(max_length=32)
    """The question's code in the exam's package."""
    answer_hash = fields.CharField(max_length=255)

    class Meta:
        table = "recovery_answer"
        unique_together = (("candidate", "question"),)


class RecoveryCode(Model):
    """A one-time code that a manager handed to a candidate after seeing who it was. It was shown once."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="recovery_codes", on_delete=fields.CASCADE
    )
    candidate_id: UUID
    code_hash = fields.CharField(max_length=64)
    """SHA-256 of the code's plain form."""
    issued_by: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="recovery_codes", on_delete=fields.RESTRICT
    )
    issued_by_id: UUID
    document = fields.CharField(max_length=32)
    """The kind of identity document that was seen at the counter."""
    issued_at: datetime = fields.DatetimeField()
    until: datetime = fields.DatetimeField()
    wrong_tries: int = fields.IntField(default=0)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    ended_why = fields.CharField(max_length=16, default="")
    """``used``, ``replaced`` by a newer code, ``wrong`` too often, or ``recovered`` in another way."""

    class Meta:
        table = "recovery_code"
        indexes = (("candidate_id", "ended_at"),)


class PasswordRecovery(Model):
    """A forgotten password was replaced by a new one: when, in which way, and whether the person has read of it."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="recoveries", on_delete=fields.CASCADE
    )
    candidate_id: UUID
    way = fields.CharField(max_length=16)
    """See :class:`webapp.rules.recovery.Way`."""
    at: datetime = fields.DatetimeField()
    read_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "password_recovery"
        indexes = (("candidate_id", "at"),)


class Staff(Model):
    """An account of somebody who works at an office. It signs in with a password and a TOTP code."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    name = fields.CharField(max_length=64)
    user_name = fields.CharField(max_length=64)
    user_name_key = fields.CharField(max_length=64, unique=True)
    password_hash = fields.CharField(max_length=255, null=True)
    totp_sealed: bytes | None = fields.BinaryField(null=True)
    """The TOTP secret, sealed by the key ring; set when the account is taken into use."""
    totp_step: int = fields.BigIntField(default=0)
    """The newest 30-second step whose code was accepted; a code counts once (RFC 6238, section 5.2)."""
    invite_hash = fields.CharField(max_length=64, null=True)
    """SHA-256 of the one-time code with which the account is taken into use, or taken into use again."""
    invite_until: datetime | None = fields.DatetimeField(null=True)
    pending_totp_sealed: bytes | None = fields.BinaryField(null=True)
    """The secret offered on the enrolment page, until a code made with it proves that it was read."""
    enrolled_at: datetime | None = fields.DatetimeField(null=True)
    disabled_at: datetime | None = fields.DatetimeField(null=True)
    signed_in_at: datetime | None = fields.DatetimeField(null=True)
    posts: fields.ReverseRelation[Post]

    class Meta:
        table = "staff"


class Post(Model):
    """One role of one account at one office."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="posts", on_delete=fields.CASCADE
    )
    staff_id: UUID
    office: fields.ForeignKeyRelation[Office] = fields.ForeignKeyField(
        "webapp.Office", related_name="posts", on_delete=fields.RESTRICT
    )
    office_id: UUID
    role = fields.CharField(max_length=16)

    class Meta:
        table = "post"
        unique_together = (("staff", "office", "role"),)
