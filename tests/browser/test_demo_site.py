"""From the demo registration site to the product in a real browser, with scripts and without."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.async_api import Browser

from tests.browser.browsers import NARROW, PHONE, Witness
from tests.demo.site_process import running_site
from webapp.demo.records import CANDIDATES

pytestmark = pytest.mark.asyncio(loop_scope="module")
PERSON = CANDIDATES[34]


class Product(ThreadingHTTPServer):
    """Stands where the product would: takes what is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.posted: list[tuple[str, dict[str, list[str]]]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Product)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posted.append((self.path, parse_qs(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"in")

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has there
        """Says nothing."""


@pytest.fixture
def product() -> Iterator[Product]:
    """A product that answers."""
    with Product() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
async def test_the_button_leads_to_the_product_by_itself_or_by_one_more_button(
    scripts: bool, product: Product, browser: Browser, tmp_path: Path
) -> None:
    with running_site(tmp_path, product.url) as site:
        context = await browser.new_context(viewport=PHONE, java_script_enabled=scripts)
        witness = Witness(context, "http://127.0.0.1:")
        page = await context.new_page()
        await page.goto(site.url)
        await page.get_by_role("link", name=PERSON.name).click()
        await page.get_by_role("button", name="上传相关材料").click()
        if not scripts:
            assert page.url == f"{site.url}/people/{PERSON.number}/ticket"
            await page.get_by_role("button", name="继续").click()
        await page.wait_for_url(f"{product.url}/enter")
        assert witness.seen == []
    ((path, form),) = product.posted
    assert (path, list(form)) == ("/enter", ["ticket"])


async def test_nothing_on_its_pages_is_wider_than_a_small_phone(browser: Browser, tmp_path: Path) -> None:
    with running_site(tmp_path, "http://127.0.0.1:9") as site:
        context = await browser.new_context(viewport=NARROW, java_script_enabled=False)
        page = await context.new_page()
        for path in ("", f"/people/{PERSON.number}", f"/people/{CANDIDATES[30].number}", "/nothing"):
            await page.goto(site.url + path)
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width == NARROW["width"], path
