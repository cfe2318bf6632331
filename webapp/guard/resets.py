"""Password resets: browsers that may choose a new password once, because they have shown whose it is.

A reset opens nothing else. It is kept like an entry: the cookie holds a token, the row its hash.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from quart import Response, current_app, request

from webapp.clock import now
from webapp.database import transaction
from webapp.guard.browser import Browsers
from webapp.guard.rows import Entry, PasswordReset, Session
from webapp.guard.sessions import token_hash
from webapp.records import Candidate
from webapp.rules.recovery import Way


@dataclass(frozen=True)
class Resetting:
    """Whose password this browser may replace, and in which way it came to that."""

    candidate: Candidate
    way: Way


@transaction
async def new_reset(candidate_id: UUID, way: Way, lasts: timedelta) -> str:
    """The token of a new reset."""
    token = secrets.token_urlsafe(32)
    await PasswordReset.create(
        token_hash=token_hash(token), candidate_id=candidate_id, way=way.value, until=now() + lasts
    )
    return token


def _cookie() -> tuple[str, bool]:
    browsers: Browsers = current_app.extensions["browsers"]
    return ("__Host-reset" if browsers.secure else "reset"), browsers.secure


def _token() -> str:
    return request.cookies.get(_cookie()[0], "")


async def who_resets(exam_id: UUID) -> Resetting | None:
    """The reset of this exam that is open in this browser; None if there is none, or no longer."""
    if not (token := _token()):
        return None
    reset = (
        await PasswordReset.filter(token_hash=token_hash(token), until__gt=now(), candidate__exam_id=exam_id)
        .prefetch_related("candidate")
        .first()
    )
    return Resetting(reset.candidate, Way(reset.way)) if reset else None


def remember_reset(response: Response, token: str, lasts: timedelta) -> Response:
    """Sets the cookie, for as long as the reset lasts."""
    name, secure = _cookie()
    seconds = round(lasts.total_seconds())
    response.set_cookie(name, token, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


async def use_reset_up() -> bool:
    """Ends this browser's reset; whether there was one. Of two at once one is told yes."""
    token = _token()
    return bool(token) and await _use_up(token_hash(token))


@transaction
async def _use_up(hashed: str) -> bool:
    return bool(await PasswordReset.filter(token_hash=hashed, until__gt=now()).delete())


def forget_reset(response: Response) -> Response:
    """Takes the cookie out of this browser."""
    name, secure = _cookie()
    response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


@transaction
async def shut_out(candidate_id: UUID) -> None:
    """Ends every session of a candidate, and whatever stands half open: entries and resets in all browsers."""
    await Session.filter(candidate_id=candidate_id).delete()
    await Entry.filter(candidate_id=candidate_id).delete()
    await PasswordReset.filter(candidate_id=candidate_id).delete()


@transaction
async def forget_ended_resets() -> int:
    """Deletes the rows of resets that time has ended."""
    return await PasswordReset.filter(until__lte=now()).delete()
