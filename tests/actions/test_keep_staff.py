"""Accounts of staff: made, invited, disabled and enabled, and nobody's words in the events."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tortoise.exceptions import DoesNotExist

from tests.house import EXAM
from webapp.actions.keep_staff import (
    Invitation,
    add_staff,
    disable_staff,
    enable_staff,
    invite_staff,
)
from webapp.actions.one_time_codes import code_digest
from webapp.clock import now
from webapp.database import opened_database, transaction
from webapp.records import Event, Post, Staff
from webapp.records.reading.exams import open_exam
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role
from webapp.settings import Settings

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database with the default exam, open."""
    async with opened_database(settings.database_url):
        yield


@pytest.fixture
async def offices() -> dict[str, UUID]:
    """The ids of the offices by code."""
    return {office.code: office.id for office in (await open_exam()).offices}


async def added(office: UUID, **given: Any) -> Invitation:
    """An account like any other, but for what is given."""
    values = {
        "by": "staff:1",
        "name": "新人",
        "user_name": "xinren",
        "posts": [(office, Role.REVIEWER)],
        **given,
    }
    return await add_staff(EXAM, **values)


async def refused(office: UUID, **given: Any) -> str:
    """The code with which such an account is refused."""
    with pytest.raises(Refused) as told:
        await added(office, **given)
    return told.value.code


async def newest_events(count: int) -> list[Event]:
    """The newest events, oldest first."""
    return (await Event.filter(chain=f"exam:{EXAM}").order_by("-sequence").limit(count))[::-1]


async def test_an_account_is_made_with_its_posts_and_one_code(offices: dict[str, UUID]) -> None:
    posts = [(offices["12"], Role.MANAGER), (offices["1201"], Role.REVIEWER), (offices["12"], Role.MANAGER)]
    invitation = await added(offices["12"], posts=posts)
    staff = await Staff.get(user_name_key="xinren")
    assert (staff.name, staff.user_name, staff.disabled_at, staff.enrolled_at) == (
        "新人",
        "xinren",
        None,
        None,
    )
    assert staff.password_hash is None
    assert staff.totp_sealed is None
    held = {(post.office_id, post.role) for post in await Post.filter(staff_id=staff.id)}
    assert held == {(offices["12"], "manager"), (offices["1201"], "reviewer")}
    assert await Post.filter(staff_id=staff.id).count() == 2, "a post that was named twice is one"
    assert staff.invite_hash == code_digest(invitation.code)
    assert staff.invite_until == invitation.until
    assert timedelta(hours=23, minutes=59) < invitation.until - now() <= timedelta(hours=24)


@either_will_do
async def test_a_code_can_be_read_out_on_the_phone_and_typed_in_any_way(offices: dict[str, UUID]) -> None:
    codes = [(await added(offices["12"], user_name=f"xinren{number}")).code for number in range(8)]
    assert len(set(codes)) == 8
    for code in codes:
        assert re.fullmatch(r"(?:[A-HJ-NP-Z2-9]{4}-){2}[A-HJ-NP-Z2-9]{4}", code), "no I, O, 0 or 1"
    typed = codes[0]
    for way in (
        typed.lower(),
        typed.replace("-", ""),
        f" {typed.replace('-', ' ')} ",
        typed.replace("-", "－"),
    ):
        assert code_digest(way) == code_digest(typed)
    assert code_digest(codes[1]) != code_digest(typed)


@either_will_do
async def test_what_is_missing_or_does_not_fit_is_refused_and_nothing_is_made(
    offices: dict[str, UUID],
) -> None:
    office = offices["12"]
    assert await refused(office, name=" \u3000") == "staff.name_missing"
    assert await refused(office, name="新" * 65) == "staff.name_length"
    assert await refused(office, posts=[]) == "staff.no_post"
    for user_name in ("ab", "a" * 65, "xin ren", "xin\u3000ren", "", "xin\0ren", "xin\u202eren", "ß" * 33):
        assert await refused(office, user_name=user_name) == "staff.user_name_length", user_name
    assert await Staff.all().count() == 0
    assert await Event.filter(what="staff.added").count() == 0
    for number, user_name in enumerate(("abc", "a" * 64, "审核员", "xin.ren@1201", "ß" * 32)):
        await added(office, user_name=user_name, name="新" * (number + 60))
    assert await Staff.all().count() == 5


