"""Photos on their way when the bell strikes: announced in time they come in, and nothing else does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.announcing import announce, announced, fingerprint, on_its_way
from tests.house import Answer, Browser, House
from tests.photos import pictures
from webapp.actions.claim import claim
from webapp.actions.decide import Decision, decide
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.give_verdict import Opinion, give_verdict
from webapp.actions.hand_in import submit
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import (
    Announcement,
    Case,
    CaseMove,
    Event,
    Incoming,
    Office,
    Photo,
    PhotoSeen,
    PhotoVersion,
)
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role
from webapp.rules.verdicts import Conclusion, Kind

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GRACE = timedelta(hours=2)


def shrunk(number: int = 0) -> bytes:
    """What the phone made of a photo."""
    return pictures.written(pictures.page(480 + number, 320), quality=80)


def chosen(number: int = 0) -> bytes:
    """The photo as it was chosen."""
    return pictures.written(pictures.page(900 + number, 700), quality=90)


async def put(
    browser: Browser, photo: UUID, data: bytes, *, slot: str = "ID.front", more: str = ""
) -> Answer:
    return await browser.ask("PUT", f"/my/photos/{photo}?slot={slot}{more}", data, Content_Type="image/jpeg")


async def put_original(browser: Browser, photo: UUID, data: bytes, *, slot: str = "ID.front") -> Answer:
    path = f"/my/photos/{photo}?slot={slot}"
    return await browser.ask("PUT", path, data, Content_Type="application/octet-stream")


async def bell() -> datetime:
    return (await open_exam()).window.bell


async def stage() -> str:
    return (await Case.get()).stage


async def test_what_was_announced_in_time_comes_in_after_the_bell_and_nothing_else(house: House) -> None:
    browser, closes = await house.signed_in_candidate("zhangsan"), await bell()
    photo, small, stranger = uuid4(), shrunk(), uuid4()
    at_most = (closes - now()).total_seconds()  # before it is asked: the answer counts from then on
    answer = await announce(browser, on_its_way(photo, chosen(), small))
    (told,) = answer.told["photos"]
    assert (answer.status, told["photo"], told["state"]) == (200, str(photo), "announced")
    assert datetime.fromisoformat(told["until"]) == closes + GRACE
    assert told["until_words"]
    assert 0 < told["closes_in_seconds"] <= at_most
    assert (await put(browser, stranger, shrunk(1), slot="ID.back")).status == 201, (
        "before the bell all come in"
    )

    await house.exam_time(closes + SECOND)
    assert await cases_fall_due() == 0, "the case waits"
    late = await put(browser, uuid4(), shrunk(2), slot="ID.holding")
    assert (late.status, late.code) == (423, "locked.window.closed")
    other = await put(browser, photo, shrunk(3))
    assert (other.status, other.code) == (423, "announcement.other_bytes")
    assert "登记" in other.told["error"]["sentence"]
    moved = await put(browser, photo, small, slot="ID.holding")
    assert (moved.status, moved.code) == (423, "locked.window.closed")
    taken = await put(browser, photo, small)
    assert (taken.status, taken.told["photo"]["id"]) == (201, str(photo))
    assert (await Photo.get(id=photo)).in_grace
    assert not (await Photo.get(id=stranger)).in_grace
    assert (await Announcement.get()).ended_why == "arrived"
    for path in (f"/my/photos/{photo}", f"/my/photos/{stranger}"):
        assert (await browser.ask("DELETE", path)).status == 423, "what has come in stays as it is"
        assert (await browser.ask("POST", f"{path}/turn?quarters=1")).status == 423

    assert await cases_fall_due() == 1
    assert await stage() == "review"
    await house.exam_time(closes + GRACE + SECOND)
    again = await put(browser, photo, small)
    assert (again.status, again.told["photo"]) == (200, taken.told["photo"])
    case = await Case.get()
    events = [e.what for e in await Event.filter(chain=f"case:{case.id}").order_by("sequence")]
    assert events == ["case.made", "photo.announced", "photo.stored", "photo.stored", "case.close"]
    assert await all_breaks() == []


async def test_an_announced_photo_comes_as_it_was_chosen_by_the_originals_way(house: House) -> None:
    browser, closes = await house.signed_in_candidate("zhangsan"), await bell()
    photo, back, large = uuid4(), uuid4(), chosen()
    assert await announced(
        browser, on_its_way(photo, large), on_its_way(back, chosen(1), shrunk(1), slot="ID.back")
    ) == ["announced", "announced"]
    await house.exam_time(closes + GRACE - MINUTE)
    unknown = await put_original(browser, uuid4(), large, slot="ID.holding")
    assert (unknown.status, unknown.code) == (423, "locked.window.closed")
    other = await put_original(browser, photo, chosen(2))
    assert (other.status, other.code) == (423, "announcement.other_bytes")
    assert (await put_original(browser, photo, large)).status == 202
    assert (await Incoming.get(id=photo)).in_grace
    folder = house.app.config["SETTINGS"].data / "originals"
    assert len(list(folder.iterdir())) == 1, "of what was refused nothing is left"
    by_form = await browser.upload("/my/materials/ID/photos", {"photo": str(back), "slot": "back"}, chosen(1))
    assert (by_form.status, by_form.leads_to) == (303, "/my/materials/ID"), "the plain form is no other door"
    assert await cases_fall_due() == 0, "it waits for what is being shrunk"
    await house.exam_time(closes + GRACE + SECOND)
    assert await house.shrink_originals() == 2
    assert {row.in_grace for row in await Photo.all()} == {True}
    assert await cases_fall_due() == 1
    assert (await stage(), len(await Photo.all())) == ("review", 2)
    assert (await put_original(browser, photo, large)).status == 200


async def test_an_unannounced_original_is_not_even_read_after_the_bell(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, closes = await house.signed_in_candidate("zhangsan"), await bell()
    assert await announced(browser, on_its_way(known := uuid4(), chosen())) == ["announced"]
    read: list[object] = []
    real = "webapp.actions.take_original.receive_to_disk"

    async def noted(*given: Any, **facts: Any) -> Any:
        read.append(given)
        raise Refused("photo.too_large", limit=1)

    await house.exam_time(closes)
    with monkeypatch.context() as patched:
        patched.setattr(real, noted)
        assert (await put_original(browser, uuid4(), chosen())).code == "locked.window.closed"
        assert read == []
        assert (await put_original(browser, known, chosen())).status == 413
        assert len(read) == 1, "what was announced is read"


async def test_after_the_grace_nothing_comes_in_and_the_case_closes_without_it(house: House) -> None:
    browser, closes = await house.signed_in_candidate("zhangsan"), await bell()
    photo = uuid4()
    assert (await put(browser, uuid4(), shrunk(1), slot="ID.back")).status == 201
    assert await announced(browser, on_its_way(photo, chosen(), shrunk())) == ["announced"]
    await house.exam_time(closes + GRACE - MINUTE)
    assert await cases_fall_due() == 0
    await house.exam_time(closes + GRACE)
    late = await put(browser, photo, shrunk())
    assert (late.status, late.code) == (423, "locked.window.closed")
    assert await cases_fall_due() == 1
    assert await stage() == "review"
    assert (await put(browser, photo, shrunk())).status == 423
    assert (await Announcement.get()).ended_why == "moved"


async def test_the_same_announcement_told_again_adds_the_shrunk_photo_but_only_before_the_bell(
    house: House,
) -> None:
    browser, closes = await house.signed_in_candidate("zhangsan"), await bell()
    photo, other = uuid4(), uuid4()
    first, added = on_its_way(photo, chosen()), on_its_way(photo, chosen(), shrunk())
    never_shrunk = on_its_way(other, chosen(1), slot="ID.back")
    for told in (first, first, added, added, first):
        assert await announced(browser, told) == ["announced"]
    assert (await Announcement.get(id=photo)).shrunk_sha256 == fingerprint(shrunk())["sha256"], (
        "a request that was overtaken takes nothing away"
    )
    assert await announced(browser, never_shrunk) == ["announced"]
    assert await Event.filter(what="photo.announced").count() == 3, "what changed nothing is no event"
    await house.exam_time(closes)
    for told in (added, first):
        assert await announced(browser, told, never_shrunk) == ["announced"] * 2, "as the first time"
    late = on_its_way(other, chosen(1), shrunk(1), slot="ID.back")
    assert await announced(browser, late) == ["announcement.late"]
    assert await announced(browser, on_its_way(uuid4(), chosen())) == ["announcement.late"]
    assert (await put(browser, other, shrunk(1), slot="ID.back")).code == "announcement.other_bytes"
    assert (await put(browser, photo, shrunk())).status == 201
    assert await announced(browser, added) == ["arrived"]
    assert await Event.filter(what="photo.announced").count() == 3
    await house.exam_time(closes + GRACE)
    assert await announced(browser, never_shrunk) == ["announcement.late"]


async def test_each_place_and_each_photo_to_be_replaced_has_one_announcement(house: House) -> None:
    browser, stranger = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    there, new, waiting = uuid4(), uuid4(), uuid4()
    assert (await put(browser, there, shrunk())).status == 201
    told = [
        on_its_way(there, chosen()),
        on_its_way(uuid4(), chosen(1)),
        on_its_way(new, chosen(2), replaces=there),
        on_its_way(uuid4(), chosen(3), replaces=there),
        on_its_way(uuid4(), chosen(4), replaces=uuid4()),
        on_its_way(waiting, chosen(5), slot="ID.back"),
        on_its_way(uuid4(), chosen(6), slot="ID.back"),
        on_its_way(uuid4(), chosen(7), slot="ID.nowhere"),
        on_its_way(uuid4(), chosen(8), slot="NAME_CHG.page"),
    ]
    assert await announced(browser, *told) == [
        "arrived",
        "announcement.no_free_place",
        "announced",
        "announcement.replaced_already",
        "announcement.nothing_to_replace",
        "announced",
        "announcement.no_free_place",
        "photo.unknown_place",
        "photo.unknown_place",
    ]
    assert await announced(stranger, on_its_way(new, chosen()), on_its_way(there, chosen())) == [
        "photo.not_found",
        "photo.not_found",
    ]
    assert await Announcement.all().count() == 2
    assert (await browser.ask("DELETE", f"/my/photos/{there}")).status == 200
    assert (await Announcement.get(id=new)).ended_why == "pointless", "nothing is left to be replaced"
    assert await announced(browser, on_its_way(there, chosen())) == ["photo.removed"]
    assert await announced(browser, on_its_way(new, chosen(2))) == ["announced"], "now it fills a free place"


async def test_a_full_place_takes_an_announced_replacement_in_the_grace(house: House) -> None:
    browser, closes = await house.signed_in_candidate("zhangsan"), await bell()
    old, new = uuid4(), uuid4()
    assert (await put(browser, old, shrunk())).status == 201
    assert await announced(browser, on_its_way(new, chosen(1), shrunk(1), replaces=old)) == ["announced"]
    await house.exam_time(closes + SECOND)
    alone = await put(browser, new, shrunk(1))
    assert (alone.status, alone.code) == (423, "locked.window.closed"), "it was announced as a replacement"
    assert (await put(browser, new, shrunk(1), more=f"&replaces={old}")).status == 201
    rows = {row.id: (row.removed_why, row.in_grace) for row in await Photo.all()}
    assert rows == {old: ("replaced", False), new: ("", True)}
    assert await cases_fall_due() == 1


async def test_nothing_is_handed_in_while_a_photo_is_on_its_way_but_after_taking_it_back(
    house: House,
) -> None:
    candidate = await house.candidate("zhangsan")
    browser, other = house.browser(), await house.signed_in_candidate("lisi")
    await browser.post("/", {"user_name": "zhangsan", "password": "Yishi-8899"})
    exam, photo = await open_exam(), uuid4()
    mine = await Case.get(candidate_id=candidate.id)
    assert await announced(browser, on_its_way(photo, chosen())) == ["announced"]
    assert "announcement.open" in await refusals(candidate.id)
    address = f"/my/announcements/{photo}"
    assert (await other.ask("DELETE", address)).status == 404
    somebody = await browser.ask("DELETE", f"{address}?person={uuid4()}")
    assert (somebody.status, somebody.code) == (401, "sign_in.needed")
    assert "announcement.open" in await refusals(candidate.id)
    for _again in range(2):
        assert (await browser.ask("DELETE", address)).status == 200
    assert "announcement.open" not in await refusals(candidate.id)
    assert await Event.filter(what="photo.announcement_withdrawn").count() == 1
    assert await announced(browser, on_its_way(photo, chosen())) == ["announced"], "undone"
    await house.exam_time(exam.window.bell)
    assert (await browser.ask("DELETE", address)).status == 200, "also after the bell"
    assert await cases_fall_due() == 2
    assert (await Case.get(id=mine.id)).stage == "withdrawn", "nothing had come"


async def refusals(candidate_id: UUID) -> tuple[str, ...]:
    """All that stands against handing in."""
    with pytest.raises(Refused) as refused:
        await submit(await open_exam(), candidate_id)
    return tuple(getattr(refused.value, "why", (refused.value.code,)))


async def test_a_photo_that_comes_before_the_bell_ends_its_announcement(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    photo, large = uuid4(), uuid4()
    await announced(
        browser, on_its_way(photo, chosen(), shrunk()), on_its_way(large, chosen(1), slot="ID.back")
    )
    assert (await put(browser, photo, shrunk(9))).status == 201, "before the bell the bytes may be others"
    assert (await put_original(browser, large, chosen(1), slot="ID.back")).status == 202
    assert {row.ended_why for row in await Announcement.all()} == {"arrived"}
    assert not (await Photo.get()).in_grace
    assert not (await Incoming.get()).in_grace


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_no_announcement_is_refused_whole(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    good = on_its_way(uuid4(), chosen(), shrunk())
    assert await announced(browser, good) == ["announced"]
    bad: list[object] = [
        [],
        {},
        {"photos": []},
        {"photos": [good], "more": 1},
        {"photos": [good, good]},
        {"photos": [{**good, "more": 1}]},
        {"photos": [{**good, "photo": "1"}]},
        {"photos": [{**good, "slot": "ID"}]},
        {"photos": [{**good, "slot": "ID.front.x"}]},
        {"photos": [{**good, "replaces": 7}]},
        {"photos": [{**good, "chosen": {"size": True, "sha256": "a" * 64}}]},
        {"photos": [{**good, "chosen": {"size": 0, "sha256": "a" * 64}}]},
        {"photos": [{**good, "chosen": {"size": 5, "sha256": "A" * 64}}]},
        {"photos": [{**good, "shrunk": {"size": 5}}]},
        {"photos": [on_its_way(uuid4(), b"x") for _ in range(201)]},
    ]
    for body in [*(json.dumps(one).encode() for one in bad), b"", b"{", b"\xff", b"[" * 60_000]:
        answer = await browser.ask("POST", "/my/announcements", body, Content_Type="application/json")
        assert (answer.status, answer.code) == (415, "form.unreadable"), body[:80]
    huge = await browser.ask("POST", "/my/announcements", b" " * 140_000, Content_Type="application/json")
    assert (huge.status, huge.code) == (413, "form.too_large")
    plain = await browser.post("/my/announcements", {"photos": "1"}, Accept="application/json")
    assert plain.status == 415
    too_large = {**good, "chosen": {"size": (64 << 20) + 1, "sha256": "a" * 64}}
    not_shrunk = {
        **good,
        "photo": str(uuid4()),
        "slot": "ID.back",
        "shrunk": {"size": 204_801, "sha256": "a" * 64},
    }
    assert await announced(browser, too_large, not_shrunk) == ["photo.too_large", "photo.too_large"]
    assert (await announce(browser, good, more=f"?person={uuid4()}")).status == 401
    assert await Announcement.all().count() == 1


@transaction
async def looked_at(staff_id: UUID) -> None:
    """As if everything had been on this person's screen."""
    for version in await PhotoVersion.all():
        await PhotoSeen.create(version_id=version.id, staff_id=staff_id, fetched_at=now(), seen_at=now())


