"""The house as tests see it: people who come in through its own doors, and browsers in their hands."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pyotp
from quart import Quart
from quart.testing.utils import sentinel
from quart.typing import TestClientProtocol
from werkzeug.datastructures import Headers

from tests.registrations import registered
from tests.ticket_keys import TICKET_KEYS
from webapp.actions.enrol_staff import begin_enrolment, finish_enrolment
from webapp.actions.keep_staff import add_staff
from webapp.actions.load_exam import load_exam
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.actions.note_api_keys import note_key_made
from webapp.actions.photo_desk import shrinking_desk
from webapp.actions.shrink_originals import shrink_originals
from webapp.clock import now
from webapp.database import migrate, opened_database, transaction
from webapp.exams import load_package
from webapp.guard.api_keys import Scope, make_key
from webapp.hashing import hash_secret
from webapp.keyring import Keyring
from webapp.records import Candidate, Staff
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role
from webapp.rules.windows import Window
from webapp.settings import Settings

FindOffice = Callable[[str], Awaitable[UUID]]
EXAM = "tianjin_2020"
ORIGIN = "http://localhost"
STAFF_PASSWORD = "correct horse battery"
CANDIDATE_PASSWORD = "Yishi-8899"


async def prepare_database(url: str) -> None:
    """Newest schema and the default exam, whose window has been open for a day and stays open for three."""
    await migrate(url)
    package = load_package(EXAM)
    window = Window(now() - timedelta(days=1), now() + timedelta(days=3))
    async with opened_database(url):
        await load_exam(package, by="operator", windows={package.phases[0].code: window})


def test_settings(database_url: str, data: Path, **others: Any) -> Settings:
    """Settings for an app under test."""
    on_this_machine = not str(others.get("origin", ORIGIN)).startswith("https://")
    given = {
        "origin": ORIGIN,
        "demo": on_this_machine,
        "movable_clock": on_this_machine,
        "ticket_keys": TICKET_KEYS,
        **others,
    }
    return Settings(data=data, database_url=database_url, **given)


test_settings.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test by its name


@dataclass(frozen=True)
class StaffHeld:
    """A staff account and what its owner has in hand: password and phone."""

    id: UUID
    user_name: str
    password: str
    secret: str

    def code(self, steps: int = 0) -> str:
        """What the phone shows, or showed, ``steps`` of 30 seconds from now."""
        return pyotp.TOTP(self.secret).at(now() + timedelta(seconds=30 * steps))

    def form(self, steps: int = 1) -> dict[str, str]:
        """The filled-in sign-in form. Enrolment used the current step's code up, so the next one stands in it."""
        return {"user_name": self.user_name, "password": self.password, "code": self.code(steps)}


async def enrolled_staff(
    keyring: Keyring, user_name: str, office: str, roles: Sequence[Role], password: str = STAFF_PASSWORD
) -> StaffHeld:
    """An account that its owner has taken into use, by the actions that the pages call."""
    return await enrolled_with_posts(keyring, user_name, [(office, role) for role in roles], password)


async def enrolled_with_posts(
    keyring: Keyring, user_name: str, posts: Sequence[tuple[str, Role]], password: str = STAFF_PASSWORD
) -> StaffHeld:
    """The same with posts at several offices."""
    exam = await open_exam()
    offices = {row.code: row.id for row in exam.offices}
    invitation = await add_staff(
        exam.code,
        by="operator",
        name=f"工作人员{user_name}",
        user_name=user_name,
        posts=[(offices[office], role) for office, role in posts],
    )
    offered = await begin_enrolment(user_name, invitation.code, keyring)
    staff_id = await finish_enrolment(
        exam.code,
        user_name=user_name,
        code=invitation.code,
        password=password,
        totp=pyotp.TOTP(offered.secret).at(now()),
        keyring=keyring,
        policy=exam.staff_passwords,
    )
    return StaffHeld(staff_id, user_name, password, offered.secret)


@transaction
async def phone_moved_on(held: StaffHeld) -> None:
    """As if the phone had moved on to a new code since the last sign-in."""
    await Staff.filter(id=held.id).update(totp_step=0)


async def activated_candidate(
    user_name: str, site: str = "1201", password: str = CANDIDATE_PASSWORD, **fields: str
) -> Candidate:
    """A candidate with a password; ``fields`` change the registration (see ``tests/registrations.py``)."""
    candidate = await registered(user_name, site, **fields)
    if (
        password not in _HASHED
    ):  # hashing is slow on purpose, and most candidates of the tests share one password
        _HASHED[password] = await hash_secret(password)
    return await _with_password(candidate, _HASHED[password])


_HASHED: dict[str, str] = {}


@transaction
async def _with_password(candidate: Candidate, hashed: str) -> Candidate:
    await Candidate.filter(id=candidate.id).update(password_hash=hashed, activated_at=now())
    return await Candidate.get(id=candidate.id)


