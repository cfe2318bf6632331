"""A decoding process: takes jobs from its standard input until that ends, within time and memory.

It ignores SIGTERM and SIGINT, which a supervisor or terminal sends to the whole group: the server decides
when it ends, by closing the pipe.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from webapp.photos.frames import LENGTH, head_length, packed, parsed_head
from webapp.photos.refusals import PhotoRefused

Answer = tuple[dict[str, Any], list[bytes]]
Job = Callable[[dict[str, Any], list[bytes]], Answer]
"""Takes and gives head and blobs; raises :class:`PhotoRefused` or :class:`Unreadable`."""


class Unreadable(Exception):
    """The file that a job names cannot be read, which is not the photo's fault."""


def serve(jobs: Mapping[str, Job], warm_up: Callable[[], object]) -> None:
    """Runs ``warm_up``, bounds the memory by ``argv[1]`` bytes above what is in use then, answers jobs."""
    for ignored in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ignored, signal.SIG_IGN)
    inlet, outlet = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get between the frames.
    os.dup2(2, 1)
    warm_up()
    _bound(int(sys.argv[1]))
    _send(outlet, {"ready": True}, [])
    while prefix := inlet.read(LENGTH):
        head, lengths = parsed_head(inlet.read(head_length(prefix)))
        blobs = [inlet.read(length) for length in lengths]
        _send(outlet, *_answer(jobs, head, blobs))


def _answer(jobs: Mapping[str, Job], head: dict[str, Any], blobs: list[bytes]) -> Answer:
    # CPU time, so that a busy machine refuses nobody; SIGPROF ends the process even inside a C library.
    signal.setitimer(signal.ITIMER_PROF, head["seconds"])
    try:
        return jobs[head["job"]](head, blobs)
    except PhotoRefused as refusal:
        return {"refused": refusal.code, "seen": refusal.seen}, []
    except MemoryError:
        return {"refused": "too_heavy", "seen": {}}, []
    except Unreadable as fault:
        return {"problem": str(fault)}, []
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _bound(memory: int) -> None:
    # A core file would hold somebody's photo.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sizes = Path("/proc/self/statm")
    if sys.platform == "linux" and sizes.exists():
        used = int(sizes.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))


def _send(outlet: BinaryIO, head: dict[str, Any], blobs: list[bytes]) -> None:
    outlet.write(packed(head, blobs))
    outlet.flush()
