"""Clients that keep some connections busy, each with one request at a time, and count the answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping

_LINE_END = b"\r\n"


def request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A whole HTTP/1.1 request on a connection that stays open."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


async def drive(port: int, lanes: list[Iterator[bytes]], total: int) -> Counter[int]:
    """Sends ``total`` requests, one connection a lane; how many answers had which status."""
    left = iter(range(total))
    statuses: Counter[int] = Counter()

    async def one(lane: Iterator[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        try:
            for _number in left:
                writer.write(next(lane))
                await writer.drain()
                status, stays = await _answer(reader)
                statuses[status] += 1
                if not stays:
                    writer.close()
                    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        finally:
            writer.close()

    await asyncio.gather(*(one(lane) for lane in lanes))
    return statuses


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status, and whether the server leaves the connection open."""
    head = (await reader.readuntil(_LINE_END * 2)).split(_LINE_END)
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in head[1:] if line)
    }
    if fields.get(b"transfer-encoding") == b"chunked":
        while size := int((await reader.readline()).partition(b";")[0], 16):
            await reader.readexactly(size + len(_LINE_END))
        await reader.readline()
    else:
        await reader.readexactly(int(fields.get(b"content-length", b"0")))
    return int(head[0].split()[1]), fields.get(b"connection") != b"close"
