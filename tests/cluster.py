"""A throwaway PostgreSQL cluster for tests: made in two seconds, gone with the process that asked for it.

Each pytest-xdist worker starts its own: that costs less than sharing one would in locks and clean-up.
"""

import asyncio
import atexit
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

GUARD = Path(__file__).with_name("cluster_guard.py")
PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


class NoPostgres(Exception):
    """No PostgreSQL can be started here; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cluster:
    """A running cluster on 127.0.0.1, whose only user is `webapp`, its superuser."""

    def __init__(self, programs: Path) -> None:
        self._guard = subprocess.Popen(
            # -I: the names of test folders must not hide those of the standard library.
            [sys.executable, "-I", GUARD, programs],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for pytest, whose end the guard notices
        )
        atexit.register(self.stop)
        assert self._guard.stdout is not None
        answer: dict[str, Any] = json.loads(self._guard.stdout.readline() or '{"failed": "its guard ended"}')
        if "failed" in answer:
            self.stop()
            raise NoPostgres(f"PostgreSQL in {programs} did not start: {answer['failed']}")
        self.port: int = answer["port"]
        self.folder = Path(answer["folder"])
        self._password: str = answer["password"]
        told = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        self._release = int(re.findall(r"\d+", told.stdout)[0])

    def url(self, database: str) -> str:
        """The address of a database as tortoise-orm and asyncpg take it."""
        return f"postgres://webapp:{self._password}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """Makes a database, empty or as a copy of `template`, to which nobody may be connected meanwhile."""
        statement = f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template or 'template0')}"
        # From 15 on PostgreSQL writes a copy into its log as well, which takes twice as long and protects nobody here.
        self._execute(f"{statement} STRATEGY file_copy" if self._release >= 15 else statement)

    def drop_database(self, name: str) -> None:
        """Removes a database, also while connections to it are open; one that is not there is no error."""
        self._execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")

    def stop(self) -> None:
        """Ends the server and removes its folder; a second time does nothing."""
        atexit.unregister(self.stop)
        assert self._guard.stdin is not None
        assert self._guard.stdout is not None
        self._guard.stdin.close()
        self._guard.wait()
        self._guard.stdout.close()

    def _execute(self, statement: str) -> None:
        async def connect_and_execute() -> None:
            connection = await asyncpg.connect(self.url("postgres"))
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        # In a thread, since a fixture may call this while its own event loop runs.
        with ThreadPoolExecutor(1) as threads:
            threads.submit(asyncio.run, connect_and_execute()).result()


@contextmanager
def throwaway_cluster() -> Iterator[Cluster]:
    """A cluster for the length of a `with` block. Raises NoPostgres."""
    cluster = Cluster(find_programs())
    try:
        yield cluster
    finally:
        cluster.stop()


def find_programs() -> Path:
    """The folder with initdb and postgres: PG_BIN, that of PATH, or the highest release in the usual places.

    Raises NoPostgres.
    """
    if named := os.environ.get("PG_BIN"):
        if not _complete(Path(named)):
            raise NoPostgres(f"PG_BIN names {named}, which does not hold initdb and postgres")
        return Path(named)
    on_path = shutil.which("initdb")
    # Resolved, because a link to initdb alone has no postgres beside it.
    folders = [Path(on_path).resolve().parent] if on_path else []
    for place in PLACES:
        folders += sorted(Path("/").glob(place[1:]), key=_release, reverse=True)
    for folder in folders:
        if _complete(folder):
            return folder
    raise NoPostgres("no PostgreSQL programs were found; install PostgreSQL, or set PG_BIN to their folder")


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres"))


def _release(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.parent.name))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
