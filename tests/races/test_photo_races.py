"""Two processes, many at once: places of a slot, ids, undo and turns, each with one outcome and no half-done state."""

from __future__ import annotations

from collections import Counter
from uuid import UUID, uuid4

import httpx
import pytest

from tests.house import CANDIDATE_PASSWORD, activated_candidate
from tests.photos import pictures
from tests.races.racing import Ask, all_asked, candidate_cookie, rounds
from tests.served import Served
from webapp.records import Candidate, Case, Event, Photo, PhotoVersion
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam

pytestmark = pytest.mark.races
RACERS = 50
SLOT = "OTHER.page"


@pytest.fixture
async def places(running: Served) -> int:
    """How many photos the slot takes."""
    slot = (await open_exam()).package.material("OTHER").slots[0]
    assert slot.most > 2
    return slot.most


def picture(number: int) -> bytes:
    """A small picture of its own for every racer."""
    return pictures.written(pictures.page(320 + number, 240, 0), quality=70)


def put(cookie: str, photo: UUID, number: int, slot: str = SLOT, more: str = "") -> Ask:
    headers = {"Cookie": cookie, "Content-Type": "image/jpeg", "Accept": "application/json"}
    return Ask("PUT", f"/my/photos/{photo}?slot={slot}{more}", body=picture(number), headers=headers)


def post(cookie: str, path: str, method: str = "POST") -> Ask:
    return Ask(method, path, headers={"Cookie": cookie, "Accept": "application/json"})


async def newcomer(running: Served, run: int, who: int = 0) -> tuple[Candidate, str]:
    """A candidate of this round, and the cookie of a browser in which they are signed in."""
    candidate = await activated_candidate(f"kaosheng{run}-{who}")
    return candidate, await candidate_cookie(running, candidate.user_name, CANDIDATE_PASSWORD, run)


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def files_and_rows(running: Served) -> tuple[int, int]:
    """Files on the shelf, and the files that rows point at."""
    shelf = running.settings.data / "shelf"
    return sum(path.is_file() for path in shelf.rglob("*")), 2 * await PhotoVersion.all().count()


async def test_of_fifty_photos_for_the_last_two_places_two_are_stored(running: Served, places: int) -> None:
    for run in rounds():
        candidate, cookie = await newcomer(running, run)
        for number in range(places - 2):
            (first,) = await all_asked(running, [put(cookie, uuid4(), number)], run)
            assert first.status_code == 201, first.text
        asks = [put(cookie, uuid4(), number) for number in range(RACERS)]
        told = statuses(await all_asked(running, asks, run))
        assert told == {201: 2, 409: RACERS - 2}
        case = await Case.get(candidate_id=candidate.id)
        assert await Photo.filter(case_id=case.id, removed_at=None).count() == places
        assert case.version == 1 + places
    files, rows = await files_and_rows(running)
    assert files == rows
    assert await all_breaks() == []


async def test_of_fifty_sendings_of_one_photo_one_is_stored(running: Served, places: int) -> None:
    for run in rounds():
        _, cookie = await newcomer(running, run)
        photo = uuid4()
        answers = await all_asked(running, [put(cookie, photo, 1)] * RACERS, run)
        assert statuses(answers) == {201: 1, 200: RACERS - 1}
        assert len({str(answer.json()["photo"]) for answer in answers}) == 1
        assert await Event.filter(what="photo.stored", subject=f"photo:{photo}").count() == 1
    files, rows = await files_and_rows(running)
    assert files == rows


async def test_one_id_sent_by_two_people_belongs_to_the_first(running: Served, places: int) -> None:
    for run in rounds():
        people = [await newcomer(running, run, who) for who in range(2)]
        photo = uuid4()
        asks = [put(people[number % 2][1], photo, 7) for number in range(20)]
        answers = await all_asked(running, asks, run)
        assert statuses(answers) == {201: 1, 200: 9, 404: 10}
        owners = {number % 2 for number, answer in enumerate(answers) if answer.status_code < 300}
        assert len(owners) == 1, "only to one of them"
    assert (await files_and_rows(running))[0] == (await files_and_rows(running))[1]


async def test_a_place_freed_and_taken_at_once_holds_one_photo(running: Served, places: int) -> None:
    for run in rounds():
        candidate, cookie = await newcomer(running, run)
        old = uuid4()
        (first,) = await all_asked(running, [put(cookie, old, 0, "ID.front")], run)
        assert first.status_code == 201
        asks = [post(cookie, f"/my/photos/{old}", "DELETE"), post(cookie, f"/my/photos/{old}/undelete")] * 5
        asks += [put(cookie, uuid4(), number, "ID.front") for number in range(10)]
        asks += [put(cookie, uuid4(), number, "ID.front", f"&replaces={old}") for number in range(10)]
        told = statuses(await all_asked(running, asks, run))
        # 410: brought back, and taken out again before the receipt was written.
        assert set(told) <= {200, 201, 409, 410}, told
        case = await Case.get(candidate_id=candidate.id)
        assert await Photo.filter(case_id=case.id, slot="front", removed_at=None).count() <= 1
        changes = await Event.filter(chain=f"case:{case.id}").exclude(what="case.made").count()
        assert case.version == 1 + changes, "every change is told once"
    assert await all_breaks() == []


async def test_of_twenty_turns_at_once_each_that_counts_is_one_version(running: Served, places: int) -> None:
    for run in rounds():
        _, cookie = await newcomer(running, run)
        photo = uuid4()
        await all_asked(running, [put(cookie, photo, 0, "ID.front")], run)
        turn = post(cookie, f"/my/photos/{photo}/turn?quarters=1")
        told = statuses(await all_asked(running, [turn] * 20, run))
        assert set(told) <= {200, 409}
        counted = told[200]
        assert counted >= 1
        row = await Photo.get(id=photo)
        versions = await PhotoVersion.filter(photo_id=photo).order_by("number")
        assert row.version == len(versions) == 1 + counted
        assert [version.quarter_turns for version in versions] == [n % 4 for n in range(1 + counted)]
    files, rows = await files_and_rows(running)
    assert files == rows
