"""From the picker through the outbox to the receipt, on a page that delivers what material-page.js asks for."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.imaging.photo_site import Asked, Reply, Site, phone, receipt, serving

MATERIAL = """<!doctype html>
<html lang="zh-Hans"><head><meta charset="utf-8"><title>身份证明</title>
<script type="module" src="/static/js/material-page.js"></script></head>
<body>
<main id="material" data-person="li" data-material="identity" data-photos-url="/my/photos/"
      data-max-bytes="204800">
  <div id="material-say" role="status"></div>
  <p id="material-announcement" role="status" data-pattern="{label}：{words}"></p>
  <p>已传齐 <b data-count="done">4</b> 项</p>
  <div class="slots" role="list">
    <photo-slot class="slot" role="listitem" slot="portrait" label="人像面" state="empty" places="1">
      人像面 未上传</photo-slot>
    <photo-slot class="slot" role="listitem" slot="page" label="内页" label-pattern="内页 {number}" state="empty"
                min="1" places="3">
      内页 未上传</photo-slot>
  </div>
  <div class="actions">
    <div id="undo-place"></div>
    <p data-when-next>下一张：<strong data-next></strong></p>
    <p data-when-full hidden>都放满了</p>
    <photo-picker template="photo-picker-template"><form id="plain" method="post"></form></photo-picker>
  </div>
</main>
<template id="photo-picker-template">
  <label>拍照<input type="file" accept="image/*" capture="environment"></label>
  <label>从相册选择<input id="album" type="file" accept="image/*"></label>
</template>
<template id="photo-slot-template">
  <h2 data-pattern="{label}"></h2>
  <div data-when="preparing held kept sending processing arrived refused unusable returned locked">
    <a data-part="link"><img data-part="picture" alt="{label}"></a>
    <progress data-part="bar" max="100" data-when="sending"></progress>
    <button type="button" data-act="minus" data-when="held kept sending processing arrived refused unusable returned"
            aria-label="删除{label}">-</button>
  </div>
  <photo-picker data-when="empty optional unusable">
    <label>添加<input type="file" aria-label="添加{label}"></label>
  </photo-picker>
  <span class="state" data-when="empty optional">未上传</span>
  <span class="state" data-when="preparing">正在保存</span>
  <span class="state" data-when="held">正在等待上传，请不要关闭本页</span>
  <span class="state" data-when="kept">已保存在本机</span>
  <span class="state" data-when="sending">正在上传</span>
  <span class="state" data-when="processing">正在处理</span>
  <span class="state" data-when="arrived">已收到</span>
  <span class="state" data-when="refused">没有传成功</span>
  <span class="state" data-when="unusable">没有收下</span>
  <p data-pattern="{words}"></p>
  <button type="button" data-act="turn" data-when="kept arrived" aria-label="转{label}">转</button>
  <button type="button" data-act="retry" data-when="refused">重试</button>
</template>
<template id="undo-bar-template">
  <p data-pattern="{label}已删除，{seconds} 秒内可以撤销"></p><button type="button" data-act="undo">撤销</button>
