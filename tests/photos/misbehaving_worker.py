"""A process that does to the pool what a broken decoder would; the declared type says what."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from webapp.photos.judged import Facts, Judged, Measured
from webapp.photos.refusals import PhotoRefused
from webapp.photos.worker import Answer, Unreadable, serve


def _answer(data: bytes) -> Answer:
    facts = Facts("png", os.getpid(), False, 0, 0, False)
    digest, looks = hashlib.sha256(data).hexdigest(), Measured(0.0, 0, "0" * 128)
    return Judged(data, "image/png", 1, 1, digest, b"preview", facts, looks).as_frame()


def _spin(_: bytes) -> None:
    while True:
        pass


def _sleep(_: bytes) -> None:
    time.sleep(60)


def _doze(_: bytes) -> None:
    time.sleep(0.2)


def _die(_: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _die_once(data: bytes) -> None:
    mark = Path(data.decode())
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGSEGV)


def _hoard(_: bytes) -> None:
    hoard = [b"\1" * (16 << 20) for _ in range(100)]
    raise AssertionError(len(hoard))


def _raise(_: bytes) -> None:
    raise RuntimeError("a bug of ours")


def _fail_to_write(_: bytes) -> None:
    raise OSError("broken data stream when writing image file")


def _miss(_: bytes) -> None:
    raise Unreadable("not there")


def _refuse(_: bytes) -> None:
    raise PhotoRefused("damaged", width=3)


def _chatter(_: bytes) -> None:
    sys.stdout.write("a library prints this\n")
    sys.stdout.flush()
    os.write(1, b"and this\n")


def _garble(_: bytes) -> None:
    for handle in range(3, 10):
        with suppress(OSError):
            os.write(handle, b"\xff" * 64)


def _be_told_to_end(_: bytes) -> None:
    for told in (signal.SIGTERM, signal.SIGINT):
        os.kill(os.getpid(), told)


_CONDUCT: dict[str, Callable[[bytes], None]] = {
    "spin": _spin,
    "sleep": _sleep,
    "doze": _doze,
    "die": _die,
    "die once": _die_once,
    "hoard": _hoard,
    "raise": _raise,
    "fail to write": _fail_to_write,
    "miss": _miss,
    "refuse": _refuse,
    "chatter": _chatter,
    "garble": _garble,
    "be told to end": _be_told_to_end,
}


def _behave(head: dict[str, Any], blobs: list[bytes]) -> Answer:
    conduct = head["declared"]
    if conduct == "invented code":
        return {"refused": "no such code", "seen": {}}, []
    if conduct == "nonsense":
        return {"media_type": "text/html"}, []
    if conduct == "other figures":
        head, answered = _answer(blobs[0])
        return {**head, "measured": {**head["measured"], "difference_hash": "no hash"}}, answered
    if conduct == "environment":
        return _answer(json.dumps([dict(os.environ), sys.argv]).encode())
    _CONDUCT.get(conduct, len)(blobs[0])
    return _answer(blobs[0])


if __name__ == "__main__":
    serve({"judge": _behave}, lambda: None)
