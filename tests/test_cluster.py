import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.cluster import Cluster, NoPostgres, find_programs, throwaway_cluster

OWNER = """
import signal, sys, time
from tests.cluster import throwaway_cluster
# A job that a shell runs in the background ignores SIGINT, and so would everything it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
with throwaway_cluster() as cluster:
    print(cluster.port, cluster.folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    try:
        find_programs()
    except NoPostgres as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(missing.reason)
    with throwaway_cluster() as running:
        yield running


async def test_a_copy_holds_what_its_template_held(cluster: Cluster) -> None:
    cluster.create_database("original")
    await _execute(cluster.url("original"), "CREATE TABLE paper AS SELECT '证书' AS name")
    cluster.create_database("copy", template="original")
    assert await _value(cluster.url("copy"), "SELECT name FROM paper") == "证书"


async def test_a_database_is_dropped_although_somebody_is_connected(cluster: Cluster) -> None:
    cluster.create_database("busy")
    connection = await asyncpg.connect(cluster.url("busy"))
    assert await connection.fetchval("SELECT 1") == 1
    cluster.drop_database("busy")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(cluster.url("busy"))
    connection.terminate()


def test_dropping_a_database_twice_is_no_error(cluster: Cluster) -> None:
    cluster.create_database("twice")
    cluster.drop_database("twice")
    cluster.drop_database("twice")


async def test_it_listens_on_the_loopback_address_only(cluster: Cluster) -> None:
    assert await _value(cluster.url("postgres"), "SHOW listen_addresses") == "127.0.0.1"
    assert await _value(cluster.url("postgres"), "SHOW unix_socket_directories") == ""


async def test_without_its_password_nobody_gets_in(cluster: Cluster) -> None:
    assert await _value(cluster.url("postgres"), "SELECT 1") == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host="127.0.0.1", port=cluster.port, user="webapp", password="guessed")


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_however_its_owner_ends(end: signal.Signals) -> None:
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as owner:
        assert owner.stdout is not None
        port, folder = owner.stdout.readline().split()
        assert _answers(int(port))
        assert Path(folder).exists()
        owner.send_signal(end)
    deadline = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not _answers(int(port))


def test_a_folder_without_postgresql_is_named_in_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(NoPostgres, match=str(tmp_path)):
        find_programs()


def test_programs_that_fail_tell_what_they_said() -> None:
    # Not tmp_path: as root we start them as another user, who could not get there.
    with tempfile.TemporaryDirectory() as place:
        programs = Path(place)
        programs.chmod(0o755)
        for name in ("initdb", "postgres"):
            (programs / name).write_text("#!/bin/sh\necho no room left >&2\nexit 1\n", "utf-8")
            (programs / name).chmod(0o755)
        with pytest.raises(NoPostgres, match="no room left"):
            Cluster(programs)


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
