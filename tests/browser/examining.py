"""What is wrong with a page in the browser: axe's complaints, its width, targets too small for a finger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TOO_WIDE = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
SMALL_TARGETS = """
() => [...document.querySelectorAll('a, button, input, select, summary, label.tick')].filter(node => {
    const box = node.getBoundingClientRect()
    const inside = node.closest('.demo-bar, .prose, p, li, table, .foot')
    if (!box.width || !box.height || inside || node.type === 'hidden') return false
    if (node.matches('.tick__box, .choice, .skip')) return false
    return box.height < 43.5
}).map(node => node.outerHTML.slice(0, 120))
"""


async def complaints(page: Page) -> list[str]:
    """What axe finds on the page as it is."""
    await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [f"{page.url} {v['id']}: {node['html'][:160]}" for v in found["violations"] for node in v["nodes"]]


async def examined(context: BrowserContext, page: Page, path: str) -> list[str]:
    """Loads a page and says what is wrong with it at the context's size."""
    answer = await page.goto(path)
    assert answer is not None
    return await problems_of(page)


async def problems_of(page: Page) -> list[str]:
    """The same for the page as it stands."""
    found = await complaints(page)
    wide = await page.evaluate(TOO_WIDE)
    if wide > 0:
        found.append(f"{page.url} is {wide} px too wide")
    viewport = page.viewport_size
    if viewport and viewport["width"] < 1000:
        found += [f"{page.url} small target: {html}" for html in await page.evaluate(SMALL_TARGETS)]
    return found
