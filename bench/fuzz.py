"""Throws bytes at the parsers that read what strangers send, led by coverage (atheris, libFuzzer).

    python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris
    TEST_MATERIAL=… nice /tmp/fuzz/bin/python -m bench.fuzz --runs 10000000 --folder /tmp/fuzz/corpora

Each target gets its share of the runs in a process of its own; what it found new stays in ``--folder`` and is
where the next time begins. A parser may raise its own refusal and nothing else, within two seconds. The last
line is the table's row; the exit code is 1 where anything was found. atheris is no dependency of the project:
it builds for few Pythons, and nobody needs it but for this. A short form of the same properties is in
``tests/photos/test_structure.py``.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

SHARES = {"jpeg": 30, "png": 25, "structure": 15, "exif": 12, "heif": 9, "frames": 9}
"""Of a hundred runs."""
MOST_BYTES = {"jpeg": 1024, "png": 1024, "structure": 1024, "exif": 256, "heif": 256, "frames": 256}
"""Small files reach every branch, and run the faster."""
_SECONDS_PER_RUN = 2
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_PIXELS_INFLATED = 1 << 22


def targets() -> dict[str, Callable[[bytes], None]]:
    """The parsers, each with the properties that hold for whatever it takes."""
    from webapp.photos import exif, frames, heif, jpeg, png, structure
    from webapp.photos.refusals import PhotoRefused

    def walk(found: jpeg.JpegStructure | png.PngStructure, data: bytes) -> None:
        clean = found.cleaned(data)
        again = structure.examine(clean)
        assert again.cleaned(clean) == clean
        assert (again.width, again.height, again.orientation) == (found.width, found.height, 1)
        assert again.trailing == 0

    def on_jpeg(data: bytes) -> None:
        with suppress(PhotoRefused):
            found = jpeg.examine_jpeg(data)
            if found.width and found.height:
                walk(found, data)

    def on_png(data: bytes) -> None:
        # Half of the runs with the sums put right, or the fuzzer would never come past the first of them.
        data = _with_sums(data[1:]) if data[:1] == b"+" else data
        with suppress(PhotoRefused):
            found = png.examine_png(data)
            assert len(found.profile()) <= 1 << 20
            if found.width and found.height:
                walk(found, data)
                if found.width * found.height <= _MOST_PIXELS_INFLATED:
                    found.has_all_rows(found.cleaned(data))

    def on_structure(data: bytes) -> None:
        with suppress(PhotoRefused):
            found = structure.examine(data)
            assert found.width * found.height > 0
            assert 1 <= found.orientation <= 8
            walk(found, data)

    def on_exif(data: bytes) -> None:
        assert 1 <= exif.orientation(data) <= 8

    def on_heif(data: bytes) -> None:
        heif.is_heic(data)
        with suppress(PhotoRefused):
            heif.examine_boxes(data)

    def on_frames(data: bytes) -> None:
        with suppress(frames.FrameProblem):
            frames.head_length(data[: frames.LENGTH])
        with suppress(frames.FrameProblem):
            _, lengths = frames.parsed_head(data[frames.LENGTH :])
            assert all(length >= 0 for length in lengths)
            assert sum(lengths) <= frames.MOST_BLOBS

    return {
        "jpeg": on_jpeg,
        "png": on_png,
        "structure": on_structure,
        "exif": on_exif,
        "heif": on_heif,
        "frames": on_frames,
    }


def _with_sums(data: bytes) -> bytes:
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        after = at + 12 + int.from_bytes(data[at : at + 4])
        if after > len(data):
            break
        parts += [data[at : after - 4], zlib.crc32(data[at + 4 : after - 4]).to_bytes(4)]
        at = after
    return b"".join(parts) + data[at:]


def seeds(name: str, material: Path) -> Iterator[bytes]:
    """Where a target begins: third-party files and what they are made of."""
    if name == "frames":
        for head in (
            b'{"blobs": [3, 0], "job": "judge"}',
            b'{"refused": "damaged", "seen": {}, "blobs": []}',
        ):
            yield len(head).to_bytes(4) + head
        return
    most = MOST_BYTES[name]
    for path in sorted((material / "corpus").glob("*/*")):
        if path.suffix in (".json", ".md", ".py") or path.parent.name == "text":
            continue
        data = path.read_bytes()
        if name == "exif":
            yield from (data[at.end() : at.end() + most] for at in re.finditer(rb"Exif\0\0", data))
        elif name == "png" and data.startswith(_PNG):
            yield from (data[:most], b"+" + data[: most - 1])
        elif name in ("structure", "heif") or (name == "jpeg" and data[:2] == b"\xff\xd8"):
            yield data[:most]


def fuzz(name: str, folder: Path, runs: int, material: Path) -> None:
    """Runs one target in this process, which libFuzzer ends."""
    import atheris

    begin = folder / name
    begin.mkdir(parents=True, exist_ok=True)
    for seed in seeds(name, material):
        (begin / f"seed-{zlib.crc32(seed):08x}").write_bytes(seed)
    with atheris.instrument_imports(include=["webapp"]):
        target = targets()[name]
    atheris.Setup(
        [
            *(sys.argv[0], f"-runs={runs}", f"-max_len={MOST_BYTES[name]}", f"-timeout={_SECONDS_PER_RUN}"),
            *("-rss_limit_mb=1024", "-print_final_stats=1", f"-artifact_prefix={folder}/{name}-found-"),
            str(begin),
        ],
        target,
    )
    atheris.Fuzz()


def run(name: str, folder: Path, runs: int) -> tuple[int, str]:
    """Runs one target in a process of its own: how many runs there were, and what was found (empty: nothing)."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        code = subprocess.run(
            [sys.executable, "-m", "bench.fuzz", "--target", name, "--runs", str(runs), "--folder", folder],
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    seen = re.findall(rb"stat::number_of_executed_units: (\d+)", log.read_bytes())
    done = int(seen[-1]) if seen else 0
    artifacts = sorted(path.name for path in folder.glob(f"{name}-found-*"))
    print(f"{name:10} {done:>11,} runs, exit {code}, {log}", flush=True)
    return done, f"{name}: exit {code} {' '.join(artifacts)}" if code or artifacts else ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/fuzz-corpora"))  # noqa: S108
    parser.add_argument("--at-once", type=int, default=os.cpu_count())
    parser.add_argument("--target", choices=SHARES)
    asked = parser.parse_args()
    material = Path(os.environ.get("TEST_MATERIAL", ""))
    if asked.target:
        fuzz(asked.target, asked.folder, asked.runs, material)
    asked.folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with ThreadPoolExecutor(asked.at_once) as hands:
        outcomes = list(
            hands.map(lambda name: run(name, asked.folder, asked.runs * SHARES[name] // 100), SHARES)
        )
    done, found = sum(runs for runs, _ in outcomes), [problem for _, problem in outcomes if problem]
    minutes = (time.monotonic() - started) / 60
    must = "10,000,000 atheris runs over the byte parsers | no crash, no hang"
    print(f"{must} | {done:,} in {minutes:.0f} min: {'; '.join(found) or 'none'}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
