"""Draw the app's icons for phones: ``static/icons/*.png`` from ``static/favicon.svg``, by headless Chromium.

    python -m tools.draw_icons

Four pictures: as it is in two sizes; filling its square, for systems that cut a shape out of it (only the middle 80 %
stays for sure); and the same for iOS, which rounds the corners itself and shows what is transparent in black.
"""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright

from tools.find_browser import find_browser

STATIC = Path(__file__).parents[1] / "static"
SOURCE = STATIC / "favicon.svg"
FOLDER = STATIC / "icons"
ICONS = {
    "app-192.png": (192, None),
    "app-512.png": (512, None),
    "app-maskable-512.png": (512, 0.9),
    "apple-touch-icon.png": (180, 1.0),
}
"""Width in pixels, and how large the drawing is on a ground that fills the square; None: as it is drawn."""
_COLOURS = 64


def drawing(scale: float | None) -> str:
    """The icon's SVG, on a full ground of its own colour where a scale is given."""
    svg = SOURCE.read_text("utf-8")
    if scale is None:
        return svg
    ground = re.search(r'<rect width="32" height="32" rx="7" fill="(#[0-9a-f]{6})"/>', svg)
    if ground is None:
        raise SystemExit(f"{SOURCE} has no ground")
    before, _, after = svg.partition(ground[0])
    margin = 16 * (1 - scale)
    inner = after.replace("</svg>", "</g></svg>")
    full = f'<rect width="32" height="32" fill="{ground[1]}"/>'
    return f'{before}{full}<g transform="translate({margin} {margin}) scale({scale})">{inner}'


async def draw() -> dict[str, bytes]:
    """All icons as PNG with a palette."""
    drawn = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(find_browser()), args=["--no-sandbox"])
        for name, (width, scale) in ICONS.items():
            page = await browser.new_page(viewport={"width": width, "height": width})
            svg = drawing(scale).replace("<svg ", f'<svg width="{width}" height="{width}" ', 1)
            await page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg}")
            drawn[name] = packed(await page.screenshot(omit_background=scale is None))
        await browser.close()
    return drawn


def packed(png: bytes) -> bytes:
    """The same with few colours, which is all that a flat drawing has."""
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    small, out = picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE), io.BytesIO()
    palette = small.getpalette("RGBA") or []
    # What is all but opaque is meant to be so.
    alphas = [255 if alpha > 247 else alpha for alpha in palette[3::4]]
    palette[3::4] = alphas
    small.putpalette(palette, "RGBA")
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    """Draw all and name their sizes."""
    FOLDER.mkdir(exist_ok=True)
    for name, png in asyncio.run(draw()).items():
        (FOLDER / name).write_bytes(png)
        print(f"{name}: {len(png):,} bytes")


if __name__ == "__main__":
    main()
