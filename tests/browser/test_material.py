"""A candidate's list and material pages on a phone, against the product as it is served."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.async_api import (
    Browser,
    BrowserContext,
    Dialog,
    FilePayload,
    Locator,
    Page,
    Route,
    ViewportSize,
    expect,
)

from tests.browser.browsers import NARROW, PHONE, Witness, until
from tests.browser.examining import TOO_WIDE, examined, problems_of
from tests.house import CANDIDATE_PASSWORD, activated_candidate
from tests.photos import pictures
from tests.served import Served, served
from webapp.database import opened_database

pytestmark = pytest.mark.asyncio(loop_scope="module")

PEOPLE = ("kan", "zhuan", "duan", "tui", "guoqi", "daqi", "yemian", "wujiao", "cai", "zai", "gong", "yong")
NO_PHOTO: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo at all"}
EMPTY: FilePayload = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b""}
# So tall that the bottom bar covers nothing, which axe would take for small targets.
TALL: ViewportSize = {"width": 390, "height": 3_000}
NOT_BY_FINGER = """
() => [...document.querySelectorAll(
    '.row, .attachment, .minus, .slot__turn, .add, .pick, .undo .button, .tools__tool, .masthead__tool'
)].filter(node => {
    const box = node.getBoundingClientRect()
    return box.width > 0 && (box.height < 43.5 || box.width < 43.5)
}).map(node => node.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module")
def product(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The product with one candidate for each walk."""
    data = tmp_path_factory.mktemp("material")
    (data / "webapp.sqlite3").write_bytes(sqlite_template.read_bytes())
    url = f"sqlite://{data / 'webapp.sqlite3'}"

    async def bring_in() -> None:
        async with opened_database(url):
            for name in PEOPLE:
                more = {"is_assistant": "是", "workplace_grade": "二级"} if name == "kan" else {}
                await activated_candidate(name, **more)

    asyncio.run(bring_in())
    with served(url, data, processes=1) as running:
        yield running


BYPASSING: dict[str, Any] = {"service_workers": "block"}
"""For a phone on which a test lays routes: they do not see what goes through a service worker."""


async def signed_in(browser: Browser, product: Served, name: str, **more: Any) -> tuple[BrowserContext, Page]:
    """A phone in which this candidate has just signed in."""
    settings: dict[str, Any] = {"viewport": PHONE, "locale": "zh-CN", "base_url": product.url, **more}
    phone = await browser.new_context(**settings)
    page = await phone.new_page()
    await page.goto("/")
    await page.locator("#user_name").fill(name)
    await page.locator("#password").fill(CANDIDATE_PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/my")
    return phone, page


def photo(number: int = 0) -> FilePayload:
    """A picture of a page, another one for each number."""
    data = pictures.written(pictures.page(1200 + 8 * number, 900), quality=90)
    return {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": data}


def place(page: Page, slot: str = "front") -> Locator:
    return page.locator(f"photo-slot[slot={slot}]").first


async def choose(page: Page, *files: FilePayload) -> None:
    await page.locator("[data-album]").set_input_files(list(files))


async def is_in(where: Locator, state: str) -> None:
    await expect(where).to_have_attribute("state", state, timeout=15_000)


async def opened(page: Page, code: str = "ID") -> None:
    """The material's page, once its scripts have taken over."""
    await page.goto(f"/my/materials/{code}")
    await expect(page.locator("[data-album]")).to_be_attached()


async def wrong(page: Page) -> list[str]:
    """What is wrong with a page of photos as it stands."""
    return [*await problems_of(page), *await page.evaluate(NOT_BY_FINGER)]


TILTED = ((300, 160), (1300, 240), (1420, 1080), (200, 980))
QUARTERS = ((200, 40, 40), (40, 160, 40), (40, 60, 200), (220, 190, 40))
"""Of the sheet, clockwise from its top left."""


def tilted_sheet() -> FilePayload:
    """1,600 x 1,200 pixels of dark table with a sheet of four colours on it, seen from the side."""
    table = Image.new("RGB", (1600, 1200), (70, 60, 50))
    pen = ImageDraw.Draw(table)
    middle = tuple(sum(point[axis] for point in TILTED) / 4 for axis in (0, 1))
    between = [
        tuple((one + other) / 2 for one, other in zip(TILTED[at], TILTED[(at + 1) % 4], strict=True))
        for at in range(4)
    ]
    for at, colour in enumerate(QUARTERS):
        pen.polygon([TILTED[at], between[at], middle, between[at - 1]], fill=colour)
    data = pictures.written(Image.blend(table, pictures.page(1600, 1200), 0.06), quality=92)
    return {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": data}


async def test_a_photo_is_cropped_by_its_corners_turned_and_stored_straight(
    browser: Browser, product: Served
) -> None:
    phone, page = await signed_in(browser, product, "cai")
    witness = Witness(phone, product.url)
    page = await phone.new_page()
    await opened(page)
    await choose(page, tilted_sheet())
    await is_in(place(page), "arrived")
    before = str(await place(page).get_attribute("photo"))
    await place(page).get_by_role("button", name="查看、裁剪人像面").click()
    await expect(page.locator("light-table img")).to_be_visible(timeout=15_000)
    found = await wrong(page)
    tools = page.get_by_role("toolbar", name="调整照片")
    await tools.get_by_role("button", name="裁剪").click()
    sheet = page.locator("corner-frame [data-photo]")
    await expect(sheet).to_be_visible(timeout=15_000)
    await page.wait_for_function("img => img.naturalWidth > 0", arg=await sheet.element_handle())
    found += await wrong(page)
    box = await sheet.bounding_box()
    assert box is not None
    for at, (x, y) in enumerate(TILTED):
        corner = await page.locator(f"[data-corner='{at}']").bounding_box()
        assert corner is not None
        assert min(corner["width"], corner["height"]) >= 44
        await page.mouse.move(corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2)
        await page.mouse.down()
        await expect(page.locator("[data-loupe]")).to_be_visible()
        await page.mouse.move(
            box["x"] + x / 1600 * box["width"], box["y"] + y / 1200 * box["height"], steps=2
        )
        await page.mouse.up()
    # By key a little further inside, and back by the button that takes a step back.
    await page.locator("[data-corner='0']").press("Shift+ArrowRight")
    await tools.get_by_role("button", name="撤销").click()
    await page.get_by_role("button", name="拉正").click()
    await tools.get_by_role("button", name="向右转").click()
    await page.get_by_role("button", name="使用这张").click()
    await expect(place(page)).not_to_have_attribute("photo", before)
    await is_in(place(page), "arrived")
    # One has taken the other's place.
    await expect(page.locator("[data-count=have]")).to_have_text("1")
    after = await place(page).get_attribute("photo")
    answer = await page.request.get(f"/my/photos/{after}")
    stored = pictures.read(await answer.body())
    assert 1.1 < stored.height / stored.width < 1.45, "as the sheet lies, turned"
    seen = [
        stored.getpixel((round(x * stored.width), round(y * stored.height)))
        for x, y in ((0.03, 0.03), (0.97, 0.03), (0.97, 0.97), (0.03, 0.97))
    ]
    # Turned clockwise: what was at the bottom left is at the top left, and no corner shows the table.
    for colour, meant in zip(seen, (QUARTERS[3], *QUARTERS[:3]), strict=True):
        assert isinstance(colour, tuple)
        assert max(abs(is_ - was) for is_, was in zip(colour, meant, strict=True)) < 45, seen
    assert (found, witness.seen) == ([], [])


async def test_a_photo_is_chosen_received_turned_deleted_and_brought_back(
    browser: Browser, product: Served
) -> None:
    phone, page = await signed_in(browser, product, "zhuan")
    witness = Witness(phone, product.url)
    page = await phone.new_page()
    await opened(page)
    found = await wrong(page)
    await expect(page.locator("[data-next]")).to_have_text("人像面")
    await choose(page, photo())
    await is_in(place(page), "arrived")
    await expect(place(page).locator(".slot__note:visible")).to_contain_text("KB")
    await expect(page.locator("#material-announcement")).to_have_text("人像面：已收到")
    await expect(page.locator("[data-count=have]")).to_have_text("1")
    await expect(page.locator("[data-next]")).to_have_text("国徽面")
    picture = place(page).locator("img")
    wide = "img => img.complete && img.naturalWidth > img.naturalHeight"
    await page.wait_for_function(wide, arg=await picture.element_handle())
    await place(page).get_by_role("button", name="旋转人像面").click()
    await page.wait_for_function(
        "img => img.complete && img.naturalHeight > img.naturalWidth", arg=await picture.element_handle()
    )
    found += await wrong(page)
    await place(page).get_by_role("button", name="删除人像面").click()
    await is_in(place(page), "empty")
    await expect(page.locator("undo-bar")).to_contain_text("已删除：人像面")
    await expect(page.locator("undo-bar button")).to_be_focused()
    found += await wrong(page)
    await page.keyboard.press("Enter")
    await is_in(place(page), "arrived")
    await page.reload()
    await is_in(place(page), "arrived")
    assert "?v=2" in str(await place(page).locator("img").get_attribute("src")), "it is still turned"
    await place(page).get_by_role("button", name="查看、裁剪人像面").click()
    await page.locator("mend-screen input[type=file]").set_input_files([EMPTY])
    await expect(page.locator("#material-say")).to_contain_text("这个文件是空的")
    assert (found, witness.seen) == ([], [])


async def test_without_a_network_a_photo_is_kept_shown_on_the_list_and_sent_later(
    browser: Browser, product: Served
) -> None:
    phone, page = await signed_in(browser, product, "duan", **BYPASSING)
    broken: list[str] = []
    phone.on("weberror", lambda error: broken.append(str(error.error)))
    await opened(page, "PROBATION")
    await page.wait_for_load_state("networkidle")
    await phone.set_offline(True)
    await choose(page, photo())
    await is_in(place(page, "page"), "kept")
    await expect(place(page, "page")).to_contain_text("还没上传。联网后自动上传。")
    await page.wait_for_function(
        "() => document.querySelector('photo-slot img').naturalWidth > 0"
    )  # a preview

    async def fails(route: Route) -> None:
        await route.abort()

    await phone.route("**/my/photos/*slot=*", fails)
    await phone.set_offline(False)
    await page.goto("/my")
    row = page.locator("li[data-material=PROBATION]")
    await expect(row).to_contain_text("已保存在本机 1 张，等待上传", use_inner_text=True)
    await expect(page.locator("#list-say")).to_contain_text("1 张照片还在本机")
    await expect(page.locator("h1")).to_have_text("还差 4 项必传材料")
    await page.set_viewport_size(TALL)
    assert await wrong(page) == []
    await phone.unroute("**/my/photos/*slot=*")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(page.locator("[data-section=done] li[data-material=PROBATION]")).to_contain_text("已收到")
    await expect(page.locator("h1")).to_have_text("还差 3 项必传材料")
    await expect(page.locator(".meter > .is-done")).to_have_count(1)
    await expect(page.locator("#list-say")).to_be_empty()
    assert await row.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    await page.reload()
    await expect(page.locator("[data-section=done] li[data-material=PROBATION]")).to_contain_text("1 张，")
    assert broken == []


WARNED = """([closesIn, words]) => document.dispatchEvent(
    new CustomEvent("deadline-told", { detail: { closesIn, words } }))"""
KEPT = """([database, store]) => indexedDB.databases().then(known => new Promise(resolve => {
    if (!known.some(({ name }) => name === database)) return resolve(0)
    const opening = indexedDB.open(database)
    opening.onsuccess = () => {
        const counting = opening.result.transaction(store).objectStore(store).count()
        counting.onsuccess = () => resolve(counting.result)
        opening.result.close()
    }
}))"""
"""How much lies in a store of the phone."""


async def test_leaving_with_unsent_photos_asks_twice(browser: Browser, product: Served) -> None:
    phone, page = await signed_in(browser, product, "tui", **BYPASSING)
    await until(page, KEPT, ["last-seen", "lists"], answer=1)
    await opened(page)
    await page.wait_for_load_state("networkidle")
    await phone.set_offline(True)
    await choose(page, photo())
    await is_in(place(page), "kept")
    await phone.route("**/my/photos/*slot=*", lambda route: route.abort())
    await phone.set_offline(False)
    await page.goto("/account")
    leaving = page.locator("leaving-phone")
    await leaving.get_by_role("button", name="退出登录").click()
    await expect(leaving).to_contain_text("1 张照片还没有上传")
    await expect(leaving.locator("[data-list] li")).to_contain_text("身份证明 人像面")
    await expect(leaving.locator(":focus")).to_have_text("1 张照片还没有上传")
    assert await problems_of(page) == []
    await leaving.get_by_role("button", name="不退出").click()
    await expect(leaving.get_by_role("button", name="退出登录")).to_be_visible()
    await opened(page)
    await is_in(place(page), "kept")
    await page.goto("/account")
    await leaving.get_by_role("button", name="退出登录").click()
    await leaving.get_by_role("button", name="清除照片并退出").click()
    await expect(leaving).to_contain_text("清除以后不能恢复")
    assert page.url.endswith("/account"), "one press does not do it"
    await leaving.get_by_role("button", name="再点一次").click()
    await page.wait_for_url("**/?notice=signed-out")
    for place_of in (["outbox", "bytes"], ["last-seen", "lists"]):
        assert await page.evaluate(KEPT, place_of) == 0


async def test_leaving_with_nothing_unsent_just_leaves(browser: Browser, product: Served) -> None:
    _, page = await signed_in(browser, product, "tui")
    await page.goto("/account")
    await page.get_by_role("button", name="退出登录").click()
    await page.wait_for_url("**/?notice=signed-out")


async def test_when_the_session_has_ended_the_photo_stays_and_the_way_back_is_named(
    browser: Browser, product: Served
) -> None:
    phone, page = await signed_in(browser, product, "guoqi")
    await opened(page)
    await page.wait_for_load_state("networkidle")
    elsewhere = await phone.new_page()
    await elsewhere.goto("/account")
    await elsewhere.get_by_role("button", name="退出登录").click()
    await elsewhere.wait_for_url("**/?notice=signed-out")
    await choose(page, photo())
    await expect(page.locator("#material-say")).to_contain_text("登录已经过期")
    await is_in(place(page), "kept")
    assert await problems_of(page) == []
    await page.locator("#material-say").get_by_role("link", name="重新登录").click()
    await page.locator("#user_name").fill("guoqi")
    await page.locator("#password").fill(CANDIDATE_PASSWORD)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url("**/my")
    await expect(page.locator("li[data-material=ID]")).to_contain_text("还差 2 张", timeout=15_000)


async def test_a_shared_computer_forgets_whose_list_was_seen_and_loses_no_photo_when_the_session_ends(
    browser: Browser, product: Served
) -> None:
    phone, page = await signed_in(browser, product, "gong", **BYPASSING)
    await until(page, KEPT, ["last-seen", "lists"], answer=1)
    await phone.clear_cookies()

    async def sign_in(where: Page) -> None:
        await where.goto("/")
        await where.locator("#user_name").fill("yong")
        await where.locator("#password").fill(CANDIDATE_PASSWORD)
        await where.get_by_label("这是公用的手机或电脑").check()
        await where.get_by_role("button", name="登录", exact=True).click()
        await where.wait_for_url("**/my")

    await sign_in(page)
    await until(page, KEPT, ["last-seen", "lists"], answer=0)
    await page.wait_for_load_state("networkidle")
    await page.evaluate(WARNED, [1_000, "5月6日 24:00"])
    await expect(page.locator("#deadline-warning")).to_contain_text("离截止不到 30 分钟")
    await page.evaluate(WARNED, [400_000, "5月9日 24:00"])
    await expect(page.locator("#deadline-warning")).to_be_empty()

    await opened(page)
    await page.wait_for_load_state("networkidle")
    await phone.clear_cookies()
    await choose(page, photo())
    said = page.locator("#material-say")
    await expect(said).to_contain_text("离开本页就没有了")
    await is_in(place(page), "held")
    async with phone.expect_page() as opening:
        await said.get_by_role("link", name="另开页面登录").click()
    await sign_in(await opening.value)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await is_in(place(page), "arrived")
    await expect(said).to_contain_text("公用设备上不保存照片")
    assert await page.evaluate(KEPT, ["outbox", "bytes"]) == 0


async def test_pages_are_numbered_and_what_is_no_photo_gives_way(browser: Browser, product: Served) -> None:
    _, page = await signed_in(browser, product, "yemian")
    await opened(page, "DIPLOMA")
    await choose(page, photo(1))
    await is_in(place(page, "page"), "arrived")
    await expect(page.locator("[data-when-complete]")).to_be_visible()
    await expect(page.locator("[data-next]")).to_have_text("第 2 张")
    await choose(page, NO_PHOTO)
    second = page.locator("photo-slot").nth(1)
    await is_in(second, "unusable")
    await expect(second).to_contain_text("这个文件不是照片")
    assert await wrong(page) == []
    await page.reload()
    await is_in(second, "unusable")
    await second.locator("input[type=file]").last.set_input_files([photo(2)])
    await is_in(second, "arrived")
    await place(page, "page").get_by_role("button", name="删除第 1 张").click()
    await expect(page.locator("photo-slot")).to_have_count(2)
    labels = [await one.get_attribute("label") for one in await page.locator("photo-slot").all()]
    assert labels == ["第 1 张", "第 2 张"]
    await page.goto("/my")
    await expect(page.locator("li[data-material=DIPLOMA]")).to_contain_text("1 张，")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_stand_at_every_size_and_in_the_dark(
    browser: Browser, product: Served, scheme: str
) -> None:
    phone, page = await signed_in(browser, product, "kan", viewport=TALL, color_scheme=scheme)
    witness = Witness(phone, product.url)
    page = await phone.new_page()
    await opened(page)
    if await place(page).get_attribute("state") == "empty":
        await choose(page, photo())
    await is_in(place(page), "arrived")
    view = str(await page.locator("a.picture").first.get_attribute("href"))
    found = []
    for path in (
        "/my",
        "/my/materials/ID",
        "/my/materials/ASST_LIC",
        "/my/materials/OTHER?problem=photo.empty",
        "/my/receipt",
        view,
    ):
        found += await examined(phone, page, path)
        found += await page.evaluate(NOT_BY_FINGER)
        await page.set_viewport_size({**TALL, "width": 320})
        found += await wrong(page)
        await page.set_viewport_size(TALL)
    assert (found, witness.seen) == ([], [])


async def test_twice_the_text_size_scrolls_nothing_sideways(browser: Browser, product: Served) -> None:
    _, page = await signed_in(browser, product, "kan", viewport=NARROW)
    for path in ("/my", "/my/materials/ID", "/my/materials/ORG_LIC", "/my/receipt", "/account"):
        await page.goto(path)
        await page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await page.evaluate(TOO_WIDE) <= 0, path


async def test_without_scripts_a_file_that_is_no_photo_is_explained_and_can_be_sent_anew(
    browser: Browser, product: Served
) -> None:
    _, page = await signed_in(browser, product, "wujiao", java_script_enabled=False)
    await page.goto("/my/materials/ID")
    await expect(page.locator("form.plain")).to_have_count(3)
    form = place(page).locator("form.plain")
    await form.locator("input[type=file]").set_input_files([NO_PHOTO])
    await form.get_by_role("button", name="上传").click()
    await expect(place(page)).to_contain_text("这个文件不是照片", timeout=15_000)
    await place(page).locator("input[type=file]").set_input_files([photo()])
    await place(page).get_by_role("button", name="上传").click()
    await expect(place(page)).to_contain_text("已收到", timeout=15_000)
    await place(page).get_by_role("button", name="旋转人像面").click()
    assert "?v=2" in str(await place(page).locator("img").get_attribute("src"))
    await expect(page.locator("form.plain")).to_have_count(2)


async def test_a_photo_chosen_twice_is_asked_about_and_help_says_what_is_missing_until_all_is_there(
    browser: Browser, product: Served
) -> None:
    phone, page = await signed_in(browser, product, "zai", **BYPASSING)
    # A phone whose clock is a day ahead: the deadline is three days off, and nothing is over.
    await phone.add_init_script("const real = Date.now; Date.now = () => real() + 86400000")
    asked: list[str] = []

    async def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.on("dialog", leave)

    async def fails(route: Route) -> None:
        await route.abort()

    await phone.route("**/my/photos/*slot=*", fails)
    another = await phone.new_page()
    await another.goto("/help", wait_until="networkidle")
    await opened(page, "OTHER")
    album = page.locator(".actions input[data-album]")
    await expect(album).to_have_attribute("multiple", "")
    await album.set_input_files([photo(), photo(), photo(1)])
    question, bar = page.locator("#material-same"), page.locator("#unsent-bar")
    await expect(question).to_contain_text("其他补充材料 第 1 张：在本机，等待上传")
    await expect(bar).to_contain_text("未上传 2 张")
    await question.get_by_role("button", name="仍要上传").click()
    await expect(bar).to_contain_text("未上传 3 张")
    await expect(another.locator("#unsent-bar")).to_contain_text("未上传 3 张")
    await another.close()
    await expect(question).to_be_empty()
    await page.locator("a[href='/help']").first.click()
    await expect(page.locator("h1")).to_have_text("帮助")
    await expect(bar).to_contain_text("未上传 3 张")
    assert asked == [], "what lies on the phone goes on here"
    await phone.unroute("**/my/photos/*slot=*")
    await page.evaluate("dispatchEvent(new Event('online'))")
    await expect(bar).to_contain_text("照片都已送达")
    await opened(page, "OTHER")
    await expect(page.locator("[data-count=have]").first).to_have_text("3")
    await album.set_input_files([photo(1)])
    await expect(question).to_contain_text("已收到")
    await question.get_by_role("button", name="不传了").click()
    await expect(question).to_be_empty()
    await expect(bar).to_be_hidden()
    await expect(page.locator("#deadline-warning")).to_be_empty()
    await phone.close()
