"""The original's way: what a phone could not shrink, and what a page without scripts sends."""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.house import Answer, Browser, House
from tests.photos import pictures
from webapp.actions import shrink_originals, take_original
from webapp.actions.photo_desk import PhotoDesk
from webapp.actions.photo_places import SlotKey
from webapp.actions.recording import record
from webapp.actions.store_photo import Upload
from webapp.actions.sweep_photos import sweep_photos
from webapp.clock import now
from webapp.photos.shelf import ShelfFull
from webapp.records import Case, Event, Incoming, Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import OpenExam, open_exam

LARGE = 2_400, 1_800


def original(orientation: int = 6) -> bytes:
    """About a megabyte, lying on its side as phones write it."""
    return pictures.written(pictures.page(*LARGE), quality=92, exif=pictures.exif(orientation))


async def send(browser: Browser, photo: UUID, data: bytes, slot: str = "ID.front") -> Answer:
    return await browser.ask(
        "PUT", f"/my/photos/{photo}?slot={slot}", data, Content_Type="application/octet-stream"
    )


async def by_form(
    browser: Browser, photo: UUID, data: bytes, slot: str = "front", material: str = "ID"
) -> Answer:
    fields = {"photo": str(photo), "slot": slot}
    return await browser.upload(f"/my/materials/{material}/photos", fields, data)


def originals(house: House) -> list[Path]:
    """The files in the folder of originals."""
    folder: Path = house.app.config["SETTINGS"].data / "originals"
    return sorted(folder.iterdir()) if folder.exists() else []


async def two_that_wait(house: House) -> tuple[UUID, UUID]:
    """Originals of two people, in the order in which they came."""
    photos = uuid4(), uuid4()
    for user_name, photo in zip(("zhangsan", "lisi"), photos, strict=True):
        browser = await house.signed_in_candidate(user_name)
        assert (await send(browser, photo, original())).status == 202
    return photos


