"""How often: per session where somebody is signed in, else per address, and never by what a client says it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import httpx
import pytest
from hypercorn.middleware import ProxyFixMiddleware
from quart import Quart

from tests.house import ORIGIN, House
from tests.served import UNUSED_TLS
from webapp.clock import now
from webapp.guard.limiter import ForgettingStore
from webapp.guard.rate import FORM, HEALTH, PAGE, PEOPLE_PER_ADDRESS, SIGN_IN, STATIC, Rate, client_address
from webapp.pages.static_files import asset

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WRONG = {"user_name": "zhangsan", "password": "wrong-pass-1"}
LANGUAGE = {"back": "/"}


async def address_of(app: Quart, client: str, **headers: str) -> str:
    """What the guard takes for the client's address."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with app.test_request_context(
        "/", headers=sent, scope_base={"client": (client, 40_000)}
    ) as context:
        context.request.remote_addr = client
        return client_address()


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.8", "198.51.100.8"),
        ("fe80::1%eth0", "fe80::"),
        ("not:an:address", "not:an:address"),
        ("<local>", "<local>"),
    ],
)
async def test_an_address_is_itself_and_of_an_ipv6_one_the_network(
    app: Quart, client: str, counted: str
) -> None:
    assert await address_of(app, client) == counted


async def wait_told(app: object, forwarded: Sequence[str]) -> list[int]:
    """The statuses of wrong passwords for one account, each sent with another X-Forwarded-For."""
    told = []
    transport = httpx.ASGITransport(app=app, client=("192.0.2.1", 40_000))  # type: ignore[arg-type]
    for value in forwarded:
        headers = {"Origin": ORIGIN, "X-Forwarded-For": value}
        async with httpx.AsyncClient(
            transport=transport, base_url=ORIGIN, headers=headers, verify=UNUSED_TLS
        ) as browser:
            told.append((await browser.post("/", data=WRONG)).status_code)
    return told


async def test_without_a_trusted_proxy_nobody_chooses_the_own_address(app: Quart) -> None:
    addresses = [f"198.51.100.{number}" for number in range(7)]
    assert await wait_told(app, addresses) == [422] * 5 + [429] * 2


async def test_behind_a_trusted_proxy_only_its_own_word_counts(app: Quart) -> None:
    proxied = ProxyFixMiddleware(app, "legacy", 1)
    addresses = [f"198.51.100.{number}" for number in range(7)]
    assert await wait_told(proxied, addresses) == [422] * 7, "seven different clients"
    claimed = [f"203.0.113.{number}, 192.0.2.99" for number in range(7)]
    assert await wait_told(proxied, claimed) == [422] * 5 + [429] * 2, "one client that claims to be seven"


@pytest.mark.parametrize(
    "name", ["Remote-Addr", "X-Real-Ip", "Forwarded", "True-Client-Ip", "Cf-Connecting-Ip"]
)
async def test_no_other_header_changes_it_either(house: House, name: str) -> None:
    told = []
    for number in range(6):
        value = f"for=198.51.100.{number}" if name == "Forwarded" else f"198.51.100.{number}"
        told.append((await house.browser("192.0.2.1").post("/", WRONG, **{name: value})).status)
    assert told == [422] * 5 + [429]


async def test_a_session_has_its_own_limit_whoever_else_is_at_the_address(house: House) -> None:
    one, other = await house.signed_in_candidate("zhangsan"), await house.signed_in_candidate("lisi")
    assert FORM.per_person == 60
    begun, told = time.monotonic(), 0
    while (await one.post("/language", LANGUAGE)).status == 303:
        told += 1
        assert told <= 61 + time.monotonic() - begun, "one more for each second that this takes"
    assert told >= 60
    assert (await other.post("/language", LANGUAGE)).status == 303
    assert (await house.browser().post("/language", LANGUAGE)).status == 303
    assert (await one.get("/my")).status == 200, "another route has a count of its own"


async def test_too_fast_is_told_with_the_time_to_wait(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    # More than sixty, since each second that this takes allows one more.
    answers = [await browser.post("/language", LANGUAGE) for _ in range(100)]
    answer = answers[-1]
    assert answer.status == 429
    wait = int(answer.headers["Retry-After"])
    assert 1 <= wait <= 60
    assert f" {wait} 秒后再试" in answer.text
    told = await browser.post("/language", LANGUAGE, Accept="application/json")
    assert told.status == 429
    assert "http.429" in told.text


async def test_a_hospital_is_one_address(house: House) -> None:
    """Three hundred people who have not signed in yet share it."""
    assert PEOPLE_PER_ADDRESS == 300
    for limit in (PAGE, FORM, SIGN_IN):
        assert limit.per_person is not None
        assert limit.per_address is not None
        assert limit.per_address >= 2 * PEOPLE_PER_ADDRESS, limit.name
    assert FORM.per_person is not None
    told = {(await house.browser().post("/language", LANGUAGE)).status for _ in range(FORM.per_person + 5)}
    assert told == {303}


async def test_addresses_that_lead_nowhere_are_limited_together_like_pages(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.guard.limiter.PAGE", Rate("page", 3, 5, period=timedelta(hours=1)))
    browser, other = await house.signed_in_candidate("zhangsan"), house.browser()
    told = [await browser.get(f"/nowhere-{number}") for number in range(4)]
    assert [answer.status for answer in told] == [404, 404, 404, 429]
    assert int(told[-1].headers["Retry-After"]) >= 1
    assert (await browser.get("/sign-out")).status == 429, "the wrong method leads nowhere too"
    told = [await other.get("/nowhere") for _ in range(6)]
    assert [answer.status for answer in told] == [404] * 5 + [429], "nobody has the address's own"
    assert (await browser.get("/my")).status == 200, "and all that is there goes on"


async def test_the_limiter_forgets_whom_no_limit_holds_any_more(app: Quart) -> None:
    store, moment = ForgettingStore(look_at=10), now()
    for number in range(10):
        await store.set(f"gone-{number}", moment - timedelta(seconds=1))
    assert len(store) == 10
    for number in range(3):
        await store.set(f"held-{number}", moment + timedelta(minutes=1))
    assert len(store) == 3
    assert await store.get("held-0", moment) == moment + timedelta(minutes=1)
    assert await store.get("gone-0", moment) == moment


async def test_files_and_health_checks_have_no_limit_and_say_why(house: House) -> None:
    browser = house.browser()
    for path in (asset("favicon.svg"), "/healthz"):
        answers = [await browser.get(path) for _ in range(130)]
        assert {answer.status for answer in answers} == {200}
        assert "RateLimit-Limit" not in answers[-1].headers
    for limit in (STATIC, HEALTH):
        assert limit.per_person is None
        assert limit.why
