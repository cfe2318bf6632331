"""Every door tried by everybody: the answer each must get, and what no answer may tell.

A row is one address with the names of things in it, ``POST /review/cases/{handed_in}/claim``. Each person asks; those
who are to be refused first, so that whoever is to be served finds that nothing has happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.house import Answer
from tests.walls.doors import FOR_ALL, THING, Route, Row
from tests.walls.people import ONE_OF_EACH, PERSONS, Person
from tests.walls.world import World
from webapp.guard.headers import FILE_POLICY, PAGE_POLICY, SERVICE_WORKER_POLICY

CASES = ("handed_in", "asked", "decided", "reopened", "collecting")
_WORDS = 100
"""Longer marks are pictures."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Tried:
    """One cell: who asked where, and what came back."""

    row: Row
    person: Person
    wanted: int
    answer: Answer

    @property
    def refused(self) -> bool:
        """Whether the door stayed shut for this person."""
        return self.answer.status in {401, 403, 404} or not self.row.route.is_for(self.person)

    @property
    def served(self) -> bool:
        """Whether it opened, and what was asked was done."""
        return not self.refused and self.answer.status < 400

    def __str__(self) -> str:
        leads = f" to {self.answer.leads_to}" if self.answer.leads_to else ""
        return f"{self.row.name}  {self.person.name}: {self.answer.status}{leads}, wanted {self.wanted}"


