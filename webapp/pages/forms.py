"""Reads plain forms, counting their bytes.

Quart's own limit is none for a chunked body, so what comes in is counted here before anything parses it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from quart import request
from werkzeug.datastructures import MultiDict

from webapp.rules.refusals import Refused

MOST_BYTES = 32_768
MOST_SECONDS = 20.0
"""A form is a few hundred bytes; whoever sends it slower than this only holds a connection."""
_MOST_FIELDS = 200
# All control characters but tab and line ends. PostgreSQL cannot even be asked about a NUL.
_NEVER_TYPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


async def read_form() -> MultiDict[str, str]:
    """The fields of an ``application/x-www-form-urlencoded`` body; full-width blanks and ends are left as typed."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Refused("form.unreadable")
    return parsed(await read_body(MOST_BYTES))


async def read_body(limit: int) -> bytes:
    """A small body, counted; :class:`Refused` ``form.too_large``, ``form.too_slow``."""
    if (request.content_length or 0) > limit:
        raise Refused("form.too_large")
    body = bytearray()
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for chunk in request.body:
                body += chunk
                if len(body) > limit:
                    raise Refused("form.too_large")
    except TimeoutError as slow:
        raise Refused("form.too_slow") from slow
    return bytes(body)


def parsed(body: bytes) -> MultiDict[str, str]:
    """The fields of a form's body; :class:`Refused` ``form.unreadable``."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as reason:
        raise Refused("form.unreadable") from reason
    refuse_never_typed(part for pair in pairs for part in pair)
    return MultiDict(pairs)


def refuse_never_typed(parts: Iterable[str]) -> None:
    """:class:`Refused` ``form.unreadable`` where a part has control characters that nobody types."""
    if any(_NEVER_TYPED.search(part) for part in parts):
        raise Refused("form.unreadable")