async def test_an_original_waits_and_becomes_a_photo_of_the_moment_it_arrived(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo, data = uuid4(), original()
    assert len(data) > 204_800
    answer = await send(browser, photo, data)
    assert (answer.status, answer.told) == (202, {"state": "waiting"})
    assert answer.headers["Retry-After"]
    assert (await browser.ask("GET", f"/my/photos/{photo}/state")).status == 202
    assert (await send(browser, photo, data)).status == 202, "the same again tells how it is getting on"
    assert len(originals(house)) == 1
    waiting = await Incoming.get()
    exam = await open_exam()
    await house.exam_time(exam.window.bell + timedelta(minutes=5))
    assert await house.shrink_originals() == 1, "the bell does not stop what has arrived"
    receipt = await browser.ask("GET", f"/my/photos/{photo}/state")
    assert receipt.status == 200
    told = receipt.told["photo"]
    assert told["bytes"] <= 204_800
    assert told["height"] > told["width"]
    assert told["sha256"] == hashlib.sha256(data).hexdigest()
    row = await Photo.get(id=photo)
    assert row.received_at == waiting.arrived_at < exam.window.bell
    again = await send(browser, photo, data)
    assert (again.status, again.told) == (200, receipt.told)
    assert originals(house) == []
    picture = pictures.read((await browser.get(told["url"])).body)
    assert not picture.getexif()
    case = await Case.get()
    told_of = [e.what for e in await Event.filter(chain=f"case:{case.id}").order_by("sequence")]
    assert told_of == ["case.made", "original.arrived", "photo.stored"]
    assert await all_breaks() == []


async def test_an_original_that_waits_holds_its_place(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    first, second = uuid4(), uuid4()
    small = pictures.written(pictures.page(640, 480))
    assert (await send(browser, first, original())).status == 202
    for answer in (
        await send(browser, second, original(1)),
        await browser.ask("PUT", f"/my/photos/{second}?slot=ID.front", small, Content_Type="image/jpeg"),
    ):
        assert (answer.status, answer.code) == (409, "photo.slot_full")
    assert len(originals(house)) == 1
    assert (await browser.ask("DELETE", f"/my/photos/{first}")).status == 200
    assert (await send(browser, second, original(1))).status == 202
    assert await house.shrink_originals() == 1
    assert (await Photo.get()).id == second
    back = await browser.ask("POST", f"/my/photos/{first}/undelete")
    assert (back.status, back.code) == (409, "photo.slot_full")


async def test_an_original_taken_out_can_come_back_and_is_shrunk_then(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    await send(browser, photo, original())
    await browser.ask("DELETE", f"/my/photos/{photo}")
    assert (await browser.ask("GET", f"/my/photos/{photo}/state")).status == 410
    assert await house.shrink_originals() == 0
    assert (await browser.ask("POST", f"/my/photos/{photo}/undelete")).status == 202
    assert await house.shrink_originals() == 1
    assert (await browser.ask("GET", f"/my/photos/{photo}/state")).status == 200


async def test_what_is_no_photo_is_refused_once_it_has_been_looked_at(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo, data = uuid4(), b"%PDF-1.7 " + bytes(300_000)
    assert (await send(browser, photo, data)).status == 202
    assert await house.shrink_originals() == 1
    for answer in (await browser.ask("GET", f"/my/photos/{photo}/state"), await send(browser, photo, data)):
        assert (answer.status, answer.code) == (415, "photo.not_jpeg_or_png")
    assert originals(house) == []
    assert await Event.filter(what="original.refused").count() == 1
    assert (await send(browser, uuid4(), original())).status == 202, "its place is free again"
    assert (await browser.ask("DELETE", f"/my/photos/{photo}")).status == 200
    back = await browser.ask("POST", f"/my/photos/{photo}/undelete")
    assert back.status in {409, 410}


async def test_other_bytes_or_too_many_of_them_leave_nothing_behind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    await send(browser, photo, original())
    other = await send(browser, photo, original(1))
    assert (other.status, other.code) == (409, "photo.other_bytes")
    exam = await open_exam()
    object.__setattr__(exam.package, "max_original_bytes", 300_000)
    large = await send(browser, uuid4(), original(), slot="ID.back")
    assert (large.status, large.code) == (413, "photo.too_large")
    assert (await send(browser, uuid4(), b"", slot="ID.back")).code == "photo.empty"
    assert len(originals(house)) == 1
    object.__setattr__(exam.package, "max_original_bytes", 64 << 20)


async def test_what_the_machine_cannot_do_now_waits_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    await send(browser, photo, original())
    shelf = "webapp.photos.shelf.check_room"

    def full(*_arguments: object) -> None:
        raise ShelfFull

    monkeypatch.setattr("webapp.actions.shrink_originals.PAUSE_SECONDS", 0)
    with monkeypatch.context() as patched:
        patched.setattr(shelf, full)
        assert await house.shrink_originals() == 0
    assert (await browser.ask("GET", f"/my/photos/{photo}/state")).status == 202
    assert await house.shrink_originals() == 1
    assert await Photo.all().count() == 1


async def test_a_disk_that_takes_nothing_is_never_held_against_an_original(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    await send(browser, photo, original())

    def read_only(*_arguments: object) -> None:
        raise OSError(errno.EROFS, "read-only file system")

    monkeypatch.setattr("webapp.actions.shrink_originals.PAUSE_SECONDS", 0)
    with monkeypatch.context() as patched:
        patched.setattr("webapp.photos.shelf.check_room", read_only)
        for _ in range(shrink_originals.MOST_TRIES + 1):
            assert await house.shrink_originals() == 0
    assert await house.shrink_originals() == 1
    assert await Photo.exists(id=photo)


async def test_an_original_that_cannot_be_read_waits_and_keeps_no_other_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two_that_wait(house)
    folder = house.app.config["SETTINGS"].data / "originals"
    file, aside = folder / (await Incoming.get(id=first)).file, folder / "aside"
    file.rename(aside)
    file.mkdir()  # as root reads every file, this stands for one of whose bytes the disk gives none
    monkeypatch.setattr("webapp.actions.shrink_originals.PAUSE_SECONDS", 0)
    assert await house.shrink_originals() == 1
    assert {row.id: row.state for row in await Incoming.all()} == {first: "waiting", second: "done"}
    file.rmdir()
    aside.rename(file)
    assert await house.shrink_originals() == 1
    assert await Photo.exists(id=first)


async def test_an_original_replaces_a_photo_in_one_step(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    old, new = uuid4(), uuid4()
    small = pictures.written(pictures.page(640, 480))
    await browser.ask("PUT", f"/my/photos/{old}?slot=ID.front", small, Content_Type="image/jpeg")
    answer = await send(browser, new, original(), slot=f"ID.front&replaces={old}")
    assert answer.status == 202
    assert (await browser.ask("GET", f"/my/photos/{old}/state")).status == 200, (
        "it counts until the new one is there"
    )
    await house.shrink_originals()
    assert (await browser.ask("GET", f"/my/photos/{old}/state")).status == 410
    assert (await browser.ask("GET", f"/my/photos/{new}/state")).status == 200


async def test_only_one_original_waits_to_replace_a_photo_and_a_case_sends_only_so_many(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    old = uuid4()
    small = pictures.written(pictures.page(640, 480))
    await browser.ask("PUT", f"/my/photos/{old}?slot=ID.front", small, Content_Type="image/jpeg")
    slot = f"ID.front&replaces={old}"
    assert (await send(browser, uuid4(), original(), slot=slot)).status == 202
    again = await send(browser, uuid4(), original(1), slot=slot)
    assert (again.status, again.code) == (409, "photo.nothing_to_replace")
    monkeypatch.setattr("webapp.actions.store_photo.MOST_ORIGINALS", 3)
    for number in range(2):
        photo = uuid4()
        assert (await send(browser, photo, original(number), slot="ID.back")).status == 202
        await browser.ask("DELETE", f"/my/photos/{photo}")
    over = await send(browser, uuid4(), original(), slot="ID.back")
    assert (over.status, over.code) == (409, "photo.quota")


async def test_an_original_that_always_fails_is_refused_in_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    await send(browser, photo, original())

    async def fail(*_arguments: object) -> None:
        raise RuntimeError("a fault that nobody foresaw")

    monkeypatch.setattr("webapp.actions.shrink_originals.shelve", fail)
    for _ in range(4):
        assert await house.shrink_originals() == 0
        assert (await browser.ask("GET", f"/my/photos/{photo}/state")).status == 202
    await house.shrink_originals()
    told = await browser.ask("GET", f"/my/photos/{photo}/state")
    assert (told.status, told.code) == (422, "photo.crashed")


async def test_a_form_of_a_page_that_somebody_else_had_opened_leads_to_signing_in(house: House) -> None:
    browser, other = await house.signed_in_candidate("zhangsan"), await house.candidate("lisi")
    fields = {"person": str(other.id), "photo": str(uuid4()), "slot": "front"}
    answer = await browser.upload("/my/materials/ID/photos", fields, original())
    assert (answer.status, answer.leads_to) == (302, "/")
    assert await Incoming.all().count() == 0


async def test_a_form_without_scripts_goes_the_originals_way(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    sent = await by_form(browser, photo, original())
    assert (sent.status, sent.leads_to) == (303, "/my/materials/ID")
    assert (await by_form(browser, photo, original())).status == 303, "sent twice, it is one photo"
    assert await Incoming.all().count() == 1
    await house.shrink_originals()
    version = await PhotoVersion.get(photo_id=photo)
    assert version.size <= 204_800
    assert version.height > version.width
    turned = await browser.post(f"/my/photos/{photo}/turn?quarters=1")
    assert (turned.status, turned.leads_to) == (303, "/my/materials/ID")
    gone = await browser.post(f"/my/photos/{photo}/delete")
    assert (gone.status, gone.leads_to) == (303, f"/my/materials/ID?removed={photo}")
    back = await browser.post(f"/my/photos/{photo}/undelete")
    assert (back.status, back.leads_to) == (303, "/my/materials/ID")
    assert (await Photo.get(id=photo)).removed_at is None


async def test_a_broken_form_with_a_file_is_told_and_keeps_nothing(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    whole = {"Content_Type": "multipart/form-data; boundary=xx"}
    path = "/my/materials/ID/photos"
    for body, more in (
        (b"--xx\r\nContent-Disposition: form-data; name=", whole),
        (b"no boundary at all", whole),
        (b"--xx\r\nno disposition\r\n\r\n--xx--\r\n", whole),
        (b"--xx\r\n" + b"A" * 300_000, whole),
        (b"", {"Content_Type": "multipart/form-data"}),
        (b"a=b", {"Content_Type": "application/x-www-form-urlencoded"}),
        (
            b'--xx\r\nContent-Disposition: form-data; name="photo"\r\n\r\n'
            + b"9" * 20_000
            + b"\r\n--xx--\r\n",
            whole,
        ),
    ):
        answer = await browser.ask("POST", path, body, **more)
        assert answer.status in {303, 404, 413, 415}, body[:40]
        assert answer.status != 303 or "problem=form." in answer.leads_to
    assert originals(house) == []
    assert await Incoming.all().count() == 0


async def test_files_without_a_row_are_swept_after_a_day_and_no_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    kept, waiting = uuid4(), uuid4()
    small = pictures.written(pictures.page(640, 480))
    await browser.ask("PUT", f"/my/photos/{kept}?slot=ID.front", small, Content_Type="image/jpeg")
    await send(browser, waiting, original(), slot="ID.back")
    desk = house.app.extensions["photo_desk"]
    orphan = await desk.shelf.put(b"left behind")
    (desk.originals / ("0" * 32)).write_bytes(b"left behind")
    assert await sweep_photos(desk) == 0, "it may be a request that is still at work"
    later = now() + timedelta(hours=25)
    monkeypatch.setattr("webapp.actions.sweep_photos.now", lambda: later)
    assert await sweep_photos(desk) == 2
    assert len(originals(house)) == 1
    with pytest.raises(Exception, match=orphan):
        await desk.shelf.get(orphan)
    assert (await browser.get(f"/my/photos/{kept}")).status == 200
    assert await house.shrink_originals() == 1


async def test_a_file_that_cannot_be_removed_keeps_no_other_from_the_sweep(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, folder = house.app.extensions["photo_desk"], house.app.config["SETTINGS"].data
    keys = [await desk.shelf.put(b"left behind") for _ in range(3)]
    desk.originals.mkdir(exist_ok=True)
    loose = [desk.originals / (digit * 32) for digit in "012"]
    stay = [folder / "shelf" / keys[1][:2] / keys[1][2:4] / keys[1], loose[1]]
    for path in loose:
        path.write_bytes(b"left behind")
    for path in stay:  # what is no file cannot be removed like one, not even by root
        path.unlink()
        path.mkdir()
    later = now() + timedelta(hours=25)
    monkeypatch.setattr("webapp.actions.sweep_photos.now", lambda: later)
    assert await sweep_photos(desk) == 4
    assert originals(house) == [loose[1]]
    assert [key async for key, _age in desk.shelf.keys(later)] == [keys[1]]


async def test_an_original_whose_sender_leaves_while_it_is_written_down_keeps_its_file(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate, photo = await house.candidate("zhangsan"), uuid4()
    writing, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*told: Any, **facts: Any) -> None:
        writing.set()
        await go_on.wait()
        await record(*told, **facts)

    async def body() -> AsyncIterator[bytes]:
        yield original()

    monkeypatch.setattr("webapp.actions.take_original.record", slow)
    upload = Upload(photo, SlotKey("ID", "front"))
    sent = asyncio.create_task(
        take_original.take_original(
            house.app.extensions["photo_desk"], await open_exam(), candidate.id, upload, body()
        )
    )
    await writing.wait()
    sent.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await sent
    assert [file.name for file in originals(house)] == [(await Incoming.get(id=photo)).file]
    assert await house.shrink_originals() == 1
    assert await Photo.exists(id=photo)


async def test_an_original_that_cannot_be_settled_keeps_no_other_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await two_that_wait(house)
    real = shrink_originals._settle

    async def broken(desk: PhotoDesk, exam: OpenExam, incoming: Incoming) -> None:
        if incoming.id == first:
            raise RuntimeError("a fault of ours")
        await real(desk, exam, incoming)

    monkeypatch.setattr(shrink_originals, "_settle", broken)
    assert await house.shrink_originals() == 1
    assert {row.id: row.state for row in await Incoming.all()} == {first: "waiting", second: "done"}
