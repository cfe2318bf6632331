"""Lighthouse's scores of a page, where Lighthouse is installed outside the project."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tools.find_browser import find_browser
from tools.node import environment_with, find_node

CATEGORIES = ("performance", "accessibility", "best-practices")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-quic"


def program(folder: str) -> Path | None:
    """Lighthouse's command line below ``folder`` (where ``npm install lighthouse@13`` was run), or None."""
    found = Path(folder, "node_modules/lighthouse/cli/index.js")
    return found if folder and found.is_file() else None


def scores(lighthouse: Path, url: str, headers: Mapping[str, str], rounds: int) -> dict[str, list[float]]:
    """Scores out of 100 for each category, one a round, with the mobile preset; the lowest comes first."""
    node = find_node()
    if node is None:
        raise RuntimeError("Lighthouse needs a Node.js; make set-up brings one")
    found: dict[str, list[float]] = {category: [] for category in CATEGORIES}
    environment = {**environment_with(node), "CHROME_PATH": str(find_browser())}
    with tempfile.TemporaryDirectory(prefix="lighthouse-") as scratch:
        report = Path(scratch) / "report.json"
        command = [str(node / "node"), str(lighthouse), url, "--quiet", "--output=json"]
        command += [f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}"]
        command += [f"--chrome-flags={FLAGS}", f"--extra-headers={json.dumps(dict(headers))}"]
        for _ in range(rounds):
            subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
            told = json.loads(report.read_text())
            for category in CATEGORIES:
                found[category].append(round(100 * (told["categories"][category]["score"] or 0)))
    return {category: sorted(values) for category, values in found.items()}


def median(values: list[float]) -> float:
    """The middle score, which is what is promised."""
    return statistics.median(values)
