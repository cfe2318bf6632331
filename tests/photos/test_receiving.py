from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webapp.photos.disk import ShelfFull
from webapp.photos.receiving import Pace, arrivals, receive, receive_to_disk
from webapp.photos.refusals import PhotoRefused

BRISK = Pace(whole=0.3, silence=0.1)


class Body:
    """A body that counts how much of it was asked for."""

    def __init__(self, *chunks: bytes, every: float = 0) -> None:
        self.chunks = chunks
        self.every = every
        self.given = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            await asyncio.sleep(self.every)
            self.given += 1
            yield chunk


async def test_a_body_is_counted_and_hashed_as_it_comes() -> None:
    received = await receive(Body(b"abc", b"", b"def"), 6)
    assert received.data == b"abcdef"
    assert received.sha256 == hashlib.sha256(b"abcdef").hexdigest()


async def test_an_empty_body_is_left_to_judging() -> None:
    assert (await receive(Body(), 6)).data == b""


async def test_one_byte_too_many_is_refused_and_nothing_is_read_after_it() -> None:
    body = Body(*[b"x" * 1000] * 100)
    with pytest.raises(PhotoRefused) as refused:
        await receive(body, 2999)
    assert (refused.value.code, refused.value.seen) == ("too_large", {"limit": 2999})
    assert body.given == 3


@pytest.mark.parametrize("body", [Body(b"x", b"y", every=0.5), Body(*[b"x"] * 40, every=0.04)])
async def test_a_body_that_dries_up_or_only_drips_is_refused(body: Body) -> None:
    with pytest.raises(PhotoRefused) as refused:
        await receive(body, 1000, pace=BRISK)
    assert refused.value.code == "too_slow"
    assert body.given < len(body.chunks)


async def test_a_slow_body_within_its_time_is_taken() -> None:
    assert (await receive(Body(b"x", b"y", every=0.02), 2, pace=BRISK)).data == b"xy"


async def test_an_original_arrives_on_the_disk_for_the_server_alone(tmp_path: Path) -> None:
    chunks = [os.urandom(70_000) for _ in range(40)]
    whole = b"".join(chunks)
    arrived = await receive_to_disk(Body(*chunks), len(whole), tmp_path / "originals")
    assert arrived.path.read_bytes() == whole
    assert (arrived.size, arrived.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert arrived.path.stat().st_mode & 0o777 == 0o600
    assert [path for path, _ in await arrivals(tmp_path / "originals", datetime.now(UTC))] == [arrived.path]


async def test_two_originals_never_share_a_name(tmp_path: Path) -> None:
    paths = {(await receive_to_disk(Body(b"same"), 9, tmp_path)).path for _ in range(5)}
    assert len(paths) == 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (Body(), "empty"),
        (Body(*[b"x" * 600_000] * 5), "too_large"),
        (Body(b"x" * 1_100_000, b"y", every=0.15), "too_slow"),
    ],
)
async def test_a_refused_original_leaves_nothing_behind(tmp_path: Path, body: Body, code: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        await receive_to_disk(body, 2_000_000, tmp_path, pace=BRISK)
    assert refused.value.code == code
    assert await arrivals(tmp_path, datetime.now(UTC)) == []


async def test_a_cancelled_original_leaves_nothing_behind(tmp_path: Path) -> None:
    body = Body(*[b"x" * 1_100_000] * 50, every=0.05)
    task = asyncio.create_task(receive_to_disk(body, 64 << 20, tmp_path))
    await asyncio.sleep(0.3)
    assert (len(list(tmp_path.iterdir())), body.given < 50) == (1, True)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


async def test_an_original_that_would_fill_the_disk_is_not_begun(tmp_path: Path) -> None:
    body = Body(b"x")
    with pytest.raises(ShelfFull):
        await receive_to_disk(body, 9, tmp_path, keep_free=1 << 60)
    assert (body.given, list(tmp_path.iterdir())) == (0, [])


async def test_what_a_crash_left_half_written_is_listed_with_its_age(tmp_path: Path) -> None:
    left = tmp_path / "0123.part"
    left.write_bytes(b"half")
    now = datetime.fromtimestamp(left.stat().st_mtime, UTC) + timedelta(hours=25)
    assert await arrivals(tmp_path, now) == [(left, timedelta(hours=25))]
    assert await arrivals(tmp_path / "not there", now) == []


async def test_an_arrival_that_goes_while_they_are_listed_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("0123", "4567"):
        (tmp_path / name).write_bytes(b"x")
    stays, goes = os.scandir(tmp_path)
    Path(goes.path).unlink()
    monkeypatch.setattr("webapp.photos.receiving.os.scandir", lambda _folder: nullcontext([goes, stays]))
    assert [path.name for path, _age in await arrivals(tmp_path, datetime.now(UTC))] == [stays.name]
