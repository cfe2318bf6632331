"""Which language a page speaks: the one that was chosen here, else what the browser asks for, else Chinese."""

from __future__ import annotations

import re

import pytest
from quart import Quart

from tests.house import House
from webapp.pages.language import (
    COOKIE,
    DEFAULT,
    LANGUAGES,
    LOCALES,
    _,
    current_language,
    later,
    translate,
    translate_plural,
)
from webapp.rules import words

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SIGN_IN = {"zh-Hans": "用户名", "zh-Hant": "用戶名", "en": "User name"}


async def spoken(app: Quart, accept: str = "", cookie: str = "") -> str:
    """The language for a request with these headers."""
    headers = {"Accept-Language": accept} if accept else {}
    if cookie:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    async with app.test_request_context("/", headers=headers):
        return current_language()


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hans-CN", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("zh-TW,zh;q=0.9", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-MO", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-Hans-TW,zh-TW;q=0.9", "zh-Hans"),
        ("ZH-tw", "zh-Hant"),
        ("en-GB,en;q=0.9", "en"),
        ("en", "en"),
        ("en;q=0.5,zh-TW;q=0.9", "zh-Hant"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "en"),
        ("fr,de", "zh-Hans"),
        ("en;q=0", "zh-Hans"),
        ("fr,zh-TW;q=0,en;q=0.1", "en"),
        ("*", "zh-Hans"),
        ("x;q=y,,;", "zh-Hans"),
    ],
)
async def test_a_browser_is_answered_in_the_best_of_our_languages(
    app: Quart, accept: str, language: str
) -> None:
    assert await spoken(app, accept) == language


@pytest.mark.parametrize("chosen", [code for code, _name in LANGUAGES])
async def test_what_was_chosen_here_stands_above_what_the_browser_asks_for(app: Quart, chosen: str) -> None:
    for accept in ("zh-CN", "zh-TW", "en"):
        assert await spoken(app, accept, chosen) == chosen
    assert await spoken(app, "en", "fr") == "en", "an invented choice is none"
    assert await spoken(app, "en", "../en") == "en"


async def test_each_language_has_pages_of_its_own(house: House) -> None:
    pages = {code: (await house.browser().get("/", Accept_Language=code)).text for code, _name in LANGUAGES}
    for code, page in pages.items():
        assert f'<html lang="{code}"' in page
        assert SIGN_IN[code] in page
    assert len(set(pages.values())) == 3
    assert not re.search(r"用户名", pages["zh-Hant"])


async def test_a_choice_is_remembered_in_this_browser_and_leads_back(house: House) -> None:
    browser = house.browser()
    answer = await browser.post("/language", {"language": "en", "back": "/help?x=1"})
    assert (answer.status, answer.leads_to) == (303, "/help?x=1")
    assert browser.cookie(COOKIE) == "en"
    assert "Path=/" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert 'lang="en"' in (await browser.get("/")).text
    assert 'lang="zh-Hans"' in (await house.browser().get("/")).text
    await browser.post("/language", {"language": "zh-Hans", "back": "/"})
    assert 'lang="zh-Hans"' in (await browser.get("/")).text


@pytest.mark.parametrize("language", ["fr", "", "zh-hans", "en\r\nX: y", "../../en"])
async def test_a_language_that_we_do_not_speak_is_not_remembered(house: House, language: str) -> None:
    browser = house.browser()
    answer = await browser.post("/language", {"language": language, "back": "/help"})
    assert answer.leads_to == "/help"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "",
        "my",
    ],
)
async def test_the_way_back_never_leads_to_another_site(house: House, back: str) -> None:
    answer = await house.browser().post("/language", {"language": "en", "back": back})
    assert (answer.status, answer.leads_to) == (303, "/")
    assert (await house.browser().post("/language", {"language": "en"})).leads_to == "/"


async def test_words_with_places_are_filled_in_the_readers_language(app: Quart) -> None:
    async with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert _("密码至少 %(least)s 位。", least=8) == translate("密码至少 %(least)s 位。") % {"least": 8}
        assert "8" in _("密码至少 %(least)s 位。", least=8)
        assert _("没有这句话") == "没有这句话", "words that no catalogue has stand as they are"
        assert _("100%") == "100%", "without places a percent sign is one"
        assert translate_plural("没有这句话", "没有这些话", 2) == "没有这些话"
    async with app.test_request_context("/"):
        assert _("密码至少 %(least)s 位。", least=8) == "密码至少 8 位。"


async def test_outside_a_request_everything_is_simplified_chinese(app: Quart) -> None:
    assert current_language() == DEFAULT
    assert translate("用户名") == later("用户名") == "用户名"


async def test_the_pages_and_the_exams_data_have_the_same_languages(app: Quart) -> None:
    assert tuple(code for code, _name in LANGUAGES) == words.LANGUAGES
    assert set(LOCALES) == set(words.LANGUAGES)
    assert words.LANGUAGES[0] == DEFAULT
