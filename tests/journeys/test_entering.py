"""Coming in from the registration system, over HTTP: the first time, later, and when something is not right."""

from __future__ import annotations

import html
import json
import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.compiled_once import share_compiled
from tests.house import CANDIDATE_PASSWORD, ORIGIN, House, test_settings
from tests.registrations import registered
from tests.tickets import REGISTRATION_SITE, activation_form, entered, hand_in, signed, ticket
from webapp.actions.take_registrations import take_registrations
from webapp.app import create_app
from webapp.clock import now
from webapp.database import transaction
from webapp.guard.entries import forget_ended_entries
from webapp.guard.rows import Entry, Session, Throttle, UsedTicket
from webapp.hashing import secret_matches
from webapp.records import Agreement, Candidate, Event, RecoveryAnswer
from webapp.records.reading.case_file import record_of
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

AGAIN = "上传相关材料"
ENDS = re.compile(r'name="ends" value="([^"]+)"')
TEXTS = re.compile(r'name="texts" value="([^"]+)"')
sqlite_is_enough = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_the_first_time_leads_through_activation_straight_to_the_materials(house: House) -> None:
    candidate, browser = await registered("zhangsan", "1207", name="测试乙"), house.browser()
    answer = await hand_in(browser, ticket(candidate))
    assert (answer.status, answer.leads_to) == (303, "/enter")
    assert (await browser.get("/enter")).leads_to == "/activate"
    page = await browser.get("/activate")
    for shown in ("测试乙", "zhangsan", "022-00001207", candidate.registration_number, "12 个月"):
        assert shown in page.text
    assert (await browser.get("/my")).leads_to == "/", "an entry opens nothing"
    answer = await browser.post("/activate", activation_form())
    assert (answer.status, answer.leads_to) == (303, "/my")
    assert (await browser.get("/my")).status == 200
    assert (await Candidate.get(id=candidate.id)).activated_at is not None
    assert await Entry.all().count() == 0
    assert browser.cookie("entry") is None
    again = await browser.post("/activate", activation_form("Andere-1234"))
    assert (again.status, again.leads_to) == (303, "/my"), "sent once more from the browser's history"
    right = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
    assert (await house.browser().post("/", right)).leads_to == "/my"


async def test_what_was_agreed_to_is_kept_with_version_language_and_time(house: House) -> None:
    candidate, before = await registered("zhangsan", name="测试乙"), now()
    browser = await entered(house.browser(), candidate)
    assert (await browser.post("/activate", activation_form(), Accept_Language="en")).status == 303
    versions = (await open_exam()).package.texts.versions()
    told = {"activation.user_name", "activation.purpose", "activation.offences", "pledges", "consent"}
    kept = await Agreement.filter(candidate_id=candidate.id)
    assert {row.text: row.version for row in kept} == {code: versions[code] for code in told}
    assert told < set(versions), "what is shown only on other pages was not agreed to here"
    assert {row.language for row in kept} == {"en"}
    assert all(before <= row.agreed_at <= now() for row in kept)
    (event,) = await Event.filter(what="candidate.activated")
    assert event.actor == event.subject == f"candidate:{candidate.id}"
    assert event.facts == {"texts": {code: versions[code] for code in told}, "language": "en"}
    said = json.dumps([event.facts, event.actor, event.subject], ensure_ascii=False)
    assert not any(word in said for word in ("测试乙", "zhangsan", "小学", candidate.id_number))
    assert await all_breaks() == []


async def test_password_and_answers_are_stored_as_hashes_only(house: House) -> None:
    candidate = await registered("zhangsan")
    browser = await entered(house.browser(), candidate)
    await browser.post("/activate", activation_form(answer_2=" Ｗard　12 B "))
    stored = {row.question: row.answer_hash for row in await RecoveryAnswer.filter(candidate_id=candidate.id)}
    assert set(stored) == {"primary_school", "first_ward"}
    assert all(hashed.startswith("$argon2id$") for hashed in stored.values())
    assert await secret_matches(stored["first_ward"], "ward12b")
    assert not await secret_matches(stored["first_ward"], "ward12c")
    password = (await Candidate.get(id=candidate.id)).password_hash
    assert password is not None
    assert password.startswith("$argon2id$")


