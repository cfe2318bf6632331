"""What a browser holds for us: the session's cookie and the known-device cookie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from quart import Quart, Response, current_app, g, request
from quart_auth import AuthUser, QuartAuth, current_user, login_user, logout_user

from webapp.guard.known_devices import DAYS, KnownDevices
from webapp.guard.sessions import LONGEST, Found, find_session, keep_running, open_session
from webapp.guard.throttles import Counted, Throttles
from webapp.keyring import Keyring
from webapp.one_trip import reading_in_one_trip
from webapp.records.reading.exams import NoExam, OpenExam, open_exam
from webapp.settings import Settings


@dataclass(frozen=True)
class Browsers:
    """The guard's tools of one app: counting tries, knowing devices."""

    throttles: Throttles
    devices: KnownDevices
    device_cookie: str
    secure: bool

    def counted_for_sign_in(self, door: str, account: str, address: str) -> list[Counted]:
        """What this request's try to sign in counts against."""
        known = f"{door}:{account}" in self.devices.accounts(request.cookies.get(self.device_cookie, ""))
        return self.throttles.for_sign_in(door, account, address, known_device=known)


def install(app: Quart, settings: Settings, keyring: Keyring) -> None:
    """Session cookie, known devices and throttles of this app."""
    app.secret_key = keyring.derived("cookies").hex()
    app.config["SECRET_KEY_FALLBACKS"] = [key.hex() for key in keyring.derived_all("cookies")[1:]]
    QuartAuth(
        app,
        cookie_name=settings.cookie_name,
        cookie_secure=settings.secure,
        cookie_http_only=True,
        cookie_samesite="Lax",
        duration=round(LONGEST.total_seconds()),
    )
    app.extensions["browsers"] = Browsers(
        Throttles(keyring.derived("throttles")),
        KnownDevices(keyring.derived("known-devices")),
        "__Host-known" if settings.secure else "known",
        settings.secure,
    )


async def find_person() -> None:
    """Puts whoever this request comes from into ``g.person``; None for nobody.

    Whoever is signed in comes for a page of the open exam, which is read in the same trip, into ``g.exam``.
    """
    token = current_user.auth_id
    found, exam = await _session_and_exam(token) if token else (None, None)
    g.person = found.person if found else None
    g.session_ended = token is not None and g.person is None
    if exam is not None:
        g.exam = exam
    if found is not None:
        await keep_running(found)
    if g.session_ended:
        logout_user()


@reading_in_one_trip
async def _session_and_exam(token: str) -> tuple[Found | None, OpenExam | None]:
    found = await find_session(token)
    try:
        return found, await open_exam() if found else None
    except NoExam:  # the page itself says so
        return found, None


async def remember_session(
    response: Any,
    *,
    door: str,
    account: str,
    candidate_id: UUID | None = None,
    staff_id: UUID | None = None,
    password_hash: str | None = None,
) -> Response:
    """Opens a session instead of the one this browser had, and sets both cookies on ``response``.

    :class:`Refused` as :func:`webapp.guard.sessions.open_session`.
    """
    token = await open_session(
        candidate_id=candidate_id,
        staff_id=staff_id,
        instead_of=current_user.auth_id or "",
        password_hash=password_hash,
    )
    login_user(AuthUser(token))
    browsers: Browsers = current_app.extensions["browsers"]
    cookie = browsers.devices.with_account(
        request.cookies.get(browsers.device_cookie, ""), f"{door}:{account}"
    )
    found: Response = response
    found.set_cookie(
        browsers.device_cookie,
        cookie,
        max_age=DAYS * 86_400,
        secure=browsers.secure,
        httponly=True,
        samesite="Lax",
    )
    return found


def forget_session() -> None:
    """Takes the session's cookie out of this browser."""
    logout_user()


def same_site_path(asked: str) -> str:
    """``asked`` if it is a path on this site, else the front door."""
    # Browsers drop tabs and line ends and read a backslash as a slash: /<tab>/evil.example is another site.
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and asked.isprintable()
    return asked if ours else "/"
