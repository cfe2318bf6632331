"""Candidates' phones that send one file after the other, and never so many that a limit of the house is met."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx

from bench.hostile.files import Sent
from tests.house import CANDIDATE_PASSWORD, activated_candidate, prepare_database
from tests.served import UNUSED_TLS
from webapp.database import opened_database

_PLACE = "OTHER.page"
_PER_PHONE = 45
"""Files of one candidate: with their removal below what a session may ask in a minute."""
_PEOPLE = 120
_SETTLED_SECONDS = 90.0
_ASK_SECONDS = 0.05


@dataclass(frozen=True)
class Answer:
    """What a door said in the end. ``status`` 0: nothing, the connection broke."""

    status: int
    code: str


def prepared(folder: Path) -> str:
    """The address of a new database with everybody who will send something."""
    url = f"sqlite://{folder / 'hostile.sqlite3'}"

    async def fill() -> None:
        await prepare_database(url)
        async with opened_database(url):
            for number in range(_PEOPLE):
                await activated_candidate(f"kaosheng{number}")

    asyncio.run(fill())
    return url


class Phones:
    """Sends files to ``url``; any thread may call it. The next candidate takes over where one has sent enough."""

    _people = itertools.count()

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._sent = _PER_PHONE
        self._browser: httpx.Client | None = None
        self._opened: list[httpx.Client] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for browser in self._opened:
            browser.close()

    def _one(self) -> tuple[httpx.Client, int]:
        with self._lock:
            if self._browser is None or self._sent >= _PER_PHONE:
                self._browser = httpx.Client(
                    base_url=self._url,
                    headers={"Origin": self._url, "Accept": "application/json"},
                    timeout=120,
                    verify=UNUSED_TLS,
                )
                self._opened.append(self._browser)
                name = f"kaosheng{next(self._people)}"
                answer = self._browser.post("/", data={"user_name": name, "password": CANDIDATE_PASSWORD})
                if answer.status_code != 302:
                    raise RuntimeError(f"{name} could not sign in: {answer.status_code}")
                self._sent = 0
            self._sent += 1
            return self._browser, self._sent

    def put(self, sent: Sent) -> Answer:
        """The raw bytes, to be stored as they are. Removed again where they were taken."""
        browser, _ = self._one()
        address = f"/my/photos/{uuid4()}"
        kind = "image/png" if sent.data[:4] == b"\x89PNG" else "image/jpeg"
        try:
            answer = browser.put(
                address, params={"slot": _PLACE}, content=sent.data, headers={"Content-Type": kind}
            )
        except httpx.TransportError as fault:
            return Answer(0, type(fault).__name__)
        if answer.status_code < 300:
            browser.delete(address)
        return _told(answer)

    def original(self, sent: Sent) -> Answer:
        """An original, raw or by the plain form, and what became of it."""
        browser, number = self._one()
        photo = uuid4()
        try:
            if number % 4:
                answer = browser.put(
                    f"/my/photos/{photo}",
                    params={"slot": _PLACE},
                    content=sent.data,
                    headers={"Content-Type": "application/octet-stream"},
                )
            else:
                material, slot = _PLACE.split(".")
                answer = browser.post(
                    f"/my/materials/{material}/photos",
                    data={"photo": str(photo), "slot": slot},
                    files={"file": ("photo.jpg", sent.data, "image/jpeg")},
                )
                if answer.status_code == 303 and "problem=" in answer.headers["Location"]:
                    return Answer(
                        422, answer.headers["Location"].partition("problem=")[2].removeprefix("photo.")
                    )
            if answer.status_code >= 400:
                return _told(answer)
            answer = self._settled(browser, f"/my/photos/{photo}")
            if answer.status_code < 300:
                browser.delete(f"/my/photos/{photo}")
        except httpx.TransportError as fault:
            return Answer(0, type(fault).__name__)
        return _told(answer)

    def _settled(self, browser: httpx.Client, address: str) -> httpx.Response:
        end = time.monotonic() + _SETTLED_SECONDS
        pause = _ASK_SECONDS
        while (answer := browser.get(f"{address}/state")).status_code == 202:
            if time.monotonic() > end:
                raise httpx.ReadTimeout("never settled")
            time.sleep(pause)
            pause = min(1.0, pause * 1.3)
        return answer


def _told(answer: httpx.Response) -> Answer:
    code = ""
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        told = answer.json()
        code = str(told["error"]["code"]) if answer.status_code >= 400 else ""
    return Answer(answer.status_code, code.removeprefix("photo."))
