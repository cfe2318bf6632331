"""The bell rings while a hundred clients and three browsers send: what was announced in time is taken, nothing else.

    nice .venv/bin/python -m bench.bell_storm [--database sqlite|postgres] [--clients 100]

Each client is a candidate with five photos: two are announced early, one within a second of the bell, two never; all
are sent from eight seconds before the bell to eight after it. The browsers have chosen four photos each that their
network does not let through before the bell; one more is chosen after it. Two processes serve; a third closes cases
all the time. An acknowledged announcement and an accepted photo are one truth. The last line is the table's row; the
exit code is 1 where that does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from playwright.async_api import Browser, Page, Route, expect

from bench.season import ROOMY, come_in_by_page, database, roomy_package, settle, until
from tests.announcing import announcement, on_its_way
from tests.browser.browsers import PHONE, chromium
from tests.house import CANDIDATE_PASSWORD
from tests.photos import pictures
from tests.races.racing import address, candidate_cookie
from tests.served import Served, served
from webapp.actions.fall_due import cases_fall_due
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.records import Announcement, Case, Phase, Photo
from webapp.records.reading.chains import all_breaks

BROWSERS = 3
CHOSEN_BEFORE = 4
EARLY, AROUND, NEVER = 2, 1, 2
LEAD_SECONDS = 25
SPREAD_SECONDS = 8
PLACE = f"{ROOMY}.page"


@transaction
async def ring_at(moment: datetime) -> None:
    """The phase's bell."""
    await Phase.all().update(bell=moment)


@dataclass
class Sent:
    """One photo of a client and what it was told."""

    photo: UUID
    data: bytes
    announced: bool = False
    status: int = 0


@dataclass
class Times:
    """Seconds that requests took."""

    announcing: list[float] = field(default_factory=list)
    sending: list[float] = field(default_factory=list)


@dataclass
class Client:
    """One candidate's connection."""

    http: httpx.AsyncClient
    dice: random.Random
    times: Times
    photos: list[Sent] = field(default_factory=list)

    async def storm(self, bell: datetime) -> None:
        """Announces and sends, everything at a moment of its own."""
        early, around = self.photos[:EARLY], self.photos[EARLY : EARLY + AROUND]
        async with asyncio.TaskGroup() as group:
            group.create_task(self._announce(early, bell - timedelta(seconds=self.dice.uniform(10, 20))))
            told = group.create_task(
                self._announce(around, bell + timedelta(seconds=self.dice.uniform(-1, 1)))
            )
            for sent in self.photos:
                after = told if sent in around else None
                when = bell + timedelta(seconds=self.dice.uniform(-SPREAD_SECONDS, SPREAD_SECONDS))
                group.create_task(self._send(sent, when, after))

    async def _announce(self, photos: list[Sent], when: datetime) -> None:
        await _until(when)
        body = announcement(*(on_its_way(sent.photo, sent.data, slot=PLACE) for sent in photos))
        begun = time.monotonic()
        answer = await self.http.post(
            "/my/announcements", content=body, headers={"Content-Type": "application/json"}
        )
        self.times.announcing.append(time.monotonic() - begun)
        answer.raise_for_status()
        for sent, told in zip(photos, answer.json()["photos"], strict=True):
            if told["state"] == "refused" and told["code"] not in {"announcement.late", "locked.in_review"}:
                raise AssertionError(told)
            sent.announced = told["state"] == "announced"

    async def _send(self, sent: Sent, when: datetime, after: asyncio.Task[None] | None) -> None:
        if after is not None:
            await after
        await _until(when)
        begun = time.monotonic()
        while True:
            answer = await self.http.put(
                f"/my/photos/{sent.photo}?slot={PLACE}",
                content=sent.data,
                headers={"Content-Type": "image/jpeg"},
            )
            if answer.status_code != 503:  # a busy machine says so, and the outbox sends again
                break
            await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
        self.times.sending.append(time.monotonic() - begun)
        sent.status = answer.status_code
        if sent.status not in {201, 423}:
            raise AssertionError(f"{sent.status} {answer.text}")


async def _until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - now()).total_seconds()))


