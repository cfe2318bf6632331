"""Static files: one address for one content, kept for ever, and nothing else of the machine."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from quart import Response
from quart.testing.utils import sentinel

from tests.house import House
from webapp.guard.headers import FILE_POLICY, WORKER_POLICY
from webapp.pages.static_files import ROOT, TYPES, asset, build

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def folder(at: Path, **files: str) -> Path:
    """A small static folder: two styles for one audience and what else is given."""
    contents = {
        "css/order.json": json.dumps({"doorway": ["a.css", "b.css"]}),
        "css/a.css": "a{}",
        "css/b.css": "b{}",
    }
    contents |= {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    for name, text in contents.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_text(text)
    return at


async def fetched(house: House, path: str, encoding: str = "gzip") -> Response:
    """A file as a browser with these encodings gets it."""
    client = house.app.test_client()
    return await client.open(path, method="GET", headers={"Accept-Encoding": encoding}, json=sentinel)


def test_styles_are_joined_in_their_listed_order(tmp_path: Path) -> None:
    files = build(folder(tmp_path)).files
    assert files["css/doorway.css"].plain == b"a{}\nb{}"
    assert set(files) == {"css/doorway.css"}, "neither the parts nor the list are served by themselves"


def test_the_address_changes_with_any_content_and_any_name_and_only_then(tmp_path: Path) -> None:
    first = build(folder(tmp_path / "1", js__a_js="1"))
    assert build(folder(tmp_path / "2", js__a_js="1")).name == first.name
    others = [
        build(folder(tmp_path / "3", js__a_js="2")),
        build(folder(tmp_path / "4", js__b_js="1")),
        build(folder(tmp_path / "5", js__a_js="1", js__b_js="")),
        build(folder(tmp_path / "6", js__a_js="", js__b_js="1")),
        build(folder(tmp_path / "7", css__b_css="c{}", js__a_js="1")),
    ]
    assert len({made.name for made in (first, *others)}) == 6


def test_only_known_kinds_of_files_are_served(tmp_path: Path) -> None:
    found = build(
        folder(tmp_path, js__a_js="1", notes_txt="x", js__a_js_map="{}", secret_key="k", a_html="<p>")
    ).files
    assert set(found) == {"css/doorway.css", "js/a.js"}


def test_files_that_do_not_get_smaller_are_not_packed(tmp_path: Path) -> None:
    made = build(folder(tmp_path, js__long_js="x" * 5000, js__short_js="x")).files
    assert made["js/short.js"].packed is None
    packed = made["js/long.js"].packed
    assert packed is not None
    assert gzip.decompress(packed) == made["js/long.js"].plain


def test_every_style_stands_in_an_order_and_every_listed_one_exists() -> None:
    order: dict[str, list[str]] = json.loads((ROOT / "css" / "order.json").read_text())
    assert set(order) == {"doorway", "candidate", "reviewer", "staff"}
    listed = {name for names in order.values() for name in names}
    assert listed == {path.name for path in (ROOT / "css").glob("*.css")}
    assert all(len(names) == len(set(names)) for names in order.values())


def test_a_name_that_is_no_file_is_a_mistake_in_a_template() -> None:
    assert asset("css/doorway.css").startswith("/static/")
    for name in ("css/tokens.css", "css/order.json", "nothing.js", "../webapp/app.py", ""):
        with pytest.raises(LookupError):
            asset(name)


@either_will_do
async def test_every_file_is_served_with_its_kind_whole_and_kept_for_ever(house: House) -> None:
    made = build()
    for name, file in made.files.items():
        response = await fetched(house, f"/static/{made.name}/{name}", "identity")
        assert response.status_code == 200, name
        assert await response.get_data(as_text=False) == file.plain
        assert response.headers["Content-Type"] == TYPES[Path(name).suffix]
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in response.headers


@either_will_do
@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("br", False),
        ("", False),
    ],
)
async def test_a_file_is_packed_for_those_who_can_unpack_it(
    house: House, encoding: str, packed: bool
) -> None:
    response = await fetched(house, asset("css/doorway.css"), encoding)
    body = await response.get_data(as_text=False)
    assert (response.headers.get("Content-Encoding") == "gzip") is packed
    assert (gzip.decompress(body) if packed else body) == build().files["css/doorway.css"].plain
    assert response.headers["Vary"] == "Accept-Encoding", "also for those who got it plain"


@either_will_do
async def test_another_builds_files_and_anything_outside_are_gone(house: House) -> None:
    name = build().name
    assert (await house.browser().get(asset("js/doorway.js"))).status == 200
    for path in (
        "/static/000000000000/js/doorway.js",
        f"/static/{name}",
        f"/static/{name}/",
        f"/static/{name}/css/order.json",
        f"/static/{name}/css/tokens.css",
        f"/static/{name}/../../webapp/app.py",
        f"/static/{name}/..%2f..%2fwebapp%2fapp.py",
        f"/static/{name}/%2e%2e/%2e%2e/pyproject.toml",
        f"/static/{name}/js/doorway.js%00.css",
    ):
        assert (await house.browser().get(path)).status == 404, path


@either_will_do
async def test_pages_name_only_files_that_are_there(house: House) -> None:
    for path in ("/", "/staff/sign-in", "/help", "/nowhere"):
        named = re.findall(r'(?:src|href)="(/static/[^"#]+)', (await house.browser().get(path)).text)
        assert named
        for address in set(named):
            assert (await house.browser().get(address)).status == 200, address


@either_will_do
async def test_compiled_code_may_run_in_the_worker_and_nowhere_else(house: House) -> None:
    worker = await fetched(house, asset("js/workers/photo.js"), "identity")
    assert worker.headers["Content-Security-Policy"] == WORKER_POLICY
    assert "'wasm-unsafe-eval'" in WORKER_POLICY
    module = await fetched(house, asset("js/imaging/shrink.js"), "identity")
    assert module.headers["Content-Security-Policy"] == FILE_POLICY
    page = await house.browser().get("/")
    assert "wasm" not in page.headers["Content-Security-Policy"]
    compiled = await fetched(house, asset("js/imaging/encoder/encoder.wasm"), "identity")
    assert compiled.headers["Content-Type"] == "application/wasm"
    for answer in (worker, module, compiled):
        assert "immutable" in answer.headers["Cache-Control"]
