"""The operator's commands, as they are typed: what they print, and one line for what the operator can mend."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from webapp.commands import main
from webapp.database import opened_database, transaction
from webapp.exams import load_package, package_folder
from webapp.keyring import parse_keyring
from webapp.records import Event

Typed = Callable[..., Result]


@pytest.fixture
def typed(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types a command on a host whose database is migrated and has an exam."""
    shutil.copy(sqlite_template, tmp_path / "webapp.sqlite3")
    monkeypatch.setenv("WEBAPP_DATA", str(tmp_path))
    for other in ("WEBAPP_DATABASE_URL", "WEBAPP_ORIGIN", "WEBAPP_KEYS", "WEBAPP_DEMO"):
        monkeypatch.delenv(other, raising=False)
    return lambda *words: CliRunner().invoke(main, list(words))


def refused(result: Result, sentence: str) -> bool:
    """Whether a command ended with 1 and one line that says so."""
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return sentence in result.output and len(result.output.strip().splitlines()) == 1


def test_an_account_is_made_and_invited_again(typed: Typed) -> None:
    made = typed("add-staff", "boss", "--name", "老板", "--office", "12", "--role", "manager", "--json")
    first = json.loads(made.output)
    assert first["user_name"] == "boss"
    again = json.loads(typed("invite-staff", "BOSS", "--json").output)
    assert again["user_name"] == "boss"
    assert again["code"] != first["code"]
    plain = typed("add-staff", "other", "--name", "乙", "--office", "1201", "--role", "reviewer")
    assert "/staff/enrol" in plain.output


def test_what_an_operator_mistypes_is_said_in_one_line(typed: Typed) -> None:
    assert refused(
        typed("add-staff", "boss", "--name", "x", "--office", "99", "--role", "manager"), "no office 99"
    )
    assert refused(typed("invite-staff", "nobody"), "no account nobody")
    typed("add-staff", "boss", "--name", "x", "--office", "12", "--role", "manager")
    assert refused(typed("add-staff", "boss", "--name", "x", "--office", "12", "--role", "manager"), "boss")
    assert refused(typed("exam", "nothing"), "tianjin_2020")
    late = typed("exam", "tianjin_2020", "--opens", "2026-11-01T00:00+00:00")
    assert refused(late, "without an offset")
    assert refused(
        typed("exam", "tianjin_2020", "--opens", "2026-11-02", "--bell", "2026-11-01"), "before its bell"
    )


def test_a_key_is_shown_once_listed_without_itself_and_ended_for_good(typed: Typed) -> None:
    made = json.loads(typed("api-key", "make", "报名系统", "--scope", "results:read", "--json").output)
    assert made["key"].startswith(f"wsr_{made['id']}_")
    plain = typed("api-key", "make", "second", "--scope", "results:read").stdout.strip()
    assert plain.startswith("wsr_")
    assert plain != made["key"]
    listed = typed("api-key", "list").output
    assert f"{made['id']}  results:read" in listed
    assert "used never" in listed
    assert made["key"] not in listed
    assert "revoked" not in listed
    assert "revoked" in typed("api-key", "revoke", made["id"]).output
    assert "was revoked already" in typed("api-key", "revoke", made["id"]).output
    states = {row["id"]: row["revoked"] for row in json.loads(typed("api-key", "list", "--json").output)}
    assert {bool(moment) for moment in states.values()} == {True, False}
    assert states[made["id"]]
    assert refused(typed("api-key", "revoke", "00000000"), "no key 00000000")
    assert refused(typed("api-key", "make", "x", "--scope", "results:write"), "no scope results:write")
    assert refused(typed("api-key", "make", " ", "--scope", "results:read"), "64")


def test_an_exam_is_loaded_once_closed_and_opened_again(typed: Typed) -> None:
    assert "already" in typed("exam", "tianjin_2020").output
    assert "tianjin_2020: loaded" in typed("exam", "tianjin_2020", "--closed").output
    account = ("add-staff", "boss", "--name", "x", "--office", "12", "--role", "manager")
    assert refused(typed(*account), "no exam is open")
    assert "tianjin_2020: loaded" in typed("exam", "tianjin_2020").output
    assert typed(*account).exit_code == 0


def test_a_package_with_a_broken_condition_is_named_by_file_and_line_and_loads_nothing(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exams = tmp_path / "exams"
    shutil.copytree(package_folder("tianjin_2020"), exams / "tianjin_2020")
    monkeypatch.setattr("webapp.exams.load_package", partial(load_package, exams=exams))
    assert "already" in typed("exam", "tianjin_2020").output, "the copy is the same"
    materials = exams / "tianjin_2020" / "materials.toml"
    good, broken = '{ field = "basis", not = "师承或确有专长" }', '{ field = "bais", not = "师承或确有专长" }'
    text = materials.read_text("utf-8")
    materials.write_text(text.replace(good, broken, 1), "utf-8")
    line = text[: text.index(good)].count("\n") + 1
    told = typed("exam", "tianjin_2020")
    assert told.exit_code == 1
    assert f"materials.toml:{line}: " in told.output
    assert 'did you mean "basis"?' in told.output
    materials.write_text(text, "utf-8")
    assert "already" in typed("exam", "tianjin_2020").output, "what is loaded stayed as it was"


def test_a_host_that_is_not_ready_is_told_what_to_run(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBAPP_DATABASE_URL", f"sqlite://{tmp_path / 'new.sqlite3'}")
    assert refused(typed("check-events"), "webapp migrate")
    monkeypatch.setenv("WEBAPP_DATABASE_URL", "postgres://nobody:x@127.0.0.1:1/none")
    assert refused(typed("check-events"), "does not answer")
    assert refused(typed("migrate"), "does not answer")
    monkeypatch.setenv("WEBAPP_KEYS", "no key")
    assert refused(typed("serve", "--port", "1"), "line 1")
    monkeypatch.delenv("WEBAPP_KEYS")
    monkeypatch.setenv("WEBAPP_TICKET_KEYS", "reg-2020:HS256:c2hvcnQ=")
    assert refused(typed("serve", "--port", "1"), "WEBAPP_TICKET_KEYS, key 1")
    monkeypatch.setenv("WEBAPP_ORIGIN", "http://exam.example")
    assert refused(typed("check-events"), "WEBAPP_ORIGIN")


async def _rewrite_history(url: str) -> None:
    async with opened_database(url):
        await transaction(lambda: Event.filter(sequence=1).update(actor="somebody else"))()


def test_checking_the_events_names_what_was_rewritten(typed: Typed, tmp_path: Path) -> None:
    whole = typed("check-events")
    assert (whole.exit_code, whole.output.strip()) == (0, "all chains are whole")
    asyncio.run(_rewrite_history(f"sqlite://{tmp_path / 'webapp.sqlite3'}"))
    broken = typed("check-events")
    assert broken.exit_code == 1
    assert "exam:tianjin_2020: edited at 1" in broken.output


def test_a_new_key_is_a_line_of_the_ring(typed: Typed) -> None:
    first, second = typed("new-key").output, typed("new-key").output
    assert first != second
    assert len(parse_keyring(first + second).keys) == 2
