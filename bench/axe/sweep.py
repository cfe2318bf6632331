"""A walk along all links of somebody's pages, with axe at each size on each page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from playwright.async_api import Browser, Page, ViewportSize

from bench.pages.demo import Demo
from tests.browser.examining import problems_of

PEOPLE = (
    *(f"ceshi{number:02}" for number in (1, 2, 4, 5, 8, 9, 10, 11, 19, 20, 22, 23, 25, 27)),
    *("yishen1", "ershen1", "qushen1", "yiguan1", "quguan1", "qucha1"),
)
"""Candidates in every state, and everybody who works."""
PUBLIC = (
    *("/", "/?notice=signed-out", "/enter", "/enter/password", "/forgotten", "/forgotten/code", "/reset"),
    *("/staff/sign-in", "/staff/enrol", "/help", "/offline", "/no-such-page"),
)
# So tall that a bar at the bottom covers nothing, which axe would take for small targets.
SIZES: tuple[ViewportSize, ...] = (
    {"width": 320, "height": 5_000},
    {"width": 390, "height": 5_000},
    {"width": 820, "height": 1_180},
    {"width": 1_280, "height": 900},
)
_OPEN_AT = (320, 820)  # all details are open there, and as they come at the other sizes
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_NO_PAGE = re.compile(r"\.(xlsx|csv|docx?|pdf|svg|json)$|^/static/|^/(my|review)/photos/[^/]+(/thumbnail)?$")
_OFTEN = {"/my/materials/*": 4, "/review/cases/*": 12, "/staff/cases/*": 6}
LINKS = "() => [...document.querySelectorAll('a[href]')].map(link => link.href)"
OPEN = "open => { for (const node of document.querySelectorAll('details')) node.open = open }"
SCALE = "size => { document.documentElement.style.fontSize = size }"


def kind_of(address: str) -> str:
    """What two addresses of one page with other things have in common."""
    parts = urlsplit(address)
    path = re.sub(r"(?<=^/my/materials/).+", "*", _UUID.sub("*", parts.path))
    return path + "?" * bool(parts.query) + "&".join(sorted(name for name, _ in parse_qsl(parts.query)))


class Sweep:
    """What was found so far, by everybody who walked."""

    def __init__(self, browser: Browser, demo: Demo) -> None:
        self._browser, self._demo = browser, demo
        self.found: list[str] = []
        self.looked = self.looks = 0

    async def walk(self, user_name: str) -> int:
        """Looks at all pages that this person gets to; "" is nobody. The number of pages."""
        context = await self._browser.new_context(
            base_url=self._demo.url, locale="zh-CN", service_workers="block", viewport=SIZES[0]
        )
        if user_name:
            await context.add_cookies(self._demo.cookies(user_name))  # type: ignore[arg-type]
        page = await context.new_page()
        ahead = list(PUBLIC if not user_name else ("/my", "/account", "/review", "/staff"))
        seen: dict[str, int] = {}
        known = set(ahead)
        looked = 0
        while ahead:
            address = ahead.pop(0)
            kind = kind_of(address)
            if seen.get(kind, 0) >= _OFTEN.get(kind, 1):
                continue
            seen[kind] = seen.get(kind, 0) + 1
            answer = await page.goto(address)
            if answer is None or (answer.status in (403, 404) and address in ("/my", "/review", "/staff")):
                continue
            await page.wait_for_load_state("networkidle")
            await self._look(page, user_name)
            looked += 1
            for link in await page.evaluate(LINKS):
                parts = urlsplit(link)
                path = parts.path + ("?" + parts.query) * bool(parts.query)
                own = link.startswith(self._demo.url) and not _NO_PAGE.search(parts.path)
                public = path.startswith(("/help", "/attachments")) and user_name
                if own and path not in known and not public:
                    known.add(path)
                    ahead.append(path)
        self.looked += looked
        await context.close()
        return looked

    async def _look(self, page: Page, user_name: str) -> None:
        for size in SIZES:
            await page.set_viewport_size(size)
            await page.evaluate(OPEN, size["width"] in _OPEN_AT)
            await self._note(page, f"{user_name} {size['width']} px")
        # Twice the text where it is narrowest for them: candidates' phones, and tablets at the desk.
        await page.set_viewport_size(SIZES[1] if not user_name or user_name.startswith("ceshi") else SIZES[2])
        await page.evaluate(SCALE, "200%")
        await self._note(page, f"{user_name} 200 % text")
        await page.evaluate(SCALE, "")

    async def _note(self, page: Page, where: str) -> None:
        self.looks += 1
        self.found += [f"{where}: {found.replace(self._demo.url, '')}" for found in await problems_of(page)]
