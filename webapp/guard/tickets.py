"""Tickets: the registration system's signed, one-use, short-lived hand-off of a candidate (RFC 7519).

A key's id fixes its algorithm, so that a ticket cannot choose how it is checked. What a ticket says is believed
only once its signature holds; what is wrong with one that does not hold is told to nobody.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from tortoise.exceptions import IntegrityError

from webapp.clock import now
from webapp.database import transaction
from webapp.guard.entries import new_entry
from webapp.guard.rows import UsedTicket
from webapp.records import Candidate, Registration
from webapp.rules.chain import canonical
from webapp.rules.names import user_name_key
from webapp.rules.refusals import Refused
from webapp.settings import SettingsProblem

log = logging.getLogger("webapp.tickets")

ISSUER = "registration-system"
PURPOSE = "enter"
LONGEST = timedelta(seconds=60)
"""From ``iat`` to ``exp``."""
LEEWAY = timedelta(seconds=5)
"""How far the registration system's clock may be from ours."""
MOST_CHARACTERS = 4_096
_REMEMBER_LONGER = timedelta(minutes=10)  # other machines' clocks may be behind ours
_CLAIMS = ("iss", "aud", "sub", "user_name", "purpose", "iat", "exp", "jti")
_KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PART = re.compile(r"[A-Za-z0-9_-]+")

TicketKeys = Mapping[str, jwt.PyJWK]
"""Keys of the registration system by their id, each with the one algorithm that it is for."""


@dataclass(frozen=True)
class Ticket:
    """What a ticket that holds says."""

    key: str
    """SHA-256 in hex over its key id and its ``jti``: by this it is remembered once it is used."""
    registration_number: str
    user_name: str
    expires: datetime


def read_ticket_keys(text: str) -> TicketKeys:
    """Keys written as ``<id>:HS256:<base64>`` or ``<id>:EdDSA:<base64>``, one a line or parted by ``;``.

    :class:`SettingsProblem` names the line that is wrong, never its key. No text: no keys, and so no tickets.
    """
    keys: dict[str, jwt.PyJWK] = {}
    lines = (part.strip() for part in re.split(r"[\r\n;]", text))
    for number, line in enumerate(filter(None, lines), start=1):
        key_id, key = _read_line(line, f"WEBAPP_TICKET_KEYS, key {number}")
        if key_id in keys:
            raise SettingsProblem(f"WEBAPP_TICKET_KEYS, key {number}: the id stands above already")
        keys[key_id] = key
    return keys


