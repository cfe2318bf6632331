"""Chromium for the tests: found by the environment variable CHROMIUM, which ``make test`` sets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

from tools.find_browser import find_browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
TABLET: ViewportSize = {"width": 820, "height": 1180}
TABLET_WIDE: ViewportSize = {"width": 1180, "height": 820}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium for the length of a block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(find_browser()), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


async def until(page: Page, question: str, about: Any = None, *, answer: Any = True) -> None:
    """Waits for this answer to a question whose script promises one.

    ``wait_for_function`` takes any promise for a yes.
    """
    last = None
    for _ in range(300):
        last = await page.evaluate(question, about)
        if last == answer:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{last!r} instead of {answer!r}: {question}")


class Witness:
    """Collects what a page must never do: script errors, refused content, requests to somebody else."""

    def __init__(self, context: BrowserContext, own: str | tuple[str, ...]) -> None:
        self.seen: list[str] = []
        self._own = (own,) if isinstance(own, str) else own
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.seen.append(f"error on {page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                self.seen.append(f"{said.type} on {page.url}: {said.text}")
                if said.type in {"error", "warning"} and "status of 4" not in said.text
                else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                self.seen.append(f"foreign request: {request.url}")
                if not request.url.startswith((*self._own, "blob:", "about:"))
                else None
            ),
        )
