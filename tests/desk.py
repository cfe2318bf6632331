"""Cases on a reviewer's desk: handed in whole with real pictures, and a reviewer's hands over HTTP."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tests.house import Answer, Browser, House
from tests.photos import pictures
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.photo_desk import PhotoDesk
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.photos.shelf import Shelf
from webapp.records import Case, CaseMove, Photo, PhotoVersion
from webapp.records.reading.exams import open_exam

COMPLETE = (
    ("ID", "front"),
    ("ID", "back"),
    ("ID", "holding"),
    ("DIPLOMA", "page"),
    ("EDU_CHECK", "page"),
    ("PROBATION", "page"),
)
"""What the clinical bachelor of ``tests/registrations.py`` has to hand in."""
MATERIALS = ("ID", "DIPLOMA", "EDU_CHECK", "PROBATION")
_JPEG = pictures.written(pictures.page(320, 240), quality=60)


def shelf_of(house: House) -> Shelf:
    """Where the running product keeps pictures."""
    desk: PhotoDesk = house.app.extensions["photo_desk"]
    return desk.shelf


async def lay_photos(
    shelf: Shelf, case_id: UUID, places: Collection[tuple[str, str]], *, round_number: int = 1
) -> list[UUID]:
    """Photos with a small picture behind each, as if the candidate had sent them now."""
    return [
        await _photo(case_id, place, (await shelf.put(_JPEG), await shelf.put(_JPEG)), round_number)
        for place in places
    ]


@transaction
async def _photo(case_id: UUID, place: tuple[str, str], keys: tuple[str, str], round_number: int) -> UUID:
    moment = await exam_now()
    photo = await Photo.create(
        id=uuid4(),
        case_id=case_id,
        material=place[0],
        slot=place[1],
        sha256=uuid4().hex * 2,
        size=len(_JPEG),
        received_at=moment,
        round=round_number,
    )
    await PhotoVersion.create(
        photo_id=photo.id,
        number=1,
        shelf_key=keys[0],
        preview_key=keys[1],
        media_type="image/jpeg",
        width=320,
        height=240,
        size=len(_JPEG),
        sha256=uuid4().hex * 2,
        facts={},
        made_at=moment,
    )
    return photo.id


async def handed_in(
    house: House, *names: str, site: str = "1201", places: Collection[tuple[str, str]] = COMPLETE
) -> list[UUID]:
    """The cases of new candidates, in review at their site because their bell has rung."""
    cases = []
    for name in names:
        candidate = await house.candidate(name, site, name=f"考生{name}")
        cases.append((await Case.get(candidate_id=candidate.id)).id)
        await lay_photos(shelf_of(house), cases[-1], places)
    bell = (await open_exam()).window.bell
    if await exam_now() < bell:
        await house.exam_time(bell + timedelta(hours=1))
    await cases_fall_due()
    return cases


@transaction
async def grown_old(case_id: UUID) -> None:
    """As if more than 10 s had gone by since the last decision."""
    for move in await CaseMove.filter(case_id=case_id):
        await CaseMove.filter(id=move.id).update(at=move.at - timedelta(seconds=11))


@transaction
async def lease_over(case_id: UUID, ago: timedelta = timedelta(seconds=1)) -> None:
    """As if the claim's time were up."""
    await Case.filter(id=case_id).update(lease_until=now() - ago)


@dataclass(frozen=True)
class Hands:
    """A reviewer with a case before them; each act sends the version that stands unless another is named."""

    browser: Browser
    case_id: UUID

    @property
    def address(self) -> str:
        """The page of the case."""
        return f"/review/cases/{self.case_id}"

    async def page(self, query: str = "") -> Answer:
        """The page as it is now."""
        return await self.browser.get(self.address + query)

    async def version(self) -> int:
        """The version that the page carries; the case's where the page has no form."""
        found = re.search(r'name="version" value="(\d+)"', (await self.page()).text)
        return int(found[1]) if found else (await Case.get(id=self.case_id)).version

    async def claim(self, reason: str = "") -> Answer:
        return await self.browser.post(f"{self.address}/claim", {"reason": reason})

    async def see(self, *materials: str) -> None:
        """Has all photos of these materials on screen; none named: of all."""
        photos = Photo.filter(case_id=self.case_id, removed_at=None)
        for photo in await (photos.filter(material__in=materials) if materials else photos):
            assert (await self.browser.get(f"/review/photos/{photo.id}?v={photo.version}")).status == 200
            seen = f"/review/photos/{photo.id}/seen?v={photo.version}"
            assert (await self.browser.ask("POST", seen)).status == 200

    async def judge(self, material: str, kind: str = "accepted", **more: Any) -> Answer:
        form = {"material": material, "kind": kind, "version": await self.version(), **more}
        return await self.browser.post(f"{self.address}/verdicts", form)

    async def accept_all(self) -> None:
        """Takes the case in hand, looks at everything and finds it right."""
        assert (await self.claim()).status == 303
        await self.see()
        for material in MATERIALS:
            answer = await self.judge(material)
            assert answer.status == 303, answer.text

    async def conclude(self, conclusion: str, **more: Any) -> Answer:
        form = {"conclusion": conclusion, "version": await self.version(), **more}
        return await self.browser.post(f"{self.address}/conclusion", form)

    async def take_back(self) -> Answer:
        return await self.browser.post(f"{self.address}/take-back")


def typed_moment(moment: datetime) -> str:
    """As a field for date and time sends it, in the exam's zone."""
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
