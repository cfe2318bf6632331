"""A photo's way on the server, over HTTP: received, judged, kept, shown, turned, taken out and brought back."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PIL import Image

from tests.house import Answer, Browser, House
from tests.photos import pictures
from webapp.photos import disk
from webapp.records import Candidate, Case, Event, Incoming, Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam

JPEG = {"Content_Type": "image/jpeg"}


def print_of(number: int = 0) -> bytes:
    """A small JPEG of a page; another number is another picture."""
    return pictures.written(pictures.page(640 + number, 480), quality=80)


async def put(
    browser: Browser,
    photo: UUID,
    data: bytes,
    *,
    slot: str = "ID.front",
    more: str = "",
    kind: str = "image/jpeg",
) -> Answer:
    return await browser.ask("PUT", f"/my/photos/{photo}?slot={slot}{more}", data, Content_Type=kind)


def files(house: House) -> int:
    """How many files stand on the shelf."""
    shelf: Path = house.app.config["SETTINGS"].data / "shelf"
    return sum(path.is_file() for path in shelf.rglob("*")) if shelf.exists() else 0


async def test_a_photo_is_stored_upright_and_answered_with_its_receipt(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo, sent = uuid4(), pictures.written(pictures.marked(640, 480), quality=80, exif=pictures.exif(6))
    answer = await put(browser, photo, sent)
    assert answer.status == 201
    told = answer.told["photo"]
    assert (told["id"], told["slot"], told["width"], told["height"]) == (str(photo), "ID.front", 480, 640)
    assert told["sha256"] == hashlib.sha256(sent).hexdigest()
    assert answer.told["counts"] == {
        "required": 4,
        "done": 0,
        "material": {"code": "ID", "have": 1, "min": 3, "max": 3, "state": "partly"},
    }
    picture = await browser.get(told["url"])
    assert picture.headers["Content-Type"] == "image/jpeg"
    seen = Image.open(io.BytesIO(picture.body))
    assert seen.size == (480, 640)
    assert not seen.getexif()
    assert len(picture.body) == told["bytes"] <= 204_800
    stored = await PhotoVersion.get(photo_id=photo)
    assert stored.sha256 == hashlib.sha256(picture.body).hexdigest()
    small = await browser.get(told["thumbnail"])
    assert max(Image.open(io.BytesIO(small.body)).size) == 320
    raw = next((house.app.config["SETTINGS"].data / "shelf").rglob("*/*/*")).read_bytes()
    assert b"JFIF" not in raw, "what lies on the disk is sealed"
    case = await Case.get()
    assert case.version == 2
    assert [event.what for event in await Event.filter(chain=f"case:{case.id}").order_by("sequence")] == [
        "case.made",
        "photo.stored",
    ]
    assert await all_breaks() == []


async def test_a_page_of_somebody_who_was_signed_in_before_sends_and_deletes_nothing(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    earlier = await house.candidate("lisi")
    mine, theirs = uuid4(), uuid4()
    for answer in (
        await put(browser, theirs, print_of(), more=f"&person={earlier.id}"),
        await put(browser, theirs, print_of(), more=f"&person={earlier.id}", kind="application/octet-stream"),
        await browser.ask("GET", f"/my/photos/{theirs}/state?person={earlier.id}"),
        await browser.ask("DELETE", f"/my/photos/{theirs}?person={earlier.id}"),
    ):
        assert (answer.status, answer.code) == (401, "sign_in.needed")
    assert await Photo.all().count() == await Incoming.all().count() == 0
    own = (await Candidate.get(user_name="zhangsan")).id
    assert (await put(browser, mine, print_of(), more=f"&person={own}")).status == 201


async def test_pictures_are_served_behind_walls(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    await put(browser, photo, print_of())
    for path in (f"/my/photos/{photo}", f"/my/photos/{photo}/thumbnail"):
        headers = (await browser.get(path)).headers
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Content-Disposition"].startswith('inline; filename="')
        whole = await browser.get(path, Range="bytes=0-9")
        assert whole.status == 200, "no ranges"


async def test_the_same_again_is_the_same_receipt_and_changes_nothing(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo, data = uuid4(), print_of()
    first = await put(browser, photo, data)
    before = files(house), (await Case.get()).version, await Event.all().count()
    again = await put(browser, photo, data)
    assert (first.status, again.status) == (201, 200)
    assert again.told == first.told
    exam = await open_exam()
    await house.exam_time(exam.window.bell + timedelta(minutes=1))
    late = await put(browser, photo, data)
    assert (late.status, late.told["photo"]) == (200, first.told["photo"]), "also after the lock"
    assert (await put(browser, uuid4(), print_of(1))).status == 423
    assert (files(house), (await Case.get()).version) == before[:2]
    assert await Photo.all().count() == 1


async def test_the_same_id_with_other_bytes_is_refused(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo = uuid4()
    assert (await put(browser, photo, print_of())).status == 201
    other = await put(browser, photo, print_of(1))
    assert (other.status, other.code) == (409, "photo.other_bytes")


async def test_somebody_elses_id_is_not_found_whatever_one_does_with_it(house: House) -> None:
    owner, stranger = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    photo, data = uuid4(), print_of()
    assert (await put(owner, photo, data)).status == 201
    for method, path in (
        ("PUT", f"/my/photos/{photo}?slot=ID.front"),
        ("GET", f"/my/photos/{photo}"),
        ("GET", f"/my/photos/{photo}/thumbnail"),
        ("GET", f"/my/photos/{photo}/state"),
        ("DELETE", f"/my/photos/{photo}"),
        ("POST", f"/my/photos/{photo}/delete"),
        ("POST", f"/my/photos/{photo}/undelete"),
        ("POST", f"/my/photos/{photo}/turn?quarters=1"),
    ):
        body = data if method == "PUT" else None
        answer = await stranger.ask(method, path, body, **(JPEG if body else {}))
        assert (answer.status, answer.code) == (404, "photo.not_found"), f"{method} {path}"
        if method == "GET":
            assert (await owner.ask(method, path)).status == 200
    original = await put(stranger, photo, data, kind="application/octet-stream")
    assert (original.status, original.code) == (404, "photo.not_found")
    mine = await put(stranger, uuid4(), print_of(1), more=f"&replaces={photo}")
    assert (mine.status, mine.code) == (409, "photo.nothing_to_replace")
    assert await Photo.filter(removed_at=None).count() == 1


async def test_a_photo_is_taken_out_and_brought_back(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo, data = uuid4(), print_of()
    receipt = (await put(browser, photo, data)).told
    gone = await browser.ask("DELETE", f"/my/photos/{photo}")
    assert gone.status == 200
    assert gone.told["undo_until_seconds"] == 10
    assert gone.told["counts"]["material"]["have"] == 0
    assert (await browser.ask("DELETE", f"/my/photos/{photo}")).status == 200, "again changes nothing"
    assert (await put(browser, photo, data)).status == 410
    back = await browser.ask("POST", f"/my/photos/{photo}/undelete")
    assert (back.status, back.told) == (200, receipt)
    assert (await put(browser, photo, data)).status == 200
    told = [event.what for event in await Event.filter(what__startswith="photo").order_by("id")]
    assert told == ["photo.stored", "photo.removed", "photo.revived"]


async def test_a_photo_cannot_come_back_to_a_place_that_is_taken(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    first, second = uuid4(), uuid4()
    await put(browser, first, print_of())
    await browser.ask("DELETE", f"/my/photos/{first}")
    assert (await put(browser, second, print_of(1))).status == 201
    back = await browser.ask("POST", f"/my/photos/{first}/undelete")
    assert (back.status, back.code) == (409, "photo.slot_full")
    await browser.ask("DELETE", f"/my/photos/{second}")
    assert (await browser.ask("POST", f"/my/photos/{first}/undelete")).status == 200


async def test_a_full_place_takes_a_photo_only_instead_of_the_one_there(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    first, second = uuid4(), uuid4()
    await put(browser, first, print_of())
    full = await put(browser, second, print_of(1))
    assert (full.status, full.code) == (409, "photo.slot_full")
    assert "1 张" in full.told["error"]["sentence"]
    swapped = await put(browser, second, print_of(1), more=f"&replaces={first}")
    assert swapped.status == 201
    assert swapped.told["counts"]["material"]["have"] == 1
    assert (await put(browser, first, print_of())).status == 410
    row = await Photo.get(id=first)
    assert (row.removed_why, row.replaced_by) == ("replaced", second)
    assert (
        await put(browser, uuid4(), print_of(2), more=f"&replaces={first}")
    ).code == "photo.nothing_to_replace"


async def test_a_photo_is_turned_from_what_was_received(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo, sent = uuid4(), pictures.written(pictures.marked(640, 480), quality=85)
    first = (await put(browser, photo, sent)).told["photo"]
    before = (await browser.get(first["url"])).body
    turned = await browser.ask("POST", f"/my/photos/{photo}/turn?quarters=1")
    assert turned.status == 200
    told = turned.told["photo"]
    assert (told["width"], told["height"]) == (480, 640)
    assert told["url"] != first["url"], "nothing old is shown from a cache"
    seen = pictures.read((await browser.get(told["url"])).body)
    assert pictures.difference(seen, pictures.marked(640, 480).rotate(-90, expand=True)) < 8
    for _ in range(3):
        turned = await browser.ask("POST", f"/my/photos/{photo}/turn?quarters=1")
    assert (turned.told["photo"]["width"], turned.told["photo"]["height"]) == (640, 480)
    assert (await browser.get(turned.told["photo"]["url"])).body == before
    versions = await PhotoVersion.filter(photo_id=photo).order_by("number")
    assert [version.quarter_turns for version in versions] == [0, 1, 2, 3, 0]
    assert (await put(browser, photo, sent)).status == 200, "turned or not, it is the photo that was sent"
    assert (await browser.ask("POST", f"/my/photos/{photo}/turn?quarters=4")).status == 422


BAD = {
    "photo.empty": (422, b""),
    "photo.not_a_photo": (422, b"hello, this is no picture at all"),
    "photo.not_jpeg_or_png": (415, b"GIF89a" + bytes(50)),
    "photo.truncated": (422, print_of()[:-400]),
    "photo.damaged": (422, pictures.with_size(print_of(), 800, 700)),
    "photo.animated": (
        422,
        pictures.with_chunks(
            pictures.written(pictures.page(64, 48, 0), "PNG"),
            pictures.chunk(b"acTL", (2).to_bytes(4) + bytes(4)),
        ),
    ),
    "photo.too_many_pixels": (422, pictures.with_size(print_of(), 9000, 9000)),
    "photo.too_large": (413, print_of() + bytes(204_800)),
}


@pytest.mark.parametrize("code", BAD)
async def test_what_is_no_photo_is_told_in_its_own_sentence_and_nothing_is_kept(
    house: House, code: str
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    status, data = BAD[code]
    good = uuid4()
    assert (await put(browser, good, print_of())).status == 201
    before = files(house)
    photo = uuid4()
    answer = await put(browser, photo, data, slot="ID.back")
    assert (answer.status, answer.code) == (status, code)
    assert answer.told["error"]["sentence"].endswith("。")
    assert "%(" not in answer.told["error"]["sentence"]
    assert files(house) == before
    assert (await put(browser, photo, print_of(1), slot="ID.back")).status == 201, "the id is not used up"
    assert await Photo.all().count() == 2


async def test_a_renamed_png_is_taken_for_what_it_is(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    answer = await put(browser, uuid4(), pictures.written(pictures.page(64, 48, 0), "PNG"))
    assert answer.status == 201
    assert (await PhotoVersion.get()).media_type == "image/png"


async def test_places_that_are_not_on_the_persons_list_do_not_exist(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    for slot in ("ABROAD.page", "ID.nowhere", "NO_SUCH.page", "", "ID", "ID.front.x"):
        answer = await put(browser, uuid4(), print_of(), slot=slot)
        assert (answer.status, answer.code) == (404, "photo.unknown_place"), slot
    abroad = await house.signed_in_candidate("lisi", studied_abroad="是")
    assert (await put(abroad, uuid4(), print_of(), slot="ABROAD.page")).status == 201


async def test_a_passport_has_other_places(house: House) -> None:
    browser = await house.signed_in_candidate("smith", id_type="外籍护照", id_number="E00000001")
    assert (await put(browser, uuid4(), print_of(), slot="ID.front")).status == 404
    assert (await put(browser, uuid4(), print_of(), slot="ID.information")).status == 201


async def test_before_the_window_and_from_the_bell_on_nothing_is_taken(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    exam = await open_exam()
    await house.exam_time(exam.window.opens - timedelta(hours=1))
    early = await put(browser, uuid4(), print_of())
    assert (early.status, early.code) == (423, "locked.window.not_open_yet")
    await house.exam_time(exam.window.bell - timedelta(minutes=1))
    last = uuid4()
    assert (await put(browser, last, print_of())).status == 201
    await house.exam_time(exam.window.bell)
    late = await put(browser, uuid4(), print_of(1), slot="ID.back")
    assert (late.status, late.code) == (423, "locked.window.closed")
    assert "24:00" in late.told["error"]["sentence"] or ":" in late.told["error"]["sentence"]
    for method, path in (
        ("DELETE", f"/my/photos/{last}"),
        ("POST", f"/my/photos/{last}/turn?quarters=1"),
    ):
        assert (await browser.ask(method, path)).status == 423
    assert (await browser.ask("GET", f"/my/photos/{last}")).status == 200


async def test_a_full_disk_says_come_back_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    kept, photo = uuid4(), uuid4()
    assert (await put(browser, kept, print_of())).status == 201
    shelf = house.app.extensions["photo_desk"].shelf
    monkeypatch.setattr(shelf, "_keep_free", 1 << 60)
    answer = await put(browser, photo, print_of(1), slot="ID.back")
    assert (answer.status, answer.code) == (503, "photo.shelf_full")
    assert int(answer.headers["Retry-After"]) > 0
    assert (await browser.get(f"/my/photos/{kept}")).status == 200
    monkeypatch.setattr(shelf, "_keep_free", disk.KEEP_FREE)
    assert (await put(browser, photo, print_of(1), slot="ID.back")).status == 201


async def test_a_case_does_not_fill_the_shelf_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.actions.store_photo.MOST_VERSIONS", 3)
    browser, other = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    for number in range(3):
        photo = uuid4()
        assert (await put(browser, photo, print_of(number))).status == 201
        await browser.ask("DELETE", f"/my/photos/{photo}")
    over = await put(browser, uuid4(), print_of(9))
    assert (over.status, over.code) == (409, "photo.quota")
    assert (await put(other, uuid4(), print_of())).status == 201


async def test_a_script_whose_session_has_ended_is_told_so(house: House) -> None:
    answer = await put(house.browser(), uuid4(), print_of())
    assert (answer.status, answer.code) == (401, "sign_in.needed")
    browser = await house.signed_in_candidate("zhangsan")
    foreign = await browser.ask(
        "PUT", f"/my/photos/{uuid4()}?slot=ID.front", print_of(), Origin="https://evil.example", **JPEG
    )
    assert (foreign.status, foreign.code) == (403, "origin.foreign")
    assert await Photo.all().count() == 0
