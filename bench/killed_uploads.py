"""The power goes ten times during 500 uploads: is every acknowledged photo there, and has every row its file?

    python -m bench.killed_uploads [--uploads 500] [--kills 10] [--clients 4] [--seed N] [--database sqlite|postgres]

Phones send photos to the product as it is served; each sends again, with the same id, what was not acknowledged. At
moments that the seed chooses the supervisor and all its processes get SIGKILL, and are started again. Ends with 1 and
the reasons if anything acknowledged cannot be read as it was stored, a row has no file, or anything is there twice.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import os
import random
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from uuid import UUID

import httpx

from bench.season import browser, come_in, database, settle
from tests.photos import pictures
from tests.served import Served, served
from webapp.actions.check_photos import check_photos
from webapp.actions.photo_desk import photo_desk
from webapp.database import opened_database
from webapp.keyring import open_keyring
from webapp.records import Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks

PLACES = ["ID.front", "ID.back", "ID.holding", *["DIPLOMA.page"] * 4, *["OTHER.page"] * 10]
_MOST_PAUSE = 0.12
"""Seconds from an acknowledgement to a kill: it may come anywhere in an upload's life."""
_GIVE_UP_SECONDS = 900


@dataclass(frozen=True)
class Plan:
    """How much is to happen."""

    uploads: int
    kills: int
    clients: int
    seed: int


@dataclass(frozen=True)
class Sending:
    """One photo on a phone."""

    phone: int
    id: UUID
    place: str
    data: bytes = field(repr=False)


@dataclass
class Story:
    """What has happened so far; filled by several threads."""

    waiting: SimpleQueue[Sending] = field(default_factory=SimpleQueue)
    acknowledged: dict[UUID, Sending] = field(default_factory=dict)
    sent_again: int = 0
    other_answers: list[str] = field(default_factory=list)
    cookies: dict[int, httpx.Cookies] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """What the database says in the end, and how its files are."""

    photos: int
    stored: dict[UUID, str]
    without_file: list[str]
    files: int
    breaks: int


def _browser(running: Served, story: Story, phone: int) -> httpx.Client:
    # No connection outlives its request: a killed server would leave it half open.
    limits = httpx.Limits(max_keepalive_connections=0)
    return browser(running.url, 30, limits=limits, cookies=story.cookies.get(phone))


def _sign_in(running: Served, story: Story, phone: int) -> None:
    with _browser(running, story, phone) as there:
        come_in(there, f"kaosheng{phone}")
        story.cookies[phone] = there.cookies


def _send_all(running: Served, story: Story, over: threading.Event) -> None:
    """One client: sends what waits until nothing does, or until the power has gone."""
    while not over.is_set():
        try:
            sending = story.waiting.get(timeout=0.2)
        except Empty:
            return
        try:
            with _browser(running, story, sending.phone) as there:
                answer = there.put(
                    f"/my/photos/{sending.id}",
                    params={"slot": sending.place},
                    content=sending.data,
                    headers={"Content-Type": "image/jpeg"},
                )
        except httpx.TransportError:
            story.sent_again += 1
            story.waiting.put(sending)
            continue
        if answer.status_code not in {200, 201}:
            story.other_answers.append(f"{answer.status_code} {answer.text[:80]}")
            if answer.status_code in {429, 503}:
                story.waiting.put(sending)
            continue
        if answer.json()["photo"]["sha256"] != hashlib.sha256(sending.data).hexdigest():
            story.other_answers.append("a receipt of other bytes")
        story.acknowledged[sending.id] = sending


