"""What every reply says to the browser, whatever kind of reply it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from quart import Quart, Response
from quart.testing.utils import sentinel

from tests.compiled_once import share_compiled
from tests.house import ORIGIN, Answer, House
from webapp.app import create_app
from webapp.guard.headers import FILE_POLICY, PAGE_POLICY, put_headers
from webapp.pages.static_files import asset
from webapp.settings import Settings

SAFE_ORIGIN = "https://exam.example"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# Method, address, headers, body type and the status that shows which kind of reply it is.
REPLIES = [
    ("GET", "/", {}, 200),
    ("HEAD", "/", {}, 200),
    ("OPTIONS", "/", {}, 200),
    ("GET", "/help", {}, 200),
    ("GET", "/help/entering", {}, 200),
    ("GET", "/attachments/1-materials.pdf", {}, 200),
    ("GET", "/my", {}, 302),
    ("GET", "/my", {"Accept": "application/json"}, 401),
    ("POST", "/", {"Origin": "https://evil.example"}, 403),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/nowhere", {"Accept": "application/json"}, 404),
    ("GET", "/static/0/none.js", {}, 404),
    ("GET", "/sign-out", {}, 405),
    ("POST", "/", {}, 415),
    ("GET", "/healthz", {}, 200),
    ("GET", "/readyz", {}, 200),
    ("GET", asset("css/doorway.css"), {}, 200),
    ("GET", asset("js/doorway.js"), {}, 200),
    ("GET", asset("favicon.svg"), {}, 200),
]


async def reply(app: Quart, method: str, path: str, headers: dict[str, str]) -> Response:
    """One reply; a request of our own unless ``headers`` say otherwise."""
    origin = app.config["SETTINGS"].origin
    return await app.test_client().open(
        path, method=method, headers={"Origin": origin, **headers}, json=sentinel
    )


WALLS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def walls(answer: Response | Answer) -> dict[str, str | None]:
    """Which walls stand on a reply."""
    return {name: answer.headers.get(name) for name in WALLS}


def policy_of(response: Response) -> dict[str, list[str]]:
    """The content policy by directive."""
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.fixture
async def https_app(settings: Settings) -> AsyncIterator[Quart]:
    """The application as people reach it over HTTPS."""
    made = share_compiled(create_app(replace(settings, origin=SAFE_ORIGIN, demo=False, movable_clock=False)))
    async with made.test_app():
        yield made


async def test_every_kind_of_reply_carries_all_walls(app: Quart) -> None:
    for method, path, sent, status in REPLIES:
        response = await reply(app, method, path, sent)
        assert response.status_code == status, (method, path)
        assert walls(response) == WALLS, (method, path)
        assert "camera=(self)" in response.headers["Permissions-Policy"]
        assert "geolocation=()" in response.headers["Permissions-Policy"]
        html = response.mimetype == "text/html"
        assert response.headers["Content-Security-Policy"] == (PAGE_POLICY if html else FILE_POLICY)
        assert "Server" not in response.headers
        assert "Strict-Transport-Security" not in response.headers, "not over plain HTTP on this machine"


async def test_over_https_every_kind_of_reply_asks_for_https_for_a_year(https_app: Quart) -> None:
    for method, path, sent, status in REPLIES:
        response = await reply(https_app, method, path, sent)
        assert response.status_code == status, (method, path)
        assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


async def test_a_failure_and_too_many_requests_carry_them_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ValueError

    browser = await house.signed_in_candidate("zhangsan")
    answers = [await browser.post("/language", {"language": "en", "back": "/"}) for _ in range(61)]
    monkeypatch.setattr("webapp.pages.help_pages.exam_shown", broken)
    answers.append(await house.browser().get("/help"))
    assert [answer.status for answer in answers[-2:]] == [429, 500]
    for answer in answers[-2:]:
        assert walls(answer) == WALLS
        assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
        assert answer.headers["Cache-Control"] == "no-store"


async def test_when_even_the_problem_page_fails_the_walls_stand(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise ValueError

    for place in ("webapp.pages.doorway.exam_shown", "webapp.pages.chrome.open_exam"):
        monkeypatch.setattr(place, broken)
    answer = await house.browser().get("/")
    assert answer.status == 503
    assert walls(answer) == WALLS
    assert answer.headers["Content-Security-Policy"] == FILE_POLICY


async def test_pages_allow_scripts_and_styles_of_our_own_files_and_nothing_inline(app: Quart) -> None:
    policy = policy_of(await reply(app, "GET", "/", {}))
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["img-src"] == ["'self'", "blob:"]
    assert policy["form-action"] == policy["worker-src"] == policy["manifest-src"] == ["'self'"]
    assert policy["base-uri"] == policy["object-src"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert policy["trusted-types"] == ["webapp"], "one policy, and no 'allow-duplicates'"
    written = " ".join(" ".join(values) for values in policy.values())
    assert "unsafe" not in written
    assert "http:" not in written
    assert "*" not in written


async def test_files_allow_nothing_at_all(app: Quart) -> None:
    policy = policy_of(await reply(app, "GET", asset("favicon.svg"), {}))
    assert policy == {"default-src": ["'none'"], "frame-ancestors": ["'none'"], "sandbox": []}


async def test_pages_stay_in_no_cache_and_built_files_for_ever(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    for path in ("/my", "/account", "/", "/nowhere", "/healthz", "/readyz"):
        assert (await browser.get(path)).headers["Cache-Control"] == "no-store", path
    for name in ("css/candidate.css", "js/candidate.js"):
        assert "immutable" in (await browser.get(asset(name))).headers["Cache-Control"]
    assert (await browser.get("/static/0/js/candidate.js")).headers["Cache-Control"] == "no-store"


async def test_signing_out_clears_what_the_browser_has_kept(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assert "Clear-Site-Data" not in (await browser.get("/my")).headers
    assert '"cache"' in (await browser.post("/sign-out", Origin=ORIGIN)).headers["Clear-Site-Data"]


async def test_a_handlers_own_narrower_policy_stands(app: Quart, tmp_path: Path) -> None:
    own = Response(
        "<p>",
        content_type="text/html",
        headers={"Content-Security-Policy": "sandbox", "Cache-Control": "private"},
    )
    put_headers(own, secure=False)
    assert own.headers["Content-Security-Policy"] == "sandbox"
    assert own.headers["Cache-Control"] == "private"
    own.headers["X-Content-Type-Options"] = "sniff"
    assert put_headers(own, secure=False).headers["X-Content-Type-Options"] == "nosniff", (
        "but no wall comes down"
    )
