"""The app on the phone: it can be installed, works without network as far as it says, and changes builds quietly."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, async_playwright, expect

from tests.browser.browsers import ARGUMENTS, PHONE, until
from tests.browser.examining import problems_of
from tests.house import CANDIDATE_PASSWORD, activated_candidate
from tests.photos import pictures
from tests.served import free_port, served
from tools.find_browser import find_browser
from webapp.database import opened_database
from webapp.pages.pwa import worker_source
from webapp.pages.static_files import Build, StaticFile, build

SHOTS = os.environ.get("SHOTS", "")
"""A folder for pictures of what the test sees, for people."""
KEPT = """async () => {
    const kept = []
    for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) kept.push(`${name} ${new URL(url).pathname}`)
    }
    return kept
}"""
HAS_KEPT = f"async name => (await ({KEPT})()).some(line => line.endsWith(name))"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"


@asynccontextmanager
async def phone(folder: Path) -> AsyncIterator[BrowserContext]:
    """A browser with a profile: nothing can be installed in one that forgets everything."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(folder),
            executable_path=str(find_browser()),
            args=ARGUMENTS,
            viewport=PHONE,
            locale="zh-CN",
        )
        try:
            yield context
        finally:
            await context.close()


async def seen(page: Page, name: str) -> None:
    """Keeps pictures, where somebody wants to look."""
    if SHOTS:
        for width in (320, PHONE["width"]):
            await page.set_viewport_size({"width": width, "height": 844})
            await page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_installs_and_without_network_shows_the_list_and_the_photo_that_waits(
    database_url: str, tmp_path: Path
) -> None:
    async with opened_database(database_url), phone(tmp_path / "profile") as context:
        await activated_candidate("zhangsan")
        page, errors = context.pages[0], []
        page.on("pageerror", lambda error: errors.append(str(error)))
        with served(database_url, tmp_path) as product:
            await page.goto(product.url)
            await page.locator("[name=user_name]").fill("zhangsan")
            await page.locator("[name=password]").fill(CANDIDATE_PASSWORD)
            await page.get_by_role("button", name="登录", exact=True).click()
            await page.wait_for_url("**/my")
            chrome = await context.new_cdp_session(page)
            assert (await chrome.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
            await page.wait_for_function(CONTROLLED)
            await until(page, HAS_KEPT, "/offline")
            await page.goto(f"{product.url}/my/materials/ID")
            await page.wait_for_load_state("networkidle")
        album = page.locator(".actions input[type=file]:not([capture])")
        photo = pictures.written(pictures.page(1_200, 900, 20), quality=85)
        await album.set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo})
        place = page.locator("photo-slot[slot=front]")
        await expect(place.locator(".state:visible")).to_have_text("已保存在本机", timeout=15_000)

        await page.reload()
        own = page.locator("#offline-own")
        await expect(page.locator("h1")).to_have_text("现在没有网络")
        await expect(own.locator("section", has_text="在本机等待上传的照片")).to_contain_text("身份证明")
        await expect(own.locator(".state.is-kept")).to_have_text(["已保存在本机", "已保存在本机"])
        await expect(own.locator("li", has_text="1 张，等待上传")).to_contain_text("身份证明")
        await expect(own.locator("section", has_text="必传，还没传齐").last).to_contain_text("毕业证书")
        await page.wait_for_function("document.querySelector('#offline-own img')?.naturalWidth > 0")
        assert await problems_of(page) == []
        await seen(page, "offline")
        kept = await page.evaluate(KEPT)
        assert kept, "it does keep something"
        assert [
            one for one in kept if "/static/" not in one and " /offline" not in one and "pages " not in one
        ] == []

        async with answering(product.url.rpartition(":")[2], lambda _path: b"<h1>back</h1>"):
            await page.evaluate("dispatchEvent(new Event('online'))")
            await expect(page.locator("h1")).to_have_text("back")
        assert errors == []


async def test_a_page_goes_on_with_its_own_build_and_the_next_one_is_of_the_new(tmp_path: Path) -> None:
    old, new = a_build("aaaaaaaaaaaa"), a_build("bbbbbbbbbbbb")
    serving = old

    def answer(path: str) -> bytes | None:
        if path == "/service-worker.js":
            return worker_source(serving).encode()
        if path in {"/my", "/offline"}:
            return f'<script type="module" src="/static/{serving.name}/js/candidate.js"></script>'.encode()
        before, _, name = path.partition(f"/static/{serving.name}/")
        found = serving.files.get(name) if not before else None
        return None if found is None else found.plain

    port = str(free_port())
    async with answering(port, answer), phone(tmp_path) as context:
        page = context.pages[0]
        await page.goto(f"http://127.0.0.1:{port}/my")
        await page.wait_for_function(CONTROLLED)
        await until(page, HAS_KEPT, "/js/late.js")
        await page.evaluate("globalThis.typed = 'half a sentence'")
        serving = new
        await page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update())")
        await until(page, "navigator.serviceWorker.getRegistration().then(found => found.waiting !== null)")
        script = f"/static/{old.name}/js/late.js"
        assert (
            await page.evaluate("path => fetch(path, {method: 'HEAD'}).then(got => got.status)", script)
            == 404
        )
        await page.evaluate("globalThis.late()")
        said = "[globalThis.said, globalThis.typed]"
        assert await page.evaluate(said) == [f"of {old.name}", "half a sentence"]

        await page.goto(f"http://127.0.0.1:{port}/my")
        await until(page, "caches.keys().then(names => `${names.sort()}`)", answer=f"pages,shell-{new.name}")
        await page.evaluate("globalThis.late()")
        assert await page.evaluate(said) == [f"of {new.name}", None]


def a_build(name: str) -> Build:
    """The scripts that install the worker, and a page's script that asks for another one late."""
    ours = ("installing", "server/policy", "service-worker")
    files = {name: build().files[f"js/{name}.js"] for name in ours}
    page = 'import "./installing.js"; globalThis.late = () => import("./late.js");'
    texts = {"candidate": page, "late": f'globalThis.said = "of {name}";'}
    script = StaticFile("text/javascript", b"", None)
    files |= {key: replace(script, plain=text.encode()) for key, text in texts.items()}
    others = ("css/candidate.css", "css/doorway.css", "icons.svg", "favicon.svg")
    return Build(name, {f"js/{key}.js": file for key, file in files.items()} | dict.fromkeys(others, script))


@asynccontextmanager
async def answering(port: str, answer: Callable[[str], bytes | None]) -> AsyncIterator[None]:
    """A server that says what ``answer`` has for a path; None is 404."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode().split(" ", 2)
        body = answer(asked[1])
        kind = "text/javascript" if asked[1].endswith(".js") else "text/html; charset=utf-8"
        head = f"HTTP/1.1 {404 if body is None else 200} -\r\nContent-Type: {kind}\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body or b'')}\r\n\r\n".encode())
        writer.write(b"" if asked[0] == "HEAD" else body or b"")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", int(port))
    try:
        yield
    finally:
        server.close()