async def test_later_a_ticket_a_look_and_a_yes_are_enough(house: House) -> None:
    candidate, browser = await house.candidate("zhangsan", name="测试乙"), house.browser()
    await entered(browser, candidate)
    page = await browser.get("/enter")
    assert page.status == 200
    for shown in ("测试乙", "zhangsan", "示例一区考点", candidate.registration_number):
        assert shown in page.text
    assert await Session.all().count() == 0, "nobody is signed in before a yes"
    answer = await browser.post("/enter/confirm", {"answer": "yes"})
    assert (answer.status, answer.leads_to) == (303, "/my")
    assert (await browser.get("/my")).status == 200
    (event,) = await Event.filter(what="sign_in.done")
    assert (event.actor, event.facts) == (f"candidate:{candidate.id}", {"door": "ticket"})
    assert await Entry.all().count() == 0


async def test_back_and_reload_lead_on_and_never_fail(house: House) -> None:
    candidate, browser = await house.candidate("zhangsan"), house.browser()
    text = ticket(candidate)
    await hand_in(browser, text)
    assert (await browser.get("/enter")).status == (await browser.get("/enter")).status == 200
    again = await hand_in(browser, text)
    assert again.status == 410
    assert "只能用一次" in again.text
    assert 'href="/enter"' in again.text, "whoever clicked twice goes on from here"
    assert (await browser.get("/enter")).status == 200
    await browser.post("/enter/confirm", {"answer": "yes"})
    assert (await browser.get("/enter")).leads_to == "/my"
    assert (await browser.post("/enter/confirm", {"answer": "yes"})).leads_to == "/enter"
    assert (await browser.get("/activate")).leads_to == "/enter"
    assert (await hand_in(browser, text)).status == 410
    assert (await browser.get("/my")).status == 200, "a replayed ticket ends no session"
    assert await Session.all().count() == 1


async def test_without_a_ticket_the_page_says_how_to_come_in(house: House) -> None:
    browser = house.browser()
    page = await browser.get("/enter")
    assert page.status == 200
    assert AGAIN in page.text
    assert 'href="/"' in page.text
    assert "022-00000012" in page.text
    assert (await browser.get("/activate")).leads_to == "/enter"
    assert (await browser.post("/enter/confirm", {"answer": "yes"})).leads_to == "/enter"
    late = await browser.post("/activate", activation_form())
    assert late.status == 410
    assert AGAIN in late.text


async def test_each_refusal_has_its_words_its_status_and_the_way_on(house: House) -> None:
    candidate = await registered("zhangsan")
    gone = await registered("lisi")
    old = ticket(gone)
    await take_over(gone)
    used = ticket(candidate)
    await hand_in(house.browser(), used)
    late = int((now() - timedelta(minutes=5)).timestamp())
    told = {
        "": (422, "没能进入", "ticket.broken"),
        signed({"sub": "x"}): (422, "没能进入", "ticket.broken"),
        ticket(candidate, "https://elsewhere.example"): (422, "另一个网站", "ticket.foreign"),
        ticket(candidate, iat=late, exp=late + 60): (410, "已经过期", "ticket.expired"),
        used: (410, "只能用一次", "ticket.used"),
        ticket(candidate, sub="20201201999999"): (404, "还没有收到", "ticket.unknown"),
        ticket(candidate, user_name="wangwu"): (409, "不一致", "ticket.user_name"),
        old: (409, "新的报名", "ticket.superseded"),
    }
    for text, (status, words, _code) in told.items():
        browser = house.browser()
        answer = await hand_in(browser, text)
        assert (answer.status, words in answer.text, AGAIN in answer.text) == (status, True, True), words
        assert "Set-Cookie" not in answer.headers
        assert browser.cookie("entry") is None
        assert text not in answer.text or not text
    events = await Event.filter(what="sign_in.failed").order_by("sequence")
    assert [event.facts for event in events] == [
        {"door": "ticket", "reason": code} for _, _, code in told.values()
    ]
    assert await Entry.all().count() == 1


async def take_over(candidate: Candidate) -> None:
    """The person registers anew, under the same user name."""
    exam = await open_exam()
    anew = {"registration_number": "20201201888888", "registered_at": "2020-01-20 08:00:00"}
    record = {**await record_of(exam.id, candidate.id), **anew}
    assert (await take_registrations(exam, [record], by="operator")).changed == 1


