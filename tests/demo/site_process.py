"""The demo registration site as a process of its own, on a free port."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.served import ROOT
from webapp.demo.fetching import KEY_FILE, RESULTS_FILE
from webapp.demo.tickets import FILE, make_key
from webapp.supervisor import bind


@dataclass
class RunningSite:
    """The process, its address, and the end of its lifeline that its starter holds."""

    process: subprocess.Popen[bytes]
    url: str
    lifeline: int

    def let_go(self) -> None:
        """What happens when the starter dies."""
        os.close(self.lifeline)
        self.lifeline = -1


@contextmanager
def running_site(folder: Path, origin: str) -> Iterator[RunningSite]:
    """The site for a product at ``origin``, ended afterwards whatever happens."""
    make_key(folder / FILE)
    reading, writing = os.pipe()
    with bind("127.0.0.1", 0) as listening:
        host, port = listening.getsockname()
        arguments = ["--socket", str(listening.fileno()), "--lifeline", str(reading), "--origin", origin]
        process = subprocess.Popen(
            [
                sys.executable, "-m", "webapp.demo.registration_site",
                *arguments, "--ticket-key", str(folder / FILE),
                "--api-key", str(folder / KEY_FILE), "--results", str(folder / RESULTS_FILE),
            ],
            cwd=ROOT,
            pass_fds=[listening.fileno(), reading],
        )  # fmt: skip
        os.close(reading)
        site = RunningSite(process, f"http://{host}:{port}", writing)
        try:
            yield site
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            if site.lifeline >= 0:
                site.let_go()