async def test_a_user_name_is_taken_in_whatever_way_it_is_written(offices: dict[str, UUID]) -> None:
    office = offices["12"]
    await added(office, user_name="XinRen")
    for user_name in ("XinRen", "xinren", " XINREN ", "ｘｉｎｒｅｎ"):
        assert await refused(office, user_name=user_name) == "staff.user_name_taken"
    await added(office, user_name="xinren2")
    assert [staff.user_name for staff in await Staff.all().order_by("user_name")] == ["XinRen", "xinren2"]
    assert await Event.filter(what="staff.added").count() == 2


@either_will_do
async def test_a_new_code_replaces_the_one_before(offices: dict[str, UUID]) -> None:
    first = await added(offices["12"])
    staff = await Staff.get(user_name_key="xinren")
    second = await invite_staff(EXAM, staff.id, by="staff:1")
    assert second.user_name == "xinren"
    assert second.code != first.code
    assert (await Staff.get(id=staff.id)).invite_hash == code_digest(second.code)
    with pytest.raises(DoesNotExist):
        await invite_staff(EXAM, uuid4(), by="staff:1")


@either_will_do
async def test_a_disabled_account_comes_back_as_it_was_or_by_a_new_code_alone(
    offices: dict[str, UUID],
) -> None:
    await added(offices["12"])
    staff = await Staff.get(user_name_key="xinren")
    await disable_staff(EXAM, staff.id, by="staff:1")
    row = await Staff.get(id=staff.id)
    assert row.disabled_at is not None
    assert row.invite_hash is None
    assert row.invite_until is None
    await _take_into_use(staff.id)
    await enable_staff(EXAM, staff.id, by="staff:1")
    row = await Staff.get(id=staff.id)
    assert (row.disabled_at, row.password_hash) == (None, "hash"), "restored as it was"
    await disable_staff(EXAM, staff.id, by="staff:1")
    assert (await invite_staff(EXAM, staff.id, by="staff:1")).code
    row = await Staff.get(id=staff.id)
    assert (row.disabled_at, row.password_hash, row.totp_sealed, row.enrolled_at) == (None, None, None, None)


@transaction
async def _take_into_use(staff_id: UUID) -> None:
    await Staff.filter(id=staff_id).update(password_hash="hash", totp_sealed=b"sealed", enrolled_at=now())


@either_will_do
async def test_disabling_or_enabling_twice_happens_once(offices: dict[str, UUID]) -> None:
    await added(offices["12"])
    staff = await Staff.get(user_name_key="xinren")
    await enable_staff(EXAM, staff.id, by="staff:1")
    await disable_staff(EXAM, staff.id, by="staff:1")
    since = (await Staff.get(id=staff.id)).disabled_at
    await disable_staff(EXAM, staff.id, by="staff:2")
    assert (await Staff.get(id=staff.id)).disabled_at == since
    await enable_staff(EXAM, staff.id, by="staff:1")
    await enable_staff(EXAM, staff.id, by="staff:1")
    told = [event.what for event in await newest_events(3)]
    assert told == ["staff.added", "staff.disabled", "staff.enabled"]


@either_will_do
async def test_nobody_disables_the_own_account(offices: dict[str, UUID]) -> None:
    await added(offices["12"])
    staff = await Staff.get(user_name_key="xinren")
    with pytest.raises(Refused) as told:
        await disable_staff(EXAM, staff.id, by=f"staff:{staff.id}")
    assert told.value.code == "staff.own_account"
    assert (await Staff.get(id=staff.id)).disabled_at is None


@either_will_do
async def test_events_hold_ids_and_codes_and_no_personal_words(offices: dict[str, UUID]) -> None:
    invitation = await added(offices["1201"])
    staff = await Staff.get(user_name_key="xinren")
    second = await invite_staff(EXAM, staff.id, by="staff:1")
    await disable_staff(EXAM, staff.id, by="staff:1")
    await enable_staff(EXAM, staff.id, by="staff:1")
    events = await newest_events(4)
    assert [event.what for event in events] == [
        "staff.added",
        "staff.invited",
        "staff.disabled",
        "staff.enabled",
    ]
    assert {event.actor for event in events} == {"staff:1"}
    assert {event.subject for event in events} == {f"staff:{staff.id}"}
    assert events[0].facts == {"posts": [f"reviewer@{offices['1201']}"]}
    written = json.dumps([event.facts for event in events], ensure_ascii=False)
    for secret in ("新人", "xinren", invitation.code, second.code, code_digest(second.code)):
        assert secret not in written
