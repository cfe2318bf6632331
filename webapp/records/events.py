"""Who did what, when: append-only rows, each bound to the one before it in its chain.

An event holds ids, codes and digests, no personal text, so that deleting a person's data leaves the chain whole.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model


class Event(Model):
    """One thing that happened. ``digest`` covers every other column and the digest before it."""

    id: int = fields.BigIntField(primary_key=True)
    chain = fields.CharField(max_length=80)
    """``exam:<code>`` for staff, exam and sign-in; ``case:<id>`` for one case."""
    sequence: int = fields.BigIntField()
    at: datetime = fields.DatetimeField()
    actor = fields.CharField(max_length=64)
    """``candidate:<id>``, ``staff:<id>``, ``clock``, ``operator``, ``registration-system`` or ``nobody``."""
    what = fields.CharField(max_length=48)
    subject = fields.CharField(max_length=80, default="")
    facts: dict[str, Any] = fields.JSONField()
    previous = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "event"
        unique_together = (("chain", "sequence"),)


class ChainHead(Model):
    """The newest link of a chain. Locked last, after phase and case rows."""

    chain = fields.CharField(max_length=80, primary_key=True)
    sequence: int = fields.BigIntField(default=0)
    digest = fields.CharField(max_length=64, default="")
    sealed_sequence: int = fields.BigIntField(default=0)
    """The newest link that a seal covers."""

    class Meta:
        table = "chain_head"


class SealedHead(Model):
    """Where one chain's head stood when a day was sealed, only for chains that had grown."""

    id: int = fields.BigIntField(primary_key=True)
    day: date = fields.DateField()
    chain = fields.CharField(max_length=80)
    sequence: int = fields.BigIntField()
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "sealed_head"
        unique_together = (("day", "chain"),)


class ChainSeal(Model):
    """One day's digest over its sealed heads and the seal before it: what cutting off a chain's end would break."""

    day: date = fields.DateField(primary_key=True)
    sealed_at: datetime = fields.DatetimeField()
    heads: int = fields.IntField()
    heads_digest = fields.CharField(max_length=64)
    previous = fields.CharField(max_length=64)
    digest = fields.CharField(max_length=64)

    class Meta:
        table = "chain_seal"