async def asked_again(house: House, due: datetime) -> None:
    """The site wants the front of the identity card again."""
    exam, case = await open_exam(), await Case.get()
    held = await house.staff("shenhe", "1201", Role.REVIEWER)
    reviewer = Reviewer(held.id, frozenset({(await Office.get(code="1201")).id}))
    await claim(exam, reviewer, case.id)
    await looked_at(held.id)
    reason = exam.package.reasons_for("ID")[0].code
    opinion = Opinion("ID", Kind.REDO, ("front",), (reason,), version=case.version)
    version = await give_verdict(exam, reviewer, case.id, opinion)
    await decide(exam, reviewer, case.id, Decision(Conclusion.ASKS, version, cited=("ID",), due=due))


@transaction
async def settled() -> None:
    """As if the ten seconds for taking back were over."""
    await CaseMove.filter(move="ask").update(at=now() - timedelta(seconds=11))


async def test_a_due_time_has_its_grace_too(house: House) -> None:
    browser, closes = await house.signed_in_candidate("zhangsan"), await bell()
    old, new = uuid4(), uuid4()
    assert (await put(browser, old, shrunk())).status == 201
    assert (await put(browser, uuid4(), shrunk(1), slot="ID.back")).status == 201
    await house.exam_time(closes + SECOND)
    assert await cases_fall_due() == 1
    due = (await exam_now()).astimezone(UTC) + timedelta(days=2)
    await asked_again(house, due)
    await settled()
    told = on_its_way(new, chosen(2), shrunk(2), replaces=old)
    elsewhere = on_its_way(uuid4(), chosen(3), slot="ID.holding")
    answer = await announce(browser, told, elsewhere)
    assert [one["state"] for one in answer.told["photos"]] == ["announced", "refused"]
    assert answer.told["photos"][1]["code"] == "locked.accepted", "only what was asked for"
    assert datetime.fromisoformat(answer.told["photos"][0]["until"]) == due + GRACE
    await house.exam_time(due + SECOND)
    assert await cases_fall_due() == 0
    other = await put(browser, uuid4(), shrunk(4), more=f"&replaces={old}")
    assert (other.status, other.code) == (423, "locked.due.passed")
    assert (await put(browser, new, shrunk(2), more=f"&replaces={old}")).status == 201
    assert await cases_fall_due() == 1
    row = await Photo.get(id=new)
    assert (await stage(), row.in_grace, row.round) == ("review", True, 2)
    expired = await Event.filter(what="case.expire").get()
    assert expired.facts["unanswered"] == 0, "it counts as an answer"