</template>
<template data-say="signed-out">登录已过期，<a href="/">重新登录</a></template>
<template data-say="not-durable">照片还没有保存在本机</template>
<template data-say="unreachable">网络不通</template>
<template data-say="empty">这个文件是空的</template>
</body></html>
"""


def small_jpeg(colour: tuple[int, int, int] = (200, 190, 180)) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((320, 240)).save(out, "JPEG", comment=str(colour))
    return out.getvalue()


def choose(where: Page | Locator, *pictures: bytes, picker: str = "#album") -> None:
    files = [{"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": picture} for picture in pictures]
    where.locator(picker).set_input_files(files)  # type: ignore[arg-type]


def place(page: Page, name: str = "portrait") -> Locator:
    return page.locator(f"photo-slot[slot={name}]").first


def is_in(locator: Locator, state: str) -> None:
    expect(locator).to_have_attribute("state", state, timeout=15_000)


def until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came true")


def unreachable(_asked: Asked) -> Reply:
    return Reply(0, lost=True)


def says(status: int, code: str, sentence: str = "") -> Callable[[Asked], Reply]:
    return lambda _asked: Reply(status, {"error": {"code": code, "sentence": sentence}})


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    with phone(browser, site) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    site.pages["/my/materials/identity"] = MATERIAL
    page = context.new_page()
    page.goto("/my/materials/identity")
    expect(page.locator("#album")).to_be_visible()
    return page


def test_a_chosen_photo_is_sent_and_shown_with_the_servers_receipt(page: Page, site: Site) -> None:
    expect(page.locator("#plain")).to_have_count(0)
    choose(page, small_jpeg())
    is_in(place(page), "arrived")
    [put] = site.puts()
    assert put.path == f"/my/photos/{put.photo}?slot=identity.portrait&person=li"
    assert put.type == "image/jpeg"
    assert Image.open(io.BytesIO(put.body)).size == (320, 240)
    expect(place(page)).to_have_attribute("photo", put.photo)
    expect(place(page)).to_contain_text("5月3日 21:14")
    expect(page.locator("[data-count=done]")).to_have_text("5")
    expect(page.locator("#material-announcement")).to_have_text("人像面：已收到")
    expect(page.locator("[data-next]")).to_have_text("内页 1")


def test_a_kept_photo_survives_a_reload_and_arrives_under_the_same_id(page: Page, site: Site) -> None:
    site.answer = unreachable
    choose(page, small_jpeg())
    is_in(place(page), "kept")
    expect(place(page).locator(".state:visible")).to_have_text("已保存在本机")
    until(page, lambda: len(site.puts()) > 0)
    page.reload()
    is_in(place(page), "kept")
    ids = {put.photo for put in site.puts()}
    assert len(ids) == 1
    site.answer = receipt
    page.evaluate("dispatchEvent(new Event('online'))")
    is_in(place(page), "arrived")
    assert {put.photo for put in site.puts()} == ids
    page.reload()
    expect(page.locator("#album")).to_be_visible()
    is_in(place(page), "empty")


def test_when_the_reply_is_lost_the_same_bytes_go_again_under_the_same_id(page: Page, site: Site) -> None:
    stored: dict[str, bytes] = {}

    def forgetful(asked: Asked) -> Reply:
        first = asked.photo not in stored
        stored.setdefault(asked.photo, asked.body)
        return Reply(0, lost=True) if first else receipt(asked)

    site.answer = forgetful
    choose(page, small_jpeg())
    is_in(place(page), "arrived")
    assert len(stored) == 1
    assert len(site.puts()) == 2
    assert {put.body for put in site.puts()} == set(stored.values())


def test_two_tabs_send_a_photo_once_and_both_show_its_receipt(
    context: BrowserContext, page: Page, site: Site
) -> None:
    go = threading.Event()

    def slow(asked: Asked) -> Reply:
        go.wait(10)
        return receipt(asked)

    site.answer = slow
    choose(page, small_jpeg())
    is_in(place(page), "sending")
    other = context.new_page()
    other.goto("/my/materials/identity")
    is_in(place(other), "sending")
    choose(other, small_jpeg((1, 2, 3)))
    is_in(place(other, "page"), "kept")
    go.set()
    for tab in (page, other):
        is_in(place(tab), "arrived")
        is_in(place(tab, "page"), "arrived")
    assert len(site.puts()) == len({put.photo for put in site.puts()}) == 2


def test_a_refused_photo_stays_visible_with_its_sentence_until_it_is_taken_out(
    page: Page, site: Site
) -> None:
    site.answer = says(423, "locked.accepted", "考点审核员已锁定此材料。")
    choose(page, small_jpeg())
    is_in(place(page), "refused")
    page.reload()
    is_in(place(page), "refused")
    expect(place(page)).to_contain_text("考点审核员已锁定此材料。")
    before = len(site.puts())
    # What was refused may have got there nevertheless, so the phone asks before it sends again.
    unknown = says(404, "photo.not_found", "")
    site.answer = lambda asked: receipt(asked) if asked.method == "PUT" else unknown(asked)
    place(page).get_by_text("重试").click()
    is_in(place(page), "arrived")
    assert len(site.puts()) == before + 1


def test_what_is_no_photo_says_so_and_the_next_one_chosen_takes_its_place(page: Page, site: Site) -> None:
    site.answer = says(422, "photo.not_a_photo", "这个文件不是照片。")
    choose(page, b"no photo at all")
    is_in(place(page), "unusable")
    expect(place(page)).to_contain_text("这个文件不是照片。")
    site.answer = receipt
    choose(place(page), small_jpeg(), picker="input")
    is_in(place(page), "arrived")
    first, second = (put.photo for put in site.puts())
    assert first != second
    page.reload()
    expect(page.locator("#album")).to_be_visible()
    is_in(place(page), "empty")
    assert {put.photo for put in site.puts()} == {first, second}, "the first one is not sent again"


def test_what_a_form_has_sent_is_watched_until_the_server_has_shrunk_it(
    context: BrowserContext, site: Site
) -> None:
    photo, other = "6f1d3c52-0b1e-4c39-9a62-0f4f3a2b1c00", "6f1d3c52-0b1e-4c39-9a62-0f4f3a2b1c01"
    waiting = (
        MATERIAL.replace('label="人像面" state="empty"', f'label="人像面" state="processing" photo="{photo}"')
        .replace('label="内页"', 'label="内页 1"', 1)
        .replace('state="empty"\n', f'state="processing" photo="{other}"\n')
    )
    site.pages["/my/materials/identity"] = waiting
    asked: list[str] = []

    def shrinking(question: Asked) -> Reply:
        asked.append(question.photo)
        if asked.count(question.photo) < 2:
            return Reply(202, {"state": "waiting"})
        refused = Reply(422, {"error": {"code": "photo.damaged", "sentence": "照片已损坏，打不开。"}})
        return refused if question.photo == other else receipt(question)

    site.answer = shrinking
    page = context.new_page()
    page.goto("/my/materials/identity")
    is_in(place(page), "processing")
    is_in(place(page), "arrived")
    is_in(place(page, "page"), "unusable")
    expect(place(page, "page")).to_contain_text("照片已损坏，打不开。")


def test_a_photo_deleted_elsewhere_leaves_its_place(page: Page, site: Site) -> None:
    site.answer = unreachable
    choose(page, small_jpeg())
    is_in(place(page), "kept")
    site.answer = says(410, "photo.removed", "这张照片已经删除。")
    page.evaluate("dispatchEvent(new Event('online'))")
    is_in(place(page), "empty")


def test_minus_deletes_and_undo_brings_back_what_was_there(page: Page, site: Site) -> None:
    choose(page, small_jpeg())
    is_in(place(page), "arrived")
    photo = place(page).get_attribute("photo")
    counts = receipt(Asked("GET", f"/my/photos/{photo}", "", b"")).body["counts"]
    site.answer = lambda asked: (
        Reply(200, {"undo_until_seconds": 10, "counts": counts})
        if asked.method == "DELETE"
        else receipt(asked)
    )
    page.get_by_label("删除人像面").click()
    is_in(place(page), "empty")
    expect(page.locator("undo-bar")).to_contain_text("10 秒内可以撤销")
    expect(page.locator("undo-bar button")).to_be_focused()
    page.keyboard.press("Enter")
    is_in(place(page), "arrived")
    expect(place(page)).to_have_attribute("photo", str(photo))
    expect(page.locator("undo-bar")).to_have_count(0)
    assert [(asked.method, asked.path.split("/")[-1]) for asked in site.asked][-2:] == [
        ("DELETE", f"{photo}?person=li"), ("POST", "undelete?person=li"),
    ]  # fmt: skip


def test_a_photo_taken_out_before_it_left_is_not_sent_and_can_be_brought_back(page: Page, site: Site) -> None:
    site.answer = unreachable
    choose(page, small_jpeg())
    is_in(place(page), "kept")
    page.get_by_label("删除人像面").click()
    is_in(place(page), "empty")
    sent = len(site.puts())
    site.answer = receipt
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(300)
    assert len(site.puts()) == sent
    page.locator("undo-bar button").click()
    is_in(place(page), "arrived")


def test_what_the_page_cannot_read_goes_as_it_is_and_the_server_says_how_it_went(
    page: Page, site: Site
) -> None:
    heic = b"\0\0\0\x18ftypheic" + bytes(3000)
    asked_again = 0

    def converting(asked: Asked) -> Reply:
        nonlocal asked_again
        if asked.method == "PUT":
            return Reply(202, {"state": "waiting"})
        asked_again += 1
        return receipt(asked)

    site.answer = converting
    choose(page, heic)
    is_in(place(page), "processing")
    is_in(place(page), "arrived")
    assert [(put.type, put.body) for put in site.puts()] == [("application/octet-stream", heic)]
    assert asked_again == 1


def test_a_slot_with_several_places_offers_the_next_one_until_it_is_full(page: Page, site: Site) -> None:
    pictures = [small_jpeg((n, n, n)) for n in range(3)]
    expect(place(page, "page").locator("input")).to_have_attribute("multiple", "")
    choose(place(page, "page"), *pictures, picker="input")
    expect(page.locator("photo-slot[slot=page][state=arrived]")).to_have_count(3, timeout=15_000)
    expect(page.locator("photo-slot[slot=page]")).to_have_count(3)
    labels = [one.get_attribute("label") for one in page.locator("photo-slot[slot=page]").all()]
    assert labels == ["内页 1", "内页 2", "内页 3"]
    assert {parse_qs(urlsplit(put.path).query)["slot"][0] for put in site.puts()} == {"identity.page"}
    counts = receipt(site.puts()[0]).body["counts"]
    site.answer = lambda _asked: Reply(200, {"undo_until_seconds": 10, "counts": counts})
    page.get_by_label("删除内页 1", exact=True).click()
    expect(page.locator("photo-slot[slot=page][state=optional]")).to_have_count(1)


def test_an_ended_session_is_told_and_the_photo_stays(page: Page, site: Site) -> None:
    site.answer = says(401, "sign_in.needed")
    choose(page, small_jpeg())
    expect(page.locator("#material-say")).to_contain_text("重新登录")
    is_in(place(page), "kept")
    page.reload()
    is_in(place(page), "kept")


def test_without_storage_the_page_says_so_and_still_sends(context: BrowserContext, site: Site) -> None:
    context.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
    )
    site.pages["/my/materials/identity"] = MATERIAL
    page = context.new_page()
    page.goto("/my/materials/identity")
    expect(page.locator("#material-say")).to_have_text("照片还没有保存在本机")
    site.answer = unreachable
    choose(page, small_jpeg())
    is_in(place(page), "held")
    expect(place(page)).to_contain_text("请不要关闭本页")
    site.answer = receipt
    is_in(place(page), "arrived")


def test_an_empty_file_is_named_as_such_and_leaving_lists_what_is_unsent(page: Page, site: Site) -> None:
    choose(page, b"")
    expect(page.locator("#material-say")).to_have_text("这个文件是空的")
    site.answer = unreachable
    choose(page, small_jpeg())
    is_in(place(page), "kept")
    leaving = """async (person) => {
      const { unsent, wipe } = await import("/static/js/outbox/signing-out.js");
      const slots = (await unsent(person)).map(({ material, slot }) => `${material}.${slot}`);
      await wipe(person, { withdraw: async () => 0, remove: async () => 0 });
      return [slots, (await unsent(person)).length];
    }"""
    assert page.evaluate(leaving, "wang") == [[], 0]
    assert page.evaluate(leaving, "li") == [["identity.portrait"], 0]


def test_only_our_own_worker_addresses_pass_the_policy(page: Page) -> None:
    outcome = page.evaluate(
        """async () => {
          const { serviceWorkerAddress, workerAddress } = await import("/static/js/server/policy.js");
          const refused = (make) => { try { make(); return false; } catch { return true; } };
          return {
            service: String(serviceWorkerAddress()).endsWith("/service-worker.js"),
            worker: new URL(String(workerAddress("shrink"))).pathname,
            typed: serviceWorkerAddress() instanceof TrustedScriptURL,
            elsewhere: ["../elements/undo-bar", "//evil.example/x", "shrink.js?x", "a/b"].every(
              (name) => refused(() => workerAddress(name))),
            plain: refused(() => new Worker("/static/js/workers/shrink.js")),
          };
        }"""
    )
    assert outcome == {
        "service": True, "worker": "/static/js/workers/shrink.js", "typed": True, "elsewhere": True, "plain": True,
    }  # fmt: skip
