"""CPU and memory of a server's whole process tree, read from /proc."""

from __future__ import annotations

import os
import re
import threading
from contextlib import suppress
from pathlib import Path

from bench.server.cpu import tree as processes_below

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")
_LOOK_SECONDS = 0.01
_LOOKS_PER_TREE = 10


def tree(root: int) -> list[int]:
    """The process and everything below it."""
    return [process.pid for process in processes_below(root)]


def _stat(folder: Path) -> list[str]:
    """The fields of stat behind the name: state, parent, …"""
    return (folder / "stat").read_text().rpartition(") ")[2].split()


def cpu(root: int) -> float:
    """Milliseconds used so far: of living threads exactly, of processes that ended to a clock tick."""
    total = 0.0
    for pid in tree(root):
        with suppress(OSError):
            waited_for = _stat(_PROC / str(pid))[13:15]
            total += sum(map(int, waited_for)) * 1000 / _TICK
            for thread in (_PROC / str(pid) / "task").iterdir():
                total += int((thread / "schedstat").read_text().split()[0]) / 1e6
    return total


def resident(pids: list[int]) -> int:
    """Bytes; pages that two processes share count twice."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            total += int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    return total


class Memory(threading.Thread):
    """Watches a tree's memory from :meth:`start` to :meth:`stop`."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._ended = threading.Event()
        self.idle = resident(tree(root))
        self.peak = self.idle
        self.at = ""
        """What was on its way at the peak: set :attr:`doing`."""
        self.doing = ""

    def run(self) -> None:
        looks, pids = 0, []
        while not self._ended.wait(_LOOK_SECONDS):
            if looks % _LOOKS_PER_TREE == 0:
                pids = tree(self._root)
            looks += 1
            now = resident(pids)
            if now > self.peak:
                self.peak, self.at = now, self.doing

    def stop(self) -> float:
        """Megabytes over what was resident when the watch began, at most."""
        self._ended.set()
        self.join()
        return (self.peak - self.idle) / 1e6


def high_water(root: int) -> dict[str, float]:
    """The most that each living process ever had, megabytes by what it runs: the belt to the samples."""
    found: dict[str, float] = {}
    for pid in tree(root):
        with suppress(OSError, AttributeError):
            folder = _PROC / str(pid)
            command = (folder / "cmdline").read_bytes().split(b"\0")
            name = next((part.decode() for part in command if part.startswith(b"webapp")), "other")
            most = re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text())
            found[f"{name} {pid}"] = int(most[1]) / 1000 if most else 0.0
    return found
