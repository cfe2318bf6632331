"""The demo registration site: whom one may be, what stands in a registration, and the ticket that leads on."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from quart import Quart, Response

from tests.demo.site_process import running_site
from webapp.demo.fetching import KEY_FILE, RESULTS_FILE, FetchedResults
from webapp.demo.records import CANDIDATES
from webapp.demo.registration_site import create_site
from webapp.demo.tickets import FILE, LIFETIME_SECONDS, TicketKey, make_key, read_key, ticket
from webapp.guard.tickets import read_ticket_keys

ORIGIN = "http://127.0.0.1:8000"
ASSISTANT = CANDIDATES[8]


@pytest.fixture
def key(tmp_path: Path) -> TicketKey:
    """A key as the demo makes it."""
    make_key(tmp_path / FILE)
    return read_key(tmp_path / FILE)


@pytest.fixture
def site(key: TicketKey, tmp_path: Path) -> Quart:
    """The site's app; there is no product behind it."""
    return create_site(ORIGIN, key, FetchedResults(ORIGIN, tmp_path / KEY_FILE, tmp_path / RESULTS_FILE))


async def ask(site: Quart, method: str, path: str) -> Response:
    """What the site answers."""
    client = site.test_client()
    return await (client.post(path) if method == "POST" else client.get(path))


def test_a_key_is_made_once_for_nobody_else_to_read_and_the_product_reads_it(tmp_path: Path) -> None:
    file = tmp_path / FILE
    line = make_key(file)
    assert make_key(file) == line
    assert file.stat().st_mode & 0o077 == 0
    assert list(read_ticket_keys(line)) == ["demo"]
    assert make_key(tmp_path / "another") != line


def test_a_ticket_says_who_comes_and_is_for_one_place_one_minute_and_one_use(key: TicketKey) -> None:
    signed = ticket(key, ORIGIN, ASSISTANT)
    assert jwt.get_unverified_header(signed) == {"alg": "HS256", "kid": "demo", "typ": "JWT"}
    says: dict[str, Any] = jwt.decode(
        signed, key.secret, algorithms=["HS256"], audience=ORIGIN, issuer="registration-system"
    )
    assert (says["sub"], says["user_name"]) == (ASSISTANT.number, ASSISTANT.user_name)
    assert says["purpose"] == "enter"
    assert says["exp"] - says["iat"] == LIFETIME_SECONDS <= 60
    again = jwt.decode(ticket(key, ORIGIN, ASSISTANT), options={"verify_signature": False})
    assert again["jti"] != says["jti"]


async def test_the_first_page_says_what_it_is_and_lists_everybody(site: Quart) -> None:
    page = await (await site.test_client().get("/")).get_data(as_text=True)
    assert "代替国家医学考试网，人和号码都是编的" in page
    for person in CANDIDATES:
        assert page.count(f'href="/people/{person.number}"') == 1
        assert person.name in page
        assert person.note in page


async def test_a_registration_shows_its_fields_in_groups_and_its_result_to_come(site: Quart) -> None:
    answer = await site.test_client().get(f"/people/{ASSISTANT.number}")
    page = await answer.get_data(as_text=True)
    titles = re.findall(r"<h2>(.*?)</h2>", page)
    assert titles == [ASSISTANT.name, "基本信息", "联系方式", "报考信息", "教育经历", "工作情况", "证书情况"]
    hidden = {"region_code", "site_code", "unit_code"}
    for code, value in ASSISTANT.record.items():
        assert code in hidden or f"<dd>{value}</dd>" in page, code
    assert "<dt>最终审核结果</dt><dd>尚未公布</dd>" in page
    assert "上传相关材料" in page


async def test_the_button_answers_with_a_page_that_posts_a_ticket_to_the_product(
    site: Quart, key: TicketKey
) -> None:
    answer = await site.test_client().post(f"/people/{ASSISTANT.number}/ticket")
    page = await answer.get_data(as_text=True)
    assert f'<form method="post" action="{ORIGIN}/enter" data-hand-over>' in page
    assert re.search(r'<button class="button">继续</button>', page), "without scripts somebody must press"
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found is not None
    assert jwt.decode(found[1], key.secret, algorithms=["HS256"], audience=ORIGIN)["sub"] == ASSISTANT.number


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/people/2020120199999", 404),
        ("POST", "/people/2020120199999/ticket", 404),
        ("GET", "/nothing", 404),
        ("GET", f"/people/{ASSISTANT.number}/ticket", 405),
    ],
)
async def test_a_wrong_address_leads_back_to_the_list(
    site: Quart, method: str, path: str, status: int
) -> None:
    answer = await ask(site, method, path)
    assert answer.status_code == status
    assert 'href="/"' in await answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", f"/people/{ASSISTANT.number}"),
        ("POST", f"/people/{ASSISTANT.number}/ticket"),
        ("GET", "/nothing"),
    ],
)
async def test_pages_bring_nothing_from_elsewhere_and_nothing_inline(
    site: Quart, method: str, path: str
) -> None:
    answer = await ask(site, method, path)
    page = await answer.get_data(as_text=True)
    assert re.search(r"<style|\bstyle=|<script(?![^>]*\bsrc=)|\son\w+=", page) is None
    elsewhere = set(re.findall(r'(?:src|href|action)="(https?://[^"]*)"', page))
    assert elsewhere <= {f"{ORIGIN}/enter"}
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {ORIGIN};" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    for file in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert (await ask(site, "GET", file)).status_code == 200, file


@pytest.mark.parametrize("ends", ["its starter is gone", "it is told to"])
def test_the_process_serves_until_its_starter_is_gone_or_it_is_told_to_end(ends: str, tmp_path: Path) -> None:
    with running_site(tmp_path, ORIGIN) as site:
        assert httpx.get(site.url, timeout=20).status_code == 200
        assert site.process.poll() is None, "it does not end by itself"
        if ends == "it is told to":
            site.process.send_signal(signal.SIGTERM)
        else:
            site.let_go()
        assert site.process.wait(10) == 0
