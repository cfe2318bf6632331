"""Compiles the JPEG encoder's kernel: C to WebAssembly with SIMD, without any library.

python -m tools.build_encoder

The result is committed, so that nobody needs a compiler; a test holds it to its source. Another release of clang makes
other bytes, so the one that was used is written down beside the source.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ENCODER = Path(__file__).parents[1] / "static" / "js" / "imaging" / "encoder"
SOURCE = ENCODER / "c"
WASM = ENCODER / "encoder.wasm"
COMPILED_BY = SOURCE / "clang-release.txt"
FLAGS = [
    "--target=wasm32", "-std=c11", "-msimd128", "-mbulk-memory", "-O2", "-ffreestanding", "-nostdlib",
    "-Wall", "-Wextra", "-Werror", "-Wl,--no-entry", "-Wl,--strip-all", "-Wl,-z,stack-size=32768",
]  # fmt: skip


class NoCompiler(Exception):
    """What is missing on this machine."""


def clang_release() -> int:
    """Raises :class:`NoCompiler` where clang or its linker for WebAssembly is missing."""
    for program in ("clang", "wasm-ld"):
        if not shutil.which(program):
            raise NoCompiler(f"{program} was not found (Debian, Ubuntu: apt install clang lld)")
    said = subprocess.run(["clang", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"version (\d+)", said)
    if not found:
        raise NoCompiler(f"clang does not say its version: {said.splitlines()[:1]}")
    return int(found[1])


def compile_to(target: Path) -> None:
    """Raises CalledProcessError, after the compiler's own words on stderr."""
    sources = sorted(path.name for path in SOURCE.glob("*.c"))
    subprocess.run(["clang", *FLAGS, *sources, "-o", str(target.absolute())], cwd=SOURCE, check=True)
    target.chmod(0o644)


def main() -> None:
    try:
        release = clang_release()
    except NoCompiler as reason:
        sys.exit(str(reason))
    compile_to(WASM)
    COMPILED_BY.write_text(f"{release}\n")
    print(f"{WASM.name}: {WASM.stat().st_size} bytes by clang {release}")


if __name__ == "__main__":
    main()
