"""How bytes become durable: written under another name, fsynced, renamed, and the folder fsynced too."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from webapp.folders import make_folder, sync_folder

UNFINISHED = ".part"
"""Ending of a file that is still being written."""
KEEP_FREE = 64 << 20
"""Bytes left to the database and the log: a full disk must still be able to say that it is full."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class ShelfFull(Exception):
    """No room on the disk: nothing was stored, and everything stored before stays."""


@contextmanager
def running_out() -> Iterator[None]:
    """Turns the system's word for a full disk into ours."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _NO_ROOM:
            raise ShelfFull from fault
        raise


def check_room(folder: Path, size: int, keep_free: int) -> None:
    """:class:`ShelfFull` unless ``size`` more bytes leave ``keep_free`` on the disk of ``folder``."""
    if shutil.disk_usage(folder).free < size + keep_free:
        raise ShelfFull


def private(path: str, flags: int) -> int:
    """An opener: the file belongs to the server alone."""
    return os.open(path, flags, 0o600)


def write_durably(path: Path, data: bytes) -> None:
    """Returns when ``data`` would survive a power cut under ``path``; before, no such name is seen.

    A file that has the name already is replaced: whoever looks meanwhile sees the old one whole, or the new one.
    """
    write_together({path: data})


def write_together(files: Mapping[Path, bytes]) -> None:
    """The same for files of one folder: after a fault none of them is left."""
    folder = next(iter(files)).parent
    try:
        with running_out():
            make_folder(folder)
            for path, data in files.items():
                _write(path, data)
            sync_folder(folder)
    except BaseException:
        if len(files) > 1:
            for path in files:
                path.unlink(missing_ok=True)
        raise


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        with open(unfinished, "xb", buffering=0, opener=private) as file:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
