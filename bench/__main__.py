"""Every figure that the photo engine and the pages have to show, one table after the other.

    python -m bench [--short] [page] [server] [hostile] [hints] [pages] [axe]

Without names: all. A part that can do nothing without ``TEST_MATERIAL`` is left out where that is not set, and then the
whole counts as failed. Each part is a program of its own, ``python -m bench.<part> --help``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Part:
    """One program; ``short`` are its options for a run that shows whether it works, not how good we are."""

    name: str
    what: str
    command: tuple[str, ...]
    short: tuple[str, ...] = ()
    needs_material: bool = True
    """Whether it can do nothing without ``TEST_MATERIAL``."""


PYTHON = sys.executable
CORPUS = f"{os.environ.get('TEST_MATERIAL')}/corpus"
PARTS = (
    Part("page", "in the page: legibility, size, time, memory", (PYTHON, "-m", "bench.page"), ("--short",)),
    Part(
        "server",
        "on the server: CPU per upload and per look at a photo",
        (PYTHON, "-m", "bench.server"),
        ("--rounds", "2", "--requests", "80"),
    ),
    Part(
        "hostile",
        "hostile files: verdicts, CPU, memory",
        (PYTHON, "-m", "bench.hostile"),
        needs_material=False,
    ),
    Part("hints", "false hints of nearly the same picture", (PYTHON, "-m", "bench.hints.rates", CORPUS)),
    Part(
        "pages",
        "pages: weights, a slow phone, Lighthouse",
        (PYTHON, "-m", "bench.pages"),
        ("--rounds", "1"),
        needs_material=False,
    ),
    Part(
        "axe",
        "pages: axe at every size",
        (PYTHON, "-m", "bench.axe"),
        ("--people", ",ceshi02,yishen1"),
        needs_material=False,
    ),
)


def main() -> int:
    """Runs the parts in turn; 1 if one of them failed, and the others are run all the same."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(part.name for part in PARTS))
    parser.add_argument(
        "--short", action="store_true", help="few rounds: shows that it runs, not how good it is"
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - {part.name for part in PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    wanted = [part for part in PARTS if not options.parts or part.name in options.parts]
    failed = 0
    for part in wanted:
        print(f"\n== {part.name}: {part.what}", flush=True)
        if part.needs_material and not os.environ.get("TEST_MATERIAL"):
            print("left out: set TEST_MATERIAL to the folder of the outside material")
            failed = 1
            continue
        command = [*part.command, *(part.short if options.short else ())]
        failed |= subprocess.run(command, cwd=HERE.parent, check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
