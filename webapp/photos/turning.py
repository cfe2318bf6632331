"""A stored photo turned by its owner or a reviewer. Runs in a process of the pool."""

from __future__ import annotations

from webapp.photos.judged import LIMIT, Judged
from webapp.photos.judging import MOST_PIXELS, accepted, judge
from webapp.photos.structure import bounded, examine
from webapp.photos.uprighting import BY_QUARTERS, reencoded


def turned(data: bytes, quarter_turns: int, limit: int = LIMIT) -> Judged:
    """``data`` turned clockwise by ``quarter_turns`` (any whole number), encoded again under ``limit``.

    Turn from the version that was received, by the sum of all turns: each encoding loses a little, and
    none is needed for a whole turn. Raises :class:`PhotoRefused` as :func:`judge` does.
    """
    found = examine(data)
    way = BY_QUARTERS.get(quarter_turns % 4)
    if way is None:
        return judge(data, found.media_type, limit)
    bounded(found.width, found.height, MOST_PIXELS)
    stored, image = reencoded(found.cleaned(data), found, way, limit)
    return accepted(stored, found, image, found.media_type, size=image.size)
