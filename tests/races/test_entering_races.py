"""Two processes, many at once, one winner: what is used up by coming in."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.house import activated_candidate
from tests.races.racing import address, all_at_once, rounds
from tests.registrations import registered
from tests.served import Served
from tests.tickets import activation_form, ticket
from webapp.guard.rows import Entry, Session, UsedTicket
from webapp.hashing import secret_matches
from webapp.records import Agreement, Candidate, Event, RecoveryAnswer
from webapp.records.reading.chains import all_breaks

pytestmark = pytest.mark.races
RACERS = 50


async def entry_cookies(running: Served, candidate: Candidate, run: int, number: int) -> list[str]:
    """As many browsers that have come in with tickets of their own, by their cookies."""
    cookies = []
    for one in range(number):
        headers = {"X-Forwarded-For": address(run, one)}
        async with running.browser(headers) as browser:
            answer = await browser.post("/enter", data={"ticket": ticket(candidate, running.url)})
            assert answer.status_code == 303, answer.text
            cookies.append(f"entry={browser.cookies['entry']}")
    return cookies


async def test_of_fifty_redemptions_of_one_ticket_one_wins(running: Served) -> None:
    for run in rounds():
        candidate = await registered(f"kaosheng{run}")
        form, used = {"ticket": ticket(candidate, running.url)}, await UsedTicket.all().count()
        answers = await all_at_once(running, "/enter", [form] * RACERS, run)
        assert Counter(answer.status_code for answer in answers) == {303: 1, 410: RACERS - 1}
        assert sum("entry" in answer.cookies for answer in answers) == 1
        assert await Entry.filter(candidate_id=candidate.id).count() == 1
        assert await UsedTicket.all().count() == used + 1
    assert await all_breaks() == []


async def test_of_twenty_activations_at_once_one_wins(running: Served) -> None:
    for run in rounds():
        candidate = await registered(f"kaosheng{run}")
        cookies = await entry_cookies(running, candidate, run, 20)
        forms = [
            activation_form(f"Yishi-88{number:02}", answer_1=f"示例路第{number}小学") for number in range(20)
        ]
        answers = await all_at_once(running, "/activate", forms, run, cookies)
        assert Counter(answer.status_code for answer in answers) == {303: 1, 409: 19}
        (winner,) = [number for number, answer in enumerate(answers) if answer.status_code == 303]
        stored = await Candidate.get(id=candidate.id)
        assert await secret_matches(stored.password_hash, forms[winner]["password"])
        told = await RecoveryAnswer.filter(candidate_id=candidate.id)
        assert len(told) == 2
        (first,) = [row for row in told if row.question == "primary_school"]
        assert await secret_matches(first.answer_hash, forms[winner]["answer_1"])
        assert await Agreement.filter(candidate_id=candidate.id).count() == 5
        assert await Session.filter(candidate_id=candidate.id).count() == 1
        activated = await Event.filter(
            what="candidate.activated", subject=f"candidate:{candidate.id}"
        ).count()
        assert activated == 1
    assert await all_breaks() == []


async def test_of_twenty_yeses_on_one_doorstep_one_opens_a_session(running: Served) -> None:
    for run in rounds():
        candidate = await activated_candidate(f"kaosheng{run}")
        cookies = await entry_cookies(running, candidate, run, 1)
        answers = await all_at_once(running, "/enter/confirm", [{"answer": "yes"}] * 20, run, cookies * 20)
        assert Counter(answer.headers.get("Location") for answer in answers) == {"/my": 1, "/enter": 19}
        assert await Session.filter(candidate_id=candidate.id).count() == 1
        done = await Event.filter(what="sign_in.done", subject=f"candidate:{candidate.id}").count()
        assert done == 1
    assert await all_breaks() == []
