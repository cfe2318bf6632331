"""What operators' machines are told: that a process lives, and whether it may be sent people."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tortoise import connections

from tests.house import House
from webapp.clock import now
from webapp.database import database_now

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def ready(house: House) -> tuple[int, dict[str, object]]:
    """What /readyz says."""
    answer = await house.browser().get("/readyz")
    return answer.status, json.loads(answer.text)


async def test_a_process_with_its_database_is_alive_and_ready(house: House) -> None:
    assert json.loads((await house.browser().get("/healthz")).text) == {"alive": True}
    assert await ready(house) == (200, {"ready": True})


async def test_a_missing_migration_is_not_ready(house: House) -> None:
    assert (await ready(house))[0] == 200
    await connections.get("default").execute_query(
        "DELETE FROM tortoise_migrations WHERE name = (SELECT max(name) FROM tortoise_migrations)"
    )
    status, told = await ready(house)
    assert status == 503
    assert told["ready"] is False
    assert "1 migrations" in str(told["why"])
    assert (await house.browser().get("/healthz")).status == 200, "it lives, and may finish what it does"


@either_will_do
@pytest.mark.parametrize(
    ("seconds", "status"), [(0.0, 200), (0.9, 200), (-0.9, 200), (1.5, 503), (-1.5, 503), (3600, 503)]
)
async def test_a_clock_more_than_a_second_off_the_databases_is_not_ready(
    house: House, monkeypatch: pytest.MonkeyPatch, seconds: float, status: int
) -> None:
    async def theirs() -> object:
        return now() + timedelta(seconds=seconds)

    monkeypatch.setattr("webapp.pages.health.database_now", theirs)
    found, told = await ready(house)
    assert found == status
    assert (status == 200) or "our clock and the database's" in str(told["why"])


@either_will_do
async def test_an_answer_that_took_long_is_no_difference_between_clocks(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked at second 0, their clock said 2, answered at second 4: the clocks may well agree."""
    start = now()
    moments = iter([start, start + timedelta(seconds=4)])

    async def theirs() -> object:
        return start + timedelta(seconds=2)

    monkeypatch.setattr("webapp.pages.health.now", lambda: next(moments))
    monkeypatch.setattr("webapp.pages.health.database_now", theirs)
    assert (await ready(house))[0] == 200


async def test_the_databases_clock_is_utc(house: House) -> None:
    assert abs(await database_now() - now()) < timedelta(seconds=5)
    assert (await database_now()).utcoffset() == timedelta(0)


@either_will_do
async def test_a_database_that_does_not_answer_is_not_ready_and_its_password_is_not_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone() -> object:
        raise ConnectionRefusedError("postgres://webapp:geheim@db.example/webapp")

    monkeypatch.setattr("webapp.pages.health.database_now", gone)
    assert await ready(house) == (503, {"ready": False, "why": "the database does not answer"})
