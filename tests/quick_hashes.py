"""Passwords hashed quickly: a real hash takes 30 ms of CPU, on purpose, and most tests make several of each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from webapp import hashing

_REAL, _REAL_NOBODY = hashing._HASHER, hashing._NOBODY
_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def quick_hashes() -> Iterator[None]:
    """In this process hashes are made by the same library and stored in the same form, at a cost near nothing.

    A served product still makes real ones, and so does ``tests/test_hashing.py``.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_HASHER", _QUICK)
        patch.setattr(hashing, "_NOBODY", _QUICK.hash("nobody's"))
        yield


@contextmanager
def real_hashes() -> Iterator[None]:
    """Inside :func:`quick_hashes`: hashes as the product makes them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_HASHER", _REAL)
        patch.setattr(hashing, "_NOBODY", _REAL_NOBODY)
        yield