def _one_life(running: Served, story: Story, clients: int, until: int, pause: float) -> None:
    """Sends until so many are acknowledged, and then the power goes; ``until`` 0: until nothing waits."""
    over = threading.Event()
    threads = [threading.Thread(target=_send_all, args=(running, story, over)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    if until:
        deadline = time.monotonic() + _GIVE_UP_SECONDS
        while len(story.acknowledged) < until and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(pause)
        for pid in [running.process.pid, *running.children()]:
            os.kill(pid, signal.SIGKILL)
        over.set()
        running.process.wait()
    for thread in threads:
        thread.join()


def _unread(running: Served, story: Story, stored: dict[UUID, str]) -> list[UUID]:
    """Acknowledged photos whose picture does not come as it was stored."""
    wrong = []
    for sending in story.acknowledged.values():
        with _browser(running, story, sending.phone) as there:
            answer = there.get(f"/my/photos/{sending.id}")
        if answer.status_code != 200 or hashlib.sha256(answer.content).hexdigest() != stored.get(sending.id):
            wrong.append(sending.id)
    return wrong


async def _rows(url: str, data: Path) -> Rows:
    desk = photo_desk(data, open_keyring("", data / "keys"))
    async with opened_database(url):
        return Rows(
            photos=await Photo.all().count(),
            stored={row.photo_id: row.sha256 for row in await PhotoVersion.all()},
            without_file=[str(finding) async for finding in check_photos(desk, lambda _: None)],
            files=sum(path.is_file() for path in (data / "shelf").rglob("*")),
            breaks=len(await all_breaks()),
        )


def _photos(uploads: int, dice: random.Random) -> list[Sending]:
    return [
        Sending(
            number // len(PLACES),
            UUID(int=dice.getrandbits(128)),
            PLACES[number % len(PLACES)],
            pictures.written(pictures.page(640 + number % 40, 480 + number // 40), quality=70),
        )
        for number in range(uploads)
    ]


def killed_uploads(url: str, data: Path, plan: Plan) -> list[str]:
    """Prints the figures; what is wrong, or nothing."""
    dice, story = random.Random(plan.seed), Story()  # noqa: S311  # a run can be had again
    photos = _photos(plan.uploads, dice)
    phones = photos[-1].phone + 1
    for sending in photos:
        story.waiting.put(sending)
    asyncio.run(settle(url, [f"kaosheng{phone}" for phone in range(phones)]))
    for until in sorted(dice.sample(range(1, plan.uploads), plan.kills)):
        with served(url, data) as running:
            for phone in range(0 if story.cookies else phones):
                _sign_in(running, story, phone)
            _one_life(running, story, plan.clients, until, dice.uniform(0, _MOST_PAUSE))
        print(f"{len(story.acknowledged):4} acknowledged, killed", flush=True)
    with served(url, data) as running:
        _one_life(running, story, plan.clients, 0, 0)
        rows = asyncio.run(_rows(url, data))
        unread = _unread(running, story, rows.stored)
    wrong = [f"acknowledged, and not to be read: {one}" for one in unread]
    wrong += [f"a row without its file: {one}" for one in rows.without_file]
    wrong += [f"an answer that no phone should get: {one}" for one in story.other_answers]
    wrong += [f"{rows.breaks} breaks in the chains of events"] if rows.breaks else []
    if not len(story.acknowledged) == rows.photos == len(rows.stored) == plan.uploads:
        wrong.append(f"{len(story.acknowledged)} acknowledged, {rows.photos} rows, of {plan.uploads} photos")
    print(
        f"{plan}: {len(story.acknowledged)} acknowledged, "
        f"{len(unread)} of them unreadable, {rows.photos} rows, {len(rows.without_file)} without a file, "
        f"{story.sent_again} sent again, {rows.files - 2 * len(rows.stored)} files without a row (the sweep's), "
        f"{rows.breaks} breaks of chains"
    )
    return wrong


def main() -> int:
    """The command line; 0 if nothing was lost."""
    options = argparse.ArgumentParser()
    options.add_argument("--uploads", type=int, default=500)
    options.add_argument("--kills", type=int, default=10)
    options.add_argument("--clients", type=int, default=4)
    options.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    chosen = options.parse_args()
    plan = Plan(chosen.uploads, chosen.kills, chosen.clients, chosen.seed)
    with database(chosen.database) as (url, data):
        wrong = killed_uploads(url, data, plan)
    print("\n".join(wrong) or "nothing was lost")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
