"""Two processes: a dry run is taken in by two managers at once, or by one while the other drops it; one wins."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.house import enrolled_staff, multipart
from tests.races.racing import Ask, all_asked, rounds, signed_in_cookie
from tests.registrations import sample_record
from tests.served import Served
from tests.tables import text_table
from webapp.keyring import open_keyring
from webapp.records import Candidate, Event, ImportRow, RegistrationImport
from webapp.records.reading.chains import all_breaks
from webapp.rules.imports import ImportState
from webapp.rules.roles import Role

pytestmark = pytest.mark.races
RACERS = 12
ROWS = 5
FAR = 500_000
"""Numbers that no other race's people come to: each takes the next one."""
PATIENCE_SECONDS = 60


@dataclass
class Uploaded:
    """A dry run that waits for a decision, and two managers who look at it."""

    running: Served
    run: int
    cookies: tuple[str, str]
    id: UUID
    numbers: list[str]
    """Registration numbers of its rows."""

    def ask(self, act: str, number: int) -> Ask:
        path = f"/staff/registrations/{self.id}/{act}"
        return Ask("POST", path, {"bell": ""}, headers={"Cookie": self.cookies[number % 2]})

    async def raced(self, acts: list[str]) -> Counter[int]:
        """What was answered to all of these at once, by status."""
        asks = [self.ask(act, number) for number, act in enumerate(acts)]
        return Counter(one.status_code for one in await all_asked(self.running, asks, self.run))

    async def ended(self) -> ImportState:
        """How it ends, once nothing is being done any more."""
        return await until(self.id, {ImportState.TAKEN, ImportState.DROPPED, ImportState.BROKEN})

    async def arrived(self) -> int:
        """Candidates of its rows."""
        return await Candidate.filter(registration_number__in=self.numbers).count()

    async def events(self, what: str) -> int:
        """Events about it."""
        return await Event.filter(what=what, subject=f"import:{self.id}").count()


async def until(import_id: UUID, states: set[ImportState]) -> ImportState:
    """The state, once it is one of these."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        # Another process does it, and tells no event.
        while (state := ImportState((await RegistrationImport.get(id=import_id)).state)) not in states:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return state


async def uploaded(running: Served, name: str, run: int) -> Uploaded:
    keyring = open_keyring("", running.settings.data / "keys")
    first, second = [
        await signed_in_cookie(
            running, (await enrolled_staff(keyring, f"{name}{n}-{run}", "12", [Role.MANAGER])).form(), run, n
        )
        for n in range(2)
    ]
    people = [sample_record(FAR + ROWS * run + n, f"{name}-{run}-{n}") for n in range(ROWS)]
    kind, body = multipart({}, text_table(people), "baoming.csv")
    sent = Ask("POST", "/staff/registrations", body=body, headers={"Cookie": first, "Content-Type": kind})
    (answer,) = await all_asked(running, [sent], run)
    assert answer.status_code == 303, answer.text
    import_id = UUID(answer.headers["Location"].rpartition("/")[2])
    assert await until(import_id, {ImportState.READY}) is ImportState.READY
    numbers = [one["registration_number"] for one in people]
    return Uploaded(running, run, (first, second), import_id, numbers)


async def test_two_managers_who_take_the_same_dry_run_take_it_in_once(running: Served) -> None:
    for run in rounds():
        upload = await uploaded(running, "qiang", run)
        answers = await upload.raced(["import"] * RACERS)
        assert answers == {303: 1, 409: RACERS - 1}
        assert await upload.ended() is ImportState.TAKEN
        assert await upload.arrived() == ROWS
        assert await upload.events("registrations.taken") == 1
        assert (await RegistrationImport.get(id=upload.id)).taken == {"added": ROWS}
        assert await all_breaks() == []


async def test_a_dry_run_that_is_taken_and_dropped_at_once_is_one_of_both(running: Served) -> None:
    for run in rounds():
        upload = await uploaded(running, "diu", run)
        answers = await upload.raced(["import", "drop"] * (RACERS // 2))
        assert answers == {303: 1, 409: RACERS - 1}
        state = await upload.ended()
        taken = state is ImportState.TAKEN
        assert state in {ImportState.TAKEN, ImportState.DROPPED}
        assert await upload.arrived() == (ROWS if taken else 0)
        assert await ImportRow.filter(of_id=upload.id).count() == (ROWS if taken else 0)
        assert await upload.events("registrations.taken") == taken
        assert await upload.events("registrations.dropped") == (not taken)
