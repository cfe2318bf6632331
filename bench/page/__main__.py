"""What shrinking in the page has to show, from interleaved runs of one build against the named alternatives.

    TEST_MATERIAL=… python -m bench.page [--folder SCRATCH] [--seeds 11,12,13,14,15] [--photos 12] [--rows time,slow]

The first run in a folder installs the harness from npm and PyPI and draws the photos. All rows with twelve photos a
seed take about 35 minutes of two quiet cores, half of them for reading what the compressors left; with eight about
25. ``--short`` shows that it runs.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.page.harness import (
    COLD_MODULE,
    OURS,
    PEERS,
    ROOT,
    WHOLE_SET,
    Harness,
    add_as,
    against_fastest,
    measured,
    time_of,
)

LIMIT = 204_800
LONG_TASK_MS = 50
FAST_PEERS = ("canvas-w1920", "uppy-w1920")
TIMED_PEERS = (*FAST_PEERS, "bic-w1920")
NO_DECODER = ("--without", "ImageDecoder")
LACKING = "ours-without"
"""Our pictures of a browser without ImageDecoder, among the others' of the run that has it."""
RIGHT = "exif_orientation or odd_sizes or wider_gamut or firefox"
"""The tests that hold the row of orientations, odd sizes, grey, full chroma and profiles."""

Row = tuple[str, str, str, bool]


