"""``webapp demo`` as a newcomer runs it: ready in one command, again at once, and after a SIGKILL."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from tests.served import ROOT, free_port
from webapp.clock import now


@contextmanager
def demo(data: Path, port: int) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """A running demo and what its first line says."""
    with (data.parent / "demo.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp", "demo", "--port", str(port), "--data", str(data), "--json"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first, (data.parent / "demo.log").read_text()[-2000:]
            yield json.loads(first), process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(40)
            assert process.stdout is not None
            process.stdout.close()


def sign_in(known: dict[str, Any], user_name: str) -> httpx.Response:
    """Signs a demo account in as its sheet says, with the code that a phone shows now."""
    sheet = next(one for one in known["staff"] if one["user_name"] == user_name)
    code = pyotp.TOTP(sheet["totp_secret"]).at(now())
    form = {"user_name": user_name, "password": sheet["password"], "code": code}
    with httpx.Client(
        base_url=known["url"], headers={"Origin": known["url"]}, follow_redirects=True, timeout=60
    ) as browser:
        return browser.post("/staff/sign-in", data=form)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo's data folder, built once and ended by SIGKILL."""
    data = tmp_path_factory.mktemp("demo") / "data"
    with demo(data, free_port()) as (known, process):
        assert Path(known["data"]) == data
        assert {role for sheet in known["staff"] for role in sheet["roles"]} == {
            "manager",
            "reviewer",
            "auditor",
        }
        assert sign_in(known, "yishen1").url.path == "/review"
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    return data


def test_the_first_line_tells_tools_where_to_go_and_who_may_enter(built: Path) -> None:
    book = json.loads((built / "demo.json").read_text())
    assert len(book["staff"]) == 8
    assert all(len(sheet["totp_secret"]) == 32 for sheet in book["staff"])


def test_its_data_survive_a_sigkill_and_nothing_is_built_twice(built: Path) -> None:
    before = (built / "demo.json").read_bytes()
    keys = (built / "keys").read_bytes()
    with demo(built, free_port()) as (known, _):
        assert sign_in(known, "ershen1").url.path == "/review"
        assert sign_in(known, "quguan2").url.path == "/staff"
    assert (built / "demo.json").read_bytes() == before
    assert (built / "keys").read_bytes() == keys


def test_a_second_demo_on_the_same_data_or_port_is_refused_in_one_line(built: Path, tmp_path: Path) -> None:
    port = free_port()
    with demo(built, port):
        for data, sentence in ((built, "already runs"), (tmp_path / "other", "is taken")):
            second = subprocess.run(
                [sys.executable, "-m", "webapp", "demo", "--port", str(port), "--data", str(data)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                timeout=30,
            )
            assert second.returncode == 1
            assert sentence in second.stderr
            assert len(second.stderr.strip().splitlines()) == 1


def test_a_demo_that_was_killed_while_building_starts_over(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "webapp.sqlite3").write_bytes(b"half a database")
    (data / "keys").write_text("half a key")
    (data / "mine.txt").write_text("not ours")
    with demo(data, free_port()) as (known, _):
        assert sign_in(known, "qushen1").url.path == "/review"
    assert (data / "mine.txt").exists(), "only what a demo makes is removed"
    assert (data / "keys").stat().st_mode & 0o077 == 0
