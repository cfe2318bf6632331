"""A case is read whole, also while it moves."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.models import Model

from tests.announcing import announced, on_its_way
from tests.house import CANDIDATE_PASSWORD, House
from tests.photos import pictures
from webapp.actions.store_photo import store_photo
from webapp.clock import now
from webapp.database import transaction
from webapp.pages.candidate import photos
from webapp.records import Case, Phase, Verdict
from webapp.records.reading.case_file import CaseFile, Request, StoredPhoto, read_case
from webapp.records.reading.exams import open_exam, with_bells_of_now
from webapp.rules.places import COLLECTING
from webapp.rules.roles import Role


async def test_a_request_that_was_closed_meanwhile_makes_the_case_be_read_anew(house: House) -> None:
    candidate = await house.candidate("kaosheng")
    exam, case = await open_exam(), await Case.get(candidate_id=candidate.id)
    assert (await read_case(exam, case)).place == COLLECTING
    case.stage, case.level = "supplement", 0  # as it was read, before somebody closed the request
    file = await read_case(exam, case)
    assert (file.place, file.request) == (COLLECTING, None)


async def test_the_file_with_a_photo_that_came_is_what_a_new_reading_finds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate, browser = await house.candidate("kaosheng"), house.browser()
    await browser.post("/", {"user_name": "kaosheng", "password": CANDIDATE_PASSWORD})
    exam, case = await open_exam(), await Case.get(candidate_id=candidate.id)
    old, new, beside = uuid4(), uuid4(), uuid4()
    told: list[CaseFile | None] = []

    async def noted(*given: Any) -> CaseFile | None:
        told.append(await store_photo(*given))
        return told[-1]

    async def put(photo: UUID, side: int, rest: str) -> int:
        picture = pictures.written(pictures.page(side, 320), quality=80)
        return (
            await browser.ask("PUT", f"/my/photos/{photo}?slot=ID.{rest}", picture, Content_Type="image/jpeg")
        ).status

    monkeypatch.setattr(photos, "store_photo", noted)
    assert await put(old, 480, "front") == await put(beside, 490, "back") == 201
    announcing = (
        on_its_way(new, b"chosen", replaces=old),
        on_its_way(uuid4(), b"another", slot="ID.holding"),
    )
    assert await announced(browser, *announcing) == ["announced", "announced"]
    reviewer = await house.staff("shenhe", "1201", Role.REVIEWER)
    await said_of(case, reviewer.id, "ID", "QUAL")
    before = await read_case(exam, case)
    assert (len(before.verdicts), len(before.announcements)) == (2, 2)
    assert await put(new, 500, f"front&replaces={old}") == 201
    after = told[-1]
    assert after is not None
    assert {one.photo.id for one in after.photos} == {new, beside}
    assert (len(after.verdicts), len(after.announcements)) == (1, 1)
    assert laid_open(after) == laid_open(await read_case(exam, await Case.get(id=case.id)))


async def test_a_row_is_shared_only_as_long_as_the_database_says_the_same(house: House) -> None:
    exam = await open_exam()
    assert (await open_exam()).phase is exam.phase
    later = exam.phase.bell + timedelta(hours=1)
    await rung_later(exam.phase.id, later)
    moved = await open_exam()
    assert (moved.phase.bell, exam.phase.bell) == (later, later - timedelta(hours=1))
    assert (await with_bells_of_now(exam)).phase is moved.phase


@transaction
async def rung_later(phase_id: UUID, bell: datetime) -> None:
    # As another process would do it: nobody here is told.
    await Phase.filter(id=phase_id).update(bell=bell)


@transaction
async def said_of(case: Case, staff_id: UUID, *materials: str) -> None:
    for material in materials:
        await Verdict.create(
            case_id=case.id,
            material=material,
            level=0,
            round=1,
            kind="redo",
            slots=[],
            reasons=[],
            staff_id=staff_id,
            at=now(),
        )


def laid_open(found: object) -> object:
    """A file with every column of its rows, but for the case's own, which it holds as it was before."""
    if isinstance(found, Case):
        return found.id
    if isinstance(found, Model):
        return {name: getattr(found, name) for name in found._meta.db_fields}
    if isinstance(found, tuple):
        return [laid_open(one) for one in found]
    if isinstance(found, CaseFile | StoredPhoto | Request):
        return {field.name: laid_open(getattr(found, field.name)) for field in fields(found)}
    return found
