"""The product as it is raced: two processes on each database, started once, since each race brings its own people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import fresh_database
from tests.served import Served, served
from webapp.database import opened_database
from webapp.keyring import Keyring, open_keyring


@contextmanager
def raced(request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> Iterator[Served]:
    """Two processes behind a proxy that tells every racer's own address, on a database of the fixture's kind."""
    folder = folders.mktemp("raced")
    with (
        fresh_database(request, request.param, folder) as url,
        served(url, folder, trusted_proxies=1) as found,
    ):
        yield found


@pytest.fixture(scope="package", params=["sqlite", "postgres"])
def two_processes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """What all races share that leave the exam as it is."""
    with raced(request, tmp_path_factory) as found:
        yield found


@pytest.fixture
async def running(two_processes: Served) -> AsyncIterator[Served]:
    """The running product, its database open for looking."""
    async with opened_database(two_processes.settings.database_url):
        yield two_processes


@pytest.fixture
def keyring(running: Served) -> Keyring:
    """The key ring of the running product."""
    return open_keyring("", running.settings.data / "keys")
