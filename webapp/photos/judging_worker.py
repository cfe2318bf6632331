"""The process of the normal way: judges received photos and turns stored ones."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from webapp.photos.judging import judge
from webapp.photos.turning import turned
from webapp.photos.worker import Answer, serve


def _judge(head: dict[str, Any], blobs: list[bytes]) -> Answer:
    return judge(blobs[0], head["declared"], head["limit"]).as_frame(blobs[0])


def _turn(head: dict[str, Any], blobs: list[bytes]) -> Answer:
    return turned(blobs[0], head["quarter_turns"], head["limit"]).as_frame()


def warm_up() -> None:
    """Loads every codec before the first photo comes."""
    for kind in ("JPEG", "PNG"):
        out = io.BytesIO()
        Image.new("RGB", (64, 64), "white").save(out, kind)
        turned(out.getvalue(), 1)


if __name__ == "__main__":
    serve({"judge": _judge, "turn": _turn}, warm_up)
