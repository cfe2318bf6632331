"""Bad luck that must pass: what fails once must not keep anything from working afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from quart import request
from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.exceptions import OperationalError

from tests.house import House
from tests.served import served
from webapp import database
from webapp.app import MOST_UNREAD_BYTES, PacedConnection
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.guard import sessions
from webapp.guard.rows import Session, Throttle
from webapp.guard.throttles import Throttles
from webapp.pages import forms
from webapp.rules.throttling import ACCOUNT
from webapp.sqlite_immediate import _ImmediateWrapper

SOON = 10.0


@transaction
async def write() -> None:
    """One small transaction."""
    await Throttle.filter(key="none").update(tries=0)


async def test_a_transaction_that_could_not_begin_leaves_the_way_free(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrapper: Any = _ImmediateWrapper if database_url.startswith("sqlite") else TransactionWrapper
    begin = wrapper.begin

    async def fail(_self: object) -> None:
        raise OperationalError("no room to begin")

    async with opened_database(database_url):
        await write()
        monkeypatch.setattr(wrapper, "begin", fail)
        for _ in range(12):  # more than a pool has connections
            with pytest.raises(OperationalError):
                async with asyncio.timeout(SOON):
                    await write()
        monkeypatch.setattr(wrapper, "begin", begin)
        async with asyncio.timeout(SOON):
            await asyncio.gather(*(write() for _ in range(8)))


async def test_a_locked_sqlite_file_is_written_again_once_it_is_free(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "webapp.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr(database, "BUSY_MS", 100)
    async with opened_database(f"sqlite://{file}"):
        await write()
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises((OperationalError, sqlite3.OperationalError)):
            await write()
        other.execute("ROLLBACK")
        other.close()
        async with asyncio.timeout(SOON):
            await write()


async def test_a_page_is_read_although_its_session_cannot_be_renewed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    tried = []

    async def disk_full(*_arguments: object) -> None:
        tried.append(1)
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(sessions, "_touch", disk_full)
    await _seen_long_ago()
    assert (await browser.get("/my")).status == 200
    assert tried, "renewing was tried"


@transaction
async def _seen_long_ago() -> None:
    await Session.all().update(seen_at=now() - timedelta(minutes=5))


async def test_a_database_that_fails_is_told_as_503_with_a_time_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_arguments: object) -> None:
        raise OperationalError("gone away")

    monkeypatch.setattr("webapp.pages.doorway.exam_shown", gone)
    answer = await house.browser().get("/")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "30"


async def test_a_clock_that_was_ahead_keeps_nobody_waiting_after_it_is_set_right(house: House) -> None:
    throttles = Throttles(b"secret")
    counted = throttles.for_account("password", "staff:1", ACCOUNT)
    await _count_in_the_future(counted[0].key)
    await throttles.take(counted)


@transaction
async def _count_in_the_future(key: str) -> None:
    ahead = now() + timedelta(days=365)
    await Throttle.create(key=key, tries=500, since=ahead, wait_until=ahead + timedelta(minutes=5))


async def test_a_doubled_slash_and_an_endless_address_are_pages_that_are_not_there(house: House) -> None:
    for path in ("/static/a//b", "/help//x", "/" + "a" * 20_000):
        answer = await house.browser().get(path)
        assert answer.status == 404, path[:40]
        assert len(answer.text) < 20_000


def test_a_websocket_is_sent_away(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "webapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    with served(f"sqlite://{tmp_path / 'webapp.sqlite3'}", tmp_path, processes=1) as running:
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        answer = httpx.get(f"{running.url}/my", headers=upgrade)
        assert answer.status_code == 403
        assert httpx.get(f"{running.url}/healthz").status_code == 200
    assert "error" not in (tmp_path / "served.log").read_text()


async def test_a_body_that_nobody_reads_yet_waits_outside(house: House) -> None:
    piece, sent = bytes(65_536), 0

    async def receive() -> Any:
        nonlocal sent
        await asyncio.sleep(0)
        sent += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}

    async with house.app.test_request_context("/", method="PUT"):
        waiting = request._get_current_object()  # type: ignore[attr-defined]  # the proxy would look for a context
        connection = PacedConnection(house.app, waiting.scope)
        taking = asyncio.create_task(connection.handle_messages(waiting, receive))
        await asyncio.sleep(0.3)
        held = sent
        assert MOST_UNREAD_BYTES < held <= MOST_UNREAD_BYTES + 2 * len(piece)
        await anext(aiter(waiting.body))
        await asyncio.sleep(0.3)
        assert held < sent <= held + MOST_UNREAD_BYTES + 2 * len(piece), "it goes on as it is read"
        taking.cancel()


async def test_a_form_that_trickles_in_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_SECONDS", 0.2)
    client = house.app.test_client()
    async with client.request(
        "/",
        method="POST",
        headers={
            "Origin": "http://localhost",
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": "100",
        },
    ) as connection:
        await connection.send(b"user_name=")
        await asyncio.sleep(0.5)
        await connection.send_complete()
    answer = await connection.as_response()
    assert answer.status_code == 408
