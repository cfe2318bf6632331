"""One-time codes that one person hands to another: made, and what of them is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from webapp.rules.names import plain_text

LASTS = timedelta(hours=24)
_ALPHABET = (
    "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that looks like something else when read out on the phone
)
_LETTERS = 12


def new_code() -> str:
    """Sixty bits as people read them out: three groups of four."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
    return "-".join(letters[i : i + 4] for i in range(0, _LETTERS, 4))


def code_digest(code: str) -> str:
    """What of a one-time code is stored; blanks, dashes and case do not matter."""
    plain = plain_text(code).upper().replace("-", "").replace(" ", "")
    return hashlib.sha256(plain.encode()).hexdigest()
