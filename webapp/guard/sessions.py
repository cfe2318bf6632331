"""Sessions as rows: the cookie holds a random token, the row its hash. Deleting the row ends the session."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from webapp.clock import now
from webapp.database import DatabaseProblem, transaction
from webapp.guard.rows import Session
from webapp.read_rows import made
from webapp.records import Candidate, Office, Staff
from webapp.rules.refusals import Refused
from webapp.statements import Row, Statement, ask

log = logging.getLogger("webapp.sessions")

CANDIDATE_IDLE = timedelta(minutes=30)
STAFF_IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
_TOUCH_EVERY = timedelta(minutes=1)  # one write a minute and browser, not one a request

# All of it before every page, hence in SQL. Who is signed in is whom the session's row names.
_SESSION = 'SELECT * FROM "session" WHERE token_hash = ? AND idle_until > ? AND ends_at > ?'
_CANDIDATE = 'SELECT c.* FROM "session" s JOIN "candidate" c ON c.id = s.candidate_id WHERE s.token_hash = ?'
_STAFF = 'SELECT p.* FROM "session" s JOIN "staff" p ON p.id = s.staff_id WHERE s.token_hash = ?'
_POSTS = (
    'SELECT o.*, p.role FROM "session" s JOIN "post" p ON p.staff_id = s.staff_id '
    'JOIN "office" o ON o.id = p.office_id WHERE s.token_hash = ? ORDER BY p.id'
)


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


@dataclass(frozen=True)
class Found:
    """A session that runs, as it was read; ``person`` is None where the account may no longer enter."""

    session: Session
    person: SignedIn | None
    at: datetime


async def find_session(token: str) -> Found | None:
    """The session that ``token`` opens, if it still runs."""
    moment, hashed = now(), token_hash(token)
    sessions, candidates, staff, posts = await ask(
        Statement(_SESSION, (hashed, moment, moment)),
        Statement(_CANDIDATE, (hashed,)),
        Statement(_STAFF, (hashed,)),
        Statement(_POSTS, (hashed,)),
    )
    if not sessions:
        return None
    (session,) = made(Session, sessions)
    return Found(session, _person(session, made(Candidate, candidates), made(Staff, staff), posts), moment)


async def keep_running(found: Found) -> None:
    """A session that is used does not end; said at most once a minute."""
    session = found.session
    if found.person is not None and found.at - session.seen_at >= _TOUCH_EVERY:
        await _touched(session.id, found.at, CANDIDATE_IDLE if session.candidate_id else STAFF_IDLE)


def _person(
    session: Session, candidates: Sequence[Candidate], found: Sequence[Staff], posts: Sequence[Row]
) -> SignedIn | None:
    for candidate in candidates:
        return SignedIn(
            session.id, "candidate", candidate.id, candidate.name, candidate.user_name, candidate=candidate
        )
    staff = next(iter(found), None)
    if staff is None or staff.disabled_at is not None:
        return None
    offices = made(Office, posts)
    held = tuple(PostHeld(post["role"], office) for post, office in zip(posts, offices, strict=True))
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
