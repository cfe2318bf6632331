"""Coming in with a real browser, which keeps its cookies from forms of other sites as browsers do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, ViewportSize

from tests.browser.browsers import NARROW, PHONE, Witness
from tests.browser.examining import TOO_WIDE, complaints, examined
from tests.house import activated_candidate
from tests.registrations import registered
from tests.served import Served, served
from tests.tickets import REGISTRATION_SITE, activation_form, ticket
from webapp.database import opened_database
from webapp.records import Candidate

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Running:
    """The product, with candidates who have activated (``old``) and who have not (``new``)."""

    served: Served
    old: list[Candidate]
    new: list[Candidate]


@pytest.fixture(scope="module")
def running(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("entering")
    (data / "webapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite://{data / 'webapp.sqlite3'}"

    async def bring_in() -> tuple[list[Candidate], list[Candidate]]:
        async with opened_database(url):
            old = [await activated_candidate(f"lao{n}", name=f"测试老{n}") for n in range(2)]
            new = [await registered(f"xin{n}", name="测试新·很长的名字样例") for n in range(3)]
            return old, new

    old, new = asyncio.run(bring_in())
    with served(url, data, processes=1, registration_site=f"{REGISTRATION_SITE}/mine") as found:
        yield Running(found, old, new)


async def opened(
    browser: Browser, running: Running, size: ViewportSize, **more: Any
) -> tuple[BrowserContext, Page, Witness]:
    """A phone, and what its pages must never do."""
    context = await browser.new_context(base_url=running.served.url, viewport=size, locale="zh-CN", **more)
    witness = Witness(context, (running.served.url, REGISTRATION_SITE))
    return context, await context.new_page(), witness


async def press_upload(page: Page, running: Running, candidate: Candidate) -> None:
    """Presses 「上传相关材料」 on a page of the registration site, which is another site to the browser."""
    text = ticket(candidate, running.served.url)
    form = (
        f'<!doctype html><title>-</title><form method="post" action="{running.served.url}/enter">'
        f'<input type="hidden" name="ticket" value="{text}"><button>上传相关材料</button></form>'
    )

    async def answer(route: Route) -> None:
        await route.fulfill(content_type="text/html; charset=utf-8", body=form)

    await page.route(f"{REGISTRATION_SITE}/**", answer)
    await page.goto(f"{REGISTRATION_SITE}/mine")
    await page.get_by_role("button").click()
    await page.wait_for_url(f"{running.served.url}/**")
    await page.unroute_all()
    assert text not in page.url


async def fill_in(page: Page, form: dict[str, str]) -> None:
    """Fills the activation form in and presses 激活."""
    for name, value in form.items():
        field = page.locator(f"#{name}")
        if value == "yes":
            await field.check()
        elif name.startswith("question"):
            await field.select_option(value)
        else:
            await field.fill(value)
    await page.get_by_role("button", name="激活", exact=True).click()


async def test_the_first_time_and_later_on_a_phone(browser: Browser, running: Running) -> None:
    context, page, witness = await opened(browser, running, PHONE)
    newcomer, other = running.new[0], running.old[0]
    await press_upload(page, running, newcomer)
    assert page.url.endswith("/activate")
    assert await page.locator("#user_name").input_value() == newcomer.user_name
    ticks = page.locator("password-ticks .is-done")
    await page.locator("#password").fill("Yishi-8899")
    assert await ticks.count() == 2, "rules are ticked while the password is typed"
    await fill_in(page, activation_form(password_again="Yishi-8898", consent=""))
    assert await page.evaluate("document.activeElement.matches('.banner.is-problem')")
    assert await page.locator("#answer_1").input_value() == "示例路第一小学"
    assert await page.locator("#password").input_value() == ""
    assert await complaints(page) == []
    await page.get_by_role("link", name="两次输入的密码不一样。").click()
    assert await page.evaluate("document.querySelector('#password_again').matches(':target')")
    await fill_in(page, activation_form())
    await page.wait_for_url("**/my")
    await press_upload(page, running, newcomer)
    assert page.url.endswith("/my"), "the same person goes straight on"
    await press_upload(page, running, other)
    assert page.url.endswith("/enter")
    said = await page.inner_text("main")
    assert newcomer.name in said
    assert other.name in said
    assert await complaints(page) == []
    await page.get_by_role("button", name="是我，进入").click()
    await page.wait_for_url("**/my")
    assert other.name in await page.inner_text("body")
    await page.go_back()
    assert page.url.endswith("/my"), "the page before has nothing more to confirm"
    assert witness.seen == []
    await context.close()


async def test_its_pages_at_their_sizes(browser: Browser, running: Running) -> None:
    found, witnesses = [], []
    for size, scheme in ((PHONE, "dark"), (NARROW, "light")):
        context, page, witness = await opened(browser, running, size, color_scheme=scheme)
        witnesses.append(witness)
        found += await examined(context, page, "/enter")
        await press_upload(page, running, running.new[1])
        found += await examined(context, page, "/activate")
        await press_upload(page, running, running.old[1])
        found += await examined(context, page, "/enter")
        await page.get_by_role("button", name="不是我，不进入").click()
        found += await complaints(page)
    assert (found, [said for witness in witnesses for said in witness.seen]) == ([], [])


async def test_at_twice_the_text_size_nothing_scrolls_sideways(browser: Browser, running: Running) -> None:
    _, page, witness = await opened(browser, running, NARROW)
    for candidate in (running.old[1], running.new[1]):
        await press_upload(page, running, candidate)
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await page.evaluate(TOO_WIDE) <= 0, page.url
    assert witness.seen == []


async def test_without_scripts_everything_works_the_same(browser: Browser, running: Running) -> None:
    context, page, _ = await opened(browser, running, PHONE, java_script_enabled=False)
    await press_upload(page, running, running.new[2])
    await fill_in(page, activation_form(answer_1=""))
    assert "问题 1 的答案至少 2 个字" in await page.inner_text("main")
    await fill_in(page, activation_form())
    assert page.url.endswith("/my")
    await context.clear_cookies()
    await press_upload(page, running, running.new[2])
    await page.get_by_role("button", name="是我，进入").click()
    assert page.url.endswith("/my")
