"""What shrinking in the page has to show, from interleaved runs of one build against the named alternatives.

    TEST_MATERIAL=… python -m bench.page [--folder SCRATCH] [--seeds 11,12,13,14,15] [--rows time,memory,…] [--short]

The first run in a folder installs the harness from npm and PyPI. All rows take about an hour of two cores.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.page.harness import COLD_MODULE, OURS, PEERS, Harness, against_fastest, measured, time_of

LIMIT = 204_800
FAST_PEERS = ("canvas-w1920", "uppy-w1920")
NO_DECODER = ("--without", "ImageDecoder")


class Bench:
    """The runs behind the table; each row says what it must show and what was seen."""

    def __init__(self, harness: Harness, seeds: list[int], number: int, reps: int) -> None:
        self.harness, self.seeds, self.number, self.reps = harness, seeds, number, reps

    def legibility(self) -> None:
        """Loss against the originals, sizes, structural similarity; and the times of the same runs."""
        sets = [self.harness.photos(seed, self.number) for seed in self.seeds]
        runs = [
            self.harness.run(f"all-{s}", photos, peers=PEERS)
            for s, photos in zip(self.seeds, sets, strict=True)
        ]
        show("legibility, loss to best peer", "<= 0.20, upper end <= 0.30", "")
        print(self.harness.pooled(zip(sets, runs, strict=True)))
        scores = measured(runs, "scores.json")
        for key, what, must in (("ssimT", "text", 0.05), ("ssimF", "face", 0.01)):
            values = {peer: mean(scores, peer, key) for peer in (OURS, *PEERS)}
            lead = values[OURS] - max(values[peer] for peer in PEERS)
            show(f"SSIM on {what}", f">= best peer + {must}", f"{lead:+.3f}")
        self._sizes(measured(runs))
        self._times(measured(runs), "time")

    def time(self) -> None:
        """Time on one set, each photo several times."""
        photos = self.harness.photos(self.seeds[0], self.number)
        run = self.harness.run("time", photos, peers=(*FAST_PEERS, "bic-w1920"), reps=self.reps)
        rows = measured([run])
        self._times(rows, "time")
        long = sum(row["longMax"] > 50 for row in rows if row["peer"] == OURS)
        show("long tasks over 50 ms", "0", f"{long}")

    def slow(self) -> None:
        """The same with a quarter of the processor."""
        photos = self.harness.photos(self.seeds[0], self.number)
        run = self.harness.run("slow", photos, peers=FAST_PEERS, more=("--duty", "4"))
        self._times(measured([run]), "time at a quarter of the processor")

    def memory(self) -> None:
        """Peak of the renderer over its idle memory."""
        for megapixels, most in ((12, 30), (48, 60), (108, 120)):
            photos = self.harness.photos(
                self.seeds[0],
                2 if megapixels > 12 else self.number,
                megapixels=megapixels,
                only="" if megapixels == 12 else "transcript7,certificate",
            )
            run = self.harness.run(f"memory-{megapixels}", photos, peers=("canvas-w1920",), reps=2)
            peaks = [row["peakRss"] for row in measured([run]) if row["peer"] == OURS]
            show(f"memory at {megapixels} MP", f"<= {most} MB", f"{statistics.median(peaks):.0f} MB")

    def without(self) -> None:
        """A browser without ImageDecoder."""
        sets = [self.harness.photos(seed, self.number) for seed in self.seeds]
        runs = [
            self.harness.run(f"without-{seed}", photos, peers=FAST_PEERS, more=NO_DECODER)
            for seed, photos in zip(self.seeds, sets, strict=True)
        ]
        rows = measured(runs)
        ratio, fastest = against_fastest(rows)
        show("without ImageDecoder: time", "<= 0.85", f"{ratio:.2f} x {fastest}")
        self._sizes(rows)
        show("without ImageDecoder: legibility", "<= 0.20, upper end <= 0.30", "")
        print(self.harness.pooled(zip(sets, runs, strict=True)))

    def plain(self) -> None:
        """JavaScript instead of WebAssembly."""
        photos = self.harness.photos(self.seeds[0], self.number)
        for name, lacking, most in (
            ("with", "WebAssembly", 1.0),
            ("without", "WebAssembly,ImageDecoder", 1.5),
        ):
            run = self.harness.run(f"plain-{name}", photos, peers=FAST_PEERS, more=("--without", lacking))
            ratio, fastest = against_fastest(measured([run]))
            show(f"plain JS {name} ImageDecoder: time", f"<= {most}", f"{ratio:.2f} x {fastest}")

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
        show("first photo after the load", "<= 1.0", f"{ratio:.2f} x {fastest}")

    def _sizes(self, rows: list[dict[str, Any]]) -> None:
        sizes = [row["bytes"] for row in rows if row["peer"] == OURS]
        over = sum(size > LIMIT for size in sizes)
        full = sum(0.97 * LIMIT <= size <= LIMIT for size in sizes) / len(sizes)
        show("over the limit / in 97-100 % of it", "0 / >= 98 %", f"{over} / {full:.0%}")

    def _times(self, rows: list[dict[str, Any]], what: str) -> None:
        ratio, fastest = against_fastest(rows)
        ours = time_of(rows, OURS)
        show(f"{what}: against the fastest", "<= 0.45", f"{ratio:.2f} x {fastest} ({ours:.0f} ms)")
        if any(row["peer"] == "bic-w1920" for row in rows):
            against = ours / time_of(rows, "bic-w1920")
            show(f"{what}: against browser-image-compression", "<= 0.18", f"{against:.2f}")
        times = sorted(row["ms"] for row in rows if row["peer"] == OURS)
        last = times[min(len(times) - 1, int(0.95 * len(times)))]
        show(f"{what}: p95 over the median", "<= 2", f"{last / statistics.median(times):.2f}")


def first_of_each_peer(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of what a peer did first in its page."""
    seen: dict[str, dict[str, Any]] = {}
    for row in rows:
        seen.setdefault(row["peer"], row)
    return list(seen.values())


def mean(scores: list[dict[str, Any]], peer: str, key: str) -> float:
    """Of what a photo has."""
    return statistics.fmean(row[key] for row in scores if row["peer"] == peer and row.get(key) is not None)


def show(what: str, must: str, seen: str) -> None:
    """One line of the table."""
    print(f"{what:<52} {must:<28} {seen}", flush=True)


def main() -> int:
    """Prints the table; 2 where there is no harness to run."""
    parser = argparse.ArgumentParser(prog="python -m bench.page", description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "bench-page")
    parser.add_argument("--seeds", default="11,12,13,14,15")
    parser.add_argument("--rows", default="time,slow,plain,first,memory,without,legibility")
    parser.add_argument("--short", action="store_true", help="two photos of one seed: shows that it runs")
    options = parser.parse_args()
    if not os.environ.get("TEST_MATERIAL"):
        print("bench: set TEST_MATERIAL to the folder of the outside material")
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    harness = Harness(options.folder.resolve())
    harness.set_up()
    seeds = [int(seed) for seed in options.seeds.split(",")]
    bench = Bench(harness, seeds[:1] if options.short else seeds, *((2, 1) if options.short else (12, 3)))
    rows: dict[str, Callable[[], None]] = {
        name: getattr(bench, name)
        for name in ("time", "slow", "plain", "first", "memory", "without", "legibility")
    }
    show("what", "must", "seen")
    for name in options.rows.split(","):
        rows[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
