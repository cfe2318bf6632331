"""Where a request says it comes from decides whether it may change anything."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quart.testing.utils import sentinel
from werkzeug.datastructures import Headers

from tests.house import ORIGIN, House
from webapp.guard.same_origin import SAFE_METHODS, comes_from_us

OURS = "https://exam.example:8443"
EVIL = "https://evil.example"
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# Sec-Fetch-Site, Origin, Referer (None: not sent), and whether such a request may change something.
COMBINATIONS = [
    ("same-origin", OURS, f"{OURS}/my", True),
    ("same-origin", OURS, None, True),
    ("same-origin", None, None, True),
    ("same-origin", None, f"{EVIL}/", True),  # the browser's own word stands above a Referer
    (None, OURS, None, True),
    (None, OURS, f"{OURS}/my", True),
    (None, None, f"{OURS}/my", True),
    (None, None, OURS, True),
    ("same-origin", EVIL, None, False),
    ("same-origin", "null", None, False),
    ("same-site", OURS, f"{OURS}/my", False),
    ("same-site", None, None, False),
    ("cross-site", OURS, f"{OURS}/my", False),
    ("cross-site", EVIL, None, False),
    ("none", OURS, None, False),
    ("none", None, None, False),
    ("", OURS, None, False),
    ("Same-Origin", OURS, None, False),
    (None, EVIL, f"{OURS}/my", False),
    (None, "null", None, False),
    (None, "", f"{OURS}/my", False),
    (None, "https://exam.example", None, False),
    (None, "http://exam.example:8443", None, False),
    (None, "https://exam.example:8444", None, False),
    (None, f"{OURS}.evil.example", None, False),
    (None, f"{OURS}/", None, False),
    (None, OURS.upper(), None, False),
    (None, None, f"{EVIL}/?{OURS}/", False),
    (None, None, f"https://exam.example:8443@{EVIL[8:]}/", False),
    (None, None, f"{OURS}.evil.example/", False),
    (None, None, "http://exam.example:8443/", False),
    (None, None, "//exam.example:8443/", False),
    (None, None, "https://[", False),
    (None, None, "", False),
    (None, None, None, False),
]


def headers(site: str | None, origin: str | None, referer: str | None) -> dict[str, str]:
    """The headers that a browser sends of these."""
    sent = {"Sec-Fetch-Site": site, "Origin": origin, "Referer": referer}
    return {name: value for name, value in sent.items() if value is not None}


@pytest.mark.parametrize(("site", "origin", "referer", "allowed"), COMBINATIONS)
def test_each_combination_of_headers(
    site: str | None, origin: str | None, referer: str | None, allowed: bool
) -> None:
    sent = headers(site, origin, referer)
    assert comes_from_us(sent, OURS) is allowed
    assert comes_from_us(Headers(list(sent.items())), OURS) is allowed


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "Sec-Fetch-Site": st.sampled_from(["same-site", "cross-site", "none"]) | st.text(),
            "Origin": st.text() | st.sampled_from(["null", EVIL]),
            "Referer": st.text() | st.sampled_from([EVIL, "https://["]),
        },
    )
)
def test_nothing_that_a_foreign_page_can_send_passes_or_fails_otherwise(sent: dict[str, str]) -> None:
    """A foreign page cannot make its browser say our origin, or same-origin; whatever else it says is refused."""
    if sent.get("Sec-Fetch-Site") != "same-origin" and OURS not in str(sent):
        assert comes_from_us(sent, OURS) is False


def test_only_reading_is_free() -> None:
    assert frozenset({"GET", "HEAD", "OPTIONS"}) == SAFE_METHODS


@either_will_do
async def test_a_foreign_request_is_refused_whatever_its_method_and_address(house: House) -> None:
    client = house.app.test_client()
    methods, paths = ("POST", "PUT", "PATCH", "DELETE", "TRACE", "INVENTED"), ("/", "/nowhere", "/healthz")
    for method, path in product(methods, paths):
        response = await client.open(path, method=method, headers={"Origin": EVIL}, json=sentinel)
        assert response.status_code == 403, (method, path)
        own = await client.open(path, method=method, headers={"Origin": ORIGIN}, json=sentinel)
        assert own.status_code in {404, 405, 415}, (method, path)


@either_will_do
async def test_of_all_routes_only_the_one_for_tickets_takes_foreign_forms(house: House) -> None:
    client, served = house.app.test_client(), set()
    unsafe = [
        (method, rule)
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - SAFE_METHODS
    ]
    assert len(unsafe) > 10
    for method, rule in unsafe:
        path = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", rule.rule)
        path = re.sub(r"<any\('?(\w+)[^)]*\):\w+>", r"\1", path)
        path = re.sub(r"<\w+>", "ID", path)
        assert "<" not in path, "an example for this kind of place is missing"
        for foreign in ({"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {}):
            response = await client.open(path, method=method, headers=foreign, json=sentinel)
            if response.status_code != 403:
                served.add((method, rule.rule))
    assert served == {("POST", "/enter")}


@either_will_do
async def test_no_other_address_or_method_passes_for_the_one_for_tickets(house: House) -> None:
    client = house.app.test_client()
    for method, path in (
        ("PUT", "/enter"),
        ("DELETE", "/enter"),
        ("POST", "/enter/"),
        ("POST", "/enter/confirm"),
        ("POST", "/enter;x"),
        ("POST", "/ENTER"),
    ):
        response = await client.open(path, method=method, headers={"Origin": EVIL}, json=sentinel)
        assert response.status_code == 403, (method, path)


@either_will_do
async def test_reading_needs_no_origin(house: House) -> None:
    """A link in WeChat, in a mail or on the registration site leads here."""
    for sent in ({"Referer": f"{EVIL}/"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": EVIL}):
        assert (await house.browser().get("/", **sent)).status == 200


@either_will_do
async def test_a_referer_that_is_no_address_is_refused_like_any_other(house: House) -> None:
    answer = await house.browser().post("/", {}, Origin="", Referer="https://[")
    assert answer.status == 403
    assert "不是从本系统的页面发出的" in answer.text
