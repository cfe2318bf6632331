"""What a killed server leaves behind: nothing that was acknowledged is lost, and sending again finishes the rest."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from tests.house import CANDIDATE_PASSWORD, activated_candidate
from tests.photos import pictures
from tests.served import UNUSED_TLS, Served, served
from webapp.actions.check_photos import Finding, check_photos
from webapp.actions.photo_desk import photo_desk
from webapp.database import opened_database
from webapp.keyring import open_keyring

PLACES = ["ID.front", "ID.back", "ID.holding", *["DIPLOMA.page"] * 4, *["OTHER.page"] * 10]


@contextmanager
def phone(running: Served) -> Iterator[httpx.Client]:
    """A candidate's browser, signed in."""
    # No connection outlives its request: a killed server would leave it half open.
    alone = httpx.Limits(max_keepalive_connections=0)
    headers = {"Origin": running.url, "Accept": "application/json"}
    with httpx.Client(
        base_url=running.url, headers=headers, timeout=30, limits=alone, verify=UNUSED_TLS
    ) as browser:
        answer = browser.post("/", data={"user_name": "kaosheng", "password": CANDIDATE_PASSWORD})
        assert answer.status_code == 302
        yield browser


def put(
    browser: httpx.Client, photo: UUID, place: str, data: bytes, kind: str = "image/jpeg"
) -> httpx.Response:
    return browser.put(
        f"/my/photos/{photo}", params={"slot": place}, content=data, headers={"Content-Type": kind}
    )


def kill_all(running: Served) -> None:
    """The power goes: supervisor and children at once, and their decoders with them."""
    for pid in [running.process.pid, *running.children()]:
        os.kill(pid, signal.SIGKILL)
    running.process.wait()


@pytest.fixture
async def candidate(database_url: str, tmp_path: Path) -> str:
    """The address of a database with one activated candidate."""
    async with opened_database(database_url):
        await activated_candidate("kaosheng")
    return database_url


def test_what_was_acknowledged_survives_a_sigkill_and_the_rest_can_be_sent_again(
    candidate: str, tmp_path: Path
) -> None:
    photos = [
        (uuid4(), place, pictures.written(pictures.page(700 + n, 500))) for n, place in enumerate(PLACES)
    ]
    acknowledged: set[UUID] = set()

    def send(browser: httpx.Client) -> None:
        for photo, place, data in photos:
            try:
                if put(browser, photo, place, data).status_code in {200, 201}:
                    acknowledged.add(photo)
            except httpx.TransportError:
                return

    with served(candidate, tmp_path, processes=1) as running, phone(running) as browser:
        sender = threading.Thread(target=send, args=(browser,))
        sender.start()
        deadline = time.monotonic() + 30
        while len(acknowledged) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        kill_all(running)
        sender.join()
    assert 5 <= len(acknowledged) < len(photos), "killed while photos were on their way"
    with served(candidate, tmp_path, processes=1) as running, phone(running) as browser:
        for photo, place, data in photos:
            answer = put(browser, photo, place, data)
            assert answer.status_code in ({200} if photo in acknowledged else {200, 201}), answer.text
        for photo, _place, _data in photos:
            assert browser.get(f"/my/photos/{photo}").status_code == 200
            assert browser.get(f"/my/photos/{photo}/thumbnail").status_code == 200
        assert asyncio.run(findings(candidate, tmp_path)) == [], "no row without its file"


async def findings(database: str, data: Path) -> list[Finding]:
    """What the doctor would find."""
    async with opened_database(database):
        desk = photo_desk(data, open_keyring("", data / "keys"))
        return [finding async for finding in check_photos(desk, lambda _: None)]


def test_an_original_that_waits_is_taken_up_after_a_sigkill(candidate: str, tmp_path: Path) -> None:
    photo, data = uuid4(), pictures.written(pictures.page(4_000, 3_000), quality=90)
    with served(candidate, tmp_path, processes=1) as running, phone(running) as browser:
        answer = put(browser, photo, "ID.front", data, "application/octet-stream")
        assert answer.status_code == 202
        kill_all(running)
    with served(candidate, tmp_path, processes=1) as running, phone(running) as browser:
        deadline = time.monotonic() + 60
        while (answer := browser.get(f"/my/photos/{photo}/state")).status_code == 202:
            assert time.monotonic() < deadline, "it never became a photo"
            time.sleep(0.2)
        assert answer.status_code == 200
        assert answer.json()["photo"]["bytes"] <= 204_800
        assert list((tmp_path / "originals").iterdir()) == []
