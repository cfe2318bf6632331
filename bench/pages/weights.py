"""What a page weighs on the wire until its first button can be used, and how long that takes on a slow phone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser

from tests.browser.browsers import PHONE

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s (bytes a second are what the protocol asks for), 400 ms until the first byte of each answer."""
SLOW_CPU = 6
_KINDS = {"Document": "html", "Stylesheet": "css", "Script": "js", "Font": "font"}
# The frame that paints the first thing to press: laid out, styled, and (a photo's picker) taken over by its script.
# Lazy pictures of that frame are asked for after its callbacks: they come with the button, not before it.
USABLE = """
selector => {
  const look = () => {
    const button = [...document.querySelectorAll(selector)].find(
      node => node.getClientRects().length && !node.closest(':not(:defined)'))
    if (button) {
      const frame = performance.now()
      const since = at => (performance.timeOrigin + at) / 1000
      setTimeout(() => { globalThis.__usable = [since(frame), since(performance.now())] })
    } else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
"""


@dataclass
class Request:
    """One request of the page; ``bytes`` as they came over the wire, with the answer's headers."""

    url: str
    kind: str
    begun: float
    """Seconds after the page's own request."""
    bytes: int = 0


@dataclass
class Weighed:
    """One load of a page."""

    usable: float
    """Seconds from the navigation until the first button was painted and did what it says."""
    frame: float
    """Seconds until that frame began."""
    requests: list[Request] = field(default_factory=list)

    def before(self) -> list[Request]:
        """What was asked for before the button could be used."""
        return [request for request in self.requests if request.begun < self.frame]

    def kilobytes(self, kind: str) -> float:
        """Of one kind, before the first button."""
        return sum(request.bytes for request in self.before() if request.kind == kind) / 1000


async def weighed(
    browser: Browser,
    url: str,
    path: str,
    button: str,
    cookies: Sequence[dict[str, Any]],
    *,
    slow: bool,
) -> Weighed:
    """Loads ``path`` with an empty cache and waits for ``button``, a selector; ``slow`` is 400 kbit/s and 6x CPU."""
    context = await browser.new_context(
        base_url=url, viewport=PHONE, locale="zh-CN", service_workers="block", is_mobile=True, has_touch=True
    )
    await context.add_cookies(list(cookies))  # type: ignore[arg-type]
    page = await context.new_page()
    protocol = await context.new_cdp_session(page)
    await protocol.send("Network.enable")
    if slow:
        await protocol.send("Network.emulateNetworkConditions", SLOW)
        await protocol.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
    asked: dict[str, Request] = {}
    began = wall = None

    def on_request(event: dict[str, Any]) -> None:
        nonlocal began, wall
        if began is None:
            began, wall = event["timestamp"], event["wallTime"]
        kind = _KINDS.get(event.get("type", ""), "other")
        asked[event["requestId"]] = Request(event["request"]["url"], kind, event["timestamp"] - began)

    def on_end(event: dict[str, Any]) -> None:
        if request := asked.get(event["requestId"]):
            request.bytes = round(event["encodedDataLength"])

    protocol.on("Network.requestWillBeSent", on_request)
    protocol.on("Network.loadingFinished", on_end)
    await page.add_init_script(f"({USABLE})({button!r})")
    await page.goto(path, wait_until="commit")
    await page.wait_for_function("() => globalThis.__usable", timeout=30_000)
    await page.wait_for_load_state("load")
    frame, usable = await page.evaluate("() => globalThis.__usable")
    await asyncio.sleep(0.5)  # what was asked for before it may still be on its way
    await context.close()
    return Weighed(usable - (wall or 0), frame - (wall or 0), list(asked.values()))