def jpeg(number: int) -> bytes:
    """One of many different small pictures."""
    return pictures.written(pictures.page(320 + number % 400, 240 + number // 400, 0), quality=70)


async def clients_of(running: Served, count: int, times: Times) -> list[Client]:
    """Signed in, each with pictures of its own."""
    made = []
    for number in range(count):
        cookie = await candidate_cookie(running, f"kaosheng{number}", CANDIDATE_PASSWORD, number)
        headers = {"Origin": running.url, "Cookie": cookie, "X-Forwarded-For": address(number, 1)}
        http = running.browser({**headers, "Accept": "application/json"}, timeout=180)
        photos = [Sent(uuid4(), jpeg(7 * number + n)) for n in range(EARLY + AROUND + NEVER)]
        made.append(Client(http, random.Random(number), times, photos))  # noqa: S311
    return made


async def lose(route: Route) -> None:
    """The network loses this."""
    if route.request.method == "PUT":
        await route.abort("connectionreset")
    else:
        await route.continue_()


async def phone(browser: Browser, running: Served, number: int) -> Page:
    """A phone with photos on it that do not get through before the bell."""
    context = await browser.new_context(viewport=PHONE, locale="zh-CN")
    page = await context.new_page()
    await page.goto(running.url)
    await come_in_by_page(page, f"liulanqi{number}")
    await context.route("**/my/photos/*", lose)
    await page.goto(f"{running.url}/my/materials/{ROOMY}")
    return page


async def choose(page: Page, numbers: range) -> None:
    """Chooses these from the album."""
    files = [{"name": f"IMG_{n}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(3_000 + n)} for n in numbers]
    await page.locator(".actions input[type=file][multiple]").set_input_files(files)  # type: ignore[arg-type]


async def after_the_bell(page: Page, number: int, bell: datetime) -> None:
    """The network is back, and one photo more is chosen."""
    await _until(bell + timedelta(seconds=2))
    await choose(page, range(100 * number + 50, 100 * number + 51))
    await page.context.unroute("**/my/photos/*", lose)
    await page.evaluate("dispatchEvent(new Event('online'))")
    arrived = page.locator("photo-slot[state=locked][photo], photo-slot[state=arrived]")
    await expect(arrived).to_have_count(CHOSEN_BEFORE, timeout=120_000)
    await expect(page.locator("photo-slot[state=refused]")).to_have_count(1, timeout=60_000)


async def closing(until: asyncio.Event) -> None:
    """A third process that closes what is due, all the time."""
    while not until.is_set():
        await cases_fall_due()
        await asyncio.sleep(0.1)


async def phones_have_announced() -> bool:
    """All that lies on the three phones."""
    return await Announcement.filter(ended_at=None).count() >= BROWSERS * CHOSEN_BEFORE


async def all_are_closed() -> bool:
    """No case waits for anything."""
    return not await Case.filter(stage="collecting").exists()


async def storm(running: Served, count: int) -> dict[str, object]:
    """One bell, and the figures."""
    times, over = Times(), asyncio.Event()
    clients = await clients_of(running, count, times)
    async with chromium() as browser:
        # Far ahead of the rest: each page shrinks its photos, and half an hour before the bell it announces them.
        await ring_at(now() + timedelta(minutes=20))
        pages = [await phone(browser, running, number) for number in range(BROWSERS)]
        for number, page in enumerate(pages):
            await choose(page, range(100 * number, 100 * number + CHOSEN_BEFORE))
            await expect(
                page.locator("photo-slot[state=announced], photo-slot[state=sending]")
            ).to_have_count(CHOSEN_BEFORE, timeout=60_000)
        await until(phones_have_announced, 60)
        bell = now() + timedelta(seconds=LEAD_SECONDS)
        await ring_at(bell)
        closer = asyncio.create_task(closing(over))
        async with asyncio.TaskGroup() as group:
            for client in clients:
                group.create_task(client.storm(bell))
            for number, page in enumerate(pages):
                group.create_task(after_the_bell(page, number, bell))
        await until(all_are_closed, 120)
        over.set()
        await closer
    for client in clients:
        await client.http.aclose()
    return await figures([sent for client in clients for sent in client.photos], bell, times)


async def figures(sent: list[Sent], bell: datetime, times: Times) -> dict[str, object]:
    """What the rows say, beside what the clients were told."""
    told = {one.photo for one in sent if one.announced}
    taken = {one.photo for one in sent if one.status == 201}
    mine = {one.photo for one in sent}
    rows = await Photo.all()
    announced_rows = {row.id for row in await Announcement.all()}
    unannounced = [row for row in rows if row.id not in announced_rows]
    unannounced_late = [row for row in unannounced if row.in_grace or row.received_at >= bell]

    def percentiles(of: list[float]) -> list[float]:
        cuts = statistics.quantiles(of, n=20, method="inclusive")
        return [round(cuts[9], 2), round(cuts[18], 2), round(max(of), 2)]

    return {
        "photos": len(sent),
        "announced": len(told),
        "announced_and_refused": len(told - taken),
        "refused": len(mine - taken),
        "accepted_without_a_row": len(taken - {row.id for row in rows}),
        "rows_without_acceptance": len({row.id for row in rows} & mine - taken),
        "in_grace": sum(row.in_grace for row in rows),
        "unannounced_after_the_bell": len(unannounced_late),
        "browsers_photos": len([row for row in rows if row.id not in mine]),
        "browsers_expected": BROWSERS * CHOSEN_BEFORE,
        "still_open_announcements": await Announcement.filter(ended_at=None).count(),
        "broken_chains": len(await all_breaks()),
        "announcing_s_p50_p95_max": percentiles(times.announcing),
        "sending_s_p50_p95_max": percentiles(times.sending),
    }


async def main() -> int:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--clients", type=int, default=100)
    wish = parser.parse_args()
    with database(wish.database) as (url, folder):
        told = await run(url, folder, wish.clients)
    print(json.dumps({"database": wish.database, "clients": wish.clients, **told}))
    wrong = (
        "announced_and_refused",
        "accepted_without_a_row",
        "rows_without_acceptance",
        "unannounced_after_the_bell",
        "still_open_announcements",
        "broken_chains",
    )
    holds = not any(told[name] for name in wrong) and told["browsers_photos"] == told["browsers_expected"]
    return 0 if holds and told["in_grace"] else 1


async def run(url: str, folder: Path, count: int) -> dict[str, object]:
    """The stage, and one storm on it."""
    people = [f"kaosheng{n}" for n in range(count)] + [f"liulanqi{n}" for n in range(BROWSERS)]
    await settle(url, people, roomy_package(20))
    with served(url, folder, trusted_proxies=1) as running:
        async with opened_database(url):
            return await storm(running, count)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