def _read_line(line: str, where: str) -> tuple[str, jwt.PyJWK]:
    key_id, _, rest = line.partition(":")
    algorithm, _, encoded = rest.partition(":")
    if not _KEY_ID.fullmatch(key_id) or algorithm not in {"HS256", "EdDSA"}:
        raise SettingsProblem(f"{where}: not <id>:HS256:<base64> or <id>:EdDSA:<base64>")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise SettingsProblem(f"{where}: what follows {algorithm}: is not base64") from None
    if algorithm == "HS256" and len(secret) < 32:
        raise SettingsProblem(f"{where}: a key for HS256 has at least 32 bytes")
    if algorithm == "EdDSA" and len(secret) != 32:
        raise SettingsProblem(f"{where}: a public key for EdDSA (Ed25519) has 32 bytes, raw")
    plain = _base64url(secret)
    made = (
        {"kty": "oct", "k": plain} if algorithm == "HS256" else {"kty": "OKP", "crv": "Ed25519", "x": plain}
    )
    return key_id, jwt.PyJWK(made, algorithm)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def verify(keys: TicketKeys, ticket: str, audience: str) -> Ticket:
    """What ``ticket`` says, if it holds for ``audience``, our own origin.

    :class:`Refused` ``ticket.broken`` (whatever is wrong with it), ``ticket.foreign`` (meant for another site),
    ``ticket.expired``.
    """
    try:
        key_id, claims = _checked(keys, ticket, audience)
    except jwt.ExpiredSignatureError as late:
        raise Refused("ticket.expired") from late
    except jwt.InvalidAudienceError as foreign:
        raise Refused("ticket.foreign") from foreign
    # Besides PyJWT's own errors: text that is no UTF-8, and a header that nests or counts without end.
    except (jwt.PyJWTError, ValueError, RecursionError) as problem:
        log.warning("a ticket does not hold: %s", type(problem).__name__)  # its text may quote the ticket
        raise Refused("ticket.broken") from None
    return Ticket(
        key=hashlib.sha256(canonical([key_id, claims["jti"]])).hexdigest(),
        registration_number=claims["sub"],
        user_name=claims["user_name"],
        expires=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _checked(keys: TicketKeys, ticket: str, audience: str) -> tuple[str, dict[str, Any]]:
    if len(ticket) > MOST_CHARACTERS or not _is_spelled_in_one_way(ticket):
        raise jwt.DecodeError("spelling")
    key_id = jwt.get_unverified_header(ticket).get("kid", "")
    if key_id not in keys:
        raise jwt.InvalidKeyError("unknown key id")
    claims = jwt.decode(
        ticket,
        keys[key_id],
        algorithms=[keys[key_id].algorithm_name],
        audience=audience,
        issuer=ISSUER,
        leeway=LEEWAY,
        options={"require": list(_CLAIMS), "strict_aud": True},
    )
    if problem := _claims_problem(claims):
        raise jwt.InvalidTokenError(problem)
    return key_id, claims


def _is_spelled_in_one_way(ticket: str) -> bool:
    """Base64 decoders pass over strange characters and spare bits: then many texts would be one ticket."""
    parts = ticket.split(".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        return False
    return all(_base64url(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) == part for part in parts)


def _claims_problem(claims: Mapping[str, Any]) -> str | None:
    """What PyJWT does not look at: our own claims, and how long the ticket lives."""
    begins, ends = claims["iat"], claims["exp"]
    if type(begins) is not int or type(ends) is not int or not 0 < ends - begins <= LONGEST.total_seconds():
        return "life"
    if claims["purpose"] != PURPOSE:
        return "purpose"
    lengths = {"jti": (8, 128), "sub": (1, 32), "user_name": (1, 64)}
    for name, (least, most) in lengths.items():
        value = claims[name]
        if not isinstance(value, str) or not value.isprintable() or not least <= len(value.strip()) <= most:
            return name
    return None


async def redeem(keys: TicketKeys, ticket: str, *, audience: str, exam_id: UUID) -> str:
    """Uses ``ticket`` up and lets its candidate in as far as the doorstep: the token of a new entry.

    :class:`Refused` as :func:`verify`, and ``ticket.used``, ``ticket.unknown`` (no such registration here),
    ``ticket.superseded`` (by a newer registration of the same person), ``ticket.user_name`` (not this one's).
    """
    return await _use_up(verify(keys, ticket, audience), exam_id)


@transaction
async def _use_up(ticket: Ticket, exam_id: UUID) -> str:
    try:
        await UsedTicket.create(key=ticket.key, until=ticket.expires + _REMEMBER_LONGER)
    except IntegrityError as used:
        raise Refused("ticket.used") from used
    return await new_entry((await _candidate_of(ticket, exam_id)).id)


async def _candidate_of(ticket: Ticket, exam_id: UUID) -> Candidate:
    registration = (
        await Registration.filter(exam_id=exam_id, number=ticket.registration_number)
        .prefetch_related("candidate")
        .first()
    )
    if registration is None:
        raise Refused("ticket.unknown")
    candidate: Candidate = registration.candidate
    if candidate.registration_number != ticket.registration_number:
        raise Refused("ticket.superseded")
    if candidate.user_name_key != user_name_key(ticket.user_name):
        raise Refused("ticket.user_name")
    return candidate


@transaction
async def forget_used_tickets() -> int:
    """Deletes what is remembered of tickets that are too old to be redeemed by anybody."""
    return await UsedTicket.filter(until__lte=now()).delete()
