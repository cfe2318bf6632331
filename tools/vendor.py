"""Copies the third-party browser code we serve from node_modules to static/js/vendor, each with its licence.

The browser loads modules by relative address and nothing is bundled, so what it needs has to lie below
static/. Type declarations come along: `tsc` finds them beside the module they describe.
"""

import shutil
from pathlib import Path

SOURCE = Path("node_modules")
TARGET = Path("static/js/vendor")
SERVED = {
    "idb": ("LICENSE", "build/index.js", "build/*.d.ts"),
}


def copy_vendored() -> None:
    """Makes static/js/vendor hold exactly what SERVED names, and leaves it alone where it does.

    Raises FileNotFoundError when a package no longer has such a file.
    """
    wanted = {}
    for package, patterns in SERVED.items():
        for pattern in patterns:
            found = sorted((SOURCE / package).glob(pattern))
            if not found:
                raise FileNotFoundError(f"{SOURCE / package / pattern}")
            wanted.update({TARGET / package / file.name: file.read_bytes() for file in found})

    present = {file: file.read_bytes() for file in TARGET.rglob("*") if file.is_file()}
    if present == wanted:
        return
    shutil.rmtree(TARGET, ignore_errors=True)
    for file, content in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
