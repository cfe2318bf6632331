"""What the demo registration site knows of results: fetched bit by bit, kept, and not lost when nobody answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from webapp.demo import fetching
from webapp.demo.fetching import FetchedResults
from webapp.demo.records import CANDIDATES
from webapp.demo.registration_site import create_site
from webapp.demo.tickets import FILE, make_key, read_key

NUMBER, OTHER = CANDIDATES[0].number, CANDIDATES[1].number
KEY = "wsr_00000000_" + "k" * 43


def entry(number: str, result: str, version: int = 1, reasons: tuple[str, ...] = ()) -> dict[str, Any]:
    """As the product tells it."""
    return {
        "registration_number": number,
        "result": result,
        "version": version,
        "published_at": "2020-06-20T02:00:00.000Z",
        "reasons": [{"code": "why", "words": words} for words in reasons],
        "rechecking": False,
    }


class Product(ThreadingHTTPServer):
    """Tells ``entries`` to whoever brings the key, ``page`` at a time; ``asked`` are the cursors that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.entries: list[dict[str, Any]] = []
        self.page, self.asked = 2, list[str]()
        self.body: bytes | None = None
        self.silent = threading.Event()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answering(BaseHTTPRequestHandler):
    server: Product

    def do_GET(self) -> None:
        product = self.server
        after = parse_qs(urlsplit(self.path).query).get("after", ["r0"])[0]
        product.asked.append(after)
        if product.silent.is_set():
            return
        place = int(after[1:])
        found = product.entries[place : place + product.page]
        told = {"exam": "tianjin_2020", "results": found, "next": f"r{place + len(found)}"}
        self.send_response(200 if self.headers["Authorization"] == f"Bearer {KEY}" else 401)
        self.end_headers()
        self.wfile.write(product.body or json.dumps(told).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def product() -> Iterator[Product]:
    """A product that answers."""
    with Product() as served:
        thread = threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield served
        served.shutdown()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the site ask as often as it likes."""
    monkeypatch.setattr(fetching, "AT_MOST_EVERY_SECONDS", 0.0)


def fetched(product: Product, folder: Path) -> FetchedResults:
    """What a site that has just been started knows."""
    (folder / "api-key").write_text(f"{KEY}\n")
    return FetchedResults(product.url, folder / "api-key", folder / "kept.json")


@pytest.mark.usefixtures("at_once")
async def test_it_goes_on_from_where_it_was_also_after_a_restart(product: Product, tmp_path: Path) -> None:
    known = fetched(product, tmp_path)
    await known.refresh()
    assert known.of(NUMBER) is None
    assert known.answers
    product.entries = [
        entry(NUMBER, "failed", reasons=("专业不符",)),
        entry(OTHER, "passed"),
        entry("7", "passed"),
    ]
    await known.refresh()
    result = known.of(NUMBER)
    assert result is not None
    assert (result.word, result.reasons) == ("failed", ("专业不符",))
    assert (tmp_path / "kept.json").stat().st_mode & 0o077 == 0
    again = fetched(product, tmp_path)
    assert again.of(NUMBER) == result
    product.asked.clear()
    product.entries.append(entry(NUMBER, "passed", version=2))
    await again.refresh()
    assert product.asked == ["r3", "r4"], "nothing is fetched twice"
    corrected = again.of(NUMBER)
    assert corrected is not None
    assert (corrected.word, corrected.version) == ("passed", 2)


async def test_it_asks_at_most_every_few_seconds(product: Product, tmp_path: Path) -> None:
    known = fetched(product, tmp_path)
    for _ in range(5):
        await known.refresh()
    assert product.asked == ["r0"]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("trouble", ["gone", "another key", "no json", "no such answer", "silent"])
async def test_what_is_known_stays_when_the_product_has_no_good_answer(
    product: Product, tmp_path: Path, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = fetched(product, tmp_path)
    product.entries = [entry(NUMBER, "passed")]
    await known.refresh()
    if trouble == "gone":
        monkeypatch.setattr(known, "_origin", "http://127.0.0.1:9")
    elif trouble == "another key":
        (tmp_path / "api-key").write_text("wsr_nobody")
    elif trouble == "silent":
        monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.1)
        product.silent.set()
    else:
        product.body = b"<p>" if trouble == "no json" else b'{"results": [{}]}'
    product.entries.append(entry(NUMBER, "failed", version=2))
    await known.refresh()
    assert not known.answers
    result = known.of(NUMBER)
    assert result is not None
    assert result.word == "passed"
    assert fetched(product, tmp_path).of(NUMBER) == result


@pytest.mark.usefixtures("at_once")
async def test_the_record_shows_the_result_its_reasons_and_whether_it_is_fresh(
    product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key(tmp_path / FILE)
    known = fetched(product, tmp_path)
    site = create_site(product.url, read_key(tmp_path / FILE), known).test_client()

    async def shown(number: str) -> str:
        return await (await site.get(f"/people/{number}")).get_data(as_text=True)

    before = await shown(NUMBER)
    assert "最终审核结果" in before
    assert "尚未公布" in before
    assert "没有连上" not in before
    words = {
        "passed": "审核通过",
        "failed": "审核不通过",
        "given_up": "已放弃",
        "nothing_handed_in": "未提交材料",
    }
    numbers = [person.number for person in CANDIDATES[:4]]
    product.entries = [entry(number, word) for number, word in zip(numbers, words, strict=True)]
    product.entries[1]["reasons"] = [{"code": "why", "words": "专业不符"}]
    for number, said in zip(numbers, words.values(), strict=True):
        page = await shown(number)
        assert said in page
        assert "6月20日 10:00 公布" in page
        assert "尚未公布" not in page
        assert ("专业不符" in page) == (said == "审核不通过")
    product.entries.append({**entry(NUMBER, "passed", version=2), "rechecking": True})
    assert "正在复核" in await shown(NUMBER)
    assert "尚未公布" in await shown(CANDIDATES[5].number)
    monkeypatch.setattr(known, "_origin", "http://127.0.0.1:9")
    stale = await shown(NUMBER)
    assert "审核通过" in stale
    assert "没有连上" in stale
