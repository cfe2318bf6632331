"""The database, open, for tests that call the actions themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cases.way import FEW, load_variant
from webapp import clock
from webapp.database import opened_database
from webapp.records.reading.exams import OpenExam
from webapp.settings import Settings


@pytest.fixture
async def exam(settings: Settings) -> AsyncIterator[OpenExam]:
    """The default exam with few materials, in an open database, its clock free to be moved."""
    clock.allow_moving(movable=True)
    async with opened_database(settings.database_url):
        yield await load_variant(materials=FEW)
