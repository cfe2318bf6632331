"""Passwords at rest: only their owner's fits, nobody's costs as much as somebody's, and nobody else waits."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from tests.quick_hashes import real_hashes
from webapp.hashing import hash_secret, secret_matches


@pytest.fixture(autouse=True)
def as_served() -> Iterator[None]:
    """Hashes as the product makes them: their cost is what these tests are about."""
    with real_hashes():
        yield


async def test_a_password_fits_its_own_hash_and_no_other() -> None:
    stored = await hash_secret("Yishi-8899")
    assert await secret_matches(stored, "Yishi-8899")
    for wrong in ("yishi-8899", "Yishi-8899 ", "Yishi-889", "", "Yishi-8899\0"):
        assert not await secret_matches(stored, wrong)


@pytest.mark.parametrize("secret", ["密码密码密码", "🙂🙂", "a" * 1_000, "a\0b"])
async def test_any_characters_and_lengths_count_whole(secret: str) -> None:
    stored = await hash_secret(secret)
    assert await secret_matches(stored, secret)
    assert not await secret_matches(stored, secret[:-1])


async def test_the_stored_form_is_argon2id_with_a_salt_and_without_the_password() -> None:
    first, second = await hash_secret("Yishi-8899"), await hash_secret("Yishi-8899")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "Yishi" not in first


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=19456,t=2,p=1$broken"])
async def test_without_a_hash_nothing_fits(stored: str | None) -> None:
    assert not await secret_matches(stored, "Yishi-8899")
    assert not await secret_matches(stored, "")


async def cost(work: Callable[[], Awaitable[object]]) -> float:
    """CPU seconds of this process: unlike the clock's, they do not grow with what else the machine does."""
    before = time.process_time()
    await work()
    return time.process_time() - before


async def test_somebody_unknown_takes_as_long_as_somebody_known() -> None:
    stored = await hash_secret("Yishi-8899")
    known, unknown = [], []
    for _ in range(15):
        known.append(await cost(lambda: secret_matches(stored, "wrong-pass-1")))
        unknown.append(await cost(lambda: secret_matches(None, "wrong-pass-1")))
    assert statistics.median(known) > 0.002, "a hash that costs nothing protects nothing"
    assert 0.6 < statistics.median(unknown) / statistics.median(known) < 1.6


async def test_others_are_served_while_a_password_is_hashed() -> None:
    hashing = asyncio.gather(*(hash_secret(f"Yishi-{number}") for number in range(4)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(set(await hashing)) == 4
    assert turns > 100, "on the loop's own thread there would be one turn a hash"
