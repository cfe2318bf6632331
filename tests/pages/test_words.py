"""Every refusal and every event that the code can give has its words, and none stands here in vain."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from quart import Quart

from webapp.pages.errors import PROBLEMS
from webapp.pages.staff.events import NAMELESS, WHAT
from webapp.pages.words import REFUSALS, full_moment_words, moment_words, refusal, wait_words
from webapp.photos import refusals as photos
from webapp.rules.changing import Why
from webapp.rules.imports import ImportState
from webapp.rules.places import Move
from webapp.rules.refusals import Refused
from webapp.sheets import refusals as sheets

WEBAPP = Path(__file__).parents[2] / "webapp"
GAP = re.compile(r"%\((\w+)\)s")
BELL = datetime(2020, 5, 6, 16, tzinfo=UTC)
CHINA = "Asia/Shanghai"
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Where, and how, something of that name is called anywhere in the product."""
    for path in sorted(WEBAPP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called == name:
                    yield f"{path.relative_to(WEBAPP)}:{node.lineno}", node


def returned_words(path: str, function: str) -> set[str]:
    """The texts that a function returns, as they stand in it."""
    tree = ast.parse((WEBAPP / path).read_text())
    (found,) = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function]
    values = [node.value for node in ast.walk(found) if isinstance(node, ast.Return)]
    return {v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)}


def codes_of(call: ast.Call, where: str) -> set[str]:
    """The codes that one ``Refused(…)`` can have."""
    code = call.args[0]
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        return {code.value}
    assert isinstance(code, ast.JoinedStr), f"{where}: a code that cannot be read off"
    prefix = code.values[0]
    assert isinstance(prefix, ast.Constant)
    assert prefix.value in ENDINGS, f"{where}: only these are named by what broke"
    return {f"{prefix.value!s}{ending}" for ending in ENDINGS[prefix.value]()}


ENDINGS: dict[object, Callable[[], set[str]]] = {
    "password.": lambda: returned_words("rules/passwords.py", "password_problem"),
    "recovery.": lambda: (
        returned_words("rules/recovery.py", "question_problem")
        | returned_words("rules/recovery.py", "answer_problem")
    ),
    "photo.": lambda: set(photos.REFUSALS),
    "locked.": lambda: {why.value for why in Why},
    "sheet.": lambda: {why.value for why in sheets.Why},
    "import.": lambda: {state.value for state in ImportState},
}
"""What can stand behind a refusal's first word where it is named by what broke."""


SEEN = {"width", "height", "limit", "most", "line", "rows", "sheets", "columns"}
"""What judging a photo and reading a table hand on with their reasons, under ``**``."""


RULES = {
    "rules/leases.py": ("claim_refusals",),
    "rules/verdicts.py": ("problems",),
    "rules/announcements.py": ("announcing_refusals",),
    "rules/publishing.py": ("approving_refusals", "voided", "publishing_refusals", "correcting_refusals"),
    "rules/stages.py": ("_choose",),
}
"""Rules that give their refusals as codes, of which the first is raised."""
CODE = re.compile(r"[a-z_]+\.[a-z_]+")


def given_by_rules() -> set[str]:
    """All codes that stand in these functions, and those of the table's conditions."""
    conditions = {call.args[0] for _where, call in calls("_condition")}
    found = {code.value for code in conditions if isinstance(code, ast.Constant)}
    for path, functions in RULES.items():
        for node in ast.walk(ast.parse((WEBAPP / path).read_text())):
            if isinstance(node, ast.FunctionDef) and node.name in functions:
                found |= {
                    one.value
                    for one in ast.walk(node)
                    if isinstance(one, ast.Constant) and CODE.fullmatch(str(one.value))
                }
    return {str(code) for code in found}


def raised() -> dict[str, list[tuple[str, set[str]]]]:
    """Each code with the places where it is given, and the facts that go with it there."""
    found: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for code in given_by_rules():
        found[code].append(("rules", set()))
    for where, call in calls("Refused"):
        if where.startswith("rules/refusals.py"):
            continue
        facts = {keyword.arg for keyword in call.keywords if keyword.arg}
        if any(keyword.arg is None for keyword in call.keywords):
            facts |= SEEN
        for code in codes_of(call, where):
            found[code].append((where, facts))
    return found


def test_every_refusal_that_is_given_anywhere_has_a_sentence_and_none_is_superfluous() -> None:
    given = raised()
    assert {"sign_in.wrong", "password.common", "tries.wait", "origin.foreign"} <= set(given)
    assert set(given) - set(REFUSALS) == set(), "given, but without a sentence"
    assert set(REFUSALS) - set(given) == set(), "a sentence that nobody can get"


