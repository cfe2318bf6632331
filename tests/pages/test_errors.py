"""Every problem has its status, its own sentence in the reader's language, and a way out."""

from __future__ import annotations

import json
import re

import pytest

from tests.house import House
from webapp.database import transaction
from webapp.records import Exam
from webapp.rules.roles import Role

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JSON = "application/json"
EVIL = "https://evil.example"


async def broken(*_given: object, **_named: object) -> None:
    """Stands in for something that fails."""
    raise LookupError("user zhangsan, 990101199502030017")


async def test_a_page_that_is_not_there(house: House) -> None:
    for path in ("/nowhere", "/my/", "/help/nowhere", "/attachments/nowhere.pdf", "/static/0/x.js"):
        answer = await house.browser().get(path)
        assert answer.status == 404, path
        assert "没有找到这一页" in answer.text
        assert 'href="/"' in answer.text
        assert "代码 404" in answer.text


async def test_an_address_that_is_used_the_wrong_way_says_which_ways_are_right(house: House) -> None:
    answer = await house.browser().get("/sign-out")
    assert answer.status == 405
    assert "这个地址不能这样使用" in answer.text
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    posted = await house.browser().post("/help")
    assert posted.status == 405
    assert "GET" in posted.headers["Allow"]


async def test_too_many_requests_say_how_long_to_wait(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    for _ in range(60):
        assert (await browser.post("/language", {"back": "/"})).status == 303
    answer = await browser.post("/language", {"back": "/"})
    assert answer.status == 429
    assert "操作得太快了" in answer.text
    assert f"{answer.headers['Retry-After']} 秒后再试" in answer.text
    assert 'href="/my"' in answer.text, "back to the own first page"


async def test_a_failure_has_a_number_to_tell_and_nothing_of_what_failed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.pages.doorway.sign_in_candidate", broken)
    form = {"user_name": "zhangsan", "password": "Yishi-8899"}
    first, second = [await house.browser().post("/", form) for _ in range(2)]
    for answer in (first, second):
        assert answer.status == 500
        assert "这一步没有完成" in answer.text
        assert "990101199502030017" not in answer.text
        assert "LookupError" not in answer.text
        assert "Yishi-8899" not in answer.text
    numbers = [re.search(r"编号 ([0-9a-f]{8})", answer.text) for answer in (first, second)]
    assert numbers[0] is not None
    assert numbers[1] is not None
    assert numbers[0][1] != numbers[1][1]


async def test_without_an_open_exam_people_are_told_in_plain_words_to_come_back(house: House) -> None:
    assert (await house.browser().get("/")).status == 200

    @transaction
    async def close() -> None:
        await Exam.all().update(open_to_candidates=False)

    await close()
    for path in ("/", "/help", "/nowhere"):
        answer = await house.browser().get(path)
        assert answer.status == 503, path
        assert "暂时不能提供服务" in answer.text
    assert (await house.browser().get("/healthz")).status == 200


async def test_a_database_that_does_not_answer_is_told_in_plain_words(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    for place in ("webapp.guard.browser.find_session", "webapp.pages.chrome.open_exam"):
        monkeypatch.setattr(place, broken)
    answer = await browser.get("/my")
    assert answer.status == 503
    assert "已经保存的内容没有变化" in answer.text
    assert "990101199502030017" not in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-Hans", "没有找到这一页"), ("zh-Hant", "沒有找到這一頁"), ("en", "This page was not found")],
)
async def test_a_problem_is_told_in_the_readers_language(house: House, language: str, words: str) -> None:
    asked = await house.browser().get("/nowhere", Accept_Language=language)
    chosen = await house.browser().get("/nowhere", Cookie=f"language={language}")
    for answer in (asked, chosen):
        assert answer.status == 404
        assert words in answer.text
        assert f'lang="{language}"' in answer.text
        assert 'href="/"' in answer.text


async def told(house: House, method: str, path: str, **headers: str) -> tuple[int, dict[str, str]]:
    """Status and problem as a program gets them."""
    browser = house.browser()
    answer = await (browser.get(path, **headers) if method == "GET" else browser.post(path, {}, **headers))
    assert answer.headers["Content-Type"] == JSON
    found = json.loads(answer.text)
    assert set(found) == {"error"}
    assert set(found["error"]) == {"code", "sentence", "reference"}
    return answer.status, found["error"]


async def test_a_program_gets_the_same_as_json(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for method, path, status, code in (
        ("GET", "/nowhere", 404, "http.404"),
        ("GET", "/sign-out", 405, "http.405"),
        ("GET", "/my", 401, "sign_in.needed"),
        ("POST", "/demo/clock", 422, "clock.unknown_move"),
    ):
        found, error = await told(house, method, path, Accept=JSON)
        assert (found, error["code"]) == (status, code)
        assert error["sentence"]
    status, error = await told(house, "POST", "/", Accept=JSON, Origin=EVIL)
    assert (status, error["code"]) == (403, "origin.foreign")
    monkeypatch.setattr("webapp.pages.help_pages.exam_shown", broken)
    status, error = await told(house, "GET", "/help", Accept=JSON)
    assert (status, error["code"], len(error["reference"])) == (500, "http.500", 8)


async def test_a_programs_address_needs_no_accept_header(house: House) -> None:
    status, error = await told(house, "GET", "/api/v1/nowhere")
    assert (status, error["code"]) == (404, "http.404")


@pytest.mark.parametrize(
    "accept",
    [
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        "text/html, application/json;q=0.9",
        "*/*",
        "",
        "nonsense",
    ],
)
async def test_a_browser_gets_a_page(house: House, accept: str) -> None:
    answer = await house.browser().get("/nowhere", Accept=accept)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert (await house.browser().get("/nowhere", Accept=f"{JSON}, text/plain, */*")).text.startswith("{")


async def test_nothing_that_somebody_writes_into_an_address_is_our_failure(house: House) -> None:
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    await _no_failures(manager.get, [
        "/staff/events?before=0",
        "/staff/events?before=-1",
        "/staff/events?before=x",
        f"/staff/events?before={10**30}",
        f"/staff/events?before={-(10**30)}",
        f"/staff/events?before={2**63}",
        "/staff/events?before=%00",
        "/staff/people/00000000-0000-0000-0000-00000000000g/disable",
        "/help/%00",
        "/help/..%2f..%2fexam.toml",
        "/help/%2e%2e/exam",
        "/attachments/..%2fexam.pdf",
        "/attachments/.pdf",
        "/static/%00/%00",
        f"/nowhere/{'x' * 4000}",
        "/?notice=%ff",
        "/account?saved=%00",
    ])  # fmt: skip


async def _no_failures(get: object, paths: list[str]) -> None:
    assert callable(get)
    statuses = {path[:60]: (await get(path)).status for path in paths}
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert set(statuses.values()) <= {200, 302, 404, 405}
