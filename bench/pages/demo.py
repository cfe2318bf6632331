"""A copy of the demo to look at: its people come in by the sign-in pages, nothing of the original is touched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from webapp.demo.browsing import browser, sent
from webapp.totp import code_at

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Demo:
    """A running demo; ``site`` is the registration site beside it."""

    url: str
    site: str
    people: dict[str, dict[str, Any]]
    """By user name: what ``demo.json`` says of each."""

    @contextmanager
    def come_in(self, user_name: str) -> Iterator[httpx.Client]:
        """A browser in which this person, candidate or staff, is signed in."""
        person = self.people[user_name]
        form = {"user_name": user_name, "password": person["password"]}
        with browser(self.url) as there:
            if secret := person.get("totp_secret"):
                sent(there, "/staff/sign-in", {**form, "code": code_at(secret, datetime.now(UTC))})
            else:
                sent(there, "/", form)
            yield there

    def cookies(self, user_name: str) -> list[dict[str, Any]]:
        """The cookies of a new session, as Playwright takes them."""
        with self.come_in(user_name) as there:
            return [
                {"name": cookie.name, "value": cookie.value or "", "url": self.url}
                for cookie in there.cookies.jar
            ]


@contextmanager
def running_demo(built: Path | None) -> Iterator[Demo]:
    """The demo of this checkout on free ports, on a copy of the data folder ``built``; None: a new one, in minutes."""
    with tempfile.TemporaryDirectory(prefix="demo-") as scratch:
        data = Path(scratch) / "demo"
        if built is not None:
            shutil.copytree(built, data)
        command = [sys.executable, "-m", "webapp", "demo", "--port", "0", "--site-port", "0"]
        process = subprocess.Popen(
            [*command, "--data", str(data), "--json"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            said = _said(process.stdout)
            # What it says later must not fill the pipe.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            everybody = said["staff"] + said["candidates"]
            people = {person["user_name"]: person for person in everybody}
            yield Demo(said["url"], said["registration_site"], people)
        finally:
            process.terminate()
            process.wait(60)


def _said(lines: Iterator[str]) -> dict[str, Any]:
    """The line that says where the demo is; the log's lines before it are passed over."""
    for line in lines:
        if line.startswith("{") and "registration_site" in (said := json.loads(line)):
            return dict(said)
    raise RuntimeError("the demo ended before it said where it is")
