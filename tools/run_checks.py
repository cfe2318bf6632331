"""Runs every check one after the other, goes on after a failed one, and says at the end what took how long.

python -m tools.run_checks                    everything
python -m tools.run_checks --without-tests    style and types
python -m tools.run_checks --races 100        the racing tests, that often
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tools.find_browser import NoBrowser, find_browser, has_chinese_font
from tools.node import VENV_PROGRAMS, environment_with, find_node

WORKERS = min(2, os.cpu_count() or 1)
PACKAGES = "node_modules/.bin"


@dataclass(frozen=True)
class Check:
    """One command; of the patterns `inputs` one must match, since some tools fail where nothing is."""

    name: str
    command: list[str]
    inputs: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)


STYLE_AND_TYPES = [
    Check("ruff check", ["ruff", "check", "--output-format=concise", "."]),
    Check("ruff format", ["ruff", "format", "--check", "."]),
    Check("mypy", ["mypy"]),
    Check("biome", [f"{PACKAGES}/biome", "check", "--error-on-warnings", "--max-diagnostics=none"]),
    Check(
        "tsc pages",
        [f"{PACKAGES}/tsc", "-p", "tsconfig.json"],
        ("static/js/*.js", "static/js/[!vw]*/**/*.js"),
    ),
    Check(
        "tsc workers",
        [f"{PACKAGES}/tsc", "-p", "tsconfig.workers.json"],
        ("static/js/workers/**/*.js", "static/js/service-worker.js"),
    ),
    Check("tsc tests", [f"{PACKAGES}/tsc", "-p", "tsconfig.tests.json"], ("tests/js/**/*.js",)),
]
NODE_TESTS = Check(
    "node tests",
    ["node", "--test", "--test-reporter=spec", "tests/js/**/*.test.js"],
    ("tests/js/**/*.test.js",),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-tests", action="store_true")
    parser.add_argument("--races", type=int)
    wish = parser.parse_args()

    if wish.without_tests:
        checks = STYLE_AND_TYPES
    elif wish.races:
        checks = [_races(wish.races)]
    else:
        checks = [*STYLE_AND_TYPES, NODE_TESTS, _python_tests()]
    sys.exit(0 if run(checks) else 1)


def _races(rounds: int) -> Check:
    # The limit for one test ends what hangs; a race of many rounds has it for every four of them.
    limit = f"faulthandler_timeout={max(300, 75 * rounds)}"
    # One half of them on SQLite beside the other on PostgreSQL: racers wait for each other more than they compute.
    command = ["pytest", "-m", "races", "-n", str(WORKERS), "--dist", "worksteal", "-o", limit]
    return Check("races", command, settings={"RACE_RUNS": str(rounds)})


def run(checks: list[Check]) -> bool:
    """Runs them all; whether none failed."""
    node = find_node()
    if node is None:
        sys.exit("Node.js is no longer where set-up found it. Run make set-up.")
    # The programs of .venv come last into PATH and so first: `pytest` is ours, whatever else the machine has.
    environment = environment_with(node)
    environment["PATH"] = f"{VENV_PROGRAMS.absolute()}{os.pathsep}{environment['PATH']}"
    rows = []
    for check in checks:
        if check.inputs and not any(True for pattern in check.inputs for _ in Path().glob(pattern)):
            rows.append((check.name, 0.0, "nothing to check"))
            continue
        print(f"\n== {check.name}", flush=True)
        begun = time.monotonic()
        code = subprocess.run(check.command, check=False, env={**environment, **check.settings}).returncode
        rows.append((check.name, time.monotonic() - begun, "FAILED" if code else "ok"))

    print()
    for name, seconds, outcome in [*rows, ("all", sum(row[1] for row in rows), "")]:
        print(f"{name:<12} {seconds:7.1f} s  {outcome}")
    return all(outcome != "FAILED" for _, _, outcome in rows)


def _python_tests() -> Check:
    """Asked for before anything runs, so that a missing browser shows in the first second."""
    try:
        browser = find_browser()
    except NoBrowser as reason:
        sys.exit(str(reason))
    if not has_chinese_font():
        sys.exit("No Chinese font was found. Install one (Debian, Ubuntu: apt install fonts-noto-cjk).")
    command = ["pytest", "-n", str(WORKERS), "--dist", "worksteal"]
    return Check("pytest", command, settings={"CHROMIUM": str(browser)})


if __name__ == "__main__":
    main()
