"""Two processes, many at once, one winner: what is counted or used up by signing in."""

from __future__ import annotations

import re
from collections import Counter

import pyotp
import pytest

from tests.house import EXAM, STAFF_PASSWORD, activated_candidate, enrolled_staff
from tests.races.racing import all_at_once, rounds, signed_in_cookie
from tests.served import Served
from webapp.actions.enrol_staff import begin_enrolment
from webapp.actions.keep_staff import add_staff
from webapp.clock import now
from webapp.keyring import Keyring
from webapp.records import Event, Staff
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

pytestmark = pytest.mark.races
RACERS = 50


async def test_of_fifty_sign_ins_with_one_code_one_wins(running: Served, keyring: Keyring) -> None:
    for run in rounds():
        held = await enrolled_staff(keyring, f"guanli{run}", "12", [Role.MANAGER])
        answers = await all_at_once(running, "/staff/sign-in", [held.form()] * RACERS, run)
        assert Counter(answer.status_code for answer in answers) == {302: 1, 422: RACERS - 1}
        done = await Event.filter(what="sign_in.done", subject=f"staff:{held.id}").count()
        assert done == 1
    assert await all_breaks() == []


async def test_of_fifty_guesses_at_once_only_the_free_ones_are_judged(
    running: Served, keyring: Keyring
) -> None:
    for run in rounds():
        candidate = await activated_candidate(f"kaosheng{run}")
        form = {"user_name": candidate.user_name, "password": "wrong-pass-1"}
        answers = await all_at_once(running, "/", [form] * RACERS, run, same_address=True)
        told = Counter(answer.status_code for answer in answers)
        assert told == {422: 5, 429: RACERS - 5}
        judged = await Event.filter(what="sign_in.failed", subject=f"candidate:{candidate.id}").count()
        assert judged == 5


async def test_of_twenty_enrolments_with_one_code_one_wins(running: Served, keyring: Keyring) -> None:
    exam = await open_exam()
    for run in rounds():
        invited = await add_staff(
            EXAM,
            by="operator",
            name="新人",
            user_name=f"xinren{run}",
            posts=[(exam.offices[0].id, Role.MANAGER)],
        )
        offered = await begin_enrolment(invited.user_name, invited.code, keyring)
        forms = [
            {
                "user_name": invited.user_name,
                "code": invited.code,
                "password": f"{STAFF_PASSWORD} {number}",
                "password_again": f"{STAFF_PASSWORD} {number}",
                "totp": pyotp.TOTP(offered.secret).at(now()),
            }
            for number in range(20)
        ]
        answers = await all_at_once(running, "/staff/enrol/confirm", forms, run)
        assert Counter(answer.status_code for answer in answers) == {302: 1, 422: 19}
        staff = await Staff.get(user_name=invited.user_name)
        assert await Event.filter(what="staff.enrolled", subject=f"staff:{staff.id}").count() == 1


async def test_of_twenty_accounts_with_one_name_one_is_made(running: Served, keyring: Keyring) -> None:
    exam = await open_exam()
    for run in rounds():
        held = await enrolled_staff(keyring, f"guanli{run}", "12", [Role.MANAGER])
        cookie = await signed_in_cookie(running, held.form(), run, 0)
        form = {
            "name": "新人",
            "user_name": f"xinren{run}",
            "office": str(exam.offices[0].id),
            "role": ["reviewer"],
        }
        answers = await all_at_once(running, "/staff/people", [form] * 20, run, [cookie] * 20)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
        assert await Staff.filter(user_name=f"xinren{run}").count() == 1
        winner = next(answer for answer in answers if answer.status_code == 200)
        assert re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", winner.text)
