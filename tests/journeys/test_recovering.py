"""A forgotten password, over HTTP: by ticket, by answers, by the exam site's code, and every wrong use of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.cases.way import exam_time, load_variant
from tests.house import CANDIDATE_PASSWORD, Answer, House
from tests.recovering import (
    NEW_PASSWORD,
    RIGHT,
    SEEN,
    WRONG,
    answered,
    case_of,
    code_on,
    document,
    forgetful,
    handed_out,
    new_password,
    signs_in,
)
from tests.registrations import id_number, registered
from tests.tickets import entered
from webapp.database import transaction
from webapp.guard.rows import Entry, PasswordReset, Session
from webapp.hashing import secret_matches
from webapp.records import Event, PasswordRecovery, RecoveryCode
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

sqlite_is_enough = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@transaction
async def minutes_pass(minutes: int) -> None:
    """As if the open resets and codes were that much older."""
    for row in await PasswordReset.all():
        await PasswordReset.filter(id=row.id).update(until=row.until - timedelta(minutes=minutes))
    for code in await RecoveryCode.all():
        await RecoveryCode.filter(id=code.id).update(until=code.until - timedelta(minutes=minutes))


async def test_a_ticket_lets_somebody_choose_a_new_password_and_leads_on_in(house: House) -> None:
    candidate = await forgetful("zhangsan")
    browser = await entered(house.browser(), candidate)
    assert 'href="/enter/password"' in (await browser.get("/enter")).text
    page = await browser.get("/enter/password")
    assert 'value="zhangsan"' in page.text
    assert "<password-ticks" in page.text
    assert (await browser.post("/enter/password", new_password(password_again="anders"))).status == 422
    assert (await browser.post("/enter/password", new_password("zhangsan"))).status == 422
    done = await browser.post("/enter/password", new_password())
    assert (done.status, done.leads_to) == (303, "/my")
    home = await browser.get("/my")
    assert home.status == 200
    assert "重新设置" in home.text
    assert (await browser.get("/enter/password")).leads_to == "/enter", "the entry is used up"
    assert await signs_in(house, candidate, NEW_PASSWORD)
    assert not await signs_in(house, candidate, CANDIDATE_PASSWORD)
    assert await PasswordRecovery.filter(candidate_id=candidate.id, way="ticket").count() == 1
    assert await all_breaks() == []


@sqlite_is_enough
async def test_without_a_ticket_or_before_activation_no_password_is_set(house: House) -> None:
    newcomer = await registered("lisi")
    browser = await entered(house.browser(), newcomer)
    assert (await browser.get("/enter/password")).leads_to == "/enter"
    assert (await browser.post("/enter/password", new_password())).leads_to == "/enter"
    assert (await house.browser().post("/enter/password", new_password())).leads_to == "/enter"
    assert await PasswordRecovery.all().count() == 0


@sqlite_is_enough
async def test_whose_sign_in_a_ticket_would_end_is_asked_before_the_new_password(house: House) -> None:
    candidate, browser = await forgetful("zhangsan"), await house.signed_in_candidate("lisi")
    await entered(browser, candidate)
    page = await browser.get("/enter/password")
    (ends,) = re.findall(r'name="ends" value="([0-9a-f-]+)"', page.text)
    assert (await browser.post("/enter/password", new_password())).status == 409
    assert not await signs_in(house, candidate, NEW_PASSWORD)
    assert (await browser.post("/enter/password", new_password(ends=ends))).leads_to == "/my"


async def test_both_answers_open_a_reset_in_this_browser_and_no_session(house: House) -> None:
    candidate, browser = await forgetful("zhangsan"), house.browser()
    assert 'href="/forgotten"' in (await browser.get("/")).text
    assert (await browser.get("/forgotten")).status == 200
    asked = await browser.post("/forgotten", document(candidate))
    assert "您小学的校名是什么？" in asked.text
    assert "您实习的第一个科室是什么？" in asked.text
    assert candidate.name not in asked.text
    assert (await browser.post("/forgotten/answers", {**document(candidate), **WRONG})).status == 422
    await answered(browser, candidate)
    assert (await browser.get("/my")).status != 200, "no session"
    assert await Session.all().count() == 0
    page = await browser.get("/reset")
    assert 'value="zhangsan"' in page.text
    assert "<password-ticks" in page.text
    assert (await house.browser().get("/reset")).leads_to == "/forgotten?notice=ended", "another browser"
    assert (await browser.post("/reset", new_password("kurz"))).status == 422
    done = await browser.post("/reset", new_password())
    assert (done.status, done.leads_to) == (303, "/?notice=recovered")
    assert "新密码已保存" in (await browser.get(done.leads_to)).text
    assert await signs_in(house, candidate, NEW_PASSWORD)
    again = await browser.post("/reset", new_password("Nochmal-1"))
    assert again.leads_to == "/forgotten?notice=ended"
    assert "过期或用完" in (await browser.get(again.leads_to)).text
    assert not await signs_in(house, candidate, "Nochmal-1")
    (event,) = await Event.filter(what="password.recovered")
    assert (event.facts, event.subject) == ({"way": "answers"}, f"candidate:{candidate.id}")
    failed = await Event.filter(what="recovery.failed", subject=f"candidate:{candidate.id}").count()
    assert failed == 1
    assert await all_breaks() == []


async def test_a_finished_reset_ends_whatever_else_was_open(house: House) -> None:
    candidate, address = await forgetful("zhangsan"), "198.51.100.7"
    signed_in, code = house.browser(), ""
    form = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
    assert (await signed_in.post("/", form)).leads_to == "/my"
    code = await handed_out(await house.signed_in_staff("guanli", "1201", Role.MANAGER), candidate)
    on_the_doorstep = await entered(house.browser(), candidate)
    elsewhere, here = house.browser(), house.browser(address)
    for browser in (elsewhere, here):
        await answered(browser, candidate)
    for _ in range(5):
        await here.post("/", {**form, "password": "vergessen1"})
    assert (await here.post("/", form)).status == 429
    assert (await here.post("/reset", new_password())).leads_to == "/?notice=recovered"
    assert (await signed_in.get("/my")).leads_to == "/?notice=ended"
    assert (await elsewhere.get("/reset")).leads_to == "/forgotten?notice=ended"
    assert (await on_the_doorstep.get("/enter/password")).leads_to == "/enter"
    used = await house.browser().post("/forgotten/code", {"name": "zhangsan", "code": code})
    assert used.status == 422
    counts = [
        await rows.filter(candidate_id=candidate.id).count() for rows in (Session, Entry, PasswordReset)
    ]
    assert counts == [0, 0, 0]
    told = await here.post("/", {**form, "password": NEW_PASSWORD})
    assert (told.status, told.leads_to) == (302, "/my"), "the tries in vain are forgotten here"


async def test_the_person_reads_of_it_once_and_finds_it_in_the_account(house: House) -> None:
    candidate, browser = await forgetful("zhangsan"), house.browser()
    await answered(browser, candidate)
    await browser.post("/reset", new_password())
    assert "重新设置" not in (await (await house.signed_in_candidate("lisi")).get("/my")).text
    await browser.post("/", {"user_name": "zhangsan", "password": NEW_PASSWORD})
    home = (await browser.get("/my")).text
    assert "回答了找回密码的问题" in home
    assert (await browser.post("/my/recovery/read")).leads_to == "/my"
    assert "回答了找回密码的问题" not in (await browser.get("/my")).text
    assert "回答了找回密码的问题" in (await browser.get("/account")).text
    await browser.post("/my/recovery/read")
    assert await Event.filter(what="password.recovery_read").count() == 1


@pytest.mark.parametrize("who", ["unknown", "not activated"])
async def test_nothing_tells_who_is_known_here(house: House, who: str) -> None:
    candidate = await forgetful("zhangsan")
    newcomer = await registered("lisi")
    number = newcomer.id_number if who == "not activated" else id_number(900)
    other = {"id_type": newcomer.id_type, "id_number": number}
    browser, numbers = house.browser(), (candidate.id_number, number)
    masks = [f"{one[:6]}********{one[-4:]}" for one in numbers]

    def told(page: Answer) -> str:
        words = re.sub(r'(<label class="field__label" for="answer_\d">)[^<]*', r"\1", page.text)
        for own in (*numbers, *masks):
            words = words.replace(own, "·")
        return re.sub(r"\d+月\d+日 [0-9:]+", "…", words)

    def questions(page: Answer) -> list[str]:
        return re.findall(r'<label class="field__label" for="answer_\d">([^<]*)', page.text)

    known, unknown = [await browser.post("/forgotten", form) for form in (document(candidate), other)]
    assert told(known) == told(unknown)
    assert known.status == unknown.status == 200
    assert len(questions(unknown)) == len(set(questions(unknown))) == 2
    again = await browser.post("/forgotten", {**other, "id_number": f" {number.lower()} "})
    assert questions(again) == questions(unknown), "always the same"
    for number_of_try in range(1, 7):
        pages = [
            await browser.post("/forgotten/answers", {**form, **WRONG})
            for form in (document(candidate), other)
        ]
        assert {page.status for page in pages} == {422 if number_of_try <= 5 else 429}
        assert told(pages[0]) == told(pages[1])
    assert await Event.filter(what="recovery.failed").count() == 10
    assert (await browser.post("/forgotten/answers", {**document(candidate), **RIGHT})).status == 429
    assert await signs_in(house, candidate, CANDIDATE_PASSWORD), "only the answers wait"


@sqlite_is_enough
async def test_known_and_unknown_cost_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    candidate, checked = await forgetful("zhangsan"), []

    async def counting(stored: str | None, secret: str) -> bool:
        checked.append(stored)
        return await secret_matches(stored, secret)

    monkeypatch.setattr("webapp.actions.check_answers.secret_matches", counting)
    stranger = {"id_type": candidate.id_type, "id_number": id_number(900)}
    for form in (stranger, document(candidate)):
        await house.browser().post("/forgotten/answers", {**form, **WRONG})
        await house.browser().post("/forgotten/answers", {**form, **RIGHT, "answer_1": "不是这个"})
    assert [stored is None for stored in checked] == [True] * 4 + [False] * 4, "two hashes each time"


@sqlite_is_enough
async def test_strangers_are_not_all_asked_the_same(house: House) -> None:
    browser, asked = house.browser(), set()
    for serial in range(900, 910):
        form = {"id_type": "居民身份证", "id_number": id_number(serial)}
        page = await browser.post("/forgotten", form)
        asked.add(tuple(re.findall(r'for="answer_\d">([^<]*)', page.text)))
    assert len(asked) > 3


@sqlite_is_enough
async def test_a_hospital_behind_one_address_is_not_held_up_by_one_persons_tries(house: House) -> None:
    one, other, browser = await forgetful("zhangsan"), await forgetful("lisi"), house.browser()
    for _ in range(30):
        await browser.post("/forgotten/answers", {**document(one), **WRONG})
    await answered(browser, other)


@sqlite_is_enough
async def test_a_number_is_found_however_it_is_typed_and_an_empty_one_is_asked_for(house: House) -> None:
    candidate, browser = await forgetful("zhangsan"), house.browser()
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in candidate.id_number)
    typed = {"id_type": candidate.id_type, "id_number": f" {wide[:6]} {wide[6:]}"}
    assert (await browser.post("/forgotten/answers", {**typed, **RIGHT})).leads_to == "/reset"
    for form in ({}, {"id_type": "x", "id_number": "1"}, {"id_type": candidate.id_type, "id_number": "　"}):
        page = await browser.post("/forgotten", form)
        assert page.status == 422
        assert "证件编号都要填写" in page.text
    long = {"id_type": candidate.id_type, "id_number": "9" * 9_000}
    assert (await browser.post("/forgotten", long)).status == 422


@pytest.mark.parametrize(("minutes", "holds"), [(9, True), (10, False)])
@sqlite_is_enough
async def test_a_reset_lasts_ten_minutes(house: House, minutes: int, holds: bool) -> None:
    browser = await answered(house.browser(), await forgetful("zhangsan"))
    await minutes_pass(minutes)
    assert (await browser.get("/reset")).status == (200 if holds else 303)
    done = await browser.post("/reset", new_password())
    assert done.leads_to == ("/?notice=recovered" if holds else "/forgotten?notice=ended")


@sqlite_is_enough
async def test_where_answers_are_switched_off_the_page_names_what_else_there_is(house: House) -> None:
    candidate, browser = await forgetful("zhangsan"), house.browser()
    opened = await answered(house.browser(), candidate)
    kept: Any = (await open_exam()).package.document["recovery"]
    await load_variant(recovery={**kept, "by_answers": False})
    page = (await browser.get("/forgotten")).text
    assert 'name="id_number"' not in page
    assert 'href="/forgotten/code"' in page
    for path in ("/forgotten", "/forgotten/answers"):
        answer = await browser.post(path, {**document(candidate), **RIGHT})
        assert answer.status == 404
        assert 'href="/forgotten/code"' in answer.text
    assert (await opened.post("/reset", new_password())).leads_to == "/forgotten?notice=ended"
    code = await handed_out(await house.signed_in_staff("guanli", "1201", Role.MANAGER), candidate)
    assert (await browser.post("/forgotten/code", {"name": "zhangsan", "code": code})).leads_to == "/reset"
    assert (await browser.post("/reset", new_password())).leads_to == "/?notice=recovered"


async def test_a_code_from_the_counter_opens_a_reset_once(house: House) -> None:
    candidate, manager = (
        await forgetful("zhangsan"),
        await house.signed_in_staff("guanli", "1201", Role.MANAGER),
    )
    address = f"/staff/cases/{await case_of(candidate)}"
    assert "找回密码的代码" in (await manager.get(address)).text
    for form in ({}, {**SEEN, "identified": ""}, {**SEEN, "document": ""}, {**SEEN, "document": "会员卡"}):
        assert (await manager.post(f"{address}/recovery-code", form)).status == 422
    page = await manager.post(f"{address}/recovery-code", SEEN)
    code = code_on(page)
    assert "/forgotten/code" in page.text
    assert code not in (await manager.get(address)).text, "shown once"
    (row,) = await RecoveryCode.all()
    assert re.fullmatch(r"[0-9a-f]{64}", row.code_hash)
    assert (row.document, row.until - row.issued_at > timedelta(hours=23)) == ("居民身份证", True)
    browser = house.browser()
    assert (await browser.get("/forgotten/code")).status == 200
    assert (await browser.post("/forgotten/code", {"name": "zhangsan"})).status == 422
    typed = {"name": " ZhangSan ", "code": code.lower().replace("-", " ")}
    assert (await browser.post("/forgotten/code", typed)).leads_to == "/reset"
    assert (await house.browser().post("/forgotten/code", typed)).status == 422, "one use"
    assert (await house.browser().get("/reset")).leads_to == "/forgotten?notice=ended", "another browser"
    assert (await browser.post("/reset", new_password())).leads_to == "/?notice=recovered"
    assert await signs_in(house, candidate, NEW_PASSWORD)
    (issued,) = await Event.filter(what="recovery.code_issued")
    assert (issued.facts, issued.subject) == ({"document": "居民身份证"}, f"candidate:{candidate.id}")
    told = " ".join(f"{event.what} {event.subject} {event.facts}" for event in await Event.all())
    assert not [word for word in (code, candidate.id_number, candidate.name, "示例路") if word in told]
    assert await all_breaks() == []


async def test_a_code_ends_with_time_with_five_wrong_ones_and_with_the_next_code(house: House) -> None:
    candidate, manager = (
        await forgetful("zhangsan"),
        await house.signed_in_staff("guanli", "12", Role.MANAGER),
    )
    browser, name = house.browser(), candidate.id_number

    async def opens(code: str) -> bool:
        return (await browser.post("/forgotten/code", {"name": name, "code": code})).leads_to == "/reset"

    first, second = await handed_out(manager, candidate), await handed_out(manager, candidate)
    assert not await opens(first), "a newer one voids it"
    assert await opens(second)
    late = await handed_out(manager, candidate)
    await minutes_pass(24 * 60)
    assert not await opens(late)
    in_time = await handed_out(manager, candidate)
    await minutes_pass(24 * 60 - 1)
    assert await opens(in_time)
    for wrong, holds in ((4, True), (5, False)):
        code = await handed_out(manager, candidate)
        for _ in range(wrong):
            assert not await opens("AAAA-BBBB-CCCC")
        assert await opens(code) is holds
    whys = [row.ended_why for row in await RecoveryCode.all().order_by("issued_at")]
    assert whys == ["replaced", "used", "replaced", "used", "used", "wrong"]


async def test_only_managers_of_the_site_or_above_hand_out_codes(house: House) -> None:
    candidate = await forgetful("zhangsan")
    address = f"/staff/cases/{await case_of(candidate)}/recovery-code"
    for name, office, role, status in (
        ("yiguan", "1201", Role.MANAGER, 200),
        ("quguan", "12", Role.MANAGER, 200),
        ("erguan", "1202", Role.MANAGER, 404),
        ("chayue", "1201", Role.AUDITOR, 403),
        ("shenhe", "1201", Role.REVIEWER, 403),
    ):
        assert (await (await house.signed_in_staff(name, office, role)).post(address, SEEN)).status == status
    assert (await house.browser().post(address, SEEN)).leads_to == "/staff/sign-in"
    assert (await (await house.signed_in_candidate("lisi")).post(address, SEEN)).status == 403
    assert await RecoveryCode.all().count() == 2
    reads = await house.signed_in_staff("chayue2", "1201", Role.AUDITOR)
    assert "recovery-code" not in (await reads.get(address.removesuffix("/recovery-code"))).text


async def test_whoever_has_not_activated_is_sent_to_the_registration_system(house: House) -> None:
    newcomer, manager = await registered("lisi"), await house.signed_in_staff("guanli", "1201", Role.MANAGER)
    address = f"/staff/cases/{await case_of(newcomer)}"
    page = (await manager.get(address)).text
    assert "还没有激活，没有密码可以重设" in page
    assert f"{address}/recovery-code" not in page
    assert (await manager.post(f"{address}/recovery-code", SEEN)).status == 409
    told = [
        await house.browser().post("/forgotten/code", {"name": name, "code": "AAAA-BBBB-CCCC"})
        for name in ("lisi", "niemand0")
    ]
    assert told[0].text.replace("lisi", "") == told[1].text.replace("niemand0", "")
    assert "没有激活的账号没有密码" in told[0].text
    assert await Event.filter(what="recovery.failed", subject="").count() == 2


@sqlite_is_enough
async def test_after_the_phase_has_closed_people_still_come_back_in(house: House) -> None:
    candidate, exam = await forgetful("zhangsan"), await open_exam()
    manager = await house.signed_in_staff("guanli", "1201", Role.MANAGER)
    await exam_time(exam.phase.bell + timedelta(days=30))
    browser = await answered(house.browser(), candidate)
    assert (await browser.post("/reset", new_password())).leads_to == "/?notice=recovered"
    code = await handed_out(manager, candidate)
    assert (await browser.post("/forgotten/code", {"name": "zhangsan", "code": code})).leads_to == "/reset"
    again = await entered(house.browser(), candidate)
    assert (await again.post("/enter/password", new_password("Noch-eins-1"))).leads_to == "/my"


@sqlite_is_enough
async def test_the_reset_is_a_cookie_that_no_script_reads_and_a_digest(house: House) -> None:
    candidate, browser = await forgetful("zhangsan"), house.browser()
    answer = await browser.post("/forgotten/answers", {**document(candidate), **RIGHT})
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("reset=")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"} <= set(cookie.split("; "))
    token, (row,) = cookie.split("=")[1].split(";")[0], await PasswordReset.all()
    assert token not in row.token_hash
    assert (await browser.get("/reset")).headers["Cache-Control"] == "no-store"
