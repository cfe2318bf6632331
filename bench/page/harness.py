"""The outside harness of compressors in the browser: set up in a folder of its own, and run there.

It lies in ``$TEST_MATERIAL/bench/client``; its README says what it measures. Its peers come from npm and PyPI.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
OURS = "ours"
MODULE = "/mod/bench/shrink_module.js"
WHOLE_SET = 12
COLD_MODULE = "/mod/bench/page/cold_module.js"
PEERS = ("pica-w1920", "canvas-w1920", "uppy-w1920", "compressorjs-w1920", "bic-w1920")


@dataclass(frozen=True)
class Harness:
    """The harness, ready in ``folder``; photos and runs lie beside it."""

    folder: Path

    @property
    def client(self) -> Path:
        return self.folder / "client"

    @property
    def python(self) -> str:
        return str(self.folder / "venv" / "bin" / "python")

    def set_up(self) -> None:
        """Copies and installs it; once for each folder."""
        if (self.folder / "ready").exists():
            return
        material = Path(os.environ["TEST_MATERIAL"]) / "bench" / "client"
        shutil.copytree(material, self.client, dirs_exist_ok=True, copy_function=shutil.copyfile)
        subprocess.run(["sh", "install.sh"], cwd=self.client, check=True, stdout=subprocess.DEVNULL)
        (self.folder / "ready").touch()

    def photos(self, seed: int, number: int, *, megapixels: int = 12, only: str = "") -> Path:
        """A folder of photos of this seed, made where it is not there, or the first ones of a whole set that is."""
        folder = self.folder / f"photos-{seed}-{number}-{megapixels}"
        whole = self.folder / f"photos-{seed}-{WHOLE_SET}-{megapixels}"
        if not (folder / "manifest.json").exists() and (whole / "manifest.json").exists():
            link_first(whole, folder, number)
        elif not (folder / "manifest.json").exists():
            command = [self.python, "gen.py", "--seed", str(seed), "--out", str(folder), "--n", str(number)]
            if megapixels != 12:
                command += ["--mp", str(megapixels)]
            command += ["--only", only] if only else []
            subprocess.run(command, cwd=self.client, check=True, stdout=subprocess.DEVNULL)
        return folder

    def run(
        self,
        name: str,
        photos: Path,
        *,
        peers: Iterable[str],
        reps: int = 1,
        module: str = MODULE,
        ids: str = "",
        more: Iterable[str] = (),
    ) -> Path:
        """One interleaved run of ours against the peers; the folder with its raw.json and pictures."""
        out = self.folder / "runs" / name
        shutil.rmtree(out, ignore_errors=True)
        command = ["node", "run.mjs", "--data", str(photos), "--out", str(out), "--reps", str(reps)]
        command += ["--modroot", str(ROOT), "--module", f"{OURS}={module}", "--peers", ",".join(peers)]
        command += ["--ids", ids] if ids else []
        quiet = subprocess.DEVNULL
        subprocess.run([*command, *more], cwd=self.client, check=True, stdout=quiet, stderr=quiet)
        return out

    def pooled(self, pairs: Iterable[tuple[Path, Path]], ours: str = OURS) -> Pooled:
        """Loss against the original of several runs. What was scored once is not scored again."""
        arguments = [f"{photos}={run}" for photos, run in pairs]
        done = subprocess.run(
            [self.python, "pool.py", "--ours", ours, "--against", ",".join(PEERS), *arguments],
            cwd=self.client, check=True, capture_output=True, text=True,
        )  # fmt: skip
        found = RATIO.search(done.stdout)
        if not found:
            raise RuntimeError(f"pool.py says no ratio: {done.stdout}")
        photos, ratio, upper = found.groups()
        return Pooled(int(photos), float(ratio), float(upper), done.stdout.rstrip())


@dataclass(frozen=True)
class Pooled:
    """What pool.py says; ``upper`` is the end of its 90 % interval."""

    photos: int
    ratio: float
    upper: float
    words: str


RATIO = re.compile(r"^(\d+) photos .* = (-?[\d.]+) \(90 % interval -?[\d.]+ to (-?[\d.]+)\)", re.MULTILINE)


def link_first(whole: Path, folder: Path, number: int) -> None:
    """A smaller set of the same photos."""
    folder.mkdir(exist_ok=True)
    names = json.loads((whole / "manifest.json").read_text())[:number]
    for name in names:
        for path in whole.glob(f"{name}.*"):
            (folder / path.name).unlink(missing_ok=True)
            (folder / path.name).symlink_to(path.resolve())
    (folder / "manifest.json").write_text(json.dumps(names))


def add_as(name: str, run: Path, other: Path) -> None:
    """Our pictures of one run beside the peers' of another run on the same photos: peers are scored once."""
    shutil.rmtree(other / name, ignore_errors=True)
    shutil.copytree(run / OURS, other / name)


def measured(runs: Iterable[Path], file: str = "raw.json") -> list[dict[str, Any]]:
    """Every measurement of these runs. A peer may fail; what we fail at is an error."""
    rows: list[dict[str, Any]] = []
    for run in runs:
        for row in json.loads((run / file).read_text()):
            fault = row.get("err") or row.get("error")
            if fault and row["peer"] == OURS:
                raise RuntimeError(f"{run.name}, {row['id']}: {fault}")
            if not fault:
                rows.append({**row, "run": run.name})
    return rows


def time_of(rows: list[dict[str, Any]], peer: str) -> float:
    """Milliseconds: median over the photos of each one's median."""
    photos: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row["peer"] == peer:
            photos.setdefault((row["run"], row["id"]), []).append(row["ms"])
    return statistics.median(statistics.median(times) for times in photos.values())


def against_fastest(rows: list[dict[str, Any]]) -> tuple[float, str]:
    """Our time over that of the fastest peer, and its name."""
    peers = {row["peer"] for row in rows} - {OURS}
    fastest = min(peers, key=lambda peer: time_of(rows, peer))
    return time_of(rows, OURS) / time_of(rows, fastest), fastest
