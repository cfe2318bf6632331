"""Entries: browsers that came in with a ticket and stand on the doorstep, before they activate or confirm.

An entry opens nothing by itself. It is kept like a session: the cookie holds a token, the row its hash.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from quart import Response, current_app, request

from webapp.clock import now
from webapp.database import transaction
from webapp.guard.browser import Browsers
from webapp.guard.rows import Entry
from webapp.guard.sessions import token_hash
from webapp.records import Candidate

LASTS = timedelta(minutes=30)


@transaction
async def new_entry(candidate_id: UUID) -> str:
    """The token of a new entry."""
    token = secrets.token_urlsafe(32)
    await Entry.create(token_hash=token_hash(token), candidate_id=candidate_id, until=now() + LASTS)
    return token


def _cookie() -> tuple[str, bool]:
    browsers: Browsers = current_app.extensions["browsers"]
    return ("__Host-entry" if browsers.secure else "entry"), browsers.secure


def entry_token() -> str:
    """The token of this browser's entry; empty where it has none."""
    return request.cookies.get(_cookie()[0], "")


async def who_enters(exam_id: UUID) -> Candidate | None:
    """The candidate of this exam who stands on the doorstep in this browser; None if nobody does, or no longer."""
    if not (token := entry_token()):
        return None
    entry = (
        await Entry.filter(token_hash=token_hash(token), until__gt=now(), candidate__exam_id=exam_id)
        .prefetch_related("candidate")
        .first()
    )
    return entry.candidate if entry else None


def remember_entry(response: Response, token: str) -> Response:
    """Sets the cookie, for as long as the entry lasts."""
    name, secure = _cookie()
    seconds = round(LASTS.total_seconds())
    response.set_cookie(name, token, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


async def use_entry_up() -> bool:
    """Ends this browser's entry; whether there was one. Of two at once one is told yes."""
    token = entry_token()
    return bool(token) and await _use_up(token_hash(token))


@transaction
async def _use_up(hashed: str) -> bool:
    return bool(await Entry.filter(token_hash=hashed, until__gt=now()).delete())


def forget_entry(response: Response) -> Response:
    """Takes the cookie out of this browser."""
    name, secure = _cookie()
    response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


@transaction
async def forget_ended_entries() -> int:
    """Deletes the rows of entries that time has ended."""
    return await Entry.filter(until__lte=now()).delete()
