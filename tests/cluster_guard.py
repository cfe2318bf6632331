"""Runs one PostgreSQL cluster for as long as the process that started this one lives.

Started by `tests.cluster` with the folder of PostgreSQL's programs as its argument. Writes one line of JSON
to its standard output, {"port", "password", "folder"} or {"failed"}, then waits for the end of its standard
input. That end comes however the owner dies, SIGKILL included, so no server and no folder outlive a test run.
"""

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

START_SECONDS = 60
PORT_TRIES = 5

# Data that nobody keeps need no protection from a power cut.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class StartFailed(Exception):
    """Its text is what PostgreSQL said."""


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="webapp-postgres-"))
    server = None
    try:
        identity = _identity(folder)
        password = secrets.token_hex(16)
        _initialise(Path(sys.argv[1]), folder, password, identity)
        server, port = _start(Path(sys.argv[1]), folder, identity)
        _tell({"port": port, "password": password, "folder": str(folder)})
        sys.stdin.buffer.read()
    except (StartFailed, OSError) as reason:
        _tell({"failed": str(reason)})
    finally:
        if server is not None:
            _end(server)
        shutil.rmtree(folder, ignore_errors=True)


def _tell(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _identity(folder: Path) -> dict[str, Any]:
    """What Popen needs to run PostgreSQL, which refuses root, as somebody else; empty where we are not."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "_postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(folder, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise StartFailed("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.")


def _initialise(programs: Path, folder: Path, password: str, identity: dict[str, Any]) -> None:
    secret = folder / "password"
    secret.touch(mode=0o600)
    if identity:
        os.chown(secret, identity["user"], identity["group"])
    secret.write_text(password, "utf-8")
    done = subprocess.run(
        [
            programs / "initdb",
            *("--pgdata", folder / "data", "--no-sync", "--encoding=UTF8", "--locale=C"),
            *("--username=webapp", "--auth=scram-sha-256", "--pwfile", secret),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    secret.unlink()
    if done.returncode:
        raise StartFailed(f"initdb: {done.stderr.strip()}")


def _start(programs: Path, folder: Path, identity: dict[str, Any]) -> tuple[subprocess.Popen[bytes], int]:
    """The running server and its port; where another process takes the port before us, one more is tried."""
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    log = folder / "log"
    for _ in range(PORT_TRIES):
        port = _free_port()
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", f"--port={port}", *settings],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                **identity,
            )
        if _comes_up(server, folder / "data" / "postmaster.pid"):
            return server, port
        _end(server)
    raise StartFailed(f"postgres: {log.read_text('utf-8', 'replace').strip()}")


def _comes_up(server: subprocess.Popen[bytes], status: Path) -> bool:
    """Whether the server became ready, which it writes into the eighth line of its status file."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        lines = status.read_text("utf-8").splitlines() if status.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return True
        time.sleep(0.02)
    return False


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGQUIT)  # at once, without a checkpoint: the data go away anyway
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