def test_whoever_refuses_gives_the_facts_that_the_sentence_needs() -> None:
    lacking = [
        (where, code, gap)
        for code, places in raised().items()
        for where, facts in places
        for gap in GAP.findall(REFUSALS[code][1])
        if gap not in facts | ({"wait"} if "seconds" in facts else set())
    ]
    assert lacking == []


def test_refusals_have_a_clients_status_or_say_come_back_later() -> None:
    clients = {403, 404, 408, 409, 410, 413, 415, 422, 423, 429}
    assert {status for status, _sentence in REFUSALS.values()} <= {*clients, 503}


def test_every_status_that_the_product_gives_has_words_of_its_own() -> None:
    assert {400, 403, 404, 405, 408, 413, 415, 429, 500, 503} <= set(PROBLEMS)
    titles = [title for title, _sentence in PROBLEMS.values()]
    sentences = [sentence for _title, sentence in PROBLEMS.values()]
    assert len(set(titles)) == len(set(sentences)) == len(PROBLEMS)


def test_the_tone_is_plain_and_polite() -> None:
    said = [sentence for _status, sentence in REFUSALS.values()]
    said += [words for problem in PROBLEMS.values() for words in problem]
    for words in said:
        assert not re.search("！|!|操作失败|系统错误|错误代码|非法", words), words
        assert words.count("请") <= 1, words
        assert not re.search(r"[\u4e00-\u9fff]\d|\d[\u4e00-\u9fff]", words), (
            f"{words}: a space beside figures"
        )
    for sentence in said[: len(REFUSALS)]:
        assert sentence.endswith("。"), sentence


def test_every_event_that_is_recorded_has_words_and_none_is_superfluous() -> None:
    kinds = set()
    actors = set()
    for where, call in [*calls("record"), *calls("write_and_record")]:
        if where.startswith("actions/recording.py"):
            continue  # the one writes through the other
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        what = given["what"]
        if where.startswith("actions/moving.py"):
            kinds |= {f"case.{move.value}" for move in Move}
            continue
        assert isinstance(what, ast.Constant), where
        assert isinstance(what.value, str), where
        kinds.add(what.value)
        if isinstance(given["actor"], ast.Constant):
            actors.add(given["actor"].value)
    assert kinds == set(WHAT)
    assert actors <= set(NAMELESS)


@either_will_do
async def test_a_refusal_is_told_in_the_readers_language_with_its_facts(app: Quart) -> None:
    refused = Refused("staff.user_name_length", least=3, most=64)
    said = {}
    for language in ("zh-Hans", "zh-Hant", "en"):
        async with app.test_request_context("/", headers={"Accept-Language": language}):
            status, said[language] = refusal(refused)
            assert status == 422
            assert "3" in said[language]
            assert "64" in said[language]
            assert "%(" not in said[language]
            assert "120" not in refusal(Refused("tries.wait", seconds=120))[1], "people are told minutes"
    assert len(set(said.values())) == 3


@either_will_do
async def test_what_somebody_typed_is_shown_as_typed(app: Quart) -> None:
    async with app.test_request_context("/"):
        typed = "50%(x)s<b>"
        assert typed in refusal(Refused("staff.user_name_taken", user_name=typed))[1]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, " 1 秒"),
        (30, " 30 秒"),
        (89, " 89 秒"),
        (90, " 2 分钟"),
        (120, " 2 分钟"),
        (121, " 3 分钟"),
        (900, " 15 分钟"),
    ],
)
def test_a_wait_is_never_said_shorter_than_it_is(seconds: int, said: str) -> None:
    assert wait_words(seconds) == said


@either_will_do
async def test_a_moment_is_said_as_people_say_it(app: Quart) -> None:
    for language, bell in (("zh-Hans", "5月6日 24:00"), ("zh-Hant", "5月6日 24:00"), ("en", "6 May 24:00")):
        async with app.test_request_context("/", headers={"Accept-Language": language}):
            assert moment_words(BELL, CHINA, ends=True) == bell
            assert moment_words(BELL, CHINA) == bell.replace("6", "7").replace("24:", "00:")


def test_for_records_a_moment_has_year_and_seconds() -> None:
    moment = datetime(2020, 5, 3, 13, 14, 7, 900_000, tzinfo=UTC)
    assert full_moment_words(moment, CHINA) == "2020-05-03 21:14:07"
    assert full_moment_words(moment, "Asia/Kathmandu") == "2020-05-03 18:59:07"