@dataclass
class Matrix:
    """Tries rows in a world, and keeps what was found."""

    world: World
    tried: list[Tried] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Cells with another answer than they must have."""
    leaks: list[str] = field(default_factory=list)
    """Answers in which something of somebody stood who is not theirs to see."""
    seen: set[str] = field(default_factory=set)
    """Whose things somebody saw who may: that they can be found at all."""
    bare: list[str] = field(default_factory=list)
    """Answers without all headers that keep them in their place."""
    telling: list[str] = field(default_factory=list)
    """Refusals that differ from those for something that does not exist."""
    _sent: bytes = b""

    async def run(self, rows: Iterable[Row], *, whole: bool = True) -> Matrix:
        """Not ``whole``: only what writes, and only those whom the audience lets in."""
        for row in rows:
            if row.before is not None:
                await row.before(self.world)
            if whole or (row.route.method != "GET" and not row.route.audience & FOR_ALL):
                for person in self._in_order(row, only_inside=not whole):
                    await self._try(row, person)
        return self

    def _in_order(self, row: Row, *, only_inside: bool) -> Sequence[Person]:
        """Whom the audience lets in, all of them; of the others one of each kind, for that wall knows no places."""
        wanted: dict[Person, int] = {}
        for name, person in PERSONS.items():
            stands = person.stands_as(row.address)
            inside, status = row.route.is_for(stands), row.answer_for(stands, self.world)
            alike = name not in ONE_OF_EACH and not (
                person.kind == "machine" and row.route.audience == {"machine"}
            )
            if status is None or (alike and (not inside or row.route.audience & FOR_ALL)):
                continue
            if inside or not only_inside:
                wanted[person] = status
        return sorted(wanted, key=lambda person: wanted[person] < 400)

    async def _try(self, row: Row, person: Person) -> None:
        stands = person.stands_as(row.address)
        inside = row.route.is_for(stands)
        answer = await self._ask(row, person, self.world.things, inside=inside)
        cell = Tried(row, stands, row.answer_for(stands, self.world) or 0, answer)
        self.tried.append(cell)
        if answer.status != cell.wanted or not (inside or _right_door(cell)):
            self.wrong.append(f"{cell}: {_said(answer)}")
        if not _is_walled(row.route, answer):
            self.bare.append(f"{cell}: {dict(answer.headers)}")
        self._look_for_leaks(row, person, stands, answer)
        foreign = row.foreign_to(stands, self.world)
        if foreign and not row.alone:
            nothing = {**self.world.things, **{name: str(uuid4()) for name in foreign}}
            other = await self._ask(row, person, nothing, inside=inside)
            if _plain(answer) != _plain(other):
                # A page that shows the minute may have seen the next one begin.
                answer = await self._ask(row, person, self.world.things, inside=inside)
                other = await self._ask(row, person, nothing, inside=inside)
            if _plain(answer) != _plain(other):
                self.telling.append(
                    f"{cell}, but {other.status} for nothing: {_said(answer)} / {_said(other)}"
                )

    async def _ask(self, row: Row, person: Person, things: Mapping[str, str], *, inside: bool) -> Answer:
        browser, method = self.world.browser(person.name), row.route.method
        path = await self._filled(row.address.partition("#")[0], row, things)
        form = {key: await self._form_value(value, row, things) for key, value in row.form.items()}
        self._sent = f"{path} {form}".encode()
        if inside and row.asks is not None:
            return await row.asks(self.world, person.name, path, form)
        # Whoever stands before the wrong door is told so in a few bytes; a page would say the same in more time.
        script = {} if inside or row.page_to(person) else {"Accept": "application/json"}
        if method == "GET":
            return await browser.get(path, **script)
        if method == "POST":
            return await browser.post(path, form, **script)
        return await browser.ask(method, path)

    async def _form_value(self, value: Any, row: Row, things: Mapping[str, str]) -> Any:
        if isinstance(value, str):
            return await self._filled(value, row, things)
        return [await self._filled(one, row, things) for one in value]

    async def _filled(self, text: str, row: Row, things: Mapping[str, str]) -> str:
        given = dict(things)
        if "{version}" in text:
            case = next(name for name in CASES if name in row.things)
            given["version"] = str(await self.world.version(self.world.things[case]))
        if "{digest}" in text:
            page = (await self.world.browser("manager@region").get("/staff/publishing")).text
            digest = re.search(r'name="digest" value="(\w{64})"', page)
            given["digest"] = digest[1] if digest else ""
        given["new"] = str(uuid4())
        return THING.sub(lambda thing: given[thing[1]], text)

    def _look_for_leaks(self, row: Row, person: Person, stands: Person, answer: Answer) -> None:
        for whose, marks in self.world.marks.items():
            # What somebody has typed is nothing that the answer tells them.
            told = [mark for mark in marks if mark in answer.body and mark not in self._sent]
            if person.kind == "machine" and self.world.published:
                told = [mark for mark in told if mark not in self.world.numbers]
            if self._may_see(stands, whose):
                self.seen |= {whose} if told else set()
            elif told:
                shown = told[0].decode() if len(told[0]) < _WORDS else "a picture"
                self.leaks.append(f"{row.name}  {person.name}: {shown} of {whose}")

    def _may_see(self, person: Person, whose: str) -> bool:
        if person.name == whose or person.place == "region":
            return True
        if whose == "outcome":
            knows = person.name == "decided" or (person.kind != "candidate" and person.place == "site")
            return self.world.published and knows
        return person.kind != "candidate" and person.place == self.world.places.get(whose)

    def without_twin(self, routes: Iterable[Route]) -> list[str]:
        """Routes that nobody tried, and those that refused somebody and served nobody."""
        found = []
        for route in routes:
            cells = [cell for cell in self.tried if cell.row.route == route]
            refused = any(cell.refused for cell in cells)
            if not cells or (refused and not any(cell.served for cell in cells)):
                found.append(route.key)
        return found


def _is_walled(route: Route, answer: Answer) -> bool:
    """Whether it is kept by no cache, unless it is nobody's own, and allows nothing that its kind does not need."""
    headers = answer.headers
    kept = "no-store" in headers["Cache-Control"] or (route.audience == {"public"} and answer.status == 200)
    page = headers.get("Content-Type", "").startswith("text/html")
    narrow = SERVICE_WORKER_POLICY if route.address == "/service-worker.js" else FILE_POLICY
    policy = headers["Content-Security-Policy"] == (PAGE_POLICY if page else narrow)
    return kept and policy and headers["X-Content-Type-Options"] == "nosniff"


def _right_door(cell: Tried) -> bool:
    """Whoever is sent to sign in is sent to the door of that room."""
    if cell.wanted != 302:
        return True
    staff = cell.row.address.startswith(("/staff", "/review"))
    return cell.answer.leads_to == ("/staff/sign-in" if staff else "/")


def _said(answer: Answer) -> str:
    words = re.sub(r"<[^>]+>|\s+", " ", answer.text.partition("<main")[2] or answer.text)
    return re.sub(r" +", " ", words)[:160]


def _plain(answer: Answer) -> tuple[object, ...]:
    """An answer without the ids and moments that differ from one request to the next."""
    return (
        answer.status,
        _UUID.sub("-", answer.text),
        _UUID.sub("-", answer.leads_to),
        answer.headers.get("Content-Type"),
    )
