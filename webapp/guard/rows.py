"""The guard's own rows, written by the guard alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from webapp.records import Candidate, Staff


class Session(Model):
    """A signed-in browser. The cookie holds the token, the row only its SHA-256. No row, no session."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    token_hash = fields.CharField(max_length=64, unique=True)
    candidate: fields.ForeignKeyNullableRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="sessions", null=True, on_delete=fields.CASCADE
    )
    candidate_id: UUID | None
    staff: fields.ForeignKeyNullableRelation[Staff] = fields.ForeignKeyField(
        "webapp.Staff", related_name="sessions", null=True, on_delete=fields.CASCADE
    )
    staff_id: UUID | None
    opened_at: datetime = fields.DatetimeField()
    seen_at: datetime = fields.DatetimeField()
    idle_until: datetime = fields.DatetimeField()
    ends_at: datetime = fields.DatetimeField()

    class Meta:
        table = "session"
        indexes = (("ends_at",),)


class UsedTicket(Model):
    """A ticket that has been redeemed, remembered until it is too old to be redeemed by anybody."""

    key = fields.CharField(max_length=64, primary_key=True)
    """SHA-256 in hex over the ticket's key id and its ``jti``."""
    until: datetime = fields.DatetimeField()

    class Meta:
        table = "used_ticket"
        indexes = (("until",),)


class Entry(Model):
    """A browser that has come in with a ticket and has neither activated nor confirmed yet.

    The cookie holds the token, the row only its SHA-256.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    token_hash = fields.CharField(max_length=64, unique=True)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="entries", on_delete=fields.CASCADE
    )
    candidate_id: UUID
    until: datetime = fields.DatetimeField()

    class Meta:
        table = "entry"
        indexes = (("until",),)


class PasswordReset(Model):
    """A browser that has shown who it is and may choose a new password, once. It is no session.

    The cookie holds the token, the row only its SHA-256.
    """

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    token_hash = fields.CharField(max_length=64, unique=True)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "webapp.Candidate", related_name="resets", on_delete=fields.CASCADE
    )
    candidate_id: UUID
    way = fields.CharField(max_length=16)
    """See :class:`webapp.rules.recovery.Way`."""
    until: datetime = fields.DatetimeField()

    class Meta:
        table = "password_reset"
        indexes = (("until",),)


class Throttle(Model):
    """How often something was tried in vain under one key, and until when it must wait."""

    key = fields.CharField(max_length=64, primary_key=True)
    """HMAC of what is counted (an account, an address): no user name or address is kept."""
    tries: int = fields.IntField(default=0)
    since: datetime = fields.DatetimeField()
    wait_until: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "throttle"
        indexes = (("since",),)


class ApiKey(Model):
    """A machine's key. It was shown once, and the row holds its SHA-256."""

    id: UUID = fields.UUIDField(primary_key=True, default=uuid4)
    name = fields.CharField(max_length=64)
    key_hash = fields.CharField(max_length=64, unique=True)
    scopes: list[str] = fields.JSONField()
    """Values of :class:`webapp.guard.api_keys.Scope`."""
    made_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"