async def test_every_page_of_the_person_tells_what_is_on_its_way_and_can_stop_waiting(house: House) -> None:
    browser, other = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    exam, photo = await open_exam(), uuid4()
    await house.exam_time(exam.window.bell - timedelta(minutes=10))
    until = (await announce(browser, on_its_way(photo, chosen()))).told["photos"][0]["until_words"]
    for path in ("/my", "/my/materials/ID"):
        page = (await browser.get(path)).text
        assert f'data-photos="{photo}"' in page
        assert f"最晚 {until} 传完" in page
        assert 'data-announcements-url="/my/announcements"' in page
        (seconds,) = re.findall(r'data-closes-in="(\d+)"', page)
        assert 400 <= int(seconds) <= 600
        assert str(photo) not in (await other.get(path)).text
    assert 'id="announced"' not in (await browser.get("/my/materials/DIPLOMA")).text, (
        "it is of another material"
    )
    await house.exam_time(exam.window.bell)
    locked = (await browser.get("/my")).text
    assert f"最晚 {until} 传完" in locked
    assert "data-closes-in" not in locked, "nothing can be announced any more"
    assert (await other.post("/my/announcements/withdraw", {"photo": str(photo)})).status == 404
    assert f"最晚 {until} 传完" in (await browser.get("/my")).text
    assert (await browser.post("/my/announcements/withdraw", {"photo": "x"})).status == 415
    done = await browser.post("/my/announcements/withdraw", {"photo": [str(photo)]})
    assert (done.status, done.leads_to) == (303, "/my")
    assert 'id="announced"' not in (await browser.get("/my")).text
    assert (await put_original(browser, photo, chosen())).code == "locked.window.closed"
