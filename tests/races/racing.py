"""Racing: many requests at once, through two served processes, again and again."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.served import Served

RUNS = int(os.environ.get("RACE_RUNS", "2"))
"""Rounds of each race; ``make races`` asks for 100."""


_rounds = itertools.count()


def rounds() -> Iterator[int]:
    """The numbers of a race's rounds: no two races of a session have one in common, nor people named by it."""
    for _ in range(RUNS):
        yield next(_rounds)


def address(run: int, number: int) -> str:
    """A client address of its own for every racer, as the trusted proxy would tell it."""
    return f"10.{run % 250}.{(4 * (run // 250) + number // 250) % 250}.{number % 250}"


@dataclass(frozen=True)
class Ask:
    """One racer's request; ``form`` or ``body`` may be given."""

    method: str
    path: str
    form: Mapping[str, Any] | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


async def all_asked(
    running: Served, asks: Sequence[Ask], run: int, *, same_address: bool = False
) -> list[httpx.Response]:
    """Asks all at the same moment, each from a browser and connection of its own."""
    gate = asyncio.Barrier(len(asks))

    async def one(number: int, asked: Ask) -> httpx.Response:
        headers = {"Origin": running.url, "X-Forwarded-For": address(run, 0 if same_address else number)}
        async with running.browser(headers, timeout=180) as browser:
            await browser.get("/healthz")  # the connection is open before the start
            await gate.wait()
            return await browser.request(
                asked.method, asked.path, data=asked.form, content=asked.body, headers=asked.headers
            )

    async with asyncio.TaskGroup() as group:  # one that does not get to the gate keeps no other waiting there
        racers = [group.create_task(one(number, asked)) for number, asked in enumerate(asks)]
    return [racer.result() for racer in racers]


async def all_at_once(
    running: Served,
    path: str,
    forms: Sequence[dict[str, Any]],
    run: int,
    cookies: Sequence[str] = (),
    *,
    same_address: bool = False,
) -> list[httpx.Response]:
    """Posts all forms at the same moment."""
    asks = [
        Ask("POST", path, form, headers={"Cookie": cookies[number]} if cookies else {})
        for number, form in enumerate(forms)
    ]
    return await all_asked(running, asks, run, same_address=same_address)


async def candidate_cookie(running: Served, user_name: str, password: str, run: int) -> str:
    """The session cookie of a candidate who has just signed in."""
    headers = {"Origin": running.url, "X-Forwarded-For": address(run, 0)}
    async with running.browser(headers) as browser:
        answer = await browser.post("/", data={"user_name": user_name, "password": password})
        assert answer.status_code == 302, answer.text
        return f"sid={browser.cookies['sid']}"


async def signed_in_cookie(running: Served, form: dict[str, str], run: int, number: int) -> str:
    """The session cookie of somebody who has just signed in as staff."""
    headers = {"Origin": running.url, "X-Forwarded-For": address(run, number)}
    async with running.browser(headers) as browser:
        answer = await browser.post("/staff/sign-in", data=form)
        assert answer.status_code == 302, answer.text
        return f"sid={browser.cookies['sid']}"
