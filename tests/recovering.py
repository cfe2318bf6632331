"""Candidates who have forgotten their password, and what they have in hand."""

from __future__ import annotations

import re
from uuid import UUID

from tests.house import Answer, Browser, House, activated_candidate
from webapp.database import transaction
from webapp.hashing import hash_secret
from webapp.records import Candidate, Case, RecoveryAnswer
from webapp.rules.recovery import plain_answer

ANSWERS = {"primary_school": "示例路第一小学", "first_ward": "心血管内科"}
NEW_PASSWORD = "Xinde-7788"
WRONG = {"answer_1": "不是这个", "answer_2": "也不是"}
RIGHT = {"answer_1": "示例路 第一小学", "answer_2": "心血管内科"}
_HASHED: dict[str, str] = {}


async def forgetful(user_name: str, site: str = "1201", **fields: str) -> Candidate:
    """An activated candidate who chose two recovery questions."""
    candidate = await activated_candidate(user_name, site, **fields)
    for answer in ANSWERS.values():
        _HASHED[answer] = _HASHED.get(answer) or await hash_secret(plain_answer(answer))
    await _chosen(candidate)
    return candidate


@transaction
async def _chosen(candidate: Candidate) -> None:
    for question, answer in ANSWERS.items():
        await RecoveryAnswer.create(candidate_id=candidate.id, question=question, answer_hash=_HASHED[answer])


def document(candidate: Candidate) -> dict[str, str]:
    """How somebody says on the page who they are."""
    return {"id_type": candidate.id_type, "id_number": candidate.id_number}


async def answered(browser: Browser, candidate: Candidate) -> Browser:
    """A browser in which both answers were right."""
    answer = await browser.post("/forgotten/answers", {**document(candidate), **RIGHT})
    assert (answer.status, answer.leads_to) == (303, "/reset"), answer.text
    return browser


def new_password(password: str = NEW_PASSWORD, **changes: str) -> dict[str, str]:
    """The form of a new password, filled in as it should be but for ``changes``."""
    return {"password": password, "password_again": password, **changes}


async def signs_in(house: House, candidate: Candidate, password: str) -> bool:
    """Whether this password opens the account, from a browser and an address that have done nothing before."""
    form = {"user_name": candidate.user_name, "password": password}
    return (await house.browser("198.51.100.99").post("/", form)).leads_to == "/my"


async def case_of(candidate: Candidate) -> UUID:
    """The candidate's case."""
    return (await Case.get(candidate_id=candidate.id)).id


SEEN = {"document": "居民身份证", "identified": "yes"}


async def handed_out(manager: Browser, candidate: Candidate) -> str:
    """The one-time code that a manager's page shows."""
    page = await manager.post(f"/staff/cases/{await case_of(candidate)}/recovery-code", SEEN)
    assert page.status == 200, page.text
    return code_on(page)


def code_on(page: Answer) -> str:
    """The code that stands on a page."""
    (code,) = re.findall(r"<code[^>]*>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</code>", page.text)
    return str(code)
