"""A candidate's case on its way: filled, handed in, looked at by two offices, asked for more, decided, published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.house import House
from webapp.actions.claim import claim
from webapp.actions.decide import Decision, decide
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.give_verdict import Opinion, give_verdict
from webapp.actions.managing import Manager
from webapp.actions.publish import approve, phase_state, publish
from webapp.actions.reviewing import Reviewer
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, CaseMove, Photo, PhotoSeen, PhotoVersion
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role
from webapp.rules.verdicts import Conclusion, Kind

REQUIRED = ("ID.front", "ID.back", "ID.holding", "DIPLOMA.page", "EDU_CHECK.page", "PROBATION.page")
"""What the sample record has to hand in, a photo each."""
MATERIALS = ("ID", "DIPLOMA", "EDU_CHECK", "PROBATION")


@transaction
async def fill(user_name: str, *but: str) -> dict[str, UUID]:
    """A photo in each required place but those named: rows only, no picture lies on the shelf."""
    case = await case_of(user_name)
    photos = {slot: uuid4() for slot in REQUIRED if slot not in but}
    for place, photo in photos.items():
        await put_photo(case, place, photo)
    return photos


async def put_photo(case: Case, place: str, photo: UUID) -> None:
    """The rows of one stored photo."""
    material, _, slot = place.partition(".")
    digest = photo.hex * 2
    await Photo.create(
        id=photo,
        case_id=case.id,
        material=material,
        slot=slot,
        sha256=digest,
        size=180_000,
        received_at=await exam_now(),
        round=case.round,
    )
    await PhotoVersion.create(
        photo_id=photo,
        number=1,
        shelf_key=photo.hex,
        preview_key=uuid4().hex,
        media_type="image/jpeg",
        width=1_200,
        height=900,
        size=180_000,
        sha256=digest,
        facts={},
        made_at=now(),
    )


async def case_of(user_name: str) -> Case:
    """The case as it stands."""
    return await Case.get(candidate_id=(await Candidate.get(user_name=user_name)).id)


async def past_the_bell(house: House, after: timedelta = timedelta(hours=1)) -> datetime:
    """The exam's clock shows a moment after the bell, and what falls due then has been done."""
    moment = (await open_exam()).window.bell + after
    await house.exam_time(moment)
    await cases_fall_due()
    return moment


@transaction
async def settle() -> None:
    """As if all decisions had been made a while ago: none can be taken back any more."""
    for row in await CaseMove.all():
        await CaseMove.filter(id=row.id).update(at=row.at - timedelta(seconds=60))


@transaction
async def _seen(case_id: UUID, staff_id: UUID) -> None:
    for photo in await Photo.filter(case_id=case_id, removed_at=None):
        version = await PhotoVersion.get(photo_id=photo.id, number=photo.version)
        if not await PhotoSeen.exists(version_id=version.id, staff_id=staff_id):
            await PhotoSeen.create(version_id=version.id, staff_id=staff_id, fetched_at=now(), seen_at=now())


@dataclass(frozen=True)
class Office:
    """Somebody who reviews at one office."""

    reviewer: Reviewer

    async def take(self, user_name: str) -> Case:
        """The case in hand, with all its photos on screen."""
        case = await case_of(user_name)
        await claim(await open_exam(), self.reviewer, case.id)
        await _seen(case.id, self.reviewer.id)
        return await case_of(user_name)

    async def accept(self, user_name: str, *materials: str) -> None:
        """合格 for each."""
        for material in materials:
            await self._say(user_name, Opinion(material, Kind.ACCEPTED))

    async def redo(
        self,
        user_name: str,
        material: str,
        *slots: str,
        reasons: Collection[str] = ("glare",),
        note: str = "",
    ) -> None:
        """需重传."""
        await self._say(user_name, Opinion(material, Kind.REDO, slots, tuple(reasons), note))

    async def _say(self, user_name: str, opinion: Opinion) -> None:
        case = await case_of(user_name)
        told = Opinion(
            opinion.material, opinion.kind, opinion.slots, opinion.reasons, opinion.note, case.version
        )
        await give_verdict(await open_exam(), self.reviewer, case.id, told)

    async def conclude(self, user_name: str, conclusion: Conclusion, **how: Any) -> None:
        """The office's word on the whole case, which then can no longer be taken back."""
        await self.decide(user_name, conclusion, **how)
        await settle()

    async def decide(
        self,
        user_name: str,
        conclusion: Conclusion,
        *,
        reasons: Collection[str] = (),
        note: str = "",
        fields: Mapping[str, str] | None = None,
        due: datetime | None = None,
    ) -> None:
        """The same, a moment ago."""
        case = await case_of(user_name)
        decision = Decision(
            conclusion, case.version, tuple(reasons), note, due=due, fields=dict(fields or {})
        )
        await decide(await open_exam(), self.reviewer, case.id, decision)

    async def passes_up(self, user_name: str) -> None:
        """All is well as far as this office can see."""
        await self.take(user_name)
        await self.accept(user_name, *MATERIALS)
        await self.conclude(user_name, Conclusion.MEETS)

    async def asks(
        self,
        user_name: str,
        material: str = "ID",
        *slots: str,
        fields: Mapping[str, str] | None = None,
        note: str = "",
        days: int = 2,
    ) -> datetime:
        """A request for these places again; until when."""
        due = (await exam_now()) + timedelta(days=days)
        await self.take(user_name)
        if material:
            await self.redo(user_name, material, *slots, note="国徽面有反光")
        await self.conclude(user_name, Conclusion.ASKS, due=due, fields=fields, note=note)
        return due


async def reviewing(house: House, user_name: str, office: str) -> Office:
    """A reviewer of that office."""
    held = await house.staff(user_name, office, Role.REVIEWER)
    exam = await open_exam()
    where = next(row.id for row in exam.offices if row.code == office)
    return Office(Reviewer(held.id, frozenset({where})))


async def published(house: House) -> datetime:
    """Two managers of the region publish."""
    exam = await open_exam()
    first, second = [
        Manager((await house.staff(name, "12", Role.MANAGER)).id, frozenset({exam.region_office.id}))
        for name in ("guanli-yi", "guanli-er")
    ]
    state = await phase_state(exam, await exam_now(), now())
    await approve(exam, first, state.tally.digest)
    return await publish(exam, second)
