"""Sessions as rows: the cookie holds a random token, the row its hash. Deleting the row ends the session."""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from webapp.clock import now
from webapp.database import DatabaseProblem, transaction
from webapp.guard.rows import Session
from webapp.records import Candidate, Office
from webapp.rules.refusals import Refused

log = logging.getLogger("webapp.sessions")

CANDIDATE_IDLE = timedelta(minutes=30)
STAFF_IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
_TOUCH_EVERY = timedelta(minutes=1)  # one write a minute and browser, not one a request


@dataclass(frozen=True)
class PostHeld:
    """One role at one office."""

    role: str
    office: Office


@dataclass(frozen=True)
class SignedIn:
    """Whoever a request comes from. Every look-up of a page starts from here."""

    session_id: UUID
    kind: Literal["candidate", "staff"]
    id: UUID
    name: str
    user_name: str
    candidate: Candidate | None = None
    posts: tuple[PostHeld, ...] = field(default=())

    @property
    def actor(self) -> str:
        """How events name this person."""
        return f"{self.kind}:{self.id}"

    @property
    def roles(self) -> frozenset[str]:
        """``candidate`` for candidates, else the roles of the posts held."""
        return frozenset({"candidate"}) if self.kind == "candidate" else frozenset(p.role for p in self.posts)

    def offices(self, role: str) -> tuple[Office, ...]:
        """The offices where this person holds ``role``."""
        return tuple(post.office for post in self.posts if post.role == role)


def token_hash(token: str) -> str:
    """What of a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction
async def open_session(
    *,
    candidate_id: UUID | None = None,
    staff_id: UUID | None = None,
    instead_of: str = "",
    password_hash: str | None = None,
) -> str:
    """A new session's token; the session whose token is ``instead_of`` ends in the same transaction.

    ``password_hash`` is the candidate's that was checked; :class:`Refused` ``sign_in.wrong`` if it has been replaced
    meanwhile, because whoever replaced it has ended all sessions.
    """
    token, moment = secrets.token_urlsafe(32), now()
    if password_hash is not None:
        checked = Candidate.filter(id=candidate_id, password_hash=password_hash)
        if await checked.select_for_update().first() is None:
            raise Refused("sign_in.wrong")
    if instead_of:
        await Session.filter(token_hash=token_hash(instead_of)).delete()
    await Session.create(
        token_hash=token_hash(token),
        candidate_id=candidate_id,
        staff_id=staff_id,
        opened_at=moment,
        seen_at=moment,
        idle_until=moment + (CANDIDATE_IDLE if candidate_id else STAFF_IDLE),
        ends_at=moment + LONGEST,
    )
    return token


async def signed_in(token: str) -> SignedIn | None:
    """Who ``token`` belongs to, if its session still runs and its account may still enter."""
    moment = now()
    session = (
        await Session.filter(token_hash=token_hash(token), idle_until__gt=moment, ends_at__gt=moment)
        .prefetch_related("candidate", "staff", "staff__posts__office")
        .first()
    )
    if session is None:
        return None
    person = _person(session)
    if person is not None and moment - session.seen_at >= _TOUCH_EVERY:
        await _touched(session.id, moment, CANDIDATE_IDLE if session.candidate_id else STAFF_IDLE)
    return person


def _person(session: Session) -> SignedIn | None:
    if session.candidate is not None:
        candidate = session.candidate
        return SignedIn(
            session.id, "candidate", candidate.id, candidate.name, candidate.user_name, candidate=candidate
        )
    staff = session.staff
    if staff is None or staff.disabled_at is not None:
        return None
    held = tuple(PostHeld(post.role, post.office) for post in staff.posts)
    return SignedIn(session.id, "staff", staff.id, staff.name, staff.user_name, posts=held)


async def _touched(session_id: UUID, moment: datetime, idle: timedelta) -> None:
    try:
        await _touch(session_id, moment, idle)
    except (DatabaseProblem, OSError) as problem:
        # A full disk or a locked database must not keep anybody from reading.
        log.error("a session could not be renewed", exc_info=problem)


@transaction
async def _touch(session_id: UUID, moment: datetime, idle: timedelta) -> None:
    await Session.filter(id=session_id).update(seen_at=moment, idle_until=moment + idle)


@transaction
async def end_session(session_id: UUID) -> None:
    """Signs one browser out."""
    await Session.filter(id=session_id).delete()


@transaction
async def end_sessions_of(
    *, candidate_id: UUID | None = None, staff_id: UUID | None = None, but: UUID | None = None
) -> int:
    """Signs a person out everywhere, or everywhere ``but`` in one browser; how many sessions that ended."""
    mine = Session.filter(candidate_id=candidate_id, staff_id=staff_id)
    if but is not None:
        mine = mine.exclude(id=but)
    return await mine.delete()


async def count_other_sessions(person: SignedIn) -> int:
    """How many other browsers this person is signed in with."""
    mine = Session.filter(candidate_id=person.id) if person.candidate else Session.filter(staff_id=person.id)
    moment = now()
    return await mine.filter(idle_until__gt=moment, ends_at__gt=moment).exclude(id=person.session_id).count()


@transaction
async def forget_ended_sessions() -> int:
    """Deletes the rows of sessions that time has ended."""
    moment = now()
    return (
        await Session.filter(ends_at__lte=moment).delete()
        + await Session.filter(idle_until__lte=moment).delete()
    )
