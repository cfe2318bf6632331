"""Time-based one-time passwords of staff (RFC 6238: SHA-1, 6 digits, 30 seconds, as every app on phones expects)."""

from __future__ import annotations

from datetime import datetime

import pyotp

STEP_SECONDS = 30
_SLACK_STEPS = 1  # phones' clocks drift; one step either way is what RFC 6238, section 5.2 recommends


def new_secret() -> str:
    """160 random bits in base32 (32 characters)."""
    return pyotp.random_base32(32)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The number of the 30-second step since 1970 whose code this is, or None."""
    generator = pyotp.TOTP(secret)
    newest = int(now.timestamp()) // STEP_SECONDS
    for step in range(newest + _SLACK_STEPS, newest - _SLACK_STEPS - 1, -1):
        if pyotp.utils.strings_equal(generator.generate_otp(step), code):
            return step
    return None


def code_at(secret: str, moment: datetime) -> str:
    """The six digits of the step in which ``moment`` lies."""
    return pyotp.TOTP(secret).at(moment)


def provisioning_uri(secret: str, user_name: str, issuer: str) -> str:
    """The otpauth:// address that a phone's app reads from the QR picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=issuer)
