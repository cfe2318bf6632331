"""Reads a plain form with a file, streaming: nothing of the file is kept here, and every byte is counted by its reader.

Quart's own reader of such forms has no limit for a chunked body and holds what it reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from quart import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from webapp.pages.forms import refuse_never_typed
from webapp.rules.refusals import Refused

_MOST_FIELD_BYTES = 8_192
_MOST_HEAD_BYTES = 131_072
"""Of what stands between two parts; the decoder itself has no bound there."""
_MOST_PARTS = 20
_AT_ONCE = 65_536
_DRAINED_BYTES = 70_000_000
_DRAINED_SECONDS = 120.0
_SILENCE_SECONDS = 60.0
"""Between two chunks: the same as for an original's raw body."""


class UploadForm:
    """The fields that stood before the file, and the file's bytes to be read once."""

    def __init__(self) -> None:
        self.fields: MultiDict[str, str] = MultiDict()
        self.file_name = ""
        """As the browser gives it, without folders and signs that nobody types; only ever shown."""
        self._decoder = _decoder()
        self._pieces = _pieces()
        self._in_file = False
        self._ended = False

    async def read_fields(self) -> None:
        """Reads up to the file; :class:`Refused` ``form.unreadable``, ``form.too_large``."""
        name, value = "", bytearray()
        while True:
            event = await self._next()
            if isinstance(event, Field):
                name, value = event.name or "", bytearray()
            elif isinstance(event, File):
                self._in_file = True
                self.file_name = _plain_name(event.filename or "")
                return
            elif isinstance(event, Data):
                value += event.data
                if len(value) > _MOST_FIELD_BYTES:
                    raise Refused("form.too_large")
                if not event.more_data:
                    self._keep(name, bytes(value))
            elif isinstance(event, Epilogue):
                self._ended = True
                return

    def _keep(self, name: str, value: bytes) -> None:
        try:
            text = value.decode()
        except ValueError as reason:
            raise Refused("form.unreadable") from reason
        refuse_never_typed([name, text])
        self.fields.add(name, text)

    async def file(self) -> AsyncIterator[bytes]:
        """The file's bytes; none where there was no file. What stands behind the file is not read."""
        while not self._ended:
            event = await self._next()
            if not isinstance(event, Data):
                return
            if event.data:
                yield bytes(event.data)
            self._ended = not event.more_data

    async def _next(self) -> object:
        try:
            while isinstance(event := self._decoder.next_event(), NeedData):
                self._decoder.receive_data(await anext(self._pieces, None))
                if not self._in_file and len(self._decoder.buffer) > _MOST_HEAD_BYTES:
                    raise Refused("form.too_large")
        except (ValueError, RequestEntityTooLarge) as reason:
            raise Refused("form.unreadable") from reason
        return event


def _plain_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable()).strip()


async def _pieces() -> AsyncIterator[bytes]:
    body = aiter(request.body)
    while True:
        try:
            async with asyncio.timeout(_SILENCE_SECONDS):
                chunk = await anext(body, None)
        except TimeoutError as slow:
            raise Refused("form.too_slow") from slow
        if chunk is None:
            return
        for start in range(0, len(chunk), _AT_ONCE):
            yield chunk[start : start + _AT_ONCE]


async def drain(refused: Refused | None = None) -> None:
    """Reads away what is left of a body that was refused, unless it was refused for its slowness.

    Else the connection breaks while the browser is still sending, and the person sees that instead of why.
    """
    if refused is not None and refused.code in {"photo.too_slow", "form.too_slow"}:
        return
    left = _DRAINED_BYTES
    try:
        async with asyncio.timeout(_DRAINED_SECONDS):
            async for chunk in request.body:
                left -= len(chunk)
                if left < 0:
                    return
    except TimeoutError:
        return


def _decoder() -> MultipartDecoder:
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise Refused("form.unreadable")
    return MultipartDecoder(options["boundary"].encode(), max_parts=_MOST_PARTS)


async def read_upload_form() -> UploadForm:
    """The form of this request, read up to its file."""
    form = UploadForm()
    await form.read_fields()
    return form
