"""Brings .venv, node_modules and static/js/vendor to what the locks say; does nothing where they are there.

    python3 -m tools.set_up run    what the product needs (make demo)
    python3 -m tools.set_up dev    and what its checks need (make test)

Needs Python's standard library only. pip and npm take their mirrors from the usual settings (PIP_INDEX_URL,
npm_config_registry).
"""

import fcntl
import hashlib
import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.node import OLDEST, VENV_PROGRAMS, environment_with, find_node
from tools.vendor import copy_vendored

VENV = Path(".venv")
MODULES = Path("node_modules")
PYTHON = VENV_PROGRAMS / "python"
# -qq leaves pip its errors, and spares everyone its remarks on their own settings.
PIP_INSTALL = (PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input")
LOCKS = {kind: Path(f"requirements/{kind}.txt") for kind in ("run", "dev", "node")}


class SetUpFailed(Exception):
    """Its text is the one line that says what to do."""


def main() -> None:
    kind = sys.argv[1]
    # Two makes at once would install into each other's half-made folders.
    with Path("pyproject.toml").open() as door:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("set-up: another one is at work here; waiting for it", flush=True)
            fcntl.flock(door, fcntl.LOCK_EX)
        try:
            make_venv()
            install_packages(kind)
            link_project()
            install_modules(kind)
            copy_vendored()
        except SetUpFailed as failure:
            sys.exit(f"\nset-up: {failure}")


def make_venv() -> None:
    """A new .venv where none is, where it was made elsewhere or by another Python, or for a changed lock.

    A changed lock starts afresh because pip leaves behind what a lock no longer names.
    """
    origin = f"{Path.cwd()} {sys.base_prefix} {sys.version}"
    stale = any(_stamp(VENV, kind) not in (None, _digest(lock.read_bytes())) for kind, lock in LOCKS.items())
    if _stamp(VENV, "origin") == origin and PYTHON.exists() and not stale:
        return

    def create() -> None:
        _run([sys.executable, "-m", "venv", "--clear", VENV], "Python could not make .venv.")
        _write_stamp(VENV, "origin", origin)

    _timed("virtual environment", create)


def install_packages(kind: str) -> None:
    """The locked Python packages. Those of `dev` contain those of `run`, in the same versions."""
    enough = ("dev",) if kind == "dev" else ("run", "dev")
    if any(_stamp(VENV, done) == _digest(LOCKS[done].read_bytes()) for done in enough):
        return
    _timed("Python packages", lambda: _install_locked(kind))


def link_project() -> None:
    """Makes webapp importable from this checkout and puts its command into .venv/bin."""
    settings = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    wanted = _digest(json.dumps([settings["build-system"], settings["project"]], sort_keys=True).encode())
    if _stamp(VENV, "project") == wanted:
        return

    def link() -> None:
        offline = ("--no-build-isolation", "--no-index", "--no-deps")
        _run([*PIP_INSTALL, *offline, "--editable", "."], "webapp could not be linked into .venv.")
        _write_stamp(VENV, "project", wanted)

    _timed("webapp itself", link)


def install_modules(kind: str) -> None:
    """The locked npm packages, and Node.js for them where the machine's own is missing or too old."""
    lock = _digest(Path("package-lock.json").read_bytes())
    enough = ("dev",) if kind == "dev" else ("run", "dev")
    have_modules = any(_stamp(MODULES, done) == lock for done in enough)
    if have_modules and (kind == "run" or find_node()):
        return
    node = find_node()
    if node is None:
        _timed("Node.js", lambda: _install_locked("node"))
        node = find_node()
    if node is None:
        raise SetUpFailed(f"Node.js {OLDEST[0]}.{OLDEST[1]} or newer, with npm, is needed. Install it.")
    if have_modules:
        return
    environment = environment_with(node)

    def install() -> None:
        extent = () if kind == "dev" else ("--omit=dev",)
        command = (node / "npm", "ci", "--loglevel=error", *extent)
        _run(command, "npm could not install the browser packages. Can it reach its registry?", environment)
        _write_stamp(MODULES, kind, lock)

    _timed("browser packages", install)


def _install_locked(kind: str) -> None:
    lock = LOCKS[kind]
    _run(
        [*PIP_INSTALL, "--no-deps", "--require-hashes", "--requirement", lock],
        f"pip could not install {lock}. Can it reach its index? PIP_INDEX_URL names another.",
    )
    _write_stamp(VENV, kind, _digest(lock.read_bytes()))


def _run(command: Sequence[str | Path], otherwise: str, environment: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpFailed(otherwise) from error


def _timed(what: str, work: Callable[[], object]) -> None:
    print(f"set-up: {what} … ", end="", flush=True)
    begun = time.monotonic()
    work()
    print(f"{time.monotonic() - begun:.1f} s", flush=True)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _stamp(folder: Path, name: str) -> str | None:
    file = folder / ".set-up" / name
    return file.read_text("utf-8") if file.exists() else None


def _write_stamp(folder: Path, name: str, content: str) -> None:
    file = folder / ".set-up" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