@sqlite_is_enough
async def test_the_ticket_stands_in_no_later_address_log_or_page(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    candidate, browser = await house.candidate("zhangsan"), house.browser()
    text = ticket(candidate)
    answers = [await hand_in(browser, text), await hand_in(browser, text)]
    answers += [await browser.get("/enter"), await browser.post("/enter/confirm", {"answer": "yes"})]
    pieces = text.split(".")
    for answer in answers:
        whole = f"{answer.headers} {answer.text}"
        assert not any(piece in whole for piece in pieces)
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
    assert "entering.take_ticket" in json.dumps([record.__dict__.get("route") for record in caplog.records])
    assert not any(piece in str(record.__dict__) for record in caplog.records for piece in pieces)


@sqlite_is_enough
async def test_the_entrys_cookie_is_for_this_host_for_no_script_and_short(
    house: House, database_url: str, tmp_path: Path
) -> None:
    candidate = await house.candidate("zhangsan")
    told = await hand_in(house.browser(), ticket(candidate))
    cookie = told.headers["Set-Cookie"]
    assert cookie.startswith("entry=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1800"):
        assert part in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie
    origin = "https://exam.example"
    secure = share_compiled(create_app(test_settings(database_url, tmp_path, origin=origin)))
    answer = await hand_in(House(secure).browser(), ticket(candidate, origin))
    assert answer.status == 303
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-entry=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1800"):
        assert part in cookie
    assert "Domain" not in cookie


async def test_nobody_is_signed_in_as_somebody_else_behind_their_back(house: House) -> None:
    """Login CSRF: a foreign page posts the ticket of its own author in the victim's browser."""
    victim = await house.signed_in_candidate("zhangsan", name="测试甲")
    stranger = await house.candidate("mallory", name="测试乙")
    answer = await hand_in(victim, ticket(stranger))
    assert answer.status == 303
    assert "测试甲" in (await victim.get("/my")).text, "the session that was there still runs"
    page = await victim.get("/enter")
    assert "测试乙" in page.text
    assert "测试甲" in page.text, "it says whose session would end"
    (ends,) = ENDS.findall(page.text)
    for foreign in ({"Origin": REGISTRATION_SITE}, {"Sec_Fetch_Site": "cross-site"}):
        refused = await victim.post("/enter/confirm", {"answer": "yes", "ends": ends}, **foreign)
        assert refused.status == 403
    unseen = await victim.post("/enter/confirm", {"answer": "yes"})
    assert unseen.status == 409
    assert "再确认一次" in unseen.text
    assert "测试甲" in (await victim.get("/my")).text
    before = await Session.all().values_list("token_hash", flat=True)
    assert (await victim.post("/enter/confirm", {"answer": "yes", "ends": ends})).leads_to == "/my"
    assert "测试乙" in (await victim.get("/my")).text
    after = await Session.all().values_list("token_hash", flat=True)
    assert len(before) == len(after) == 1
    assert before != after, "a new session, and the old one is dead"


async def test_a_no_leaves_everything_as_it_was_and_ends_the_entry(house: House) -> None:
    victim = await house.signed_in_candidate("zhangsan", name="测试甲")
    stranger = await house.candidate("mallory", name="测试乙")
    await entered(victim, stranger)
    assert (await victim.post("/enter/confirm", {"answer": "no"})).leads_to == "/enter?notice=not-me"
    assert (await victim.get("/enter?notice=not-me")).leads_to == "/my"
    assert "测试甲" in (await victim.get("/my")).text
    assert await Entry.all().count() == 0
    newcomer = await entered(house.browser(), await registered("lisi"))
    assert (await newcomer.post("/enter/confirm", {"answer": "no"})).status == 303
    page = await newcomer.get("/enter?notice=not-me")
    assert page.status == 200
    assert "没有进入" in page.text
    assert (await newcomer.get("/activate")).leads_to == "/enter"


async def test_somebody_elses_session_ends_at_activation_only_when_that_was_said(house: House) -> None:
    browser = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    await entered(browser, await registered("zhangsan", name="测试乙"))
    page = await browser.get("/activate")
    assert "工作人员guanli" in page.text
    (ends,) = ENDS.findall(page.text)
    unseen = await browser.post("/activate", activation_form(answer_1="示例路第九小学"))
    assert unseen.status == 409
    assert "示例路第九小学" in unseen.text
    assert (await browser.get("/staff")).status == 200
    assert (await browser.post("/activate", activation_form(ends=ends))).leads_to == "/my"
    assert (await browser.get("/staff")).status == 403
    assert await Session.all().count() == 1


async def test_whoever_is_signed_in_as_the_same_person_goes_straight_on(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    candidate = await Candidate.get(user_name="zhangsan")
    before = await Session.all().values_list("token_hash", flat=True)
    await entered(browser, candidate)
    assert (await browser.get("/enter")).leads_to == "/my"
    assert await Entry.all().count() == 0, "nothing stays on the doorstep for the next person"
    assert await Session.all().values_list("token_hash", flat=True) == before


async def test_signing_out_leaves_nobody_on_the_doorstep(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    await entered(browser, await house.candidate("lisi"))
    await browser.post("/sign-out")
    assert await Entry.all().count() == 0
    page = await browser.get("/enter")
    assert page.status == 200
    assert "这是您吗" not in page.text


async def test_an_entry_ends_by_time(house: House) -> None:
    candidate, browser = await registered("zhangsan"), house.browser()
    await entered(browser, candidate)
    assert (await browser.get("/activate")).status == 200
    await age_entries()
    page = await browser.get("/enter")
    assert page.status == 410
    assert AGAIN in page.text
    assert (await browser.get("/activate")).leads_to == "/enter"
    assert (await browser.post("/activate", activation_form())).status == 410
    assert (await Candidate.get(id=candidate.id)).activated_at is None
    assert await forget_ended_entries() == 1


@transaction
async def age_entries() -> None:
    """As if half an hour had passed."""
    await Entry.all().update(until=now() - timedelta(seconds=1))


async def test_an_invented_entry_is_nobodys(house: House) -> None:
    await entered(house.browser(), await registered("zhangsan"))
    (entry,) = await Entry.all()
    for cookie in ("x", entry.token_hash, str(entry.id)):
        assert (await house.browser().get("/enter", Cookie=f"entry={cookie}")).status == 410
        assert (await house.browser().get("/activate", Cookie=f"entry={cookie}")).leads_to == "/enter"


async def test_a_refused_form_keeps_what_was_typed_but_no_password(house: House) -> None:
    candidate = await registered("zhangsan")
    browser = await entered(house.browser(), candidate)
    form = activation_form(
        password="Yishi-8899",
        password_again="Yishi-8898",
        question_1="first_phone",
        answer_1="诺基亚<3210>",
        question_2="first_phone",
        answer_2="123456",
        consent="",
    )
    answer = await browser.post("/activate", form)
    assert answer.status == 422
    for sentence, field in {
        "两次输入的密码不一样。": "password_again",
        "问题 2 与上面的相同，换一个。": "question_2",
        "问题 2 的答案太常见，容易被猜到，换一个。": "answer_2",
        "同意处理证件和人像照片以后才能激活账号。": "consent",
    }.items():
        assert f'<a href="#{field}">{sentence}</a>' in answer.text, "on top, leading to the field"
        assert f'id="{field}-problem"' in answer.text, "and at the field"
    assert "有 4 处需要改正" in answer.text
    assert 'value="诺基亚&lt;3210&gt;"' in answer.text
    assert 'value="123456"' in answer.text
    assert answer.text.count('value="first_phone" selected') == 2
    assert re.search(r'name="pledges" value="yes" checked', answer.text)
    assert not re.search(r'name="consent" value="yes" checked', answer.text)
    assert "Yishi" not in answer.text
    assert (await Candidate.get(id=candidate.id)).activated_at is None
    assert await Agreement.all().count() == await RecoveryAnswer.all().count() == 0
    assert (await browser.post("/activate", activation_form())).leads_to == "/my"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"pledges": ""}, "pledges", "同意承诺以后"),
        ({"consent": ""}, "consent", "同意处理证件"),
        ({"consent": "no"}, "consent", "同意处理证件"),
        ({"password": "kurz1", "password_again": "kurz1"}, "password", "密码至少 8 位"),
        ({"password": ""}, "password", "密码至少 8 位"),
        ({"answer_1": "Yishi-8899"}, "answer_1", "不能与密码相同"),
        ({"answer_1": "ZHANGSAN"}, "answer_1", "不能与用户名相同"),
        ({"answer_1": ""}, "answer_1", "至少 2 个字"),
        ({"answer_2": "字" * 31}, "answer_2", "最多 30 个字"),
        ({"answer_2": "示例路 第一小学"}, "answer_2", "的答案与上面的相同"),
        ({"question_2": "mothers_name"}, "question_2", "从列出的里面选"),
    ],
)
@sqlite_is_enough
async def test_activation_is_impossible_without_each_part(
    house: House, changes: dict[str, str], field: str, words: str
) -> None:
    candidate = await registered("zhangsan")
    browser = await entered(house.browser(), candidate)
    answer = await browser.post("/activate", activation_form() | changes)
    assert (answer.status, words in answer.text) == (422, True)
    assert f'id="{field}-problem"' in answer.text
    assert (await Candidate.get(id=candidate.id)).activated_at is None


