"""Two processes and the bell: what was announced in time is stored, whatever else happens, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from tests.announcing import announcement, on_its_way
from tests.house import CANDIDATE_PASSWORD, activated_candidate
from tests.photos import pictures
from tests.races.racing import RUNS, address, candidate_cookie
from tests.served import Served, served
from webapp.actions.fall_due import cases_fall_due
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.records import Announcement, Candidate, Case, Event, Phase, Photo
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam

pytestmark = pytest.mark.races
IN_TIME = ("ID.front", "ID.back", "ID.holding", "DIPLOMA.page", "DIPLOMA.page", "DIPLOMA.page")
AT_THE_BELL = ("OTHER.page",) * 4
"""These are announced around the bell and sent at once."""
NEVER = ("EDU_CHECK.page",) * 3
BEFORE, AFTER = 0.5, 0.7
"""Seconds around the bell over which everything is sent."""


@pytest.fixture
def running(database_url: str, tmp_path: Path) -> Iterator[Served]:
    """Two processes behind a proxy that tells every racer's own address."""
    with served(database_url, tmp_path, trusted_proxies=1) as found:
        yield found


@pytest.fixture
async def people(running: Served) -> AsyncIterator[list[Candidate]]:
    """One candidate a round. The phase's bell is over, each case still has one of its own, far ahead."""
    async with opened_database(running.settings.database_url):
        made = [await activated_candidate(f"kaosheng{run}") for run in range(RUNS)]
        await bells(now() + timedelta(days=1))
        yield made


@transaction
async def bells(case: datetime, of: UUID | None = None) -> None:
    """The bell of one case, or of all of them and then the phase's own is over."""
    if of is not None:
        await Case.filter(id=of).update(bell=case)
        return
    await Case.all().update(bell=case)
    await Phase.all().update(bell=now() - timedelta(minutes=1))


class Phone:
    """One racer with a connection of its own."""

    def __init__(self, browser: httpx.AsyncClient, slot: str, number: int) -> None:
        self.browser, self.slot = browser, slot
        self.photo = uuid4()
        self.data = pictures.written(pictures.page(320 + number, 240, 0), quality=70)

    async def tell(self) -> bool:
        """Announces its photo; whether that was in time."""
        body = announcement(on_its_way(self.photo, self.data, slot=self.slot))
        headers = {"Content-Type": "application/json"}
        answer = await self.browser.post("/my/announcements", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        (told,) = answer.json()["photos"]
        # Too late: the bell has struck, or the case has closed already.
        late = {"announcement.late", "locked.in_review"}
        assert told["state"] == "announced" or told["code"] in late, told
        return bool(told["state"] == "announced")

    async def send(self) -> int:
        """Sends it; the status."""
        address_of_it = f"/my/photos/{self.photo}?slot={self.slot}"
        headers = {"Content-Type": "image/jpeg"}
        answer = await self.browser.put(address_of_it, content=self.data, headers=headers)
        while answer.status_code == 503:  # a busy machine says so, and the outbox sends again
            await asyncio.sleep(0.2)
            answer = await self.browser.put(address_of_it, content=self.data, headers=headers)
        assert answer.status_code in {201, 423}, answer.text
        return answer.status_code


async def closing(case_id: UUID) -> None:
    """A third process that tries to close the case all the time."""
    async with asyncio.timeout(150):
        while (await Case.get(id=case_id)).stage == "collecting":
            await cases_fall_due()
            await asyncio.sleep(0.05)


def phones_of(running: Served, cookie: str, run: int) -> list[Phone]:
    """One for each photo, all of the same person."""
    headers = {"Origin": running.url, "Cookie": cookie, "Accept": "application/json"}
    return [
        Phone(
            running.browser({**headers, "X-Forwarded-For": address(run, number)}, timeout=180),
            slot,
            number,
        )
        for number, slot in enumerate((*IN_TIME, *AT_THE_BELL, *NEVER))
    ]


async def races(phone: Phone, number: int, bell: datetime) -> tuple[Phone, bool, int]:
    """Whether it was announced in time, and what became of its photo."""
    at = bell - timedelta(seconds=BEFORE) + timedelta(seconds=(BEFORE + AFTER) * (number % 5) / 4)
    await asyncio.sleep(max(0.0, (at - now()).total_seconds()))
    told = number < len(IN_TIME) or (phone.slot in AT_THE_BELL and await phone.tell())
    return phone, told, await phone.send()


async def test_at_the_bell_every_announced_photo_is_stored_and_no_other(
    running: Served, people: list[Candidate]
) -> None:
    assert (await open_exam()).package.material("OTHER").slots[0].most >= len(AT_THE_BELL)
    for run, candidate in enumerate(people):
        case = await Case.get(candidate_id=candidate.id)
        cookie = await candidate_cookie(running, candidate.user_name, CANDIDATE_PASSWORD, run)
        phones = phones_of(running, cookie, run)
        for phone in phones[: len(IN_TIME)]:
            assert await phone.tell()
        bell = now() + timedelta(seconds=BEFORE + 0.3)
        await bells(bell, case.id)
        racing = [races(phone, number, bell) for number, phone in enumerate(phones)]
        outcomes, _closed = await asyncio.gather(asyncio.gather(*racing), closing(case.id))
        for phone in phones:
            await phone.browser.aclose()
        await look(case.id, bell, outcomes)
    assert await all_breaks() == []


async def look(case_id: UUID, bell: datetime, outcomes: list[tuple[Phone, bool, int]]) -> None:
    """What the rows say, beside what the phones were told."""
    announced = {phone.photo for phone, told, _status in outcomes if told}
    stored = {phone.photo for phone, _told, status in outcomes if status == 201}
    assert announced <= stored, "every announced one"
    rows = await Photo.filter(case_id=case_id)
    assert {row.id for row in rows} == stored
    assert all(row.received_at < bell for row in rows if row.id not in announced), "no other after the bell"
    assert {row.ended_why for row in await Announcement.filter(case_id=case_id)} == {"arrived"}
    chain = await Event.filter(chain=f"case:{case_id}").order_by("sequence")
    assert chain[-1].what == "case.close", "it closes last"
    assert (await Case.get(id=case_id)).stage == "review"
    assert any(row.in_grace for row in rows), "the bell struck while photos were on their way"
