"""Candidates' phones that send one file after the other, and never so many that a limit of the house is met."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx

from bench.hostile.files import Sent
from bench.season import browser, come_in

_PLACE = "OTHER.page"
_PER_PHONE = 45
"""Files of one candidate: with their removal below what a session may ask in a minute."""
PEOPLE = [f"kaosheng{number}" for number in range(120)]
_SETTLED_SECONDS = 90.0
_ASK_SECONDS = 0.05


@dataclass(frozen=True)
class Answer:
    """What a door said in the end. ``status`` 0: nothing, the connection broke."""

    status: int
    code: str


class Phones:
    """Sends files to ``url``; any thread may call it. The next candidate takes over where one has sent enough."""

    _people = iter(PEOPLE)

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
        for one in self._opened:
            one.close()

    def _one(self) -> tuple[httpx.Client, int]:
        with self._lock:
            if self._browser is None or self._sent >= _PER_PHONE:
                self._browser = browser(self._url, 120)
                self._opened.append(self._browser)
                come_in(self._browser, next(self._people))
                self._sent = 0
            self._sent += 1
            return self._browser, self._sent

    def put(self, sent: Sent) -> Answer:
        """The raw bytes, to be stored as they are. Removed again where they were taken."""
        there, _ = self._one()
        address = f"/my/photos/{uuid4()}"
        kind = "image/png" if sent.data[:4] == b"\x89PNG" else "image/jpeg"
        try:
            answer = there.put(
                address, params={"slot": _PLACE}, content=sent.data, headers={"Content-Type": kind}
            )
        except httpx.TransportError as fault:
            return Answer(0, type(fault).__name__)
        if answer.status_code < 300:
            there.delete(address)
        return _told(answer)

    def original(self, sent: Sent) -> Answer:
        """An original, raw or by the plain form, and what became of it."""
        there, number = self._one()
        photo = uuid4()
        try:
            if number % 4:
                answer = there.put(
                    f"/my/photos/{photo}",
                    params={"slot": _PLACE},
                    content=sent.data,
                    headers={"Content-Type": "application/octet-stream"},
                )
            else:
                material, slot = _PLACE.split(".")
                answer = there.post(
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
            answer = self._settled(there, f"/my/photos/{photo}")
            if answer.status_code < 300:
                there.delete(f"/my/photos/{photo}")
        except httpx.TransportError as fault:
            return Answer(0, type(fault).__name__)
        return _told(answer)

    def _settled(self, there: httpx.Client, address: str) -> httpx.Response:
        end = time.monotonic() + _SETTLED_SECONDS
        pause = _ASK_SECONDS
        while (answer := there.get(f"{address}/state")).status_code == 202:
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
