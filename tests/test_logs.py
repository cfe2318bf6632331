"""Logs tell operators what went wrong and where, and tell nobody who was concerned."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.house import CANDIDATE_PASSWORD, House
from webapp.logs import JsonLines, note_request, start_logging

NAME, ID_NUMBER = "欧阳测试", "990101199502030017"
Logged = Callable[[], list[dict[str, Any]]]
TOLD = f"DETAIL: Key (name, id_number, password)=({NAME}, {ID_NUMBER}, {CANDIDATE_PASSWORD}) already exists."
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Logged:
    """Starts logging as a serving process does; gives all that has been written since, line by line."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.root.level)
    start_logging()
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def broken() -> None:
    """Raises what a database raises: its message quotes what somebody typed."""
    raise ValueError(TOLD)


def silent(lines: list[dict[str, Any]]) -> bool:
    """Whether nobody's data stand in ``lines``."""
    written = json.dumps(lines, ensure_ascii=False)
    return not any(told in written for told in (NAME, ID_NUMBER, CANDIDATE_PASSWORD))


def test_an_entry_is_one_line_of_json_with_time_level_and_source(logged: Logged) -> None:
    logging.getLogger("webapp.duties").warning("duty failed: %s", "seal the event chains")
    (entry,) = logged()
    assert entry.pop("at").endswith("+00:00")
    assert entry == {
        "level": "warning",
        "from": "webapp.duties",
        "says": "duty failed: seal the event chains",
    }


def test_an_exception_is_named_by_type_and_place_and_not_by_what_it_says(logged: Logged) -> None:
    try:
        broken()
    except ValueError:
        logging.getLogger("webapp").exception("unexpected ValueError, reference 0badcafe")
    lines = logged()
    (entry,) = lines
    assert silent(lines)
    assert entry["error"] == "ValueError", "whose message would have told"
    assert entry["raised_at"][-1].endswith(" broken")
    assert "test_logs.py" in entry["raised_at"][-1]
    assert "0badcafe" in entry["says"]


def test_a_cause_behind_an_exception_is_not_quoted_either(logged: Logged) -> None:
    try:
        try:
            broken()
        except ValueError as cause:
            raise RuntimeError("storing failed") from cause
    except RuntimeError:
        logging.getLogger("webapp").exception("unexpected RuntimeError")
    lines = logged()
    assert silent(lines)
    assert lines[0]["error"] == "RuntimeError"


def test_a_deep_traceback_keeps_its_end(logged: Logged) -> None:
    def deeper(left: int) -> None:
        if left:
            deeper(left - 1)
        else:
            broken()

    try:
        deeper(40)
    except ValueError:
        logging.getLogger("webapp").exception("deep")
    (entry,) = logged()
    assert len(entry["raised_at"]) == 12
    assert entry["raised_at"][-1].endswith(" broken")


async def test_a_forgotten_tasks_exception_is_not_quoted(logged: Logged) -> None:
    """The event loop itself logs such a task with everything that its exception says."""

    async def forgotten() -> None:
        broken()

    task = asyncio.create_task(forgotten())
    await asyncio.wait([task])
    assert ID_NUMBER in repr(task)
    asyncio.get_running_loop().default_exception_handler(
        {"message": "Task exception was never retrieved", "exception": task.exception(), "task": task}
    )
    lines = logged()
    assert silent(lines)
    assert lines[0]["says"] == "Task exception was never retrieved"
    assert lines[0]["error"] == "ValueError"


def test_a_request_is_told_by_route_status_and_duration(logged: Logged) -> None:
    note_request("POST", "doorway.sign_in", 422, 0.012_34)
    (entry,) = logged()
    assert {name: entry[name] for name in ("method", "route", "status", "ms")} == {
        "method": "POST",
        "route": "doorway.sign_in",
        "status": 422,
        "ms": 12.3,
    }


def test_libraries_that_log_statements_with_their_values_are_quiet(logged: Logged) -> None:
    logging.getLogger("tortoise.db_client").info("INSERT INTO candidate VALUES (%s)", NAME)
    logging.getLogger("aiosqlite").info("executing %s", ID_NUMBER)
    assert logged() == []


def test_words_are_written_as_they_are() -> None:
    record = logging.LogRecord("webapp", logging.INFO, __file__, 1, "考区", None, None)
    assert "考区" in JsonLines().format(record)


@either_will_do
async def test_a_request_leaves_its_route_and_neither_address_nor_form(house: House, logged: Logged) -> None:
    await house.candidate("zhangsan")
    browser = house.browser()
    await browser.post("/", {"user_name": "zhangsan", "password": CANDIDATE_PASSWORD})
    await browser.get(f"/help/{ID_NUMBER}?q={quote(NAME)}")
    await browser.get(f"/nowhere/{ID_NUMBER}")
    lines = [line for line in logged() if line["from"] == "webapp.requests"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", "doorway.sign_in", 302),
        ("GET", "help_pages.help_text", 404),
        ("GET", "-", 404),
    ]
    assert silent(lines)
    assert "zhangsan" not in str(lines)
    assert quote(NAME) not in str(lines)


@either_will_do
async def test_a_failed_request_leaves_its_reference_and_nobodys_data(
    house: House, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sign_in(*_given: object) -> None:
        broken()

    monkeypatch.setattr("webapp.pages.doorway.sign_in_candidate", sign_in)
    answer = await house.browser().post("/", {"user_name": NAME, "password": CANDIDATE_PASSWORD})
    assert answer.status == 500
    assert ID_NUMBER not in answer.text
    lines = logged()
    assert silent(lines)
    failure = next(line for line in lines if line["level"] == "error")
    assert failure["error"] == "ValueError"
    reference = failure["says"].split()[-1]
    assert reference in answer.text, "with it the operator finds the entry that somebody telephones about"
