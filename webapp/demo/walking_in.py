"""How the demo's staff come in: through the product's own pages, over HTTP."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import httpx
import pyotp

from webapp.demo.people import PASSWORD, STAFF, DemoStaff

_STEP_SECONDS = 30
_TRIES = 3
_SECRET = re.compile(r"\b((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\b")


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

    def plain(self) -> dict[str, object]:
        """The sheet as plain data."""
        return asdict(self)


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


def enrol_everybody(url: str, codes: Mapping[str, str]) -> list[SignInSheet]:
    """Everybody takes their account into use with the one-time code (by user name) that the operator gave them."""
    return [_enrol(url, person, codes[person.user_name]) for person in STAFF]


def _enrol(url: str, person: DemoStaff, code: str) -> SignInSheet:
    # A slow machine is no reason to give up: a person would wait a minute too.
    headers = {"Origin": url, "Accept-Language": "zh-CN"}
    with httpx.Client(base_url=url, headers=headers, follow_redirects=True, timeout=60) as browser:
        shown = browser.post("/staff/enrol", data={"user_name": person.user_name, "code": code})
        match = _SECRET.search(shown.text)
        if match is None:
            raise WalkFailed(f"{person.user_name} was shown no secret: {_said(shown)}")
        secret = match[1].replace(" ", "")
        form = {
            "user_name": person.user_name,
            "code": code,
            "password": PASSWORD,
            "password_again": PASSWORD,
        }
        answer = shown
        for _ in range(_TRIES):
            # The code of half a minute ago is still taken, and leaves the one on the phone for the first sign-in.
            # It may grow too old on its way; then the next try has a newer one.
            before = pyotp.TOTP(secret).at(int(time.time()) - _STEP_SECONDS)
            answer = browser.post("/staff/enrol/confirm", data={**form, "totp": before})
            if answer.url.path == "/staff/sign-in":
                return SignInSheet(
                    person.user_name, person.name, person.office, person.roles, PASSWORD, secret
                )
    raise WalkFailed(f"{person.user_name} could not enrol: {_said(answer)}")


def _said(answer: httpx.Response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())[:400]
