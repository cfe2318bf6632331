"""Finds a Node.js new enough for our tools: the machine's own, or the one that set-up put into .venv."""

import os
import re
import shutil
import subprocess
from pathlib import Path

OLDEST = (22, 19)
VENV_PROGRAMS = Path(".venv/bin")


def find_node() -> Path | None:
    """The folder that holds `node` and `npm`, or None where neither PATH nor .venv has one new enough."""
    on_path = shutil.which("node")
    folders = [Path(on_path).absolute().parent] if on_path else []
    for folder in [*folders, VENV_PROGRAMS.absolute()]:
        if (folder / "npm").exists() and _version(folder / "node") >= OLDEST:
            return folder
    return None


def environment_with(node: Path) -> dict[str, str]:
    """Our environment with this Node.js first on PATH, since npm's programs look for `node` there."""
    return {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}


def _version(node: Path) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return (0,)
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])
