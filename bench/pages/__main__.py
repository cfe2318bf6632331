"""What the pages of candidates weigh, how soon they can be used on a slow phone, and what Lighthouse says.

    python -m bench.pages [--demo FOLDER] [--lighthouse FOLDER] [--rounds 3] [--requests]

``--demo`` (or the environment's ``DEMO``) is the data folder of a built demo, which is copied; without it one is built,
which takes minutes. ``--lighthouse`` (or ``LIGHTHOUSE``) is a folder in which ``npm install lighthouse@13`` was run;
without it that part is left out. Weights are exact; times and Lighthouse's performance are worth something on an idle
machine only, so the load average is printed beside them. ``--requests`` lists each request before the first button.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.pages import lighthouse
from bench.pages.demo import Demo, running_demo
from bench.pages.publish import publish
from bench.pages.weights import Weighed, weighed
from tests.browser.browsers import chromium


@dataclass(frozen=True)
class Page:
    """A page of the promise: who looks, and the first button there; ``published``: after the results are."""

    name: str
    path: str
    button: str
    user_name: str = ""
    published: bool = False


PAGES = (
    Page("sign-in", "/", "main form .button"),
    Page("material list", "/my", ".actions .button--primary", "ceshi02"),
    Page("full material list", "/my", ".actions .button--primary", "ceshi01"),
    Page("material page", "/my/materials/ID", ".actions .button", "ceshi02"),
    Page("material page, empty", "/my/materials/ID", ".actions .button", "ceshi04"),
    Page("result, passed", "/my/result", "main a.row", "ceshi05", published=True),
    Page("result, failed", "/my/result", "main a.row", "ceshi11", published=True),
)
MOST = {"html": 15.0, "css": 12.0, "js": 25.0}
MOST_REQUESTS = 8
MOST_SECONDS = 4.0
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100}


class Said:
    """Lines of must and seen; whether all held."""

    def __init__(self) -> None:
        self.held = True

    def __call__(self, what: str, must: str, seen: str, *, holds: bool) -> None:
        """One line of the table."""
        self.held &= holds
        print(f"  {what:34} must {must:9} seen {seen}{'' if holds else '   <-- not held'}", flush=True)


def weights(say: Said, seen: Weighed, own: str) -> None:
    """What lies before the first button."""
    for kind, most in MOST.items():
        kilobytes = seen.kilobytes(kind)
        say(kind, f"<= {most:.0f} kB", f"{kilobytes:.1f} kB", holds=kilobytes <= most)
    before = seen.before()
    say("requests", f"<= {MOST_REQUESTS}", str(len(before)), holds=len(before) <= MOST_REQUESTS)
    fonts = [request for request in seen.requests if request.kind == "font"]
    foreign = [one for one in seen.requests if one.url.startswith("http") and not one.url.startswith(own)]
    say("web fonts, third party", "0, 0", f"{len(fonts)}, {len(foreign)}", holds=not fonts and not foreign)


async def measured(demo: Demo, page: Page, rounds: int, say: Said, *, requests: bool) -> None:
    """One page, loaded slowly some times."""
    cookies: list[dict[str, Any]] = demo.cookies(page.user_name) if page.user_name else []
    async with chromium() as browser:
        slow = [
            await weighed(browser, demo.url, page.path, page.button, cookies, slow=True)
            for _ in range(rounds)
        ]
    # How many there are hangs on what came first in that round: the middle one counts.
    slow.sort(key=lambda one: (len(one.before()), one.kilobytes("js")))
    weights(say, slow[len(slow) // 2], demo.url)
    usable = statistics.median(one.usable for one in slow)
    each = ", ".join(f"{one.usable:.1f}" for one in slow)
    say(
        "400 kbit/s, 400 ms, 6x CPU",
        f"<= {MOST_SECONDS:.0f} s",
        f"{usable:.1f} s ({each})",
        holds=usable <= MOST_SECONDS,
    )
    if requests:
        for one in slow[len(slow) // 2].before():
            print(f"    {one.bytes:6} {one.begun:5.2f} s {one.kind:5} {urlsplit(one.url).path}")


def scored(demo: Demo, page: Page, rounds: int, say: Said, program: Path) -> None:
    """The same page for Lighthouse."""
    jar = demo.cookies(page.user_name) if page.user_name else []
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in jar)
    found = lighthouse.scores(program, demo.url + page.path, {"Cookie": cookie} if cookie else {}, rounds)
    for category, least in LEAST.items():
        middle = lighthouse.median(found[category])
        each = ", ".join(f"{score:.0f}" for score in found[category])
        say(f"Lighthouse {category}", f">= {least}", f"{middle:.0f} ({each})", holds=middle >= least)


def main() -> int:
    """1 if something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__.partition("\n")[0])
    parser.add_argument("--demo", default=os.environ.get("DEMO", ""), help="data folder of a built demo")
    parser.add_argument(
        "--lighthouse", default=os.environ.get("LIGHTHOUSE", ""), help="where it is installed"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", action="store_true", help="list what lies before the first button")
    options = parser.parse_args()
    program, say = lighthouse.program(options.lighthouse), Said()
    if program is None:
        print(
            "Lighthouse is left out: run npm install lighthouse@13 in a folder and name it with --lighthouse"
        )
    with running_demo(Path(options.demo) if options.demo else None) as demo:
        over = False
        for page in PAGES:
            if page.published and not over:
                publish(demo)
                over = True
            print(f"{page.name} ({page.path}); load average {os.getloadavg()[0]:.1f}")
            asyncio.run(measured(demo, page, options.rounds, say, requests=options.requests))
            if program is not None:
                scored(demo, page, options.rounds, say, program)
    return int(not say.held)


if __name__ == "__main__":
    sys.exit(main())
