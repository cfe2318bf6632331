"""The parent process: binds one listening socket, keeps its children alive, and ends them gently.

Hypercorn's own workers are not used: on SIGTERM the first to exit has the others killed with their uploads, and its
SO_REUSEPORT lets a forgotten older server answer in our name. Here each child is a single worker on a shared socket.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

from webapp.settings import Settings, environment_for_children

END_SECONDS = 25.0
"""How long children may take to end before they are killed; longer than a child's own graceful time-out."""
_RESTART_PAUSES = (0.2, 1.0, 5.0, 15.0)
_STEADY_SECONDS = 60.0


class PortTaken(Exception):
    """Something already answers at the address."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; :class:`PortTaken` rather than sharing the port with somebody."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    # Without SO_REUSEADDR a restart would wait a minute for old connections; with it, a listener is still refused.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as reason:
        listening.close()
        raise PortTaken(f"{host}:{port} is taken: {reason.strerror}") from reason
    listening.listen(1024)
    return listening


@dataclass(frozen=True)
class Companion:
    """Another server that lives and ends with ours: a module that takes ``--socket`` and ``--lifeline``."""

    module: str
    arguments: Sequence[str]
    listening: socket.socket


@dataclass
class _Child:
    name: str
    arguments: Sequence[str]
    kept_open: Sequence[int]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0


@dataclass
class Supervisor:
    """``run`` returns the exit status: 0 after a gentle end, 1 if children had to be killed."""

    settings: Settings
    listening: socket.socket
    companions: Sequence[Companion] = ()
    _children: list[_Child] = field(default_factory=list)
    _ending: bool = False

    def run(self) -> int:
        """Starts the children and stays until SIGTERM or SIGINT."""
        reading, writing = os.pipe()
        self._children = self._planned(reading)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        try:
            while not self._ending:
                try:
                    self._start_missing()
                except OSError:  # no process or no room for a complaint now; the next round tries again
                    time.sleep(1.0)
                time.sleep(0.1)
            return self._end_children()
        finally:
            os.close(reading)
            os.close(writing)
            for listening in (self.listening, *(one.listening for one in self.companions)):
                listening.close()

    def _planned(self, reading: int) -> list[_Child]:
        lifeline = ["--lifeline", str(reading)]
        ours, theirs = self.listening.fileno(), [one.listening.fileno() for one in self.companions]
        serving = ["webapp", "serve-one", "--socket", str(ours), *lifeline]
        return [
            *(_Child("serve-one", serving, [ours, reading]) for _ in range(self.settings.processes)),
            _Child("duties", ["webapp", "duties", *lifeline], [reading]),
            *(
                _Child(
                    one.module, [one.module, "--socket", str(fd), *lifeline, *one.arguments], [fd, reading]
                )
                for one, fd in zip(self.companions, theirs, strict=True)
            ),
        ]

    def end(self) -> None:
        """Ends the children gently and lets :meth:`run` return; may be called from another thread."""
        self._ending = True

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True

    def _start_missing(self) -> None:
        moment = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                steady = moment - child.started >= _STEADY_SECONDS
                child.failures = 0 if steady else child.failures + 1
                pause = _RESTART_PAUSES[min(child.failures, len(_RESTART_PAUSES) - 1)]
                print(  # noqa: T201 - the operator's terminal or journal
                    f"{child.name} ended with {child.process.returncode}; again in {pause:.1f} s",
                    file=sys.stderr,
                    flush=True,
                )
                child.process, child.not_before = None, moment + pause
            if child.process is None and moment >= child.not_before and not self._ending:
                child.process = subprocess.Popen(
                    [sys.executable, "-m", *child.arguments],
                    pass_fds=child.kept_open,
                    env=environment_for_children(self.settings),
                    # Ctrl-C in a terminal goes to the whole group; the children are told by us, once.
                    start_new_session=True,
                )
                child.started = moment

    def _end_children(self) -> int:
        running = [
            child.process for child in self._children if child.process and child.process.poll() is None
        ]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + END_SECONDS
        killed = 0
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed = 1
        return killed
