"""axe-core over every page that a link leads to, for every kind of person of the demo.

    python -m bench.axe [--demo FOLDER] [--people ceshi02,yishen1]

Must: no violation of wcag2a to wcag22aa and best-practice at 320, 390, 820 and 1280 px and at 200 % text, nothing
wider than the window, nothing too small for a finger on a phone. ``--demo`` (or the environment's ``DEMO``) is the
data folder of a built demo, which is copied; without it one is built, which takes minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from bench.axe.sweep import PEOPLE, Sweep
from bench.pages.demo import Demo, running_demo
from tests.browser.browsers import chromium


async def swept(demo: Demo, people: tuple[str, ...]) -> Sweep:
    """Everybody's pages, one person after the other."""
    async with chromium() as started:
        sweep = Sweep(started, demo)
        for person in people:
            before = len(sweep.found)
            looked = await sweep.walk(person)
            found = sweep.found[before:]
            print(f"{person or 'nobody':10} {looked:3} pages, {len(found)} complaints", flush=True)
            for complaint in sorted(set(found)):
                print(" ", complaint, flush=True)
        return sweep


def main() -> int:
    """1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.axe", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--demo", type=Path, default=os.environ.get("DEMO"), help="data folder of a built demo"
    )
    parser.add_argument(
        "--people", default=",".join(("", *PEOPLE)), help="user names; an empty one is nobody"
    )
    options = parser.parse_args()
    with running_demo(Path(options.demo) if options.demo else None) as demo:
        sweep = asyncio.run(swept(demo, tuple(options.people.split(","))))
    print(f"pages {sweep.looked}, looks {sweep.looks}: must 0 complaints, seen {len(sweep.found)}")
    return int(bool(sweep.found))


if __name__ == "__main__":
    sys.exit(main())
