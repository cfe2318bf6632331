"""Two processes, many at once, one winner: what a forgotten password is replaced by, and what may be tried."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from tests.cases.way import manager_at
from tests.house import CANDIDATE_PASSWORD, enrolled_staff
from tests.races.racing import Ask, address, all_asked, all_at_once, rounds, signed_in_cookie
from tests.recovering import RIGHT, SEEN, WRONG, case_of, document, forgetful, new_password
from tests.served import Served
from webapp.actions.one_time_codes import code_digest
from webapp.actions.recovery_codes import Identified, issue_code
from webapp.guard.rows import PasswordReset, Session
from webapp.hashing import secret_matches
from webapp.keyring import Keyring
from webapp.records import Candidate, Event, PasswordRecovery, RecoveryCode
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

pytestmark = pytest.mark.races
RACERS = 9


async def reset_cookie(running: Served, candidate: Candidate, run: int, number: int) -> str:
    """The cookie of a browser in which both answers were right."""
    headers = {"Origin": running.url, "X-Forwarded-For": address(run, number)}
    async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=60) as browser:
        answer = await browser.post("/forgotten/answers", data={**document(candidate), **RIGHT})
        assert answer.status_code == 303, answer.text
        return f"reset={browser.cookies['reset']}"


ROUNDS_OF_ONE = 10
"""In which one person hands codes out: more would be held up by the rate of forms."""
BROWSERS = 3
"""In which somebody was right; each of them sends several new passwords."""


async def test_of_many_new_passwords_at_once_one_is_set(running: Served) -> None:
    for run in rounds():
        candidate = await forgetful(f"kaosheng{run}")
        cookies = [await reset_cookie(running, candidate, run, one) for one in range(BROWSERS)]
        forms = [new_password(f"Xinde-77{number:02}") for number in range(RACERS)]
        asked = [cookies[number % BROWSERS] for number in range(RACERS)]
        answers = await all_at_once(running, "/reset", forms, run, asked)
        led = Counter(answer.headers["Location"] for answer in answers)
        assert led == {"/?notice=recovered": 1, "/forgotten?notice=ended": RACERS - 1}
        (winner,) = [n for n, answer in enumerate(answers) if "recovered" in answer.headers["Location"]]
        stored = await Candidate.get(id=candidate.id)
        assert await secret_matches(stored.password_hash, forms[winner]["password"])
        assert await PasswordReset.filter(candidate_id=candidate.id).count() == 0
        assert await PasswordRecovery.filter(candidate_id=candidate.id).count() == 1
        told = await Event.filter(what="password.recovered", subject=f"candidate:{candidate.id}").count()
        assert told == 1
    assert await all_breaks() == []


async def test_no_sign_in_with_the_old_password_outlives_the_new_one(running: Served) -> None:
    for run in rounds():
        candidate = await forgetful(f"kaosheng{run}")
        cookie = await reset_cookie(running, candidate, run, 0)
        old = {"user_name": candidate.user_name, "password": CANDIDATE_PASSWORD}
        asks = [Ask("POST", "/", old) for _ in range(RACERS)]
        asks.insert(2, Ask("POST", "/reset", new_password(), headers={"Cookie": cookie}))
        answers = await all_asked(running, asks, run)
        assert answers.pop(2).headers["Location"] == "/?notice=recovered"
        assert {answer.status_code for answer in answers} <= {302, 422}
        assert await Session.filter(candidate_id=candidate.id).count() == 0
    assert await all_breaks() == []


async def test_of_many_answers_at_once_five_are_judged(running: Served) -> None:
    for run in rounds():
        candidate = await forgetful(f"kaosheng{run}")
        forms = [{**document(candidate), **WRONG} for _ in range(RACERS)]
        answers = await all_at_once(running, "/forgotten/answers", forms, run)
        assert Counter(answer.status_code for answer in answers) == {422: 5, 429: RACERS - 5}


async def test_of_codes_handed_out_at_once_one_holds_and_opens_one_reset(
    running: Served, keyring: Keyring
) -> None:
    cookie = ""
    for run in rounds():
        if run % ROUNDS_OF_ONE == 0 or not cookie:
            held = await enrolled_staff(keyring, f"guanli{run}", "1201", [Role.MANAGER])
            cookie = await signed_in_cookie(running, held.form(), run, 0)
        candidate = await forgetful(f"kaosheng{run}")
        path = f"/staff/cases/{await case_of(candidate)}/recovery-code"
        pages = await all_at_once(running, path, [SEEN] * 4, run, [cookie] * 4)
        assert Counter(page.status_code for page in pages) == {200: 4}
        codes = [page.text.split('<code class="secret">')[1][:14] for page in pages]
        assert await RecoveryCode.filter(candidate_id=candidate.id, ended_at=None).count() == 1
        # Three of the four are wrong tries by now: fewer than end the one that holds.
        (right,) = [
            code for code in codes if await RecoveryCode.exists(code_hash=code_digest(code), ended_at=None)
        ]
        asked = [*codes, *[right] * 5]
        forms = [{"name": candidate.user_name, "code": code} for code in asked]
        answers = await all_at_once(running, "/forgotten/code", forms, run)
        assert Counter(answer.status_code for answer in answers) == {303: 1, 422: len(asked) - 1}
        assert await PasswordReset.filter(candidate_id=candidate.id).count() == 1
        assert await Session.filter(candidate_id=candidate.id).count() == 0
    assert await all_breaks() == []


async def test_of_many_wrong_codes_at_once_five_end_the_right_one(running: Served) -> None:
    for run in rounds():
        candidate = await forgetful(f"kaosheng{run}")
        manager, seen = await manager_at(f"guanli{run}", "1201"), Identified("居民身份证", is_the_person=True)
        issued = await issue_code(await open_exam(), manager, await case_of(candidate), seen)
        wrong = {"name": candidate.user_name, "code": "AAAA-BBBB-CCCC"}
        answers = await all_at_once(running, "/forgotten/code", [wrong] * 8, run)
        assert Counter(answer.status_code for answer in answers) == {422: 8}
        (row,) = await RecoveryCode.filter(candidate_id=candidate.id)
        assert (row.wrong_tries, row.ended_why) == (5, "wrong")
        late = await all_at_once(running, "/forgotten/code", [{**wrong, "code": issued.code}], run)
        assert late[0].status_code == 422
