"""How the demo's staff come in: through the product's own pages, over HTTP."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import httpx
import pyotp

from webapp.demo.people import FIRST_MANAGER, PASSWORD, STAFF, DemoStaff

_STEP_SECONDS = 30
_CODE = re.compile(r"\b([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})\b")
_SECRET = re.compile(r"\b((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\b")
_OPTION = re.compile(r'<option value="([0-9a-f-]{36})"[^>]*>\s*([^<]+?)\s*</option>')


class WalkFailed(Exception):
    """A page did not answer as a person would expect; the message quotes what it said."""


@dataclass(frozen=True)
class SignInSheet:
    """What somebody needs to sign in."""

    user_name: str
    name: str
    office: str
    roles: tuple[str, ...]
    password: str
    totp_secret: str


def wait_until_ready(url: str, seconds: float = 60.0) -> None:
    """Waits until the product takes people."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise WalkFailed(f"{url} was not ready after {seconds:.0f} s")


def enrol_everybody(url: str, first_code: str, office_names: Mapping[str, str]) -> list[SignInSheet]:
    """The first manager comes in with the operator's code and invites the others; all take their accounts into use."""
    sheets = [_enrol(url, FIRST_MANAGER, first_code)]
    with _browser(url) as manager:
        _sign_in(manager, sheets[0])
        sheets += [
            _enrol(url, person, _invited(manager, person, office_names[person.office]))
            for person in STAFF
            if person != FIRST_MANAGER
        ]
    return sheets


def as_json(sheet: SignInSheet) -> dict[str, object]:
    """The sheet as plain data."""
    return asdict(sheet)


def _browser(url: str) -> httpx.Client:
    # A slow machine is no reason to give up: a person would wait a minute too.
    headers = {"Origin": url, "Accept-Language": "zh-CN"}
    return httpx.Client(base_url=url, headers=headers, follow_redirects=True, timeout=60)


def _sign_in(browser: httpx.Client, sheet: SignInSheet) -> None:
    # The enrolment used this step's code up; a person would wait for the next one, we may use it 30 s early.
    code = pyotp.TOTP(sheet.totp_secret).at(int(time.time()) + _STEP_SECONDS)
    form = {"user_name": sheet.user_name, "password": sheet.password, "code": code}
    answer = browser.post("/staff/sign-in", data=form)
    if answer.url.path == "/staff/sign-in":
        raise WalkFailed(f"{sheet.user_name} could not sign in: {_said(answer)}")


def _invited(manager: httpx.Client, person: DemoStaff, office_name: str) -> str:
    offices = {
        html.unescape(name): value for value, name in _OPTION.findall(manager.get("/staff/people").text)
    }
    form = {
        "name": person.name,
        "user_name": person.user_name,
        "office": offices[office_name],
        "role": list(person.roles),
    }
    return _found(_CODE, manager.post("/staff/people", data=form))


def _enrol(url: str, person: DemoStaff, code: str) -> SignInSheet:
    with _browser(url) as browser:
        shown = browser.post("/staff/enrol", data={"user_name": person.user_name, "code": code})
        secret = _found(_SECRET, shown).replace(" ", "")
        form = {
            "user_name": person.user_name,
            "code": code,
            "password": PASSWORD,
            "password_again": PASSWORD,
            "totp": pyotp.TOTP(secret).now(),
        }
        answer = browser.post("/staff/enrol/confirm", data=form)
        if answer.url.path != "/staff/sign-in":
            raise WalkFailed(f"{person.user_name} could not enrol: {_said(answer)}")
    return SignInSheet(person.user_name, person.name, person.office, person.roles, PASSWORD, secret)


def _found(pattern: re.Pattern[str], answer: httpx.Response) -> str:
    match = pattern.search(answer.text)
    if match is None:
        raise WalkFailed(f"{answer.url.path} answered {answer.status_code}: {_said(answer)}")
    return match[1]


def _said(answer: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())[:400]
