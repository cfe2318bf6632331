"""What a browser holds for us: two cookies that no script reads, and addresses that lead nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quart import Quart, Response
from quart.testing.utils import sentinel

from tests.compiled_once import share_compiled
from tests.house import CANDIDATE_PASSWORD, ORIGIN, Answer, Browser, activated_candidate
from webapp.app import create_app
from webapp.guard.browser import same_site_path
from webapp.guard.rows import Session
from webapp.keyring import new_key_line
from webapp.settings import Settings

SAFE_ORIGIN = "https://exam.example"
FORM = {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD}
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def cookies(answer: Answer | Response) -> dict[str, Morsel[Any]]:
    """The cookies that an answer sets, by name."""
    found: dict[str, Morsel[Any]] = {}
    for line in answer.headers.getlist("Set-Cookie"):
        found |= SimpleCookie(line)
    return found


@pytest.fixture
async def https_app(settings: Settings) -> AsyncIterator[Quart]:
    """The application as people reach it over HTTPS."""
    made = share_compiled(create_app(replace(settings, origin=SAFE_ORIGIN, demo=False, movable_clock=False)))
    async with made.test_app():
        await activated_candidate("zhangsan")
        yield made


@either_will_do
async def test_over_https_both_cookies_are_bound_to_this_host(https_app: Quart) -> None:
    answer = await https_app.test_client().open(
        "/", method="POST", scheme="https", form=FORM, headers={"Origin": SAFE_ORIGIN}, json=sentinel
    )
    assert answer.headers["Location"] == "/my"
    found = cookies(answer)
    assert set(found) == {"__Host-sid", "__Host-known"}
    for cookie in found.values():
        assert cookie["secure"] is True
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert found["__Host-sid"]["max-age"] == found["__Host-sid"]["expires"] == "", "it goes with the browser"
    assert int(found["__Host-known"]["max-age"]) == 90 * 86_400


@either_will_do
async def test_on_this_machine_without_https_they_are_called_otherwise_and_are_as_closed(
    app_with_somebody: Quart,
) -> None:
    answer = await Browser(app_with_somebody).post("/", FORM)
    found = cookies(answer)
    assert set(found) == {"sid", "known"}
    for cookie in found.values():
        assert cookie["secure"] == ""
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"


@pytest.fixture
async def app_with_somebody(app: Quart) -> Quart:
    """The application with one candidate."""
    await activated_candidate("zhangsan")
    return app


@either_will_do
async def test_the_cookie_holds_a_signed_token_and_nobodys_name(app_with_somebody: Quart) -> None:
    answer = await Browser(app_with_somebody).post("/", FORM)
    (row,) = await Session.all()
    value = cookies(answer)["sid"].value
    assert "zhangsan" not in value
    assert row.token_hash not in value
    assert str(row.id) not in value
    for broken in (value[:-4], value + "x", value.replace(".", ":"), f"x{value}"):
        assert (await Browser(app_with_somebody).get("/my", Cookie=f"sid={broken}")).leads_to == "/"
    assert (await Browser(app_with_somebody).get("/my", Cookie=f"sid={value}")).status == 200


@either_will_do
async def test_a_new_key_on_the_ring_signs_nobody_out(settings: Settings) -> None:
    old, new = new_key_line(), new_key_line()
    before = share_compiled(create_app(replace(settings, keys=old)))
    async with before.test_app():
        await activated_candidate("zhangsan")
        value = cookies(await Browser(before).post("/", FORM))["sid"].value
    for keys, status in ((f"{new}\n{old}", 200), (new, 302)):
        after = share_compiled(create_app(replace(settings, keys=keys)))
        async with after.test_app():
            assert (await Browser(after).get("/my", Cookie=f"sid={value}")).status == status


@either_will_do
async def test_a_cookie_whose_session_has_ended_is_taken_away(app_with_somebody: Quart) -> None:
    browser = Browser(app_with_somebody)
    await browser.post("/", FORM)
    value = browser.cookie("sid")
    await browser.post("/sign-out")
    answer = await Browser(app_with_somebody).get("/my", Cookie=f"sid={value}")
    assert answer.leads_to == "/?notice=ended"
    assert cookies(answer)["sid"]["expires"] or cookies(answer)["sid"]["max-age"] == "0"


@either_will_do
async def test_somebody_elses_cookie_planted_before_signing_in_dies_with_it(app_with_somebody: Quart) -> None:
    """Session fixation: whoever planted the cookie does not share the session that follows."""
    await activated_candidate("lisi")
    attacker, victim = Browser(app_with_somebody), Browser(app_with_somebody)
    await attacker.post("/", {**FORM, "user_name": "lisi"})
    planted = attacker.cookie("sid")
    answer = await victim.post("/", FORM, Cookie=f"sid={planted}")
    assert answer.leads_to == "/my"
    assert cookies(answer)["sid"].value != planted
    assert (await attacker.get("/my")).leads_to == "/?notice=ended"


INSIDE = [
    "/",
    "/my",
    "/my/materials/ID?slot=front",
    "/help#2",
    "/a//b",
    "/.//b",
    "/帮助",
    "/a b",
    "/?u=//evil.example",
]
OUTSIDE = [
    "",
    "my",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\t\\evil.example",
    "/a\r\nSet-Cookie: sid=x",
    "/\0",
    "/\x0b/evil.example",
]


@pytest.mark.parametrize("asked", INSIDE)
def test_a_path_on_this_site_is_kept(asked: str) -> None:
    assert same_site_path(asked) == asked


@pytest.mark.parametrize("asked", OUTSIDE)
def test_anything_else_leads_to_the_front_door(asked: str) -> None:
    assert same_site_path(asked) == "/"


def as_browsers_read(location: str) -> str:
    """The host that a browser goes to (WHATWG URL: tabs and line ends vanish, a backslash is a slash)."""
    plain = location.strip("".join(map(chr, range(33))))
    plain = "".join(c for c in plain if c not in "\t\r\n").replace("\\", "/")
    return urlsplit(urljoin(f"{ORIGIN}/account", plain)).netloc


@given(
    st.text() | st.lists(st.sampled_from(["/", "\\", "\t", "\n", ".", " ", ":", "evil.example"])).map("".join)
)
def test_no_text_at_all_leads_to_another_host(asked: str) -> None:
    assert as_browsers_read(same_site_path(asked)) == urlsplit(ORIGIN).netloc


def test_the_browsers_reading_would_notice() -> None:
    for asked in ("//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example"):
        assert as_browsers_read(asked) == "evil.example"
