"""What every page of the app carries so that photos left on the phone are told of, and go on from there."""

from __future__ import annotations

import re

import pytest

from tests.house import House
from webapp.records import Candidate
from webapp.rules.roles import Role

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PAGES = (
    "/my",
    "/my/materials/ID",
    "/my/submission",
    "/my/receipt",
    "/my/record",
    "/my/result",
    "/my/withdrawal",
    "/account",
    "/help",
    "/help/uploading",
    "/help/home-screen",
)


def bar(text: str) -> str:
    """The tag of the bar; empty where a page has none."""
    found = re.search(r'<aside [^>]*id="unsent-bar"[^>]*>', text)
    return found[0] if found else ""


async def test_every_page_of_a_signed_in_candidate_tells_of_unsent_photos_and_of_the_deadline(
    house: House,
) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    owner = await Candidate.get(user_name="zhangsan")
    for address in PAGES:
        answer = await browser.get(address)
        assert answer.status == 200, address
        assert f'data-person="{owner.id}"' in bar(answer.text), address
        assert " hidden" in bar(answer.text), f"{address}: nothing is said without scripts"
        assert answer.text.count('id="deadline-warning"') == 1, address
        assert re.findall(r'data-deadline-mark="(\d+)"', answer.text) == ["86400", "10800", "1800"], address


async def test_a_shared_device_is_told_and_nobody_else_has_the_bar(house: House) -> None:
    browser = await house.signed_in_candidate("zhangsan")
    assert "data-keeps" not in bar((await browser.get("/help")).text)
    await browser.post("/display", {"device": "shared", "back": "/help"})
    assert 'data-keeps="no"' in bar((await browser.get("/help")).text)
    assert bar((await house.browser().get("/help")).text) == ""
    manager = await house.signed_in_staff("guan", "12", Role.MANAGER)
    assert bar((await manager.get("/help")).text) == ""
