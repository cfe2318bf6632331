"""What passes between the server and a decoding process: a JSON head and blobs, with lengths in front.

No pickle: whoever takes over a decoder must not be able to run code in the server by its answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

LENGTH = 4
"""Bytes of the big-endian length before the head."""
MOST_HEAD = 64 << 10
MOST_BLOBS = 64 << 20


class FrameProblem(Exception):
    """Bytes that are no frame."""


def packed(head: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """A frame; ``head`` gets the blobs' lengths under ``blobs``."""
    text = json.dumps({**head, "blobs": [len(blob) for blob in blobs]}).encode()
    return b"".join([len(text).to_bytes(LENGTH), text, *blobs])


def head_length(prefix: bytes) -> int:
    """Length of the head from the first four bytes."""
    length = int.from_bytes(prefix)
    if len(prefix) != LENGTH or length > MOST_HEAD:
        raise FrameProblem("the head's length")
    return length


def parsed_head(text: bytes) -> tuple[dict[str, Any], list[int]]:
    """The head and the lengths of the blobs that follow it."""
    try:
        head = json.loads(text, parse_float=_finite, parse_constant=_finite)
        lengths = [int(length) for length in head.pop("blobs")]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise FrameProblem("the head") from fault
    if min(lengths, default=0) < 0 or sum(lengths) > MOST_BLOBS:
        raise FrameProblem("the blobs' lengths")
    return head, lengths


def _finite(text: str) -> float:
    """No figure of ours is infinite or none, and neither becomes a whole number later."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
