"""The product as it is run: the supervisor and its processes, on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.ticket_keys import TICKET_KEYS
from webapp.keyring import open_keyring
from webapp.settings import Settings, environment_for_children

ROOT = Path(__file__).parents[1]
UNUSED_TLS = ssl.create_default_context()
"""For httpx, which else reads all certificates for each client (24 ms); here everybody speaks plain HTTP."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A running supervisor."""

    url: str
    process: subprocess.Popen[bytes]
    settings: Settings
    log: Path

    def browser(self, headers: Mapping[str, str], timeout: float = 60) -> httpx.AsyncClient:
        """A browser on it with a connection of its own, which sends these headers with each request."""
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=timeout, verify=UNUSED_TLS)

    def children(self) -> list[int]:
        """The process ids of the supervisor's children."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in listed.stdout.split()]

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = 40) -> int:
        """Sends a signal to the supervisor and waits; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)


def wait_until_ready(url: str, seconds: float = 30) -> None:
    """Waits for 200 from /readyz."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz", timeout=5, verify=UNUSED_TLS).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{url} was not ready after {seconds} s")


@contextmanager
def served(
    database_url: str,
    data: Path,
    processes: int = 2,
    trusted_proxies: int = 0,
    *,
    registration_site: str = "",
    ticket_keys: str = TICKET_KEYS,
) -> Iterator[Served]:
    """The product on ``database_url`` (migrated, with an exam), ended afterwards whatever happens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        data=data,
        database_url=database_url,
        origin=url,
        processes=processes,
        trusted_proxies=trusted_proxies,
        demo=True,
        movable_clock=True,
        ticket_keys=ticket_keys,
        registration_site=registration_site,
    )
    open_keyring("", data / "keys")
    log = data / "served.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp", "serve", "--port", str(port)],
            env={**environment_for_children(settings), "PYTHONWARNINGS": "error"},
            cwd=ROOT,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    running = Served(url, process, settings, log)
    try:
        wait_until_ready(url)
        yield running
    finally:
        try:
            running.end()
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