async def test_texts_that_changed_meanwhile_are_read_before_they_are_agreed_to(house: House) -> None:
    candidate = await registered("zhangsan")
    browser = await entered(house.browser(), candidate)
    (texts,) = TEXTS.findall((await browser.get("/activate")).text)
    older = texts.replace("pledges=2020-1", "pledges=2019-4")
    assert older != texts
    answer = await browser.post("/activate", activation_form(texts=html.unescape(older)))
    assert answer.status == 409
    assert "刚刚更新" in answer.text
    assert not re.search(r'name="pledges" value="yes" checked', answer.text)
    assert (await Candidate.get(id=candidate.id)).activated_at is None
    assert (await browser.post("/activate", activation_form(texts=html.unescape(texts)))).leads_to == "/my"


async def test_whoever_comes_second_is_told_and_led_to_sign_in(house: House) -> None:
    candidate = await registered("zhangsan")
    first, second = house.browser(), house.browser()
    await entered(first, candidate)
    await entered(second, candidate)
    assert (await second.get("/activate")).status == 200
    assert (await first.post("/activate", activation_form())).leads_to == "/my"
    answer = await second.post("/activate", activation_form("Andere-1234"))
    assert answer.status == 409
    assert "已经激活过了" in answer.text
    assert 'href="/"' in answer.text
    assert (await second.get("/my")).leads_to == "/"
    login = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
    assert (await house.browser().post("/", login)).leads_to == "/my", "the first one's password stands"
    assert await Event.filter(what="candidate.activated").count() == 1
    assert (await second.get("/activate")).leads_to == "/enter"
    assert (await second.post("/enter/confirm", {"answer": "yes"})).leads_to == "/my", "the entry still holds"


