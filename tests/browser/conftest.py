"""One Chromium for each file of tests: starting one takes longer than most walks through it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.browsers import chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def started() -> AsyncIterator[Browser]:
    """The program; its tests run on the module's loop: ``pytest.mark.asyncio(loop_scope="module")``."""
    async with chromium() as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def browser(started: Browser) -> AsyncIterator[Browser]:
    """The browser, whose windows are closed after each test: the next one has no cookie of it."""
    yield started
    for window in started.contexts:
        await window.close()
