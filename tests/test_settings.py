"""What an operator may set, and what is refused before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from webapp.settings import Settings, SettingsProblem, environment_for_children, read_settings

POSTGRES = "postgres://webapp:geheim@db.example:5432/webapp"


def with_origin(origin: str, **others: Any) -> Settings:
    """Settings in which only the origin matters."""
    return Settings(
        data=Path("/data"), database_url="sqlite:////data/webapp.sqlite3", origin=origin, **others
    )


def test_without_any_variable_it_serves_this_machine_from_the_folder_data() -> None:
    found = read_settings({})
    assert found.data == Path("data").absolute()
    assert found.database_url == f"sqlite://{Path('data').absolute()}/webapp.sqlite3"
    assert found.origin == "http://127.0.0.1:8000"
    assert (found.trusted_proxies, found.processes) == (0, 2)
    assert (found.demo, found.movable_clock, found.keys, found.registration_site) == (False, False, "", "")


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("WEBAPP_DATA", "/srv/webapp", "data", Path("/srv/webapp")),
        ("WEBAPP_DATABASE_URL", POSTGRES, "database_url", POSTGRES),
        ("WEBAPP_ORIGIN", "https://exam.example", "origin", "https://exam.example"),
        ("WEBAPP_ORIGIN", "https://exam.example/", "origin", "https://exam.example"),
        ("WEBAPP_ORIGIN", "https://exam.example:8443", "origin", "https://exam.example:8443"),
        ("WEBAPP_ORIGIN", "http://localhost:9000", "origin", "http://localhost:9000"),
        ("WEBAPP_KEYS", "00000000:abc", "keys", "00000000:abc"),
        ("WEBAPP_TRUSTED_PROXIES", "1", "trusted_proxies", 1),
        ("WEBAPP_PROCESSES", " 4 ", "processes", 4),
        ("WEBAPP_DEMO", "yes", "demo", True),
        ("WEBAPP_DEMO", "No", "demo", False),
        ("WEBAPP_MOVABLE_CLOCK", "1", "movable_clock", True),
        ("WEBAPP_TICKET_KEYS", "reg:HS256:abc", "ticket_keys", "reg:HS256:abc"),
        ("WEBAPP_REGISTRATION_SITE", "https://reg.example/in", "registration_site", "https://reg.example/in"),
    ],
)
def test_each_variable_sets_one_thing(name: str, text: str, field: str, value: object) -> None:
    assert getattr(read_settings({}), field) != value or value is False
    assert getattr(read_settings({name: text}), field) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WEBAPP_ORIGIN", "exam.example"),
        ("WEBAPP_ORIGIN", "ftp://exam.example"),
        ("WEBAPP_ORIGIN", "https://exam.example/path"),
        ("WEBAPP_ORIGIN", "https://exam.example?query"),
        ("WEBAPP_ORIGIN", "https://somebody@exam.example"),
        ("WEBAPP_ORIGIN", "https://exam.example:99999"),
        ("WEBAPP_ORIGIN", "https://exam.example:port"),
        ("WEBAPP_ORIGIN", "https://[::1"),
        ("WEBAPP_ORIGIN", "http://exam.example"),
        ("WEBAPP_TRUSTED_PROXIES", "-1"),
        ("WEBAPP_TRUSTED_PROXIES", "one"),
        ("WEBAPP_PROCESSES", "0"),
        ("WEBAPP_PROCESSES", "2.5"),
        ("WEBAPP_DEMO", "perhaps"),
        ("WEBAPP_DATABASE_URL", "mysql://webapp:geheim@db.example/webapp"),
        ("WEBAPP_DATABASE_URL", "webapp.sqlite3"),
    ],
)
def test_what_cannot_be_right_is_refused_by_the_variables_name(name: str, text: str) -> None:
    with pytest.raises(SettingsProblem, match=name) as refused:
        read_settings({name: text})
    assert "geheim" not in str(refused.value), "an address may hold a password"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://exam.example:443", "https://exam.example"),
        ("https://Exam.Example", "https://exam.example"),
        ("HTTPS://exam.example", "https://exam.example"),
        ("http://localhost:80", "http://localhost"),
        ("https://考试.example", "https://xn--xw0a15v.example"),
    ],
)
def test_an_origin_that_no_browser_would_send_is_refused_with_the_right_one(written: str, meant: str) -> None:
    """The same-origin guard compares letter by letter: with such an origin every form would be refused."""
    with pytest.raises(SettingsProblem) as refused:
        with_origin(written)
    assert meant in str(refused.value)
    assert with_origin(meant).origin == meant


def test_a_clock_that_can_be_moved_is_for_this_machine_only() -> None:
    assert with_origin("http://localhost:8000", movable_clock=True).movable_clock
    with pytest.raises(SettingsProblem, match="WEBAPP_MOVABLE_CLOCK"):
        with_origin("https://exam.example", movable_clock=True)


def test_the_cookies_prefix_comes_with_https() -> None:
    assert (with_origin("https://exam.example").secure, with_origin("http://localhost").secure) == (
        True,
        False,
    )
    assert with_origin("https://exam.example").cookie_name == "__Host-sid"
    assert with_origin("http://localhost").cookie_name == "sid"


@pytest.mark.parametrize(
    "told",
    [
        Settings(Path("/srv/webapp"), "sqlite:////srv/webapp/webapp.sqlite3", "http://127.0.0.1:8000"),
        Settings(
            Path("/srv/数据"),
            POSTGRES,
            "https://exam.example:8443",
            keys="00000000:a\n11111111:b",
            trusted_proxies=2,
            processes=8,
            registration_site="https://reg.example/in?a=b",
        ),
        Settings(Path("/d"), POSTGRES, "http://localhost", demo=True, movable_clock=True),
    ],
)
def test_children_read_the_very_settings_of_their_parent(told: Settings) -> None:
    assert read_settings(environment_for_children(told)) == told
