"""Two hundred photos through a network that fails, from a phone whose page and browser are killed.

    nice .venv/bin/python -m bench.faults [--photos 200] [--database sqlite|postgres] [--seed 20200506] [--silent]

One material takes them all. Of the requests that send photos 30 % are reset in mid-body and of 30 % the answer is
lost; the line carries 25 kB/s until 20 photos are stored, then 250 kB/s; 60 s long it carries nothing. The page is
killed five times (by a crash, or closed) and the browser once by SIGKILL; the person opens the page again. At the end
each photo is stored once. The last line is the table's row; the exit code is 1 where it does not hold. It takes some
ten minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import BrowserContext, Page, Playwright, async_playwright
from playwright.async_api import Error as BrowserError

from bench.fault_proxy import FaultProxy, Weather
from bench.season import ROOMY, come_in_by_page, database, roomy_package, settle, until
from tests.browser.browsers import ARGUMENTS, PHONE
from tests.photos import pictures
from tests.served import served
from tools.find_browser import find_browser
from webapp.database import opened_database
from webapp.records import Incoming, Photo

USER = "kaosheng"
SLOW, FAST = 25_000.0, 250_000.0
OFFLINE_SECONDS = 60
DRAIN_SECONDS = 60
KILLS = {0.03: "crash", 0.15: "close", 0.35: "browser", 0.45: "crash", 0.60: "close", 0.70: "crash"}
"""What is killed, and after which share of the photos is stored."""
GOES_OFFLINE = 0.80
BATCHES = 4
_LONGEST_SECONDS = 3_600
WAITING = """async () => {
  const request = indexedDB.open("outbox");
  const base = await new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error);
  });
  const all = base.transaction("records").objectStore("records").getAll();
  const records = await new Promise((resolve, reject) => {
    all.onsuccess = () => resolve(all.result); all.onerror = () => reject(all.error);
  });
  base.close();
  const waiting = records.filter(({ state }) => state !== "arrived");
  return { waiting: waiting.length, refused: waiting.filter(({ state }) => state === "refused").length };
}"""
KEPT = """count => document.querySelectorAll("photo-slot[photo]:not([state=preparing])").length >= count"""


def write_photos(folder: Path, count: int) -> Iterator[Path]:
    """Distinct JPEGs: most of 100 to 200 KB, which keep their pixels, every tenth of a megabyte, which is shrunk."""
    for number in range(count):
        is_large = number % 10 == 9
        width, quality = (2_400, 80) if is_large else (720 + number, 72)
        data = pictures.written(pictures.page(width, width * 3 // 4 + number % 7, 30), quality=quality)
        pictures.page.cache_clear()
        file = folder / f"IMG_{number:04}.jpg"
        file.write_bytes(data)
        yield file


@dataclass
class Phone:
    """A browser whose profile outlives its processes."""

    playwright: Playwright
    profile: Path
    url: str
    context: BrowserContext | None = None
    page: Page | None = None
    errors: list[str] = field(default_factory=list)
    """Of scripts."""

    @property
    def address(self) -> str:
        return f"{self.url}/my/materials/{ROOMY}"

    async def open(self) -> Page:
        """The material's page, as somebody opens it who wants to go on; signs in where that is asked for."""
        if self.context is None:
            self.context = await self.playwright.chromium.launch_persistent_context(
                self.profile,
                executable_path=str(find_browser()),
                args=ARGUMENTS,
                viewport=PHONE,
                locale="zh-CN",
            )
        page = await self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(self.address, timeout=180_000)
        if await page.locator("[name=user_name]").count():
            await come_in_by_page(page, USER, most_ms=180_000)
            await page.goto(self.address, timeout=180_000)
        self.page = page
        return page

    async def choose(self, files: list[Path], already: int) -> None:
        """Chooses these from the album and waits until the page says that they are safe."""
        assert self.page is not None
        await self.page.locator(".actions input[type=file][multiple]").set_input_files(files, timeout=180_000)
        await self.page.wait_for_function(KEPT, arg=already + len(files), timeout=300_000)

    async def waiting(self) -> dict[str, int]:
        """What the phone's own store holds that has not arrived."""
        assert self.page is not None
        told: dict[str, int] = await self.page.evaluate(WAITING)
        return told

    async def kill(self, how: str) -> None:
        """Ends the page, or the whole browser, without a word to it."""
        assert self.page is not None
        assert self.context is not None
        if how == "browser":
            os.kill(self._process(), signal.SIGKILL)
            with suppress(BrowserError):
                await self.context.close()
            self.context = None
        elif how == "crash":
            session = await self.context.new_cdp_session(self.page)
            with suppress(BrowserError, TimeoutError):
                await asyncio.wait_for(session.send("Page.crash"), 5)
            with suppress(BrowserError):
                await self.page.close()
        else:
            await self.page.close(run_before_unload=False)
        self.page = None

    def _process(self) -> int:
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes().decode().split("\0")
                if f"--user-data-dir={self.profile}" in command and not any(
                    "--type=" in one for one in command
                ):
                    return int(entry.name)
        raise LookupError("the browser is not there")


@asynccontextmanager
async def phone_on(profile: Path, url: str) -> AsyncIterator[Phone]:
    """A phone, whose browser is closed at the end."""
    async with async_playwright() as playwright:
        phone = Phone(playwright, profile, url)
        try:
            yield phone
        finally:
            if phone.context is not None:
                with suppress(BrowserError):
                    await phone.context.close()


