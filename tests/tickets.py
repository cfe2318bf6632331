"""Tickets as the registration system would sign them."""

from __future__ import annotations

import uuid
from typing import Any

import jwt

from tests.house import ORIGIN, Answer, Browser
from tests.ticket_keys import SECRET
from webapp.clock import now
from webapp.records import Candidate

REGISTRATION_SITE = "https://registration.example"


def claims(candidate: Candidate, audience: str = ORIGIN, **changes: Any) -> dict[str, Any]:
    """What a ticket for this candidate says; a change to None leaves a claim out."""
    issued = int(now().timestamp())
    said = {
        "iss": "registration-system",
        "aud": audience,
        "sub": candidate.registration_number,
        "user_name": candidate.user_name,
        "purpose": "enter",
        "iat": issued,
        "exp": issued + 60,
        "jti": uuid.uuid4().hex,
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def signed(said: dict[str, Any], key_id: str = "hs-2020", key: Any = SECRET, algorithm: str = "HS256") -> str:
    """The ticket that says so."""
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": key_id})


def ticket(candidate: Candidate, audience: str = ORIGIN, **changes: Any) -> str:
    """A ticket for this candidate, as it should be but for ``changes``."""
    return signed(claims(candidate, audience, **changes))


async def hand_in(browser: Browser, text: str) -> Answer:
    """Posts a ticket as a browser does that stands on the registration site's page."""
    return await browser.post(
        "/enter", {"ticket": text}, Origin=REGISTRATION_SITE, Sec_Fetch_Site="cross-site"
    )


async def entered(browser: Browser, candidate: Candidate) -> Browser:
    """A browser that has come in with a ticket and stands on the doorstep."""
    answer = await hand_in(browser, ticket(candidate))
    assert (answer.status, answer.leads_to) == (303, "/enter"), answer.text
    return browser


def activation_form(password: str = "Yishi-8899", **changes: str) -> dict[str, str]:
    """The activation form, filled in as it should be but for ``changes``; an empty change leaves a field out."""
    filled = {
        "password": password,
        "password_again": password,
        "question_1": "primary_school",
        "answer_1": "示例路第一小学",
        "question_2": "first_ward",
        "answer_2": "心血管内科",
        "pledges": "yes",
        "consent": "yes",
        **changes,
    }
    return {name: value for name, value in filled.items() if value}
