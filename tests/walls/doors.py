"""Routes and rows: what can be asked, who is to get which answer, and whose the things in an address are."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.house import Answer
from tests.walls.people import Person
from tests.walls.world import World

USUAL = {"GET": 200, "POST": 303, "DELETE": 200, "PUT": 201}
"""What whoever is served gets, where a row says nothing else."""
EXAMPLES = {
    "photo_id": "{photo}",
    "item_id": "{item}",
    "doubt_id": "{doubt}",
    "case_id": "{handed_in}",
    "request_id": "{request}",
    "proposal_id": "{proposal}",
    "staff_id": "{colleague}",
    "key_id": "{key}",
    "import_id": "{import}",
    "code": "ID",
    "material": "ID",
}
"""What stands in an address for a place of its route, where no row of its own says something else."""
NOBODYS = frozenset({"later", "even_later", "latest", "office", "build"})
"""What a row can name that is nothing of anybody's."""
FRONT_PAGES = frozenset({"/my", "/review", "/staff", "/staff/people", "/account"})
"""Where everybody is refused with a whole page, whose words and links are looked at too."""
FOR_ALL = frozenset({"public", "operator", "signed-in"})
SECOND = "second@region"
PLACE = re.compile(r"<(?:[^<>:]*:)?(\w+)>")
THING = re.compile(r"\{(\w+)\}")
ANY = re.compile(r"<any\(([^)]*)\):\w+>")

Form = Mapping[str, Any]
Asks = Callable[[World, str, str, Form], Awaitable[Answer]]
"""How a person (by name) asks at a path, with what the row has as form, where it is no plain form."""
Before = Callable[[World], Awaitable[None]]


@dataclass(frozen=True)
class Route:
    """One line of the list of routes."""

    method: str
    address: str
    audience: frozenset[str]
    rate: str

    @property
    def key(self) -> str:
        """How forms and rows name it."""
        return f"{self.method} {self.address}"

    def is_for(self, person: Person) -> bool:
        """Whether the audience has them in it."""
        own = {person.kind}
        if person.kind in {"reviewer", "manager", "auditor"}:
            own.add("staff")
        if person.signed_in:
            own.add("signed-in")
        if person.name in {"machine:revoked", "machine:unscoped"}:
            own = set()
        return bool(self.audience & (own | {"public", "operator"}))


@dataclass(frozen=True)
class Row:
    """One address to try. ``answers``: who gets which status, the first that fits; None: is not asked.

    ``form`` is sent with a POST. ``alone``: foreign and missing things cannot be compared, because a missing one is
    made there or its name is repeated.
    """

    route: Route
    address: str
    answers: tuple[tuple[str, int | None], ...] = ()
    form: Form = field(default_factory=dict)
    asks: Asks | None = None
    before: Before | None = None
    alone: bool = False

    @property
    def name(self) -> str:
        """As failures call it."""
        return f"{self.route.method} {self.address}"

    @property
    def things(self) -> set[str]:
        """What it names, in its address and in its form."""
        return set(THING.findall(f"{self.address} {list(self.form.values())}"))

    def answer_for(self, person: Person, world: World) -> int | None:
        """The status that this person must get; None: they do not ask."""
        if person.name == SECOND and all(who != SECOND for who, _status in self.answers):
            return None  # for what takes two; else like the first
        if not self.route.is_for(person):
            sent_on = self.page_to(person) and not person.signed_in and not self.address.startswith("/api/")
            return 302 if sent_on else _at_the_wall(self.route, person)
        for who, status in self.answers or self._usual(world):
            if who in {person.name, person.kind, f"@{person.place}", "all"}:
                return status
        return 404

    def _usual(self, world: World) -> Iterator[tuple[str, int]]:
        """Things are their candidate's, and those of staff are the site's and the region's."""
        status, places = USUAL[self.route.method], THING.findall(self.address.partition("?")[0])
        if not places:
            yield "all", status
        elif self.address.startswith("/my"):
            yield from ((world.owners[thing], status) for thing in places)
        else:
            yield from (("@site", status), ("@region", status))

    def page_to(self, person: Person) -> bool:
        """Whether somebody who is refused asks for a page, as from an address that they typed."""
        return (person.kind == "nobody" and self.route.method == "GET") or self.address in FRONT_PAGES

    def foreign_to(self, person: Person, world: World) -> set[str]:
        """The things of this row that are somebody else's."""
        named = self.things & set(world.things) - NOBODYS
        if not self.route.is_for(person):
            return named
        if self.address.startswith("/my"):
            return {thing for thing in named if world.owners.get(thing) != person.name}
        return {thing for thing in named if person.place not in {_lies_at(thing), "region"}}


def _lies_at(thing: str) -> str:
    """Whose among the offices a thing is."""
    if thing == "above" or thing.startswith("import"):
        return "region"
    return "elsewhere" if thing.startswith("foreign_") or thing == "foreign" else "site"


def _at_the_wall(route: Route, person: Person) -> int:
    if route.address.startswith("/api/"):
        return 403 if person.name == "machine:unscoped" else 401
    if person.signed_in:
        return 403
    return 401


def read_routes(text: str) -> list[Route]:
    """Lines of method, address, audience and rate."""
    lines = (line.split() for line in text.strip().splitlines() if line.strip())
    return [Route(method, at, frozenset(names.split(",")), rate) for method, at, names, rate in lines]


def opened_out(route: Route) -> list[Route]:
    """A route with ``<any(…)>`` in its address as one for each of the words."""
    found = ANY.search(route.address)
    if found is None:
        return [route]
    words = [word.strip().strip("'") for word in found[1].split(",")]
    return [Route(route.method, ANY.sub(word, route.address), route.audience, route.rate) for word in words]


def example_of(address: str) -> str:
    """The address with an example in each place; KeyError for a place that has none."""
    return PLACE.sub(lambda place: EXAMPLES[place[1]], address)
