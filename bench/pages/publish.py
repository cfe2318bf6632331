"""Lets the demo's phase end: the clock passes the bells, what is still open is given up, two managers publish."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

import httpx

from bench.pages.demo import Demo
from webapp.demo.browsing import sent

_ROUNDS = 12
_SETTLE_SECONDS = 12
"""A decision settles ten seconds after it was taken."""


def publish(demo: Demo) -> None:
    """Whoever passed or failed has a published result afterwards; RuntimeError if the product would not."""
    with demo.come_in("quguan1") as first, demo.come_in("quguan2") as second:
        sent(first, "/demo/clock", {"move": "to_bell", "back": "/staff"})
        for _ in range(_ROUNDS):
            if not (cases := _open_cases(first)):
                break
            for case in cases:
                _give_up(first, case)
        time.sleep(_SETTLE_SECONDS)
        digest = re.search(r'name="digest" value="(\w{64})"', first.get("/staff/publishing").text)
        if digest is None:
            raise RuntimeError("there is nothing to approve")
        sent(first, "/staff/publishing/approve", {"digest": digest[1]})
        done = sent(second, "/staff/publishing/publish", {})
        if "done=published" not in str(done.url):
            raise RuntimeError(f"not published: {done.url}")


def _open_cases(manager: httpx.Client) -> list[str]:
    """Addresses of cases that publishing waits for, as its page lists them."""
    page = manager.get("/staff/publishing").text
    return sorted(set(re.findall(r'href="(/staff/cases/[0-9a-f-]{36})"', page)))


def _give_up(manager: httpx.Client, case: str) -> None:
    version = re.search(r'name="version" value="(\d+)"', manager.get(case).text)
    if version is not None:
        form = {"version": version[1], "reason": "演示结束"}
        answer = manager.post(f"{urlsplit(case).path}/withdraw", data=form)
        if answer.status_code == 429:
            time.sleep(float(answer.headers.get("Retry-After", "1")))