class Bench:
    """The runs behind the table; each row says what it must show, what was seen, and whether that is enough."""

    def __init__(self, harness: Harness, seeds: list[int], number: int, reps: int) -> None:
        self.harness, self.seeds, self.number, self.reps = harness, seeds, number, reps
        self.table: list[Row] = []

    def show(self, what: str, must: str, seen: str, enough: bool) -> None:
        """One line of the table, as soon as it is known."""
        self.table.append((what, must, seen, enough))
        print(line(what, must, seen, "yes" if enough else "NO"), flush=True)

    def legibility(self) -> None:
        """Loss against the originals, sizes and structural similarity, with and without ImageDecoder."""
        sets = [self.harness.photos(seed, self.number) for seed in self.seeds]
        runs = [
            self.harness.run(f"all-{seed}", photos, peers=PEERS)
            for seed, photos in zip(self.seeds, sets, strict=True)
        ]
        self._sizes(measured(runs), "")
        without = [
            self.harness.run(f"without-{seed}", photos, peers=FAST_PEERS, more=NO_DECODER)
            for seed, photos in zip(self.seeds, sets, strict=True)
        ]
        rows = measured(without)
        self._sizes(rows, "without ImageDecoder: ")
        self._long_tasks(rows, "without ImageDecoder: ")
        ratio, fastest = against_fastest(rows)
        self.show("without ImageDecoder: time", "<= 0.85", f"{ratio:.2f} x {fastest}", ratio <= 0.85)
        for run, other in zip(without, runs, strict=True):
            add_as(LACKING, run, other)
        for ours, where in ((OURS, ""), (LACKING, "without ImageDecoder: ")):
            pooled = self.harness.pooled(zip(sets, runs, strict=True), ours)
            self.show(
                f"{where}legibility, loss to best peer's", "<= 0.20, upper end <= 0.30",
                f"{pooled.ratio:.2f}, {pooled.upper:.2f} ({pooled.photos} photos)",
                pooled.ratio <= 0.20 and pooled.upper <= 0.30,
            )  # fmt: skip
            print(pooled.words)
        scores = measured(runs, "scores.json")
        for key, what, must in (("ssimT", "text", 0.05), ("ssimF", "face", 0.01)):
            best = max(mean(scores, peer, key) for peer in PEERS)
            for ours, where in ((OURS, ""), (LACKING, "without ImageDecoder: ")):
                lead = mean(scores, ours, key) - best
                self.show(f"{where}SSIM on {what}", f">= best peer + {must}", f"{lead:+.3f}", lead >= must)
        upright = [row["orient"] for row in scores if row["peer"] in (OURS, LACKING)]
        self.show(
            "upright, with and without ImageDecoder", "all", f"{sum(upright)} of {len(upright)}", all(upright)
        )

    def time(self) -> None:
        """Time on one set, each photo several times."""
        photos = self.harness.photos(self.seeds[0], self.number)
        rows = measured([self.harness.run("time", photos, peers=TIMED_PEERS, reps=self.reps)])
        self._times(rows, "time")
        self._long_tasks(rows, "")

    def slow(self) -> None:
        """The same with a quarter of the processor."""
        photos = self.harness.photos(self.seeds[0], self.number)
        rows = measured([self.harness.run("slow", photos, peers=TIMED_PEERS, more=("--duty", "4"))])
        self._times(rows, "a quarter of the processor")

    def memory(self) -> None:
        """Peak of the renderer over its idle memory."""
        for megapixels, most in ((12, 30), (48, 60), (108, 120)):
            photos = self.harness.photos(
                self.seeds[0],
                min(2, self.number) if megapixels > 12 else self.number,
                megapixels=megapixels,
                only="" if megapixels == 12 else "transcript7,certificate",
            )
            run = self.harness.run(f"memory-{megapixels}", photos, peers=("canvas-w1920",), reps=self.reps)
            peak = statistics.median(row["peakRss"] for row in measured([run]) if row["peer"] == OURS)
            self.show(f"memory at {megapixels} MP", f"<= {most} MB", f"{peak:.0f} MB", peak <= most)

    def plain(self) -> None:
        """JavaScript instead of WebAssembly."""
        photos = self.harness.photos(self.seeds[0], self.number)
        for name, lacking, most in (
            ("with", "WebAssembly", 1.0),
            ("without", "WebAssembly,ImageDecoder", 1.5),
        ):
            run = self.harness.run(f"plain-{name}", photos, peers=FAST_PEERS, more=("--without", lacking))
            ratio, fastest = against_fastest(measured([run]))
            what = f"plain JS {name} ImageDecoder: time"
            self.show(what, f"<= {most}", f"{ratio:.2f} x {fastest}", ratio <= most)

    def first(self) -> None:
        """The first photo after a page's load, without a warm-up: a new page for each."""
        photos = self.harness.photos(self.seeds[0], self.number)
        kinds = ("transcript7", "idcard", "permission", "certificate", "dense7")
        runs = [
            self.harness.run(f"first-{kind}", photos, peers=FAST_PEERS, module=COLD_MODULE, ids=kind)
            for kind in kinds[: max(1, self.number // 2)]
        ]
        # Of photos whose names begin alike only the first one is a first one.
        rows = [row for run in runs for row in first_of_each_peer(measured([run]))]
        ratio, fastest = against_fastest(rows)
        self.show("first photo after the load", "<= 1.0", f"{ratio:.2f} x {fastest}", ratio <= 1.0)

    def right(self) -> None:
        """All eight orientations, odd sizes, grey, full chroma, a wide gamut: Chromium and Firefox ESR."""
        tests = ("tests/browser/imaging/test_shrink.py", "-k", RIGHT)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        last = (done.stdout.strip().splitlines() or ["nothing ran"])[-1].strip("= ")
        what = "orientations, sizes, grey, 4:4:4, gamut"
        self.show(what, "right, Firefox too", last, done.returncode == 0 and "skipped" not in last)
        if done.returncode:
            print(done.stdout)

    def _sizes(self, rows: list[dict[str, Any]], where: str) -> None:
        sizes = [row["bytes"] for row in rows if row["peer"] == OURS]
        over = sum(size > LIMIT for size in sizes)
        full = sum(0.97 * LIMIT <= size <= LIMIT for size in sizes) / len(sizes)
        what = f"{where}over the limit / in 97-100 %"
        self.show(what, "0 / >= 98 %", f"{over} / {full:.0%} of {len(sizes)}", not over and full >= 0.98)

    def _long_tasks(self, rows: list[dict[str, Any]], where: str) -> None:
        longest = [row["longMax"] for row in rows if row["peer"] == OURS]
        long = sum(task > LONG_TASK_MS for task in longest)
        seen = f"{long} of {len(longest)} runs, longest {max(longest):.0f} ms"
        self.show(f"{where}long tasks over {LONG_TASK_MS} ms", "0", seen, not long)

    def _times(self, rows: list[dict[str, Any]], what: str) -> None:
        ratio, fastest = against_fastest(rows)
        ours = time_of(rows, OURS)
        self.show(
            f"{what}: to the fastest's", "<= 0.45", f"{ratio:.2f} x {fastest} ({ours:.0f} ms)", ratio <= 0.45
        )
        against = ours / time_of(rows, "bic-w1920")
        self.show(f"{what}: to browser-image-compression's", "<= 0.18", f"{against:.2f}", against <= 0.18)
        times = sorted(row["ms"] for row in rows if row["peer"] == OURS)
        last = times[min(len(times) - 1, int(0.95 * len(times)))] / statistics.median(times)
        self.show(f"{what}: p95 over the median", "<= 2", f"{last:.2f} of {len(times)} runs", last <= 2)


ROWS = ("time", "slow", "plain", "first", "memory", "right", "legibility")


def first_of_each_peer(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of what a peer did first in its page."""
    seen: dict[str, dict[str, Any]] = {}
    for row in rows:
        seen.setdefault(row["peer"], row)
    return list(seen.values())


def mean(scores: list[dict[str, Any]], peer: str, key: str) -> float:
    """Of what a photo has; no number where no photo has it."""
    found = [row[key] for row in scores if row["peer"] == peer and row.get(key) is not None]
    return statistics.fmean(found) if found else float("nan")


def line(what: str, must: str, seen: str, enough: str) -> str:
    """One line of the table."""
    return f"{what:<59} {must:<27} {seen:<34} {enough}"


def main() -> int:
    """Prints the table; 1 where a row could not be measured, 2 where there is no harness to run."""
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "bench-page")
    parser.add_argument("--seeds", default="11,12,13,14,15")
    parser.add_argument("--photos", type=int, default=WHOLE_SET, help="of each seed; 60 in all are the must")
    parser.add_argument("--rows", default=",".join(ROWS), help="of these, in this order")
    parser.add_argument("--short", action="store_true", help="two photos of one seed: shows that it runs")
    options = parser.parse_args()
    if unknown := set(options.rows.split(",")) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    if not os.environ.get("TEST_MATERIAL"):
        print("bench: set TEST_MATERIAL to the folder of the outside material")
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    harness = Harness(options.folder.resolve())
    harness.set_up()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    bench = Bench(harness, *((seeds[:1], 2, 1) if options.short else (seeds, options.photos, 3)))
    rows: dict[str, Callable[[], None]] = {name: getattr(bench, name) for name in ROWS}
    failed = 0
    print(line("what", "must", "seen", "enough"))
    for name in options.rows.split(","):
        begun = time.monotonic()
        try:
            rows[name]()
        except (RuntimeError, subprocess.CalledProcessError) as error:
            # An hour's other rows are not lost for one that breaks.
            failed = 1
            bench.show(name, "", "could not be measured", enough=False)
            print(error)
        print(f"({name}: {time.monotonic() - begun:.0f} s)", flush=True)
    print("\n" + line("what", "must", "seen", "enough"))
    for what, must, seen, enough in bench.table:
        print(line(what, must, seen, "yes" if enough else "NO"))
    return failed


if __name__ == "__main__":
    sys.exit(main())
