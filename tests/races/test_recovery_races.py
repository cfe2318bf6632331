"""Two processes, many at once, one winner: what a forgotten password is replaced by, and what may be tried."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from tests.house import enrolled_staff
from tests.races.racing import address, all_at_once, rounds, signed_in_cookie
from tests.recovering import RIGHT, SEEN, WRONG, case_of, document, forgetful, new_password
from tests.served import Served
from webapp.guard.rows import PasswordReset, Session
from webapp.hashing import secret_matches
from webapp.keyring import Keyring
from webapp.records import Candidate, Event, PasswordRecovery, RecoveryCode
from webapp.records.reading.chains import all_breaks
from webapp.rules.roles import Role

pytestmark = pytest.mark.races
RACERS = 12


async def reset_cookie(running: Served, candidate: Candidate, run: int, number: int) -> str:
    """The cookie of a browser in which both answers were right."""
    headers = {"Origin": running.url, "X-Forwarded-For": address(run, number)}
    async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=60) as browser:
        answer = await browser.post("/forgotten/answers", data={**document(candidate), **RIGHT})
        assert answer.status_code == 303, answer.text
        return f"reset={browser.cookies['reset']}"


@pytest.mark.parametrize("browsers", [1, 3])
async def test_of_many_new_passwords_at_once_one_is_set(running: Served, browsers: int) -> None:
    for run in rounds():
        candidate = await forgetful(f"kaosheng{run}")
        cookies = [await reset_cookie(running, candidate, run, one) for one in range(browsers)]
        forms = [new_password(f"Xinde-77{number:02}") for number in range(RACERS)]
        asked = [cookies[number % browsers] for number in range(RACERS)]
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


async def test_of_many_answers_at_once_five_are_judged(running: Served) -> None:
    for run in rounds():
        candidate = await forgetful(f"kaosheng{run}")
        forms = [{**document(candidate), **WRONG} for _ in range(RACERS)]
        answers = await all_at_once(running, "/forgotten/answers", forms, run)
        assert Counter(answer.status_code for answer in answers) == {422: 5, 429: RACERS - 5}


async def test_a_code_is_handed_out_once_used_once_and_ends_after_five_wrong_ones(
    running: Served, keyring: Keyring
) -> None:
    for run in rounds():
        candidate, manager = await forgetful(f"kaosheng{run}"), f"guanli{run}"
        held = await enrolled_staff(keyring, manager, "1201", [Role.MANAGER])
        cookie = await signed_in_cookie(running, held.form(), run, 0)
        path = f"/staff/cases/{await case_of(candidate)}/recovery-code"
        pages = await all_at_once(running, path, [SEEN] * 4, run, [cookie] * 4)
        assert Counter(page.status_code for page in pages) == {200: 4}
        codes = [page.text.split('<code class="secret">')[1][:14] for page in pages]
        assert await RecoveryCode.filter(candidate_id=candidate.id, ended_at=None).count() == 1
        forms = [{"name": manager.replace("guanli", "kaosheng"), "code": code} for code in codes]
        answers = await all_at_once(running, "/forgotten/code", forms, run)
        assert Counter(answer.status_code for answer in answers) == {303: 1, 422: 3}
        # A newer one: the same by many, once with wrong ones in between.
        page = (await all_at_once(running, path, [SEEN], run, [cookie]))[0]
        right = {**forms[0], "code": page.text.split('<code class="secret">')[1][:14]}
        answers = await all_at_once(running, "/forgotten/code", [right] * RACERS, run)
        assert Counter(answer.status_code for answer in answers) == {303: 1, 422: RACERS - 1}
        (await all_at_once(running, path, [SEEN], run, [cookie]))[0].raise_for_status()
        wrong = {**forms[0], "code": "AAAA-BBBB-CCCC"}
        await all_at_once(running, "/forgotten/code", [wrong] * RACERS, run)
        last = await RecoveryCode.filter(candidate_id=candidate.id).order_by("-issued_at").first()
        assert last is not None
        assert (last.wrong_tries, last.ended_why) == (5, "wrong")
        assert await Session.filter(candidate_id=candidate.id).count() == 0
    assert await all_breaks() == []
