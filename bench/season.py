"""The stage of the benches that need the product itself: an exam with much room, people, and a served product."""

from __future__ import annotations

import asyncio
import copy
import shutil
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.cluster import throwaway_cluster
from tests.house import EXAM
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


async def prepare(url: str, package: ExamPackage) -> None:
    """Newest schema and this exam, open since yesterday and for three days more."""
    await migrate(url)
    window = Window(now() - timedelta(days=1), now() + timedelta(days=3))
    async with opened_database(url):
        await load_exam(package, by="operator", windows={package.phases[0].code: window})


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
