"""Databases, apps and people for the tests. Every test gets a database of its own, copied from a migrated one."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import hypothesis
import pytest
from quart import Quart

from tests.cluster import Cluster, NoPostgres, throwaway_cluster
from tests.compiled_once import addresses_compiled_once, share_compiled
from tests.house import FindOffice, House, prepare_database, test_settings
from tests.quick_hashes import quick_hashes
from webapp.app import create_app
from webapp.records.reading.exams import open_exam
from webapp.settings import Settings

_HERE = Path(__file__).parent

# On a busy machine a single example may take long, which says nothing about the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


_START_THE_PRODUCT = {"browser", "races", "test_demo.py", "test_photos_survive.py", "test_supervisor.py"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that start whole processes come first; the short ones after them leave no worker idle at the end.

    A worker that has nothing left takes half of what another still has. That half lies at the end, so no demo and no
    pair of processes is started twice because of it.
    """
    items.sort(key=lambda item: item.path.relative_to(_HERE).parts[0] not in _START_THE_PRODUCT)


@pytest.fixture(scope="session", autouse=True)
def what_all_tests_pay_for_is_cheap() -> Iterator[None]:
    """Hashes and what is compiled from sources, which are no test's subject but those of ``test_hashing``."""
    with quick_hashes(), addresses_compiled_once(), pytest.MonkeyPatch.context() as patch:
        # Else each of the many processes that tests start compiles all our modules for itself.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A throwaway PostgreSQL. Where none can be had: a failure under CI, else a skip that says why."""
    try:
        with throwaway_cluster() as running:
            yield running
    except NoPostgres as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(missing.reason)
        pytest.skip(missing.reason)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the default exam."""
    file = tmp_path_factory.mktemp("template") / "webapp.sqlite3"
    asyncio.run(prepare_database(f"sqlite://{file}"))
    # Two connections that close at the same moment can leave what was written last to a file beside it.
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@pytest.fixture(scope="session")
def postgres_template(cluster: Cluster) -> str:
    """The name of a migrated database with the default exam."""
    cluster.create_database("template_house")
    asyncio.run(prepare_database(cluster.url("template_house")))
    return "template_house"


@contextmanager
def fresh_database(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    """The address of a copy of the migrated database; ``kind`` is ``sqlite`` or ``postgres``."""
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, folder / "webapp.sqlite3")
        yield f"sqlite://{folder / 'webapp.sqlite3'}"
        return
    running: Cluster = request.getfixturevalue("cluster")
    name = f"test_{uuid.uuid4().hex}"
    running.create_database(name, template=request.getfixturevalue("postgres_template"))
    yield running.url(name)
    running.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database of each kind in turn."""
    with fresh_database(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a test's app: demo mode, so that its clock can be moved through the clock's own doors."""
    return test_settings(database_url, tmp_path)


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Quart]:
    """The application, its database open."""
    made = share_compiled(create_app(settings))
    async with made.test_app():
        yield made


@pytest.fixture
def house(app: Quart) -> House:
    """The running house with the people whom a test brings in."""
    return House(app)


@pytest.fixture
def office_id(app: Quart) -> FindOffice:
    """The id of an office by its code."""

    async def find(code: str) -> UUID:
        exam = await open_exam()
        return next(office.id for office in exam.offices if office.code == code)

    return find
