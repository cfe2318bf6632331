"""An original whose processes end at any step: nothing is lost, nothing is done twice, and what is left is swept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.house import House
from tests.photos import pictures
from webapp.actions import shrink_originals, take_original
from webapp.actions.photo_places import SlotKey
from webapp.actions.store_photo import Upload
from webapp.actions.sweep_photos import sweep_photos
from webapp.clock import now
from webapp.photos.judged import Judged
from webapp.photos.judging import judge
from webapp.photos.pool import Pool
from webapp.photos.shelf import LocalShelf
from webapp.records import Candidate, Event, Incoming, Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam

DATA = pictures.written(pictures.page(640, 480))


class Killed(BaseException):
    """As SIGKILL: no handler of faults runs that a killed process would not run."""


async def _killed(*_args: Any, **_facts: Any) -> Any:
    raise Killed


async def _as_if_shrunk(_pool: Pool, _path: Path, _limit: int) -> Judged:
    return judge(DATA, "image/jpeg")


async def _send(house: House, upload: Upload, *, broken: bool = False) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield DATA[:10_000]
        if broken:
            raise Killed
        yield DATA[10_000:]

    row = await Candidate.get(user_name="zhangsan")
    await take_original.take_original(
        house.app.extensions["photo_desk"], await open_exam(), row.id, upload, body()
    )


async def test_an_original_killed_at_any_step_is_one_photo_in_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.candidate("zhangsan")
    upload = Upload(uuid4(), SlotKey("ID", "front"))
    originals = house.app.config["SETTINGS"].data / "originals"

    # While it comes in; and when its file is whole, but its row is not written.
    with pytest.raises(Killed):
        await _send(house, upload, broken=True)
    with monkeypatch.context() as patch:
        patch.setattr(take_original, "record", _killed)
        with pytest.raises(Killed):
            await _send(house, upload)
    assert not await Incoming.exists()
    assert len(list(originals.iterdir())) == 1, "a file without a row, which the sweep finds"
    await _send(house, upload)
    assert await Incoming.filter(state="waiting").count() == 1

    put = LocalShelf.put_together

    async def put_and_killed(shelf: LocalShelf, *data: bytes) -> Any:
        await put(shelf, *data)
        raise Killed

    monkeypatch.setattr(Pool, "shrink", _as_if_shrunk)
    steps: list[tuple[Any, str, Any]] = [
        (Pool, "shrink", _killed),
        (LocalShelf, "put_together", _killed),
        (LocalShelf, "put_together", put_and_killed),
        (shrink_originals, "write_photo", _killed),
        (shrink_originals, "_write", _killed),
    ]
    for place, name, instead in steps:
        with monkeypatch.context() as patch:
            patch.setattr(place, name, instead)
            with pytest.raises(Killed):
                await house.shrink_originals()
        assert await Incoming.filter(state="waiting").count() == 1
        assert not await Photo.exists()

    # Behind the row, before the original's file is removed.
    write = shrink_originals._write

    async def written_and_killed(*args: Any) -> Any:
        await write(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(shrink_originals, "_write", written_and_killed)
        with pytest.raises(Killed):
            await house.shrink_originals()
    assert await house.shrink_originals() == 0
    assert (await Photo.get()).id == upload.photo
    assert await Event.filter(what="photo.stored").count() == 1
    assert await all_breaks() == []

    # What was left behind goes after a day, and what rows point at stays.
    assert len(list(originals.iterdir())) == 2
    later = now() + timedelta(hours=25)
    monkeypatch.setattr("webapp.actions.sweep_photos.now", lambda: later)
    desk = house.app.extensions["photo_desk"]
    assert await sweep_photos(desk) > 2
    assert list(originals.iterdir()) == []
    version = await PhotoVersion.get()
    kept = {key async for key, _age in desk.shelf.keys(later)}
    assert kept == {version.shelf_key, version.preview_key}
