"""A stored photo turned by its owner or a reviewer. Runs in a process of the pool."""

from __future__ import annotations

from webapp.photos.judged import LIMIT, Judged
from webapp.photos.judging import MOST, MOST_PIXELS, accepted_again, judge
from webapp.photos.room import needed, room_for
from webapp.photos.structure import affordable, bounded, examine
from webapp.photos.uprighting import BY_QUARTERS


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
    affordable(found, MOST)
    with room_for(needed(found, again=True)):
        return accepted_again(found.cleaned(data), found, way, found.media_type, limit)