@dataclass
class Answer:
    """What a browser got: status, bytes, headers."""

    status: int
    body: bytes
    headers: Headers

    @property
    def text(self) -> str:
        """The bytes as words."""
        return self.body.decode("utf-8", "replace")

    @property
    def leads_to(self) -> str:
        """Where a redirect points."""
        return self.headers.get("Location", "")

    @property
    def told(self) -> Any:
        """What a script is told."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of the problem that a script is told of."""
        return str(self.told["error"]["code"])


class Browser:
    """A browser in a test: keeps cookies, says where its requests come from, follows no redirect by itself."""

    def __init__(self, app: Quart, address: str = "127.0.0.1", **always: str) -> None:
        self._client: TestClientProtocol = app.test_client()
        self._scope = {"client": (address, 40_000)}
        self._always = always

    async def get(self, path: str, **headers: str) -> Answer:
        """A page."""
        return await self._ask("GET", path, headers, None)

    async def post(self, path: str, form: Mapping[str, Any] | None = None, **headers: str) -> Answer:
        """A form from one of our own pages; a header given as ``Origin=…`` stands instead of ours."""
        sent = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded", **headers}
        return await self._ask("POST", path, sent, urlencode(form or {}, doseq=True))

    async def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """A request of one of our own scripts, which wants JSON; headers as for :meth:`post`."""
        return await self._ask(
            method, path, {"Origin": ORIGIN, "Accept": "application/json", **headers}, body
        )

    async def upload(
        self, path: str, fields: Mapping[str, str], file: bytes, name: str = "IMG_1.jpg"
    ) -> Answer:
        """A form with a file, as a browser without scripts sends it."""
        kind, body = multipart(fields, file, name)
        return await self._ask("POST", path, {"Origin": ORIGIN, "Content-Type": kind}, body)

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str | bytes | None
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in {**self._always, **headers}.items() if value}
        response = await self._client.open(
            path,
            method=method,
            headers=sent,
            data=body,
            json=sentinel,  # the protocol has no default for it
            scope_base=self._scope,
        )
        return Answer(response.status_code, await response.get_data(as_text=False), response.headers)

    def cookie(self, name: str) -> str | None:
        """A cookie's value."""
        jar = getattr(self._client, "cookie_jar", None)
        return next((cookie.value for cookie in jar or [] if cookie.name == name), None)


def multipart(fields: Mapping[str, str], file: bytes, name: str) -> tuple[str, bytes]:
    """Content-Type and body of a form with a file (RFC 7578)."""
    boundary = b"----WebKitFormBoundary7MA4YWxkTrZu0gW"
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (boundary, key.encode(), value.encode())
        for key, value in fields.items()
    ]
    parts.append(
        b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n%s\r\n" % (boundary, name.encode(), file)
    )
    parts.append(b"--%s--\r\n" % boundary)
    return f"multipart/form-data; boundary={boundary.decode()}", b"".join(parts)


class House:
    """The running house."""

    def __init__(self, app: Quart) -> None:
        self.app = app
        self.keyring: Keyring = app.config["KEYRING"]

    def browser(self, address: str = "127.0.0.1") -> Browser:
        """A browser that nobody has signed in with."""
        return Browser(self.app, address)

    async def machine(self, *scopes: Scope, name: str = "报名系统") -> Browser:
        """Another system with a key for ``scopes``, which it sends with every request."""
        note = partial(note_key_made, EXAM, "operator")
        made = await make_key(name, scopes or [Scope.RESULTS_READ], note)
        return Browser(self.app, Authorization=f"Bearer {made.key}")

    async def staff(self, user_name: str, office: str, *roles: Role) -> StaffHeld:
        """An account of staff, taken into use."""
        return await enrolled_staff(self.keyring, user_name, office, roles)

    async def candidate(self, user_name: str, site: str = "1201", **fields: str) -> Candidate:
        """An activated candidate."""
        return await activated_candidate(user_name, site, **fields)

    async def signed_in_staff(self, user_name: str, office: str, *roles: Role) -> Browser:
        """A browser in which such an account has just signed in."""
        held, browser = await self.staff(user_name, office, *roles), self.browser()
        answer = await browser.post("/staff/sign-in", held.form())
        assert answer.status == 302, answer.text
        return browser

    async def signed_in_candidate(self, user_name: str, site: str = "1201", **fields: str) -> Browser:
        """A browser in which such a candidate has just signed in."""
        await self.candidate(user_name, site, **fields)
        browser = self.browser()
        answer = await browser.post("/", {"user_name": user_name, "password": CANDIDATE_PASSWORD})
        assert answer.status == 302, answer.text
        return browser

    async def shrink_originals(self) -> int:
        """Does what the duties do with originals that wait."""
        desk = shrinking_desk(self.app.config["SETTINGS"].data, self.keyring)
        try:
            return await shrink_originals(desk)
        finally:
            await desk.close()

    async def exam_time(self, moment: datetime) -> None:
        """Moves the exam's clock so that it shows ``moment`` now."""
        await move_exam_clock(EXAM, moment - now(), by="operator")
