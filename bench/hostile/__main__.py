"""Sends every hostile file to a served product through both doors, and says what each verdict cost.

    TEST_MATERIAL=… .venv/bin/python -m bench.hostile                 both doors, every file
    TEST_MATERIAL=… .venv/bin/python -m bench.hostile --door normal   only what is stored as it is
    … --only 'PNG of 24'                                              files whose name has this

The normal door is sent everything twice: one by one, for CPU, then four at a time, for memory. The original's
way is asked until it has settled each file, through the raw PUT; every fourth goes through the plain form. A
refusal that took long is tried again, and its cheapest run counts: other work falls into it by chance. The last
line is the table's row; the exit code is 1 where it does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from bench.hostile.files import Sent, generated, good, originals, third_party
from bench.hostile.phones import PEOPLE, Answer, Phones
from bench.hostile.watch import Memory, cpu, high_water
from bench.season import database, settle
from tests.served import served

MOST_CPU = 50.0
"""Milliseconds, where header or structure tells."""
MOST_MEMORY = {"normal": 200, "original": 450}
TOLD_BY_STRUCTURE = re.compile(
    r"empty|not_a_photo|not_jpeg_or_png|unsupported_kind|truncated|animated|too_\w+"
)
AT_ONCE = 4
_TRIES = 3


@dataclass
class Seen:
    """What one door did."""

    wrong: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    dear: list[str] = field(default_factory=list)
    refusals: list[tuple[float, str, str]] = field(default_factory=list)
    memory: float = 0.0
    files: int = 0

    def note(self, sent: Sent, verdict: str, answer: Answer) -> None:
        """Compares an answer with the verdict that is right."""
        self.files += 1
        outcome = "accept" if 200 <= answer.status < 300 else "reject"
        if answer.status >= 500 or answer.status == 0:
            self.failed.append(f"{sent.name}: {answer.status} {answer.code}")
        elif verdict not in (outcome, "either"):
            self.wrong.append(f"{sent.name}: {answer.status} {answer.code}, should be {verdict}")


def measured(root: int, phones: Phones, sent: Sent, *, original: bool) -> tuple[Answer, float]:
    """One file's answer and its CPU in milliseconds; of a dear refusal the cheapest of three runs."""
    answer, least = Answer(0, ""), float("inf")
    for _ in range(_TRIES):
        before = cpu(root)
        answer = phones.original(sent) if original else phones.put(sent)
        if original:
            time.sleep(0.1)  # the process that shrank it is being reaped
        least = min(least, cpu(root) - before)
        if answer.status < 400 or least <= MOST_CPU:
            break
    return answer, least


def through(root: int, phones: Phones, files: Sequence[Sent], *, original: bool) -> Seen:
    """Sends files through one door, one by one; the canary first and last."""
    seen = Seen()
    canary = good()
    first = [measured(root, phones, canary, original=original) for _ in range(5)]
    usual = statistics.median(cost for _, cost in first)
    accepted: dict[str, float] = {}
    memory = Memory(root)
    memory.start()
    for sent in files:
        memory.doing = sent.name
        answer, cost = measured(root, phones, sent, original=original)
        seen.note(sent, sent.original if original else sent.stored, answer)
        if answer.status < 400:
            accepted[sent.name] = cost
            continue
        seen.refusals.append((cost, sent.name, answer.code))
        told = TOLD_BY_STRUCTURE.fullmatch(answer.code)
        if cost > (MOST_CPU if told else max(MOST_CPU, usual, accepted.get(sent.like, 0))):
            seen.dear.append(f"{sent.name}: {cost:.0f} ms, {answer.code}")
    if not original:
        together(phones, files, memory)
    last, _ = measured(root, phones, canary, original=original)
    seen.memory = memory.stop()
    for answer in (*(answer for answer, _ in first), last):
        seen.note(canary, "accept", answer)
    print(f"  a good photo costs {usual:.1f} ms; peak at: {memory.at}", flush=True)
    return seen


def together(phones: Phones, files: Sequence[Sent], memory: Memory) -> None:
    """The same again, several at once and the dearest among them first; only the memory counts."""
    flying: set[str] = set()
    lock = threading.Lock()

    def one(sent: Sent) -> None:
        with lock:
            flying.add(sent.name)
            memory.doing = ", ".join(flying)
        phones.put(sent)
        with lock:
            flying.discard(sent.name)

    with ThreadPoolExecutor(AT_ONCE) as hands:
        list(hands.map(one, files))


def chosen(only: str, material: Path | None, *, original: bool) -> Iterator[Sent]:
    """The files for one door."""
    everything = [*generated(), *(third_party(material) if material else ())]
    if original:
        everything += originals()
    yield from (sent for sent in everything if only in sent.name)


def report(door: str, seen: Seen) -> bool:
    """Prints one door's figures; whether they are as they must be."""
    ok = not (seen.wrong or seen.failed or seen.dear) and seen.memory <= MOST_MEMORY[door]
    for title, lines in (("WRONG", seen.wrong), ("5xx", seen.failed), ("DEAR", seen.dear)):
        for line in lines:
            print(f"  {title}: {line}")
    costs = sorted(seen.refusals, reverse=True)
    for cost, name, code in costs[:5]:
        print(f"  dearest refusals: {cost:6.1f} ms  {code:18} {name}")
    if costs:
        print(f"  {len(costs)} refusals, median {statistics.median(cost for cost, _, _ in costs):.1f} ms")
    return ok


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--door", choices=["normal", "original", "both"], default="both")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    named = os.environ.get("TEST_MATERIAL", "")
    doors = ["normal", "original"] if asked.door == "both" else [asked.door]
    said, fine = [], True
    with database("sqlite") as (url, folder):
        asyncio.run(settle(url, PEOPLE))
        for door in doors:
            original = door == "original"
            files = list(chosen(asked.only, Path(named) if named else None, original=original))
            # Each door finds a server that nobody has asked anything yet.
            with served(url, folder) as running, Phones(running.url) as phones:
                print(f"{door} way, {len(files)} files", flush=True)
                seen = through(running.process.pid, phones, files, original=original)
                print("  high water:", {k: round(v) for k, v in high_water(running.process.pid).items()})
            fine = report(door, seen) and fine
            said.append(
                f"{door}: {seen.files} sent, {len(seen.wrong)} wrong, {len(seen.failed)} 5xx,"
                f" {len(seen.dear)} refused too dearly, peak +{seen.memory:.0f} MB"
            )
    must = "right verdict, no 5xx; refused in <= 50 ms or a good file's cost; peak +200 / +450 MB"
    print(f"every hostile file | {must} | {'; '.join(said)}{'' if named else ' (no TEST_MATERIAL)'}")
    sys.exit(not fine)


if __name__ == "__main__":
    main()
