"""The words in Traditional Chinese and English: complete, in their own script, and really shown."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Message
from quart import Quart

from tests.house import House
from tools.catalogues import LANGUAGES, catalogue, superfluous, untranslated
from webapp.pages.words import refusal
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")
HAN = re.compile(r"[㐀-鿿]")
CHINESE = re.compile(r"[㐀-鿿　-〿＀-￯]")
LANGUAGE_FORM = re.compile(r'<form class="languages.*?</form>', re.DOTALL)
# Simplified words made of characters that Traditional Chinese uses too, in another meaning.
TWO_FACED = re.compile("么|几|后|里|准确")
PUBLIC = ("/", "/staff/sign-in", "/staff/enrol", "/help", "/no-such-page")
FORMS = {"zh-Hant": 1, "en": 2}


def messages(language: str) -> list[Message]:
    """All entries of a catalogue."""
    return [message for message in catalogue(language) if message.id]


def forms(said: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The one form of a message, or its plural's."""
    return [said] if isinstance(said, str) else list(said or ())


def places(words: str) -> list[str]:
    """What a sentence leaves open, such as %(count)s or {hours}."""
    return sorted(PLACE.findall(words))


def only_simplified(words: str) -> list[str]:
    """Characters that no Traditional text has: outside Big5's 5,401 frequent ones (rows A4 to C6), or two-faced."""
    rare = [
        sign for sign in HAN.findall(words) if not b"\xa4" <= sign.encode("big5", "replace")[:1] <= b"\xc6"
    ]
    return rare + TWO_FACED.findall(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_said_and_nothing_else(language: str) -> None:
    assert len(messages(language)) > 200
    assert untranslated(language) == []
    assert superfluous(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_the_same_open_places_in_every_language(language: str) -> None:
    assert places("%(a)s {b} %(a)s") == ["%(a)s", "%(a)s", "{b}"]
    wrong = [
        said
        for message in messages(language)
        for said in forms(message.string)
        if places(said) != places(forms(message.id)[0])
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_percent_sign_stands_only_in_open_places(language: str) -> None:
    said = [PLACE.sub("", said) for message in messages(language) for said in forms(message.string)]
    assert [words for words in said if "%" in words or "{" in words] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_thing_has_the_forms_of_its_language(language: str) -> None:
    counted = [message for message in messages(language) if message.pluralizable]
    assert counted
    for message in counted:
        assert len(forms(message.string)) == FORMS[language], message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_marked_as_doubtful(language: str) -> None:
    assert [message.id for message in messages(language) if message.fuzzy] == [], "such entries are not shown"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_shouted(language: str) -> None:
    said = [said for message in messages(language) for said in forms(message.string)]
    assert [words for words in said if re.search("[!！]", words)] == []


def test_traditional_chinese_has_no_simplified_characters() -> None:
    assert only_simplified("登录以后") == ["录", "后"]
    assert only_simplified("登入以後") == []
    wrong = {
        said: found
        for message in messages("zh-Hant")
        for said in forms(message.string)
        if (found := only_simplified(said))
    }
    assert wrong == {}


def test_english_has_neither_chinese_characters_nor_chinese_punctuation() -> None:
    assert CHINESE.findall("Sign in，登录") == ["，", "登", "录"]
    said = [said for message in messages("en") for said in forms(message.string)]
    assert [words for words in said if CHINESE.search(words)] == []


async def test_the_front_door_speaks_the_language_that_the_browser_asks_for(house: House) -> None:
    for asked, language, shown in (
        ("zh-CN,zh;q=0.9", "zh-Hans", "用报名系统的用户名登录"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant", "用報名系統的用戶名登入"),
        ("zh-HK", "zh-Hant", "用報名系統的用戶名登入"),
        ("en-GB,en;q=0.9", "en", "Sign in with your user name in the registration system"),
        ("fr,en;q=0.5", "en", "Sign in with your user name in the registration system"),
        ("fr", "zh-Hans", "用报名系统的用户名登录"),
    ):
        page = await house.browser().get("/", Accept_Language=asked)
        assert page.status == 200
        assert f'<html lang="{language}">' in page.text, asked
        assert shown in page.text, asked


async def test_public_pages_in_english_have_no_chinese_beside_the_names_of_languages(house: House) -> None:
    for path in PUBLIC:
        page = await house.browser().get(path, Accept_Language="en")
        assert HAN.search(page.text), "the languages are named in themselves"
        assert CHINESE.findall(LANGUAGE_FORM.sub("", page.text)) == [], path


async def test_public_pages_in_traditional_chinese_have_no_simplified_characters(house: House) -> None:
    for path in PUBLIC:
        page = await house.browser().get(path, Accept_Language="zh-Hant")
        assert only_simplified(page.text), "the languages are named in themselves"
        assert only_simplified(LANGUAGE_FORM.sub("", page.text)) == [], path


async def test_a_chosen_language_counts_more_than_the_browsers(house: House) -> None:
    browser = house.browser()
    await browser.post("/language", {"language": "zh-Hant", "back": "/"})
    assert '<html lang="zh-Hant">' in (await browser.get("/", Accept_Language="en")).text


async def test_one_and_several_are_counted_as_each_language_counts(house: House) -> None:
    manager = await house.signed_in_staff("guanli", "12", Role.MANAGER)
    shown = {
        "en": ("1 person", "2 people"),
        "zh-Hant": ("共 1 人", "共 2 人"),
        "zh-Hans": ("共 1 人", "共 2 人"),
    }
    for language, (one, _) in shown.items():
        assert one in (await manager.get("/staff/people", Accept_Language=language)).text
    await house.staff("shenhe", "1201", Role.REVIEWER)
    for language, (_, several) in shown.items():
        assert several in (await manager.get("/staff/people", Accept_Language=language)).text


@pytest.mark.parametrize(
    ("language", "seconds", "sentence"),
    [
        ("en", 40, "Too many attempts. You can try again in 40 s."),
        ("en", 600, "Too many attempts. You can try again in 10 min."),
        ("zh-Hant", 600, "試的次數太多，請等 10 分鐘再試。"),
    ],
)
async def test_a_joined_sentence_keeps_its_spaces(language: str, seconds: int, sentence: str) -> None:
    async with Quart(__name__).test_request_context("/", headers={"Accept-Language": language}):
        assert refusal(Refused("tries.wait", seconds=seconds)) == (429, sentence)
