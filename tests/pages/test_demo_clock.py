"""The demo's bar moves the exam's clock and nothing else, and exists in a demo alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.house import ORIGIN, Browser, House
from webapp.app import create_app
from webapp.clock import exam_now, exam_offset, now
from webapp.records import Event
from webapp.records.reading.exams import open_exam
from webapp.rules.windows import WindowState
from webapp.settings import Settings

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEAR = timedelta(seconds=20)


async def moved(browser: Browser, move: str, back: str = "/") -> tuple[int, str]:
    """Status and address after a tap on the bar."""
    answer = await browser.post("/demo/clock", {"move": move, "back": back})
    return answer.status, answer.leads_to


async def test_an_hour_and_a_day_add_up_and_back_is_back(house: House) -> None:
    browser = house.browser()
    for move, expected in (
        ("hour", timedelta(hours=1)),
        ("day", timedelta(hours=25)),
        ("hour", timedelta(hours=26)),
        ("back", timedelta(0)),
    ):
        assert await moved(browser, move) == (303, "/")
        assert await exam_offset() == expected


async def test_to_the_bell_is_past_the_bell_and_a_minute_before_it_is_not(house: House) -> None:
    window = (await open_exam()).window
    for _ in range(4):
        await moved(house.browser(), "to_minute_before_bell")
        assert timedelta(seconds=30) < window.bell - await exam_now() <= timedelta(minutes=1)
        assert window.state_at(await exam_now()) is WindowState.OPEN
        await moved(house.browser(), "to_bell")
        assert window.state_at(await exam_now()) is WindowState.CLOSED
        assert await exam_now() - window.bell < NEAR


async def test_pages_follow_the_exams_clock_and_sessions_do_not(house: House) -> None:
    candidate = await house.signed_in_candidate("zhangsan")
    before = (await candidate.get("/my")).text
    await moved(candidate, "day")
    await moved(candidate, "to_bell")
    after = await candidate.get("/my")
    assert after.status == 200, "signed in as before, days later"
    assert "上传已经截止" in after.text
    assert "上传已经截止" not in before
    assert abs(now() - (await Event.all().order_by("-id").limit(1))[0].at) < NEAR


async def test_who_moved_it_is_written_down(house: House) -> None:
    candidate = await house.signed_in_candidate("zhangsan")
    await moved(candidate, "day")
    await moved(house.browser(), "back")
    by_candidate, by_nobody = (await Event.filter(what="exam.clock_moved").order_by("sequence"))[-2:]
    assert by_candidate.actor.startswith("candidate:")
    assert by_nobody.actor == "nobody"


async def test_an_unknown_move_is_refused_and_moves_nothing(house: House) -> None:
    browser = house.browser()
    await moved(browser, "hour")
    for move in ("", "year", "HOUR", "hour "):
        answer = await browser.post("/demo/clock", {"move": move, "back": "/"})
        assert answer.status == 422
    assert await exam_offset() == timedelta(hours=1)


async def test_the_bar_leads_back_to_the_page_it_stood_on_and_nowhere_else(house: House) -> None:
    browser = house.browser()
    assert await moved(browser, "back", "/help?x=1") == (303, "/help?x=1")
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "", "help"):
        assert await moved(browser, "back", back) == (303, "/")


async def test_another_sites_page_cannot_move_it(house: House) -> None:
    answer = await house.browser().post("/demo/clock", {"move": "day"}, Origin="https://evil.example")
    assert answer.status == 403
    assert await exam_offset() == timedelta(0)


async def test_outside_a_demo_there_is_no_bar_and_no_address(settings: Settings) -> None:
    for demo, status, shown in ((True, 303, True), (False, 404, False)):
        app = create_app(replace(settings, demo=demo))
        async with app.test_app():
            browser = Browser(app)
            answer = await browser.post("/demo/clock", {"move": "back", "back": "/"}, Origin=ORIGIN)
            assert answer.status == status
            assert ("/demo/clock" in (await browser.get("/")).text) is shown