@dataclass
class Run:
    """One run's story, told as it goes."""

    count: int
    proxy: FaultProxy
    phone: Phone
    silent: bool = False
    """Whether the browser is not told that it is offline, as where the fault lies further away."""
    begun: float = field(default_factory=time.monotonic)
    drained_in: float = 0.0
    left_at_return: int = 0
    pages_killed: int = 0
    browsers_killed: int = 0

    def say(self, what: str) -> None:
        """A line with the time."""
        print(f"{time.monotonic() - self.begun:6.0f} s  {what}", flush=True)

    async def stored(self) -> int:
        """Photos that the product has."""
        return await Photo.all().count()

    async def until(self, count: int) -> None:
        """Waits until so many are stored."""

        async def are_stored() -> bool:
            return await self.stored() >= count

        await until(are_stored, _LONGEST_SECONDS)

    async def walk(self, files: list[Path]) -> None:
        """The whole evening."""
        batch = len(files) // BATCHES
        acts = sorted(KILLS.items())
        await self.phone.open()
        for number in range(BATCHES):
            chosen = (
                files[number * batch :]
                if number == BATCHES - 1
                else files[number * batch : (number + 1) * batch]
            )
            await self.phone.choose(chosen, number * batch)
            self.say(f"{number * batch + len(chosen)} chosen and kept, {await self.stored()} stored")
            if acts:
                await self.act(*acts.pop(0))
        for act in acts:
            await self.act(*act)
        await self.until(int(GOES_OFFLINE * self.count))
        await self.go_offline()

    async def act(self, share: float, how: str) -> None:
        """Kills what is to be killed once so many are stored, and opens it again."""
        await self.until(int(share * self.count))
        await self.phone.kill(how)
        self.browsers_killed += how == "browser"
        self.pages_killed += how != "browser"
        self.say(f"{how}: {await self.stored()} stored")
        await self.phone.open()

    async def go_offline(self) -> None:
        """No network for a minute; then all must be there soon."""
        context = self.phone.context
        assert context is not None
        await context.set_offline(not self.silent)
        await self.proxy.offline()
        self.say(f"offline: {await self.stored()} stored")
        await asyncio.sleep(OFFLINE_SECONDS)
        self.left_at_return = (await self.phone.waiting())["waiting"]
        await self.proxy.online()
        await context.set_offline(False)
        back = time.monotonic()
        self.say(f"online again: {self.left_at_return} wait")

        async def is_empty() -> bool:
            return not (await self.phone.waiting())["waiting"]

        await until(is_empty, 600)
        self.drained_in = time.monotonic() - back
        self.say("nothing waits any more")


async def follow_speed(run: Run) -> None:
    """The line is slow for the first twenty photos."""
    await run.until(20 * run.count // 200)
    run.proxy.weather.bytes_per_second = FAST
    run.say("250 kB/s from here on")


async def main() -> int:
    """Prints the story and the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", type=int, default=20200506)
    parser.add_argument("--silent", action="store_true", help="the browser is not told of being offline")
    wish = parser.parse_args()
    with database(wish.database) as (url, folder):
        await settle(url, [USER], roomy_package(wish.photos))
        (folder / "album").mkdir()
        files = list(write_photos(folder / "album", wish.photos))
        sizes = sorted(file.stat().st_size for file in files)
        print(f"{len(files)} photos, {sizes[0]} to {sizes[-1]} bytes, {sum(sizes) / 1e6:.1f} MB", flush=True)
        async with opened_database(url):
            with served(url, folder) as product:
                weather = Weather(0.3, 0.3, SLOW)
                async with (
                    FaultProxy(product.url, weather, wish.seed) as proxy,
                    phone_on(folder / "profile", proxy.url) as phone,
                ):
                    run = Run(wish.photos, proxy, phone, wish.silent)
                    speed = asyncio.create_task(follow_speed(run))
                    try:
                        await run.walk(files)
                        await speed
                    finally:
                        speed.cancel()
                    return await tell(run, await phone.waiting(), wish.database)


async def tell(run: Run, left: dict[str, int], kind: str) -> int:
    """The figures; 1 where they are not what must hold."""
    photos = await Photo.all()
    stored = [photo for photo in photos if photo.removed_at is None]
    different = {photo.sha256 for photo in stored}
    told = {
        "database": kind,
        "photos": run.count,
        "stored": len(stored),
        "duplicates": len(photos) - len(different),
        "lost": run.count - len(different),
        "left_on_the_phone": left,
        "originals": await Incoming.all().count(),
        "pages_killed": run.pages_killed,
        "browsers_killed": run.browsers_killed,
        "left_when_the_network_returned": run.left_at_return,
        "empty_after_seconds": round(run.drained_in, 1),
        "silent": run.silent,
        "seconds": round(time.monotonic() - run.begun),
        "requests": dict(sorted(run.proxy.counts.items())),
        "megabytes_sent": round(run.proxy.bytes_up / 1e6, 1),
        "script_errors": run.phone.errors,
    }
    print(json.dumps(told, ensure_ascii=False))
    holds = (
        len(stored) == len(different) == len(photos) == run.count
        and left["waiting"] == 0
        and run.drained_in <= DRAIN_SECONDS
        and (run.pages_killed, run.browsers_killed) == (5, 1)
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
