"""Keys of machines: shown once, kept as SHA-256, good for named scopes, until somebody revokes them.

A key reads ``wsr_<first eight digits of its id>_<43 characters>``, so that one found in a log or a file can be named
and revoked, and a scanner for leaked secrets knows it. Its secret has 256 bits: a plain digest is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from webapp.clock import now
from webapp.database import DatabaseProblem, transaction
from webapp.guard.rows import ApiKey
from webapp.rules.refusals import Refused

log = logging.getLogger("webapp.api_keys")

LONGEST_NAME = 64
_SHORT = 8
_WRITTEN = re.compile(r"wsr_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_TOUCH_EVERY = timedelta(minutes=1)  # one write a minute and key, not one a request
_NOBODYS = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


class Scope(StrEnum):
    """What a key opens."""

    RESULTS_READ = "results:read"


Note = Callable[[UUID, Sequence[str]], Awaitable[None]]
"""Writes down what happened to a key (id, scopes); called in the transaction of what it tells about."""


@dataclass(frozen=True)
class Machine:
    """Whoever a request with a key comes from."""

    key_id: UUID
    scopes: frozenset[str]


@dataclass(frozen=True)
class MadeKey:
    """A new key. ``key`` is known here and now, and never again."""

    id: UUID
    name: str
    key: str


def short_id(key_id: UUID) -> str:
    """How people name a key: the part of its id that stands in it."""
    return key_id.hex[:_SHORT]


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@transaction
async def make_key(name: str, scopes: Collection[Scope], note: Note) -> MadeKey:
    """A new key for ``scopes``. :class:`Refused`: ``api_key.name``, ``api_key.no_scope``."""
    called = name.strip()
    if not called or len(called) > LONGEST_NAME or not called.isprintable():
        raise Refused("api_key.name", most=LONGEST_NAME)
    if not scopes:
        raise Refused("api_key.no_scope")
    key_id = uuid4()
    while await ApiKey.exists(id__gte=UUID(short_id(key_id) + "0" * 24), id__lte=_last_beside(key_id)):
        key_id = uuid4()  # two keys never share the name that people call them by
    key = f"wsr_{short_id(key_id)}_{secrets.token_urlsafe(32)}"
    opened = sorted(scope.value for scope in scopes)
    await ApiKey.create(id=key_id, name=called, key_hash=_hashed(key), scopes=opened, made_at=now())
    await note(key_id, opened)
    return MadeKey(key_id, called, key)


def _last_beside(key_id: UUID) -> UUID:
    return UUID(short_id(key_id) + "f" * 24)


async def all_keys() -> list[ApiKey]:
    """Every key, the newest first; revoked ones stay listed."""
    return await ApiKey.all().order_by("-made_at")


async def key_called(written: str) -> ApiKey | None:
    """The key of this id, written whole or as the eight digits that stand in it."""
    plain = written.strip().lower().replace("-", "")
    found = [key for key in await all_keys() if plain in {key.id.hex, short_id(key.id)}]
    return found[0] if found else None


@transaction
async def revoke_key(key_id: UUID, note: Note) -> bool:
    """Ends a key for good; whether it was in force until now."""
    ended = await ApiKey.filter(id=key_id, revoked_at=None).update(revoked_at=now())
    if ended:
        await note(key_id, (await ApiKey.get(id=key_id)).scopes)
    return bool(ended)


async def machine_of(authorization: str) -> Machine | None:
    """Whose key stands in an Authorization header; None if there is none that is in force.

    The row is looked up by a digest that nobody can steer, and compared once more in constant time.
    """
    bearer = _BEARER.fullmatch(authorization)
    key = bearer[1] if bearer else ""
    hashed = _hashed(key)
    row = await ApiKey.get_or_none(key_hash=hashed) if _WRITTEN.fullmatch(key) else None
    if not hmac.compare_digest(row.key_hash if row else _NOBODYS, hashed):
        return None
    if row is None or row.revoked_at is not None:
        return None
    moment = now()
    if row.used_at is None or moment - row.used_at >= _TOUCH_EVERY:
        await _touched(row.id, moment)
    return Machine(row.id, frozenset(row.scopes))


async def _touched(key_id: UUID, moment: datetime) -> None:
    try:
        await _touch(key_id, moment)
    except (DatabaseProblem, OSError) as problem:
        # A full disk or a locked database must not keep anybody from reading.
        log.error("the use of a key could not be noted", exc_info=problem)


@transaction
async def _touch(key_id: UUID, moment: datetime) -> None:
    await ApiKey.filter(id=key_id).update(used_at=moment)
