"""Passwords and recovery answers at rest: argon2id, off the event loop."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# The library's default costs 0.19 s of CPU and 64 MiB a hash; these are OWASP's smallest recommended figures,
# and 500 activations a minute then cost a fifth of one core.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

# Somebody unknown costs the same time as somebody known: this is checked instead of a real hash.
_NOBODY = _HASHER.hash(secrets.token_hex())


async def hash_secret(secret: str) -> str:
    """The PHC string to store for ``secret``."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, secret)


async def secret_matches(stored: str | None, secret: str) -> bool:
    """Whether ``secret`` is what ``stored`` was made from; None takes as long and is never right."""
    found = await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, stored or _NOBODY, secret)
    return found and stored is not None


def _verify(stored: str, secret: str) -> bool:
    try:
        return _HASHER.verify(stored, secret)
    except (VerificationError, InvalidHashError):
        return False
