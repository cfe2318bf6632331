"""The processes: they come back when killed, end gently, and never outlive their supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.served import ROOT, UNUSED_TLS, Served, served, wait_until_ready
from webapp.settings import environment_for_children
from webapp.supervisor import PortTaken, bind


@pytest.fixture
def url_of_sqlite(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite database: which database it is makes no difference to processes."""
    copy = tmp_path / "webapp.sqlite3"
    copy.write_bytes(sqlite_template.read_bytes())
    return f"sqlite://{copy}"


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(listed.stdout.strip()) and not listed.stdout.startswith("Z")


def wait_for(condition: object, seconds: float = 15) -> bool:
    """Asks ``condition`` again until it is true or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def lasting(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running product for the tests that leave it running."""
    folder = tmp_path_factory.mktemp("lasting")
    (folder / "webapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    with served(f"sqlite://{folder / 'webapp.sqlite3'}", folder) as running:
        yield running


def test_a_killed_child_comes_back_and_nobody_notices(lasting: Served) -> None:
    running = lasting
    assert wait_for(lambda: len(running.children()) == 3), "two that serve, one that keeps the duties"
    before = set(running.children())
    os.kill(sorted(before)[0], signal.SIGKILL)
    assert wait_for(lambda: len(set(running.children()) - before) == 1 and len(running.children()) == 3)
    for _ in range(20):
        assert httpx.get(f"{running.url}/healthz", verify=UNUSED_TLS).status_code == 200


def test_sigterm_ends_with_0_and_leaves_nobody(url_of_sqlite: str, tmp_path: Path) -> None:
    with served(url_of_sqlite, tmp_path) as running:
        assert wait_for(lambda: len(running.children()) == 3)
        children = running.children()
        assert running.end() == 0
        assert not any(alive(pid) for pid in children)
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{running.url}/healthz")


def test_children_do_not_outlive_a_killed_supervisor(url_of_sqlite: str, tmp_path: Path) -> None:
    with served(url_of_sqlite, tmp_path) as running:
        assert wait_for(lambda: len(running.children()) == 3)
        children = running.children()
        assert all(alive(pid) for pid in children)
        running.end(signal.SIGKILL)
        assert wait_for(lambda: not any(alive(pid) for pid in children), 30)
        port = int(running.url.rsplit(":", 1)[1])
        bind("127.0.0.1", port).close()


def test_running_requests_survive_sigterm(url_of_sqlite: str, tmp_path: Path) -> None:
    """Sixteen forms whose second half comes only after SIGTERM was sent are all answered."""
    with served(url_of_sqlite, tmp_path) as running:
        answers = asyncio.run(_slow_forms(running, 16))
        assert answers == [b"HTTP/1.1 422"] * 16


async def _slow_forms(running: Served, number: int) -> list[bytes]:
    port = int(running.url.rsplit(":", 1)[1])
    # Sixteen names, or the sixth would be told to wait.
    bodies = [f"user_name=nobody-{number:02d}&password=wrong-pass-1".encode() for number in range(number)]
    head = (
        f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {running.url}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(bodies[0])}\r\n\r\n"
    ).encode()
    doors = [await asyncio.open_connection("127.0.0.1", port) for _ in range(number)]
    for (_, writer), body in zip(doors, bodies, strict=True):
        writer.write(head + body[:10])
        await writer.drain()
    await asyncio.sleep(0.5)
    running.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.7)
    answers = []
    for (reader, writer), body in zip(doors, bodies, strict=True):
        writer.write(body[10:])
        await writer.drain()
        answers.append((await reader.readline())[:12])
        writer.close()
    return answers


def test_a_taken_port_is_refused_in_one_line(lasting: Served) -> None:
    port = lasting.url.rsplit(":", 1)[1]
    with pytest.raises(PortTaken):
        bind("127.0.0.1", int(port))
    second = subprocess.run(
        [sys.executable, "-m", "webapp", "serve", "--port", port],
        env=environment_for_children(lasting.settings),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert second.returncode == 1
    assert "is taken" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_free_port_is_bound_without_sharing_it() -> None:
    first = bind("127.0.0.1", 0)
    try:
        assert first.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) == 0
        wait = first.getsockname()[1]
        with pytest.raises(PortTaken):
            bind("127.0.0.1", wait)
    finally:
        first.close()


def test_it_serves_again_after_a_sigkill_at_once(url_of_sqlite: str, tmp_path: Path) -> None:
    with served(url_of_sqlite, tmp_path, processes=1) as first:
        first.end(signal.SIGKILL)
    with served(url_of_sqlite, tmp_path, processes=1) as second:
        wait_until_ready(second.url)
