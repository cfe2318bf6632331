"""Removes the demo's data, unless a demo is running on it."""

import shutil
import subprocess
import sys
from pathlib import Path

DEMO = Path(".demo")


def main() -> None:
    if not DEMO.exists():
        print("There is no demo data.")
        return
    holders = processes_holding(DEMO.resolve())
    if holders:
        sys.exit(f"A demo is running on .demo (process {', '.join(map(str, holders))}). End it with Ctrl-C.")
    shutil.rmtree(DEMO)
    print("The demo's data are gone; make demo starts afresh.")


def processes_holding(folder: Path) -> list[int]:
    """The ids of processes that have a file below this folder open, as a running demo has its database."""
    if not Path("/proc/self/fd").exists():
        listed = subprocess.run(["lsof", "-t", "+D", folder], capture_output=True, text=True, check=False)
        return sorted({int(line) for line in listed.stdout.split()})
    holders = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = link.readlink()
        except OSError:
            continue
        if target.is_relative_to(folder):
            holders.add(int(link.parts[2]))
    return sorted(holders)


if __name__ == "__main__":
    main()
