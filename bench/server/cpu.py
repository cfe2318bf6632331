"""CPU time of whole process trees, read from /proc: what a server costs, whoever of its processes does the work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_NAME_END = b") "
_PARENT, _TIMES = (
    1,
    slice(11, 15),
)  # of proc(5)'s stat, counted behind the name: ppid; utime, stime, cutime, cstime


@dataclass(frozen=True)
class Process:
    """One process as it stood when it was looked at."""

    pid: int
    parent: int
    seconds: float
    """CPU of itself and of its children that have ended."""
    command: str


def _processes() -> Iterator[Process]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = (folder / "stat").read_bytes().rpartition(_NAME_END)[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # gone while we looked
            continue
        ticks = sum(int(field) for field in fields[_TIMES])
        yield Process(int(folder.name), int(fields[_PARENT]), ticks / _TICKS, command)


def tree(root: int) -> list[Process]:
    """The process ``root`` and all below it that run now."""
    everybody = list(_processes())
    found = [one for one in everybody if one.pid == root]
    for one in found:  # grows while it is walked
        found.extend(child for child in everybody if child.parent == one.pid)
    return found


def cpu_seconds(root: int, doing: str = "") -> float:
    """CPU seconds of a tree so far; ``doing``: only of processes whose command line has these words."""
    return sum(one.seconds for one in tree(root) if doing in one.command)
