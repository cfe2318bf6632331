"""Servers on ports of their own, each in a process group of its own, each ended by its process id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.server.cpu import tree
from tests.served import ROOT, UNUSED_TLS, free_port
from webapp.settings import Settings, environment_for_children
from webapp.supervisor import bind

MALLOC = {"MALLOC_MMAP_THRESHOLD_": "268435456", "MALLOC_TRIM_THRESHOLD_": "536870912"}
"""As the supervisor gives it to our own processes."""
PROCESSES = 2
_PEERS = ("django<6", "gunicorn", "pillow", "numpy")
_UP_SECONDS = 60.0
_END_SECONDS = 30.0


@dataclass
class Server:
    """A running contender."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """The root of its processes."""
        return self.process.pid

    def end(self) -> None:
        """Asks it to end; what is left of its own processes after a while is killed."""
        everybody = [one.pid for one in tree(self.pid)]
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_END_SECONDS)
        if self.process.poll() is None:
            for pid in everybody:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()


def started(
    command: Sequence[str | Path],
    port: int,
    environment: Mapping[str, str],
    log: Path,
    *,
    folder: Path = ROOT,
    kept_open: Sequence[int] = (),
) -> Server:
    """Starts a server and waits until anything answers on its port."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            pass_fds=kept_open,
        )
    server, end = Server(port, process), time.monotonic() + _UP_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5, verify=UNUSED_TLS)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return server
    server.end()
    raise SystemExit(f"{' '.join(map(str, command))} did not start: {log.read_text()[-800:]}")


def product(url: str, data: Path) -> tuple[Server, Settings]:
    """Ours as in production: supervisor, serving processes, duties; no demo, no clock that can be moved."""
    port = free_port()
    settings = Settings(data=data, database_url=url, origin=f"http://127.0.0.1:{port}", processes=PROCESSES)
    command = [sys.executable, "-m", "webapp", "serve", "--port", str(port)]
    return started(command, port, environment_for_children(settings), data / "product.log"), settings


def stock_quart(url: str, log: Path) -> Server:
    """``bench/server/stock.py`` by hypercorn with uvloop, as many processes as ours."""
    port = free_port()
    command = [sys.executable, "-m", "hypercorn", "-w", str(PROCESSES), "-k", "uvloop"]
    command += ["-b", f"127.0.0.1:{port}", "bench.server.stock:app", "--log-level", "warning"]
    return started(command, port, {"BENCH_DATABASE": url, **MALLOC}, log)


def send_file(environment: Mapping[str, str], plain: Path, log: Path) -> list[Server]:
    """``bench/server/send_file.py``: as many processes as ours on one socket. They stand side by side."""
    port = free_port()
    listening = bind("127.0.0.1", port)
    listening.listen(100)
    listening.set_inheritable(True)
    command = [sys.executable, "-m", "bench.server.send_file", str(listening.fileno())]
    variables = {**environment, "BENCH_PLAIN": str(plain)}
    return [
        started(command, port, variables, log.with_suffix(f".{number}"), kept_open=[listening.fileno()])
        for number in range(PROCESSES)
    ]


def peers(folder: Path) -> Path:
    """A virtual environment with what the Django peer needs; its Python."""
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *_PEERS], check=True)
    return python


def django(python: Path, material: Path, folder: Path, variables: Mapping[str, str]) -> Server:
    """The outside material's Django peer by gunicorn with sync workers, on a fresh SQLite database."""
    port, apps = free_port(), material / "bench" / "server" / "apps"
    folder.mkdir(parents=True)
    given = {**variables, "DB": "sqlite", "STORE": str(folder), "DBNAME": "django"}
    given["PYTHONDONTWRITEBYTECODE"] = "1"  # the material is not ours to write to
    subprocess.run([python, "django_app.py"], cwd=apps, env={**os.environ, **given}, check=True)
    command = [python, "-m", "gunicorn", "-w", str(PROCESSES), "-b", f"127.0.0.1:{port}"]
    command += ["django_app:application", "--log-level", "warning"]
    return started(command, port, given, folder / "log", folder=apps)
