"""The process of the original's way: shrinks one original and judges what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from webapp.photos.judging import judge
from webapp.photos.judging_worker import warm_up
from webapp.photos.shrinking import shrink
from webapp.photos.worker import Answer, serve


def _shrink(head: dict[str, Any], _: list[bytes]) -> Answer:
    return judge(
        shrink(Path(head["path"]), head["limit"]), "application/octet-stream", head["limit"]
    ).as_frame()


if __name__ == "__main__":
    serve({"shrink": _shrink}, warm_up)
