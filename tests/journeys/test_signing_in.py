"""Coming in and going out, over HTTP: candidates by password, staff by password and phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest

from tests.house import CANDIDATE_PASSWORD, EXAM, ORIGIN, STAFF_PASSWORD, House, phone_moved_on
from webapp.actions.keep_staff import add_staff
from webapp.clock import now
from webapp.database import transaction
from webapp.guard.rows import Session
from webapp.records import Event, Staff
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

WRONG = "用户名或密码不正确"
# Alone, since the middle of an id can look like one.
CODE = re.compile(r"(?<![\w-])[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}(?![\w-])")
SECRET = re.compile(r"\b(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}\b")
WRONG_STAFF = "用户名、密码或动态码不正确"


async def test_a_candidate_signs_in_and_out(house: House) -> None:
    await house.candidate("zhangsan")
    browser = house.browser()
    assert (await browser.get("/my")).leads_to == "/"
    answer = await browser.post("/", {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD})
    assert (answer.status, answer.leads_to) == (302, "/my")
    home = await browser.get("/my")
    assert home.status == 200
    assert "测试甲" in home.text
    assert (await browser.get("/")).leads_to == "/my"
    assert (await browser.post("/sign-out")).leads_to == "/?notice=signed-out"
    assert (await browser.get("/my")).leads_to == "/"
    assert "您已退出登录" in (await browser.get("/?notice=signed-out")).text


async def test_the_tick_of_a_shared_computer_holds_in_this_browser_until_it_is_taken_out(
    house: House,
) -> None:
    await house.candidate("kaosheng")
    browser = house.browser()
    form = {"user_name": "kaosheng", "password": CANDIDATE_PASSWORD}
    ticked = 'name="device" value="shared" checked'
    assert ticked not in (await browser.get("/")).text
    wrong = await browser.post("/", {**form, "password": "x", "device": "shared"})
    assert ticked in wrong.text, "a wrong password does not take it out"
    await browser.post("/", {**form, "device": "shared"})
    for page in ("/my", "/my/materials/ID"):
        assert 'data-keeps="no"' in (await browser.get(page)).text
    assert "公用设备上不保存照片。" in (await browser.get("/my/materials/ID")).text
    await browser.post("/sign-out")
    assert ticked in (await browser.get("/")).text, "the next person finds it"
    await browser.post("/", form)
    assert "data-keeps" not in (await browser.get("/my")).text
    await browser.post("/display", {"device": "shared", "back": "/account"})
    assert 'data-keeps="no"' in (await browser.get("/my")).text


async def test_full_width_letters_and_case_of_the_user_name_do_not_matter(house: House) -> None:
    await house.candidate("ZhangSan")
    answer = await house.browser().post("/", {"user_name": " ｚhangsan ", "password": CANDIDATE_PASSWORD})
    assert answer.leads_to == "/my"


@pytest.mark.parametrize(
    ("user_name", "password"),
    [
        ("zhangsan", "wrong-pass-1"),
        ("nobody-here", CANDIDATE_PASSWORD),
        ("zhangsan", CANDIDATE_PASSWORD.lower()),
    ],
)
async def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(
    house: House, user_name: str, password: str
) -> None:
    await house.candidate("zhangsan")
    answer = await house.browser().post("/", {"user_name": user_name, "password": password})
    assert answer.status == 422
    assert WRONG in answer.text
    assert f'value="{user_name}"' in answer.text, "what was typed stays"
    assert password not in answer.text


async def test_an_empty_form_says_what_is_missing(house: House) -> None:
    answer = await house.browser().post("/", {"user_name": "", "password": ""})
    assert answer.status == 422
    assert "用户名和密码都要填写" in answer.text


async def test_after_five_wrong_passwords_one_waits_and_others_do_not(house: House) -> None:
    await house.candidate("zhangsan")
    await house.candidate("lisi")
    browser, elsewhere = house.browser("198.51.100.7"), house.browser("198.51.100.8")
    wrong = {"user_name": "zhangsan", "password": "wrong-pass-1"}
    told = [(await browser.post("/", wrong)).status for _ in range(7)]
    assert told == [422] * 5 + [429] * 2
    right = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
    assert (await browser.post("/", right)).status == 429, (
        "the right password waits too, or it would be told apart"
    )
    assert (await elsewhere.post("/", right)).leads_to == "/my", "a third party cannot keep somebody out"
    neighbour = {"user_name": "lisi", "password": CANDIDATE_PASSWORD}
    assert (await house.browser("198.51.100.7").post("/", neighbour)).leads_to == "/my"


async def test_a_known_browser_is_not_held_up_by_what_others_try_from_everywhere(house: House) -> None:
    await house.candidate("zhangsan")
    own = house.browser("198.51.100.1")
    right = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
    assert (await own.post("/", right)).leads_to == "/my"
    await own.post("/sign-out")
    wrong = {"user_name": "zhangsan", "password": "wrong-pass-1"}
    for number in range(61):
        await house.browser(f"203.0.113.{number}").post("/", wrong)
    assert (await house.browser("192.0.2.1").post("/", right)).status == 429
    assert (await own.post("/", right)).leads_to == "/my"


async def test_signing_in_gives_a_new_session_and_kills_the_one_before(house: House) -> None:
    await house.candidate("zhangsan")
    browser = house.browser()
    form = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
    await browser.post("/", form)
    first = await Session.all().values_list("token_hash", flat=True)
    await browser.post("/", form)
    second = await Session.all().values_list("token_hash", flat=True)
    assert len(first) == len(second) == 1
    assert first != second


async def test_a_session_ends_by_idleness_and_by_age(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assert (await browser.get("/my")).status == 200
    await _age_session(idle=True)
    answer = await browser.get("/my")
    assert answer.leads_to == "/?notice=ended"
    other = await house.signed_in_candidate("lisi")
    await _age_session(idle=False)
    assert (await other.get("/my")).leads_to == "/?notice=ended"


@transaction
async def _age_session(*, idle: bool) -> None:
    past = now() - timedelta(seconds=1)
    await Session.all().update(**({"idle_until": past} if idle else {"ends_at": past}))


async def test_the_cookie_is_for_this_host_and_for_no_script(house: House) -> None:
    await house.candidate("zhangsan")
    answer = await house.browser().post("/", {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_an_invented_cookie_is_nobody(house: House) -> None:
    answer = await house.browser().get("/my", Cookie="sid=eyJhbGciOiJub25lIn0.x.y")
    assert answer.leads_to == "/"


async def test_staff_sign_in_with_password_and_phone_together(house: House) -> None:
    held = await house.staff("guanli", "12", Role.MANAGER)
    browser = house.browser()
    empty = await browser.post("/staff/sign-in", {**held.form(), "code": ""})
    assert empty.status == 422
    assert "都要填写" in empty.text
    for form in (
        {**held.form(), "code": "000000"},
        {**held.form(), "password": "not the right one"},
        {**held.form(), "user_name": "nobody-here"},
    ):
        answer = await browser.post("/staff/sign-in", form)
        assert answer.status == 422
        assert WRONG_STAFF in answer.text
    answer = await browser.post("/staff/sign-in", held.form())
    assert answer.status == 302
    assert (await browser.get("/staff/sign-in")).leads_to == "/staff"
    assert (await browser.get("/staff")).status == 200


async def test_a_code_counts_once(house: House) -> None:
    held = await house.staff("guanli", "12", Role.MANAGER)
    form = held.form()
    assert (await house.browser().post("/staff/sign-in", form)).status == 302
    again = await house.browser().post("/staff/sign-in", form)
    assert again.status == 422
    assert "这个动态码已经用过" in again.text


async def test_staff_and_candidates_have_doors_of_their_own(house: House) -> None:
    held = await house.staff("guanli", "12", Role.MANAGER)
    answer = await house.browser().post("/", {"user_name": held.user_name, "password": held.password})
    assert answer.status == 422
    await house.candidate("zhangsan")
    form = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD, "code": "123456"}
    assert (await house.browser().post("/staff/sign-in", form)).status == 422


async def test_a_disabled_account_is_out_at_once_and_stays_out(house: House) -> None:
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    reviewer = house.browser()
    await reviewer.post("/staff/sign-in", held.form())
    assert (await reviewer.get("/review")).status == 200
    await manager.post(f"/staff/people/{held.id}/disable")
    assert (await reviewer.get("/review")).leads_to.startswith("/staff/sign-in")
    answer = await house.browser().post("/staff/sign-in", held.form())
    assert answer.status == 403
    assert "已停用" in answer.text
    await manager.post(f"/staff/people/{held.id}/enable")
    await phone_moved_on(held)
    assert (await house.browser().post("/staff/sign-in", held.form())).status == 302


async def test_after_a_stolen_phone_only_the_new_code_opens_the_account(house: House) -> None:
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    await manager.post(f"/staff/people/{held.id}/disable")
    shown = await manager.post(f"/staff/people/{held.id}/invite")
    code = CODE.search(shown.text)
    assert code is not None
    await phone_moved_on(held)
    assert (await house.browser().post("/staff/sign-in", held.form())).status == 422, "the old phone is dead"
    enrolling = await house.browser().post("/staff/enrol", {"user_name": "shenhe", "code": code[0]})
    assert enrolling.status == 200


async def test_a_disabled_invitation_stays_dead_and_the_list_says_so(house: House) -> None:
    exam = await open_exam()
    invited = await add_staff(
        EXAM, by="operator", name="新人", user_name="xinren", posts=[(exam.offices[0].id, Role.AUDITOR)]
    )
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    assert "等待启用" in (await manager.get("/staff/people")).text
    newcomer = await Staff.get(user_name="xinren")
    for deed in ("disable", "enable"):
        assert (await manager.post(f"/staff/people/{newcomer.id}/{deed}")).status == 303
    assert "启用码已过期" in (await manager.get("/staff/people")).text
    form = {"user_name": "xinren", "code": invited.code}
    assert (await house.browser().post("/staff/enrol", form)).status == 422


async def test_the_record_of_events_is_for_the_region_alone(house: House) -> None:
    for role in (Role.MANAGER, Role.AUDITOR):
        region = await house.signed_in_staff(f"qu-{role}", "12", role)
        site = await house.signed_in_staff(f"dian-{role}", "1201", role)
        assert (await region.get("/staff/events")).status == 200
        assert "操作记录" in (await region.get("/staff")).text
        assert (await site.get("/staff/events")).status == 403
        assert "操作记录" not in (await site.get("/staff")).text


async def test_small_forms_lead_back_to_a_page_that_can_be_asked_for(house: House) -> None:
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    newcomer = house.browser()
    for browser, path, back in (
        (manager, f"/staff/people/{held.id}/invite", f"/staff/people/{held.id}"),
        (manager, "/account/password", "/account"),
        (newcomer, "/staff/enrol/confirm", "/staff/enrol"),
        (newcomer, "/", "/"),
    ):
        answer = await browser.post(path, {})
        assert f'name="back" value="{back}"' in answer.text, path
        assert (await browser.get(back)).status == 200


async def test_a_member_of_staff_whose_session_ended_comes_to_the_staff_door(house: House) -> None:
    staff = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    candidate = await house.signed_in_candidate("zhangsan")
    await _age_session(idle=True)
    assert (await staff.get("/account")).leads_to == "/staff/sign-in?notice=ended"
    assert (await candidate.get("/account")).leads_to == "/?notice=ended"


async def test_nobody_disables_the_account_they_are_using(house: House) -> None:
    held = await house.staff("guanli", "12", Role.MANAGER)
    manager = house.browser()
    await manager.post("/staff/sign-in", held.form())
    answer = await manager.post(f"/staff/people/{held.id}/disable")
    assert answer.status == 409
    assert (await manager.get("/staff")).status == 200


async def test_a_new_colleague_takes_the_account_into_use(house: House) -> None:
    exam = await open_exam()
    invited = await add_staff(
        EXAM, by="operator", name="新人", user_name="xinren", posts=[(exam.offices[0].id, Role.MANAGER)]
    )
    browser = house.browser()
    typed = invited.code.lower().replace("-", " ")
    shown = await browser.post("/staff/enrol", {"user_name": "XINREN", "code": typed})
    assert shown.status == 200
    assert "<svg" in shown.text
    secret = SECRET.search(shown.text)
    assert secret is not None
    again = await browser.post("/staff/enrol", {"user_name": "xinren", "code": invited.code})
    assert secret[0] in again.text, "loading the page again offers the same secret"
    phone = pyotp.TOTP(secret[0].replace(" ", ""))
    form = {
        "user_name": "xinren",
        "code": invited.code,
        "password": STAFF_PASSWORD,
        "password_again": STAFF_PASSWORD,
        "totp": phone.at(now()),
    }
    for wrong, sentence in (
        ({"password": "short", "password_again": "short"}, "密码至少 12 位"),
        ({"password_again": "something else!"}, "两次输入的密码不一样"),
        ({"totp": "000000"}, "动态码不正确"),
    ):
        answer = await browser.post("/staff/enrol/confirm", {**form, **wrong})
        assert answer.status == 422
        assert sentence in answer.text
        assert secret[0] in answer.text, "nothing already scanned is lost"
    assert (await browser.post("/staff/enrol/confirm", form)).leads_to == "/staff/sign-in?notice=enrolled"
    used = await browser.post("/staff/enrol", {"user_name": "xinren", "code": invited.code})
    assert used.status == 422
    assert "启用码" in used.text
    sign_in = {
        "user_name": "xinren",
        "password": STAFF_PASSWORD,
        "code": phone.at(now() + timedelta(seconds=30)),
    }
    assert (await browser.post("/staff/sign-in", sign_in)).status == 302


async def test_a_one_time_code_grows_old(house: House) -> None:
    exam = await open_exam()
    invited = await add_staff(
        EXAM, by="operator", name="新人", user_name="xinren", posts=[(exam.offices[0].id, Role.MANAGER)]
    )
    form = {"user_name": "xinren", "code": invited.code}
    assert (await house.browser().post("/staff/enrol", form)).status == 200
    await _age_invitations()
    assert (await house.browser().post("/staff/enrol", form)).status == 422


@transaction
async def _age_invitations() -> None:
    await Staff.all().update(invite_until=now() - timedelta(seconds=1))


async def test_a_manager_makes_an_account_and_sees_its_code_once(house: House) -> None:
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    page = (await manager.get("/staff/people")).text
    office = re.search(r'<option value="([0-9a-f-]{36})"', page)
    assert office is not None
    form = {"name": "新人", "user_name": "xinren", "office": office[1], "role": ["reviewer", "manager"]}
    made = await manager.post("/staff/people", form)
    assert made.status == 200
    code = CODE.search(made.text)
    assert code is not None
    assert CODE.search((await manager.get("/staff/people")).text) is None
    assert (
        await house.browser().post("/staff/enrol", {"user_name": "xinren", "code": code[0]})
    ).status == 200
    taken = await manager.post("/staff/people", form)
    assert taken.status == 409
    assert "已经有人用了" in taken.text
    assert 'value="新人"' in taken.text
    nobody = await manager.post("/staff/people", {**form, "user_name": "lingwai", "role": []})
    assert "至少选一个岗位" in nobody.text


async def test_changing_the_password_ends_all_other_sessions(house: House) -> None:
    here, there = await house.signed_in_candidate("zhangsan"), house.browser()
    await there.post("/", {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD})
    form = {"old": CANDIDATE_PASSWORD, "password": "Xinmima-2026", "password_again": "Xinmima-2026"}
    refused = await here.post("/account/password", {**form, "old": "not-this-1"})
    assert refused.status == 422
    assert "原密码不正确" in refused.text
    changed = await here.post(
        "/account/password", {**form, "password": "zhangsan1", "password_again": "zhangsan1"}
    )
    assert changed.leads_to == "/account?saved=password"
    assert (await there.get("/my")).leads_to == "/?notice=ended"
    assert (await here.get("/my")).status == 200
    old = await house.browser().post("/", {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD})
    assert old.status == 422
    new = await house.browser().post("/", {"user_name": "zhangsan", "password": "zhangsan1"})
    assert new.leads_to == "/my"


async def test_one_can_sign_out_everywhere_else(house: House) -> None:
    here, there = await house.signed_in_candidate("zhangsan"), house.browser()
    await there.post("/", {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD})
    assert (await there.get("/my")).status == 200
    await here.post("/account/other-sessions")
    assert (await there.get("/my")).leads_to == "/?notice=ended"
    assert (await here.get("/my")).status == 200


async def test_every_sign_in_leaves_an_event_without_personal_words(house: House) -> None:
    await house.candidate("zhangsan")
    before = await Event.all().count()
    for user_name in ("zhangsan", "nobody-here"):
        await house.browser().post("/", {"user_name": user_name, "password": "wrong-pass-1"})
    await house.browser().post("/", {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD})
    events = await Event.all().order_by("id").offset(before)
    assert [event.what for event in events] == ["sign_in.failed", "sign_in.failed", "sign_in.done"]
    written = " ".join(f"{event.actor} {event.subject} {event.facts}" for event in events)
    assert "zhangsan" not in written
    assert "nobody-here" not in written


async def test_a_form_from_another_site_is_not_executed(house: House) -> None:
    await house.candidate("zhangsan")
    form = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": ORIGIN, "Sec_Fetch_Site": "cross-site"},
        {"Origin": "", "Sec_Fetch_Site": "same-site"},
        {"Origin": "", "Referer": "https://evil.example/"},
    ):
        answer = await house.browser().post("/", form, **headers)
        assert answer.status == 403, headers
        assert "Set-Cookie" not in answer.headers or "sid=" not in answer.headers["Set-Cookie"]
    for headers in (
        {"Origin": ORIGIN},
        {"Origin": "", "Sec_Fetch_Site": "same-origin"},
        {"Origin": "", "Referer": f"{ORIGIN}/"},
    ):
        assert (await house.browser().post("/", form, **headers)).leads_to == "/my", headers
