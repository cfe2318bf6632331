"""Writes the locks anew: requirements/*.txt from pyproject.toml, package-lock.json from package.json.

    python -m tools.lock               keeps every release that still fits
    python -m tools.lock --upgrade     takes the newest that fit

No lock names where packages come from: everyone installs from the index and registry of their own settings.
"""

import subprocess
import sys
from pathlib import Path

from tools.node import VENV_PROGRAMS, environment_with, find_node

COMPILE: list[str | Path] = [
    VENV_PROGRAMS / "uv",
    *("pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command=make lock"),
]
SOURCES: dict[str, list[str]] = {
    "requirements/run.txt": ["pyproject.toml", "--group=build"],
    "requirements/dev.txt": ["pyproject.toml", "--group=build", "--extra=dev", "-c", "requirements/run.txt"],
    "requirements/node.txt": ["--group=node"],
}


def main() -> None:
    upgrade = sys.argv[1:]
    for lock, sources in SOURCES.items():
        subprocess.run([*COMPILE, *sources, *upgrade, f"--output-file={lock}"], check=True)
    node = find_node()
    if node is None:
        sys.exit("Node.js is no longer where set-up found it. Run make set-up.")
    # npm's direct packages stand in package.json with their exact release; --upgrade renews what those need.
    verb = "update" if upgrade else "install"
    # Where the registry lacks a platform's build, npm leaves it out of the lock without a word; `ci` tells.
    for command in ([verb, "--package-lock-only"], ["ci", "--dry-run", "--loglevel=error"]):
        subprocess.run([node / "npm", *command], check=True, env=environment_with(node))

    for written in [*map(Path, SOURCES), Path("package-lock.json")]:
        text = written.read_text("utf-8")
        if '"resolved": "http' in text or "--index-url" in text or "--find-links" in text:
            sys.exit(f"{written} names where packages come from. Remove that before committing it.")


if __name__ == "__main__":
    main()
