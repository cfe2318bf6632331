"""Who a route is for: everybody else is turned away before its handler runs."""

from __future__ import annotations

from uuid import UUID

import pytest
from quart import g

from tests.house import House
from webapp.guard.access import (
    AUDIENCE_ATTRIBUTE,
    Audience,
    NotForYou,
    SignInNeeded,
    audience,
    belongs,
    current_person,
)
from webapp.guard.api_keys import Scope
from webapp.guard.sessions import PostHeld, SignedIn
from webapp.records import Office
from webapp.rules.roles import Role

SOMEBODY = UUID(int=1)
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def staff(*roles: Role) -> SignedIn:
    """Somebody with these posts at one office."""
    posts = tuple(PostHeld(role.value, Office(code="12")) for role in roles)
    return SignedIn(SOMEBODY, "staff", SOMEBODY, "管理甲", "guanli", posts=posts)


PEOPLE = {
    "nobody": None,
    "candidate": SignedIn(SOMEBODY, "candidate", SOMEBODY, "测试甲", "zhangsan"),
    "postless": staff(),
    "reviewer": staff(Role.REVIEWER),
    "manager": staff(Role.MANAGER),
    "auditor": staff(Role.AUDITOR),
    "reviewing manager": staff(Role.REVIEWER, Role.MANAGER),
}
SERVED = {
    Audience.PUBLIC: set(PEOPLE),
    Audience.OPERATOR: set(PEOPLE),
    Audience.SIGNED_IN: set(PEOPLE) - {"nobody"},
    Audience.CANDIDATE: {"candidate"},
    Audience.STAFF: set(PEOPLE) - {"nobody", "candidate"},
    Audience.REVIEWER: {"reviewer", "reviewing manager"},
    Audience.MANAGER: {"manager", "reviewing manager"},
    Audience.AUDITOR: {"auditor"},
    Audience.MACHINE: set(),  # nobody of them is one
}


def test_each_audience_is_exactly_its_people() -> None:
    assert set(SERVED) == set(Audience)
    found = {
        wanted: {name for name, person in PEOPLE.items() if belongs(person, frozenset({wanted}))}
        for wanted in Audience
    }
    assert found == SERVED


def test_several_audiences_are_the_people_of_each() -> None:
    both = frozenset({Audience.MANAGER, Audience.AUDITOR})
    found = {name for name, person in PEOPLE.items() if belongs(person, both)}
    assert found == {"manager", "auditor", "reviewing manager"}
    assert not any(belongs(person, frozenset()) for person in PEOPLE.values())


def test_a_route_for_machines_names_a_scope_and_is_for_nobody_else() -> None:
    audience(Audience.MACHINE, scope=Scope.RESULTS_READ)
    for allowed, scope in (
        ([Audience.MACHINE], None),
        ([Audience.MANAGER], Scope.RESULTS_READ),
        ([Audience.MACHINE, Audience.MANAGER], Scope.RESULTS_READ),
    ):
        with pytest.raises(ValueError, match="scope"):
            audience(*allowed, scope=scope)


@either_will_do
@pytest.mark.parametrize("path", ["/my", "/staff/people"])
async def test_the_handler_runs_for_its_audience_alone(house: House, path: str) -> None:
    ran: list[str] = []

    @audience(Audience.MANAGER)
    async def handler(name: str) -> str:
        ran.append(name)
        return name

    async with house.app.test_request_context(path):
        for name, person in PEOPLE.items():
            g.person = person
            if name in SERVED[Audience.MANAGER]:
                assert await handler(name) == name
                continue
            with pytest.raises(SignInNeeded if person is None else NotForYou):
                await handler(name)
    assert set(ran) == SERVED[Audience.MANAGER]
    assert getattr(handler, AUDIENCE_ATTRIBUTE) == {Audience.MANAGER}


@either_will_do
async def test_whoever_is_served_is_there_for_the_handler_and_else_nobody(house: House) -> None:
    async with house.app.test_request_context("/my"):
        g.person = PEOPLE["candidate"]
        assert current_person() is PEOPLE["candidate"]
        g.person = None
        with pytest.raises(SignInNeeded):
            current_person()


@either_will_do
async def test_one_is_sent_to_the_door_of_the_room_one_asked_for(house: House) -> None:
    browser = house.browser()
    for path, door in (
        ("/my", "/"),
        ("/account", "/"),
        ("/staff", "/staff/sign-in"),
        ("/staff/events", "/staff/sign-in"),
        ("/review", "/staff/sign-in"),
    ):
        answer = await browser.get(path)
        assert (answer.status, answer.leads_to) == (302, door)
        told = await browser.get(path, Accept="application/json")
        assert told.status == 401
        assert "sign_in.needed" in told.text


@either_will_do
async def test_whoever_is_signed_in_elsewhere_is_told_that_the_page_is_for_others(house: House) -> None:
    candidate = await house.signed_in_candidate("zhangsan")
    answer = await candidate.get("/staff")
    assert answer.status == 403
    assert "这一页是工作人员用的" in answer.text
    assert 'href="/my"' in answer.text, "with the way back to the own first page"
    reviewer = await house.signed_in_staff("shenhe", "1201", Role.REVIEWER)
    for path in ("/my", "/staff/people", "/staff/events"):
        assert (await reviewer.get(path)).status == 403
    assert (await reviewer.get("/review")).status == 200