async def test_a_candidate_who_has_not_activated_signs_in_like_somebody_unknown(house: House) -> None:
    await registered("zhangsan")
    told = []
    for name in ("zhangsan", "niemand0"):
        for password in ("", "Yishi-8899"):
            answer = await house.browser().post("/", {"user_name": name, "password": password})
            told.append((answer.status, answer.text.replace(name, "")))
    assert told[:2] == told[2:]
    assert told[1][0] == 422
    assert await Event.filter(what="sign_in.failed").count() == 2
    assert await Session.all().count() == 0


async def test_only_tries_in_vain_count_against_an_address(house: House) -> None:
    candidate = await registered("zhangsan")
    browser = house.browser("198.51.100.7")
    await entered(browser, candidate)
    (row,) = await Throttle.all()
    assert row.tries == 0
    assert (await hand_in(browser, "nothing")).status == 422
    assert (await Throttle.get(key=row.key)).tries == 1
    await tried_often()
    assert (await hand_in(browser, "nothing")).status == 422
    text = ticket(candidate)
    waits = await hand_in(browser, text)
    assert waits.status == 429
    assert "试的次数太多" in waits.text
    assert (await hand_in(house.browser("198.51.100.8"), text)).status == 303, "it was not used up"
    assert await Event.filter(what="sign_in.failed").count() == 2, "a try that must wait is none"


@transaction
async def tried_often() -> None:
    """As if an address had used up what is free."""
    await Throttle.all().update(tries=299)


@sqlite_is_enough
async def test_without_keys_no_ticket_holds(house: House, database_url: str, tmp_path: Path) -> None:
    candidate = await registered("zhangsan")
    bare = share_compiled(create_app(test_settings(database_url, tmp_path, ticket_keys="")))
    assert (await hand_in(House(bare).browser(), ticket(candidate))).status == 422


@sqlite_is_enough
async def test_the_sign_in_page_leads_to_the_registration_site_where_it_is_known(
    house: House, database_url: str, tmp_path: Path
) -> None:
    for path in ("/", "/enter"):
        assert "registration.example" not in (await house.browser().get(path)).text
    known = share_compiled(
        create_app(test_settings(database_url, tmp_path, registration_site=f"{REGISTRATION_SITE}/mine"))
    )
    for path in ("/", "/enter"):
        page = (await House(known).browser().get(path)).text
        assert f'href="{REGISTRATION_SITE}/mine"' in page


async def test_a_used_ticket_is_remembered_by_a_digest_alone(house: House) -> None:
    candidate = await registered("zhangsan")
    text = ticket(candidate, jti="readable-id-0001")
    await hand_in(house.browser(), text)
    (row,) = await UsedTicket.all()
    assert re.fullmatch(r"[0-9a-f]{64}", row.key)
    assert "readable" not in row.key


@sqlite_is_enough
async def test_a_ticket_in_an_address_or_as_json_is_no_ticket(house: House) -> None:
    text = ticket(await house.candidate("zhangsan"))
    browser = house.browser()
    assert (await browser.get(f"/enter?ticket={text}")).status == 200
    assert (await browser.post(f"/enter?ticket={text}", {})).status == 422
    assert (await browser.post("/enter", {}, Content_Type="application/json")).status == 415
    assert await UsedTicket.all().count() == 0
    assert (await hand_in(browser, text)).status == 303
    assert ORIGIN not in (await browser.get("/enter")).leads_to
