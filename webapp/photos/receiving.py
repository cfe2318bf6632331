"""Bytes that come in: counted and hashed on the way, refused the moment they are too many or too slow."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiofiles

from webapp.folders import make_folder, sync_folder
from webapp.photos.disk import (
    KEEP_FREE,
    UNFINISHED,
    check_room,
    private,
    running_out,
)
from webapp.photos.refusals import PhotoRefused

_AT_ONCE = 1 << 20
"""Bytes gathered before one trip to the disk's thread."""


@dataclass(frozen=True)
class Pace:
    """How slow a body may be, in seconds."""

    whole: float
    """From the first wait to the last byte."""
    silence: float
    """Between two chunks."""


PHOTO = Pace(whole=180, silence=45)
"""200 KB at 1.2 KB/s: a phone at the edge of its network."""
ORIGINAL = Pace(whole=1800, silence=60)


@dataclass(frozen=True)
class Received:
    """A body in memory."""

    data: bytes = field(repr=False)
    sha256: str
    """64 hex digits, of the bytes as they came."""


@dataclass(frozen=True)
class Arrived:
    """A body on the disk, fsynced under a name that nobody else chose."""

    path: Path
    size: int
    sha256: str


async def counted(chunks: AsyncIterable[bytes], limit: int, pace: Pace) -> AsyncIterator[bytes]:
    """The chunks, as long as they are together at most ``limit`` bytes and come in time.

    What the headers say is not asked: a chunked body has no length, and a length can lie. Raises
    :class:`PhotoRefused` too_large, too_slow; nothing is read after that.
    """
    clock = asyncio.get_running_loop().time
    end, size = clock() + pace.whole, 0
    source = aiter(chunks)
    while True:
        try:
            async with asyncio.timeout_at(min(end, clock() + pace.silence)):
                chunk = await anext(source)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise PhotoRefused("too_slow") from None
        size += len(chunk)
        if size > limit:
            raise PhotoRefused("too_large", limit=limit)
        yield chunk


async def receive(chunks: AsyncIterable[bytes], limit: int, *, pace: Pace = PHOTO) -> Received:
    """A body of at most ``limit`` bytes; raises as :func:`counted`. An empty one is left to judging."""
    digest, data = hashlib.sha256(), bytearray()
    async for chunk in counted(chunks, limit, pace):
        digest.update(chunk)
        data += chunk
    return Received(bytes(data), digest.hexdigest())


async def receive_to_disk(
    chunks: AsyncIterable[bytes],
    limit: int,
    folder: Path,
    *,
    pace: Pace = ORIGINAL,
    keep_free: int = KEEP_FREE,
) -> Arrived:
    """Streams a body of at most ``limit`` bytes to a new file in ``folder``, which is made if missing.

    When this returns, file and name are durable. Otherwise nothing is left: raises as :func:`counted`,
    :class:`PhotoRefused` empty, :class:`~webapp.photos.disk.ShelfFull`.
    """
    path = folder / secrets.token_hex(16)
    unfinished = path.with_name(path.name + UNFINISHED)
    digest, size = hashlib.sha256(), 0
    try:
        with running_out():
            await asyncio.to_thread(make_folder, folder)
            await asyncio.to_thread(check_room, folder, limit, keep_free)
            async with aiofiles.open(unfinished, "xb", buffering=0, opener=private) as file:
                async for block in _blocks(counted(chunks, limit, pace)):
                    # Asked again and again: others write meanwhile, each of whom found room at the start.
                    await asyncio.to_thread(check_room, folder, len(block), keep_free)
                    digest.update(block)
                    size += len(block)
                    await _written(file, block)
                await asyncio.to_thread(os.fsync, file.fileno())
            if not size:
                raise PhotoRefused("empty")
            await asyncio.to_thread(unfinished.rename, path)
            await asyncio.to_thread(sync_folder, folder)
    except BaseException:
        # Not in a thread: after a cancellation the next await may be cancelled as well.
        unfinished.unlink(missing_ok=True)
        raise
    return Arrived(path, size, digest.hexdigest())


async def arrivals(folder: Path, now: datetime) -> list[tuple[Path, timedelta]]:
    """Every file in ``folder`` with its age, unfinished ones too: what a crash left behind is to be swept."""

    def seen() -> list[tuple[Path, timedelta]]:
        if not folder.is_dir():
            return []
        found = []
        with os.scandir(folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # shrunk or taken back while we looked
                    written = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                    found.append((Path(entry.path), now - written))
        return found

    return await asyncio.to_thread(seen)


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    block = bytearray()
    async for chunk in chunks:
        block += chunk
        if len(block) >= _AT_ONCE:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


async def _written(file: aiofiles.threadpool.binary.AsyncFileIO, block: bytes) -> None:
    view = memoryview(block)
    while view:
        # An unbuffered file may take a part only.
        view = view[await file.write(view) :]
