"""Everybody who can stand before a door: their browsers, and whose things they may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from tests.house import EXAM, Browser, House, enrolled_with_posts
from webapp.actions.note_api_keys import note_key_made, note_key_revoked
from webapp.database import transaction
from webapp.guard.api_keys import Scope, make_key, revoke_key
from webapp.guard.rows import ApiKey
from webapp.rules.roles import Role

PLACES = {"site": "1201", "elsewhere": "1202", "region": "12"}
"""The offices by what they are to the things of :mod:`tests.walls.world`: all of these lie at ``site``."""
CANDIDATES = {"owner": "site", "neighbour": "site", "stranger": "elsewhere", "decided": "site"}
"""Whose the things are, another of the same site, one of another site, and one whose result is not published yet."""


@dataclass(frozen=True)
class Person:
    """Somebody by kind and place; ``name`` is how the matrix calls them."""

    name: str
    kind: str
    place: str = ""

    @property
    def signed_in(self) -> bool:
        """Whether they have a session."""
        return self.kind not in {"nobody", "machine"}

    def stands_as(self, address: str) -> Person:
        """Who they are in that room: whoever has two posts is another person in each."""
        if self.name != "two-posts":
            return self
        if address.startswith("/review"):
            return PERSONS["reviewer@elsewhere"]
        return PERSONS["auditor@site"]


def _everybody() -> dict[str, Person]:
    found = [Person("nobody", "nobody")]
    found += [Person(name, "candidate", place) for name, place in CANDIDATES.items()]
    for role in ("reviewer", "manager", "auditor"):
        found += [Person(f"{role}@{place}", role, place) for place in PLACES]
    found += [Person("second@region", "manager", "region"), Person("two-posts", "auditor", "site")]
    found += [Person(name, "machine") for name in ("machine", "machine:revoked", "machine:unscoped")]
    return {person.name: person for person in found}


PERSONS = _everybody()
ONE_OF_EACH = ("nobody", "owner", "reviewer@site", "manager@region", "auditor@site", "machine")
"""Enough for doors that are open to all: who has a post where makes no difference there."""


@dataclass(frozen=True)
class Crowd:
    """Their browsers, and the ids of the accounts of staff."""

    browsers: dict[str, Browser]
    staff: dict[str, UUID]


async def gathered(house: House, candidate: Callable[[str], Browser]) -> Crowd:
    """All of them, signed in where they can; ``candidate`` knows the browsers of the candidates."""
    browsers, staff = {"nobody": house.browser()}, {}
    for person in PERSONS.values():
        if person.kind == "candidate":
            browsers[person.name] = candidate(person.name)
        elif person.signed_in:
            posts = [(PLACES[person.place], Role(person.kind))]
            if person.name == "two-posts":
                posts = [(PLACES["elsewhere"], Role.REVIEWER), *posts]
            browsers[person.name], staff[person.name] = await _signed_in(house, person.name, posts)
    browsers["machine"] = await house.machine(Scope.RESULTS_READ)
    browsers["machine:revoked"] = await _revoked(house)
    browsers["machine:unscoped"] = await _without_scope(house)
    return Crowd(browsers, staff)


async def _signed_in(house: House, name: str, posts: list[tuple[str, Role]]) -> tuple[Browser, UUID]:
    user_name = name.replace("@", ".").replace(" ", "-")
    held, browser = await enrolled_with_posts(house.keyring, user_name, posts), house.browser()
    answer = await browser.post("/staff/sign-in", held.form())
    assert answer.status == 302, answer.text
    return browser, held.id


async def _revoked(house: House) -> Browser:
    made = await make_key("旧系统", [Scope.RESULTS_READ], partial(note_key_made, EXAM, "operator"))
    assert await revoke_key(made.id, partial(note_key_revoked, EXAM, "operator"))
    return Browser(house.app, Authorization=f"Bearer {made.key}")


async def _without_scope(house: House) -> Browser:
    made = await make_key("别的系统", [Scope.RESULTS_READ], partial(note_key_made, EXAM, "operator"))
    await _narrowed(made.id)
    return Browser(house.app, Authorization=f"Bearer {made.key}")


@transaction
async def _narrowed(key_id: UUID) -> None:
    """As a key is whose only scope no code knows any more."""
    await ApiKey.filter(id=key_id).update(scopes=["retired:read"])
