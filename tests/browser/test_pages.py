"""Every page of the house in a real browser: at its sizes, in the dark, at 200 % text, without a complaint."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FilePayload, Page, ViewportSize, expect

from tests.browser.browsers import DESKTOP, NARROW, PHONE, TABLET, TABLET_WIDE, Witness
from tests.browser.examining import TOO_WIDE, complaints, examined, problems_of
from tests.house import CANDIDATE_PASSWORD, StaffHeld, activated_candidate, enrolled_staff, phone_moved_on
from tests.registrations import sample_record
from tests.served import Served, served
from tests.tables import workbook
from webapp.actions.keep_staff import add_staff
from webapp.database import opened_database
from webapp.keyring import open_keyring
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Running:
    """The product with one person of each kind."""

    served: Served
    manager: StaffHeld
    reviewer: StaffHeld
    invitation: tuple[str, str]


@pytest.fixture(scope="module")
def running(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("pages")
    (data / "webapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite://{data / 'webapp.sqlite3'}"

    async def bring_in() -> tuple[StaffHeld, StaffHeld, tuple[str, str]]:
        async with opened_database(url):
            keyring = open_keyring("", data / "keys")
            manager = await enrolled_staff(keyring, "guanli", "12", [Role.MANAGER])
            reviewer = await enrolled_staff(keyring, "shenhe", "1201", [Role.REVIEWER])
            await activated_candidate("kaosheng")
            exam = await open_exam()
            invited = await add_staff(
                exam.code,
                by="operator",
                name="新人",
                user_name="xinren",
                posts=[(exam.offices[0].id, Role.AUDITOR)],
            )
            return manager, reviewer, (invited.user_name, invited.code)

    people = asyncio.run(bring_in())
    with served(url, data, processes=1) as found:
        yield Running(found, *people)


async def new_context(
    browser: Browser, running: Running, size: ViewportSize, **more: Any
) -> tuple[Any, Page, Witness]:
    context = await browser.new_context(
        base_url=running.served.url,
        viewport=size,
        locale="zh-CN",
        **more,
    )
    witness = Witness(context, running.served.url)
    return context, await context.new_page(), witness


PUBLIC = [
    "/",
    "/staff/sign-in",
    "/staff/enrol",
    "/help",
    "/help/entering",
    "/attachments/1-materials",
    "/no-such-page",
]


@pytest.mark.parametrize("size", [PHONE, NARROW], ids=["390", "320"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_doorway_on_a_phone(
    browser: Browser, running: Running, size: ViewportSize, scheme: str
) -> None:
    context, page, witness = await new_context(browser, running, size, color_scheme=scheme)
    found = [problem for path in PUBLIC for problem in await examined(context, page, path)]
    assert (found, witness.seen) == ([], [])


async def test_the_doorway_at_twice_the_text_size(browser: Browser, running: Running) -> None:
    _, page, witness = await new_context(browser, running, NARROW)
    for path in PUBLIC:
        await page.goto(path)
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await page.evaluate(TOO_WIDE) <= 0, path
    assert witness.seen == []


async def test_a_candidate_signs_in_on_a_phone(browser: Browser, running: Running) -> None:
    context, page, witness = await new_context(browser, running, PHONE)
    await page.goto("/")
    await page.get_by_label("用户名").fill("kaosheng")
    await page.get_by_label("密码", exact=True).fill("wrong-pass-1")
    await page.get_by_role("button", name="登录", exact=True).click()
    assert "用户名或密码不正确" in await page.inner_text("main")
    assert await page.get_by_label("用户名").input_value() == "kaosheng"
    assert await complaints(page) == []
    await page.get_by_label("密码", exact=True).fill(CANDIDATE_PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/my")
    found = [problem for path in ("/my", "/account") for problem in await examined(context, page, path)]
    await page.set_viewport_size({"width": 320, "height": 640})
    found += [problem for path in ("/my", "/account") for problem in await examined(context, page, path)]
    assert (found, witness.seen) == ([], [])
    await page.get_by_role("button", name="退出").click()
    await page.wait_for_url("**/?notice=signed-out")
    await page.go_back()
    assert "测试甲" not in await page.inner_text("body"), "the back button shows nothing after signing out"


async def test_the_countdown_follows_the_exams_clock(browser: Browser, running: Running) -> None:
    _, page, witness = await new_context(browser, running, PHONE)
    await page.goto("/")
    await page.get_by_label("用户名").fill("kaosheng")
    await page.get_by_label("密码", exact=True).fill(CANDIDATE_PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/my")
    assert "天" in await page.inner_text("countdown-clock")
    await page.locator(".demo-bar summary").click()
    async with page.expect_navigation():
        await page.get_by_role("button", name="到截止", exact=True).first.click()
    assert "已经截止" in await page.inner_text("main")
    await page.locator(".demo-bar summary").click()
    async with page.expect_navigation():
        await page.get_by_role("button", name="回到现在").first.click()
    # Where the duties have closed the case in between, their next turn gives it back.
    async with asyncio.timeout(20):
        while not await page.locator("countdown-clock").count():
            await page.wait_for_timeout(200)
            await page.reload()
    assert "天" in await page.inner_text("countdown-clock")
    assert witness.seen == []


async def test_a_manager_works_at_a_desk(browser: Browser, running: Running) -> None:
    context, page, witness = await new_context(browser, running, DESKTOP)
    await page.goto("/staff/sign-in")
    form = running.manager.form()
    await page.locator("#user_name").fill(form["user_name"])
    await page.locator("#password").fill(form["password"])
    await page.locator("#code").fill(form["code"])
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/staff")
    paths = (
        "/staff",
        "/staff/exam",
        "/staff/materials",
        "/staff/progress",
        "/staff/people",
        "/staff/registrations",
        "/staff/events",
        "/account",
    )
    found = [problem for path in paths for problem in await examined(context, page, path)]
    await page.set_viewport_size({"width": 820, "height": 1180})
    found += [problem for path in paths for problem in await examined(context, page, path)]
    found += await imports_a_table(page)
    assert (found, witness.seen) == ([], [])


async def imports_a_table(page: Page) -> list[str]:
    """The pages of a file follow its work by themselves; what is wrong with them."""
    await page.goto("/staff/registrations")
    rows = workbook([sample_record(801, "baoming801"), sample_record(802, "baoming802", site="1299")])
    file: FilePayload = {"name": "报名数据.xlsx", "mimeType": "application/octet-stream", "buffer": rows}
    await page.locator("#file").set_input_files(file)
    await page.get_by_role("button", name="上传并试运行").click()
    await page.locator("#take").wait_for()
    await page.locator(".found summary").click()
    found = await problems_of(page)
    await page.get_by_role("button", name="导入 1 行").click()
    await page.get_by_text("已导入，").wait_for()
    return found + await problems_of(page)


@pytest.mark.parametrize("size", [TABLET, TABLET_WIDE], ids=["portrait", "landscape"])
async def test_a_reviewer_holds_a_tablet(browser: Browser, running: Running, size: ViewportSize) -> None:
    context, page, witness = await new_context(browser, running, size)
    await page.goto("/staff/sign-in")
    async with opened_database(running.served.settings.database_url):
        await phone_moved_on(running.reviewer)
    form = running.reviewer.form()
    await page.locator("#user_name").fill(form["user_name"])
    await page.locator("#password").fill(form["password"])
    await page.locator("#code").fill(form["code"])
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/review")
    found = [problem for path in ("/review", "/account") for problem in await examined(context, page, path)]
    assert (found, witness.seen) == ([], [])


async def test_a_new_colleague_scans_and_types(browser: Browser, running: Running) -> None:
    user_name, code = running.invitation
    _, page, witness = await new_context(browser, running, PHONE)
    await page.goto("/staff/enrol")
    await page.locator("#user_name").fill(user_name)
    await page.locator("#code").fill(code)
    await page.get_by_role("button").filter(has_text="下一步").click()
    await expect(page.locator(".qr svg")).to_be_visible()
    assert await complaints(page) == []
    ticks = page.locator("password-ticks .is-done")
    assert await ticks.count() == 0
    await page.locator("#password").fill("correct horse battery")
    assert await ticks.count() >= 1, "a rule is ticked while the password is typed"
    assert witness.seen == []


async def test_no_page_needs_a_script(browser: Browser, running: Running) -> None:
    _, page, _ = await new_context(browser, running, PHONE, java_script_enabled=False)
    await page.goto("/")
    await page.locator("#user_name").fill("kaosheng")
    await page.locator("#password").fill(CANDIDATE_PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    assert page.url.endswith("/my")
    assert "截止" in await page.inner_text("main")
