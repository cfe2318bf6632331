"""Cases on a reviewer's desk: handed in whole with real pictures, and a reviewer's hands over HTTP."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.cases.rows import COMPLETE, MATERIALS, case_of, lay_photo, past_the_bell
from tests.house import Answer, Browser, House
from tests.photos import pictures
from webapp.actions.photo_desk import PhotoDesk
from webapp.photos.shelf import Shelf
from webapp.records import Case, Photo

_JPEG = pictures.written(pictures.page(320, 240), quality=60)


def shelf_of(house: House) -> Shelf:
    """Where the running product keeps pictures."""
    desk: PhotoDesk = house.app.extensions["photo_desk"]
    return desk.shelf


async def lay_pictures(
    shelf: Shelf, case_id: UUID, places: Collection[str], *, round_number: int | None = None
) -> list[UUID]:
    """Photos with a small picture behind each, as if the candidate had sent them now."""
    return [
        await lay_photo(
            case_id, place, round_number=round_number, keys=(await shelf.put(_JPEG), await shelf.put(_JPEG))
        )
        for place in places
    ]


async def handed_in(
    house: House, *names: str, site: str = "1201", places: Collection[str] = COMPLETE
) -> list[UUID]:
    """The cases of new candidates, in review at their site because their bell has rung."""
    cases = []
    for name in names:
        candidate = await house.candidate(name, site, name=f"考生{name}")
        cases.append((await case_of(candidate)).id)
        await lay_pictures(shelf_of(house), cases[-1], places)
    await past_the_bell()
    return cases


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
