"""How the demo's staff come in: they take their accounts into use on the product's own pages."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass

import pyotp

from webapp.demo.browsing import WalkFailed, browser, said
from webapp.demo.people import PASSWORD, DemoStaff

_STEP_SECONDS = 30
_TRIES = 3
_SECRET = re.compile(r"\b((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})\b")


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


def enrol(url: str, person: DemoStaff, code: str) -> SignInSheet:
    """``person`` takes the account into use with the one-time code that the operator gave them."""
    with browser(url) as there:
        shown = there.post("/staff/enrol", data={"user_name": person.user_name, "code": code})
        match = _SECRET.search(shown.text)
        if match is None:
            raise WalkFailed(f"{person.user_name} was shown no secret: {said(shown)}")
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
            answer = there.post("/staff/enrol/confirm", data={**form, "totp": before})
            if answer.url.path == "/staff/sign-in":
                return SignInSheet(
                    person.user_name, person.name, person.office, person.roles, PASSWORD, secret
                )
    raise WalkFailed(f"{person.user_name} could not enrol: {said(answer)}")
