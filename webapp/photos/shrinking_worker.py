"""The process of the original's way: shrinks one original and judges what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from webapp.photos.judging import judge
from webapp.photos.judging_worker import warm_up
from webapp.photos.shrinking import shrink
from webapp.photos.worker import Answer, Unreadable, serve


def _shrink(head: dict[str, Any], _: list[bytes]) -> Answer:
    try:
        original = Path(head["path"]).read_bytes()
    except OSError as fault:
        raise Unreadable(f"the original cannot be read: {fault.strerror}") from fault
    small = shrink(original, head["limit"])
    del original
    return judge(small, "application/octet-stream", head["limit"]).as_frame()


if __name__ == "__main__":
    serve({"shrink": _shrink}, warm_up)
