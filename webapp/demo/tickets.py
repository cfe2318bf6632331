"""The registration system's side of a ticket: a signed, one-use, short-lived word that a candidate comes from it."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import jwt

from webapp.demo.records import DemoCandidate

FILE = "ticket-keys"
LIFETIME_SECONDS = 60
_KEY_BYTES = 32


@dataclass(frozen=True)
class TicketKey:
    """The shared key, and the name by which the product knows it."""

    kid: str
    secret: bytes


def make_key(file: Path) -> str:
    """The line for the product's settings that names the key; made at first, for nobody but this account to read."""
    if not file.exists():
        draft = file.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        secret = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
        draft.write_text(f"demo:HS256:{secret}\n")
        draft.replace(file)
    return file.read_text().strip()


def read_key(file: Path) -> TicketKey:
    """The key in ``file``, which holds one line ``kid:HS256:base64``."""
    kid, _algorithm, secret = file.read_text().strip().split(":")
    return TicketKey(kid, base64.b64decode(secret))


def ticket(key: TicketKey, origin: str, person: DemoCandidate) -> str:
    """A fresh ticket for ``person`` to the product at ``origin``."""
    moment = int(time.time())
    claims = {
        "iss": "registration-system",
        "aud": origin,
        "sub": person.number,
        "user_name": person.user_name,
        "purpose": "enter",
        "iat": moment,
        "exp": moment + LIFETIME_SECONDS,
        "jti": uuid4().hex,
    }
    return jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.kid})
