"""A bad network between a browser and the product: an HTTP proxy that loses, resets, slows down and goes away.

What is sent (photos, announcements, questions of the outbox) meets the faults; pages and scripts only the slowness. A
reset comes in the middle of the body, as an RST. A lost reply means that the product has done what was asked.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from tests.served import free_port

CHUNK = 4_096
_ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing resets the connection."""


@dataclass
class Weather:
    """What the network does to requests; may be changed while it runs."""

    reset: float = 0.0
    """Of a hundred requests with a body, as a fraction: reset in mid-body."""
    lost: float = 0.0
    """Answered, but the answer is lost."""
    bytes_per_second: float | None = None
    """Up; down the same. None: as fast as the machine."""


class _Bucket:
    """Bytes pass one after the other, all connections together, at the rate that holds now."""

    def __init__(self, weather: Weather) -> None:
        self._weather, self._free = weather, 0.0

    async def take(self, size: int) -> None:
        if (rate := self._weather.bytes_per_second) is None:
            return
        begin = max(self._free, time.monotonic())
        self._free = begin + size / rate
        await asyncio.sleep(self._free - time.monotonic())


@dataclass(frozen=True)
class _Head:
    """The first lines of a message, and how long its body is."""

    first: str
    lines: tuple[str, ...]

    @classmethod
    async def read(cls, reader: asyncio.StreamReader) -> _Head:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        return cls(first, tuple(lines[:-2]))

    def value(self, name: str) -> str:
        found = (line.partition(":")[2].strip() for line in self.lines if line.lower().startswith(name + ":"))
        return next(found, "")

    @property
    def length(self) -> int:
        return int(self.value("content-length") or 0)

    def written(self, lines: tuple[str, ...] | None = None) -> bytes:
        told = self.lines if lines is None else lines
        return "\r\n".join([self.first, *told, "", ""]).encode("latin-1")


@dataclass
class FaultProxy:
    """``async with FaultProxy(product_url) as proxy:`` is the product at ``proxy.url``, behind this weather."""

    product: str
    weather: Weather = field(default_factory=Weather)
    seed: int = 20200506
    counts: Counter[str] = field(default_factory=Counter)
    """Sent photos by what became of them: ``through``, ``reset``, ``lost``; ``cut`` when it went offline."""
    bytes_up: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311
        self._up, self._down = _Bucket(self.weather), _Bucket(self.weather)
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> FaultProxy:
        await self.online()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.offline()

    async def online(self) -> None:
        """The network is there."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def offline(self) -> None:
        """Nobody answers any more, and whatever was on its way is cut off."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            _abort(writer)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        host, port = self.product.removeprefix("http://").split(":")
        try:
            product = await asyncio.open_connection(host, int(port))
        except OSError:
            _abort(writer)
            return
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
                while await self._pass_on(reader, writer, *product):
                    pass
        finally:
            self._open.discard(writer)
            for one in (writer, product[1]):
                with suppress(OSError):
                    one.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: asyncio.StreamReader,
        asks: asyncio.StreamWriter,
    ) -> bool:
        """One request and its answer; False where the connection ended with it."""
        head = await _Head.read(reader)
        fate, name = self._fate(head), head.first.split(" ", 1)[0]
        asks.write(head.written(self._for_the_product(head)))
        breaks_at = self._dice.randrange(max(1, head.length)) if fate == "reset" else None
        left = head.length
        while left > 0:
            chunk = await reader.readexactly(min(CHUNK, left))
            await self._up.take(len(chunk))
            left, self.bytes_up = left - len(chunk), self.bytes_up + len(chunk)
            if breaks_at is not None and head.length - left > breaks_at:
                self.counts[f"{name} reset"] += 1
                _abort(writer)
                asks.transport.abort()
                return False
            asks.write(chunk)
            await asks.drain()
        answer = await _Head.read(answers)
        body = (
            b""
            if name == "HEAD" or answer.first.split()[1] in {"204", "304"}
            else await _body(answer, answers)
        )
        if fate == "lost":
            self.counts[f"{name} lost"] += 1
            _abort(writer)
            return False
        if fate:
            self.counts[f"{name} through"] += 1
        for piece in (answer.written(), *(body[at : at + CHUNK] for at in range(0, len(body), CHUNK))):
            await self._down.take(len(piece))
            writer.write(piece)
            await writer.drain()
        return answer.value("connection").lower() != "close"

    def _fate(self, head: _Head) -> str:
        """Empty for what only pages ask."""
        method, path, _version = head.first.split(" ")
        asked = path.split("?")[0]
        if method == "GET" and not asked.endswith("/state"):
            return ""
        if not asked.startswith(("/my/photos", "/my/announcements")):
            return ""
        drawn = self._dice.random()
        if drawn < self.weather.lost:
            return "lost"
        return "reset" if head.length and drawn < self.weather.lost + self.weather.reset else "through"

    def _for_the_product(self, head: _Head) -> tuple[str, ...]:
        """Its own address instead of the proxy's, which its same-origin guard would refuse."""
        return tuple(line.replace(self.url[7:], self.product[7:]) for line in head.lines)


async def _body(head: _Head, reader: asyncio.StreamReader) -> bytes:
    if "chunked" not in head.value("transfer-encoding").lower():
        return await reader.readexactly(head.length)
    whole = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line.split(b";")[0], 16)
        whole += line + await reader.readexactly(size + 2)
        if size == 0:
            return whole


def _abort(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        made: socket.socket | None = writer.get_extra_info("socket")
        if made is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    writer.transport.abort()
