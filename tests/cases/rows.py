"""The rows of a case, changed as the product's acts, its candidate or some time gone by would have left them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from webapp.actions.fall_due import cases_fall_due
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.clock import exam_now, now
from webapp.database import transaction
from webapp.records import Candidate, Case, CaseMove, Photo, PhotoSeen, PhotoVersion
from webapp.records.reading.exams import open_exam
from webapp.rules.places import SETTLES_AFTER, By, Move, Place

COMPLETE = ("ID.front", "ID.back", "ID.holding", "DIPLOMA.page", "EDU_CHECK.page", "PROBATION.page")
"""What the clinical bachelor of ``tests/registrations.py`` has to hand in, a photo each."""
MATERIALS = ("ID", "DIPLOMA", "EDU_CHECK", "PROBATION")
LONG_AGO = timedelta(minutes=5)
MADE_UP_SIZE = 1_000
"""Bytes that a photo says to have of which there are only the rows."""


async def case_of(candidate: Candidate | str) -> Case:
    """The case of a candidate, or of a user name, as it stands."""
    if isinstance(candidate, str):
        candidate = await Candidate.get(user_name=candidate)
    return await Case.get(candidate_id=candidate.id)


@transaction
async def lay_photo(
    case_id: UUID,
    place: str,
    photo_id: UUID | None = None,
    *,
    round_number: int | None = None,
    keys: tuple[str, str] | None = None,
) -> UUID:
    """A stored photo's rows. Where ``keys`` name none, no picture lies on the shelf behind them."""
    material, _, slot = place.partition(".")
    photo_id = photo_id or uuid4()
    await Photo.create(
        id=photo_id,
        case_id=case_id,
        material=material,
        slot=slot,
        sha256=photo_id.hex * 2,
        size=MADE_UP_SIZE,
        received_at=await exam_now(),
        round=round_number or (await Case.get(id=case_id)).round,
    )
    shelf_key, preview_key = keys or (uuid4().hex, uuid4().hex)
    await PhotoVersion.create(
        photo_id=photo_id,
        number=1,
        shelf_key=shelf_key,
        preview_key=preview_key,
        media_type="image/jpeg",
        width=320,
        height=240,
        size=MADE_UP_SIZE,
        sha256=photo_id.hex * 2,
        facts={},
        made_at=now(),
    )
    return photo_id


@transaction
async def fill(user_name: str, *but: str) -> dict[str, UUID]:
    """A photo in each required place but those named, by place."""
    case = await case_of(user_name)
    return {place: await lay_photo(case.id, place) for place in COMPLETE if place not in but}


@transaction
async def seen_all(case_id: UUID, staff_id: UUID) -> None:
    """This person has had every photo of the case on screen."""
    for photo in await Photo.filter(case_id=case_id, removed_at=None):
        version = await PhotoVersion.get(photo_id=photo.id, number=photo.version)
        await PhotoSeen.update_or_create(
            version_id=version.id, staff_id=staff_id, defaults={"fetched_at": now(), "seen_at": now()}
        )


@transaction
async def let_ten_seconds_pass(case_id: UUID | None = None) -> None:
    """As if the moves of the case, or of all, had been made so long ago that no decision can be taken back."""
    for row in await (CaseMove.all() if case_id is None else CaseMove.filter(case_id=case_id)):
        await CaseMove.filter(id=row.id).update(at=row.at - SETTLES_AFTER)


@transaction
async def lease_over(case_id: UUID, ago: timedelta = timedelta(seconds=1)) -> None:
    """As if the claim's time were up."""
    await Case.filter(id=case_id).update(lease_until=now() - ago)


async def past_the_bell(*candidates: Candidate, after: timedelta = timedelta(hours=1)) -> datetime:
    """The bell has rung for all, and what falls due is done; these candidates have photos of their ID before."""
    for candidate in candidates:
        case = await case_of(candidate)
        for slot in ("front", "back", "holding"):
            await lay_photo(case.id, f"ID.{slot}")
    exam = await open_exam()
    moment = max(exam.window.bell + after, await exam_now())
    await move_exam_clock(exam.code, moment - now(), by="operator")
    await cases_fall_due()
    return moment


@transaction
async def put(
    case_id: UUID,
    place: Place,
    move: Move,
    *,
    by: By = By.REVIEWER,
    person: UUID | None = None,
    ago: timedelta = LONG_AGO,
) -> Case:
    """Moves the case to ``place`` as ``move`` by that person would have, ``ago`` before now."""
    case = await Case.get(id=case_id)
    row = await CaseMove.create(
        case_id=case_id,
        number=await CaseMove.filter(case_id=case_id).count() + 1,
        move=move.value,
        by=by.value,
        actor=f"staff:{person}" if person else by.value,
        person=person,
        from_stage=case.stage,
        from_level=case.level,
        to_stage=place.stage.value,
        to_level=place.level,
        round=case.round,
        at=now() - ago,
        exam_at=await exam_now() - ago,
        reasons=[],
        previous=case.arrived_by,
    )
    await Case.filter(id=case_id).update(
        stage=place.stage.value, level=place.level, version=case.version + 1, arrived_by=row.id
    )
    return await Case.get(id=case_id)


def typed_moment(moment: datetime) -> str:
    """As a field for date and time sends it, in the exam's zone."""
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
