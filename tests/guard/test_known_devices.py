"""The known-device cookie: only ours counts, for ninety days, and it holds five accounts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from webapp.guard.known_devices import DAYS, KnownDevices

SECRET = b"k" * 32
DEVICES = KnownDevices(SECRET)


def test_a_browser_that_signed_in_is_known_for_that_account() -> None:
    cookie = DEVICES.with_account("", "candidate:zhangsan")
    assert DEVICES.accounts(cookie) == ["candidate:zhangsan"]
    assert "candidate:lisi" not in DEVICES.accounts(cookie)


def test_a_shared_computer_knows_the_five_newest_accounts_each_once() -> None:
    cookie = ""
    for number in (1, 2, 3, 2, 4, 5, 6):
        cookie = DEVICES.with_account(cookie, f"staff:{number}")
    assert DEVICES.accounts(cookie) == ["staff:6", "staff:5", "staff:4", "staff:2", "staff:3"]


def test_one_changed_letter_makes_it_nobodys() -> None:
    cookie = DEVICES.with_account("", "candidate:zhangsan")
    for place in range(0, len(cookie) - 1, 3):
        other = "A" if cookie[place] != "A" else "B"
        changed = cookie[:place] + other + cookie[place + 1 :]
        assert DEVICES.accounts(changed) == [], place


@pytest.mark.parametrize(
    "payload", [{"accounts": ["x"]}, "candidate:zhangsan", 7, None, [1, None, ["candidate:zhangsan"]]]
)
def test_other_contents_under_our_own_signature_name_no_account(payload: object) -> None:
    cookie = URLSafeTimedSerializer(SECRET, "known-device").dumps(payload)
    assert json.dumps(payload)
    assert DEVICES.accounts(str(cookie)) == []


def test_another_installations_cookie_and_another_purposes_count_for_nothing() -> None:
    accounts = ["candidate:zhangsan"]
    assert DEVICES.accounts(str(URLSafeTimedSerializer(SECRET, "known-device").dumps(accounts))) == accounts
    assert KnownDevices(b"o" * 32).accounts(DEVICES.with_account("", accounts[0])) == []
    assert DEVICES.accounts(str(URLSafeTimedSerializer(SECRET, "session").dumps(accounts))) == []


def test_after_ninety_days_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = DEVICES.with_account("", "candidate:zhangsan")
    made = URLSafeTimedSerializer(SECRET, "known-device").loads(cookie, return_timestamp=True)[1].timestamp()
    for days, known in ((DAYS, True), (DAYS + 1, False)):
        at = int(made) + days * 86_400
        moment = datetime.fromtimestamp(at, UTC)
        monkeypatch.setattr("webapp.guard.known_devices.now", lambda moment=moment: moment)
        assert (DEVICES.accounts(cookie) != []) is known


@given(st.text())
def test_whatever_a_browser_sends_is_no_failure(sent: str) -> None:
    assert DEVICES.accounts(sent) == []
    assert DEVICES.accounts(DEVICES.with_account(sent, "staff:1")) == ["staff:1"]
