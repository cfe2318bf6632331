"""The stage of the benches that need the product itself: a database, an exam, and people who come in by its doors.

The product is served by ``tests.served``; what its processes cost, ``bench.server.cpu`` and ``bench.hostile.watch``
read.
"""

from __future__ import annotations

import asyncio
import copy
import shutil
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page

from tests.cluster import throwaway_cluster
from tests.house import CANDIDATE_PASSWORD, EXAM, activated_candidate
from tests.served import UNUSED_TLS
from webapp.actions.load_exam import load_exam
from webapp.clock import now
from webapp.database import migrate, opened_database
from webapp.exams import load_package
from webapp.rules.exam_package import ExamPackage
from webapp.rules.package_reading import read_package
from webapp.rules.windows import Window

ROOMY = "OTHER"
"""The material that takes many photos."""


def roomy_package(places: int) -> ExamPackage:
    """The default exam, but one material takes so many photos."""
    document: dict[str, Any] = copy.deepcopy(dict(load_package(EXAM).document))
    for material in document["material"]:
        if material["code"] == ROOMY:
            material["most"] = places
    return read_package(document)


async def settle(url: str, people: Iterable[str], package: ExamPackage | None = None) -> None:
    """Newest schema, this exam (else the default one), open since yesterday and for three days more, and candidates."""
    package = package or load_package(EXAM)
    await migrate(url)
    window = Window(now() - timedelta(days=1), now() + timedelta(days=3))
    async with opened_database(url):
        await load_exam(package, by="operator", windows={package.phases[0].code: window})
        for user_name in people:
            await activated_candidate(user_name)


def browser(url: str, timeout: float, **more: Any) -> httpx.Client:
    """What a candidate's phone sends requests with."""
    headers = {"Origin": url, "Accept": "application/json"}
    return httpx.Client(base_url=url, headers=headers, timeout=timeout, verify=UNUSED_TLS, **more)


def come_in(there: httpx.Client, user_name: str) -> None:
    """Signs a candidate in; a bench without its people measures nothing."""
    answer = there.post("/", data={"user_name": user_name, "password": CANDIDATE_PASSWORD})
    if answer.status_code != 302:
        raise RuntimeError(f"{user_name} could not sign in: {answer.status_code}")


async def come_in_by_page(
    page: Page, user_name: str, password: str = CANDIDATE_PASSWORD, most_ms: float = 60_000
) -> None:
    """The same on the page that asks for it, until the list is there."""
    await page.locator("[name=user_name]").fill(user_name)
    await page.locator("[name=password]").fill(password)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/my", timeout=most_ms)


async def until(holds: Callable[[], Awaitable[bool]], seconds: float, look_every: float = 0.2) -> None:
    """Waits until something in the database, or in a page, is so; :class:`TimeoutError`."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 - another process makes it so, and tells nobody
            await asyncio.sleep(look_every)


@contextmanager
def database(kind: str) -> Iterator[tuple[str, Path]]:
    """An empty database of this kind (``sqlite`` or ``postgres``), and a folder for data; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        if kind == "sqlite":
            yield f"sqlite://{folder / 'webapp.sqlite3'}", folder
            return
        with throwaway_cluster() as cluster:
            name = f"bench_{uuid.uuid4().hex}"
            cluster.create_database(name)
            yield cluster.url(name), folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
