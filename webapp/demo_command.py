"""``webapp demo``: the product with made-up people on this machine, ready in one command.

The data folder is built once. It counts as built when the book of sign-ins stands in it, which is written last:
a demo that was killed while building starts over, one that was killed later goes on.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import shutil
import socket
import sys
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from webapp.actions.keep_staff import add_staff
from webapp.actions.load_exam import load_exam
from webapp.clock import now
from webapp.database import migrate, opened_database
from webapp.demo.people import STAFF
from webapp.demo.walking_in import enrol_everybody, wait_until_ready
from webapp.exams import load_package
from webapp.records.reading.exams import open_exam
from webapp.rules.exam_package import ExamPackage
from webapp.rules.roles import Role
from webapp.rules.windows import Window
from webapp.settings import Settings
from webapp.supervisor import PortTaken, Supervisor, bind

HOST = "127.0.0.1"  # published passwords: nobody else may reach it
EXAM = "tianjin_2020"
BOOK = "demo.json"
_OURS = (BOOK, "keys", "shelf", "webapp.sqlite3", "webapp.sqlite3-wal", "webapp.sqlite3-shm")
_OPEN_SINCE_DAYS = 10
_OPEN_FOR_DAYS = 4


def run_demo(port: int, data: Path, *, as_json: bool) -> int:
    """Builds the demo if need be and serves it until SIGTERM; the exit status."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as door:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _complain(f"a demo already runs on {data}")
        try:
            listening = bind(HOST, port)
        except PortTaken as taken:
            return _complain(f"{taken}; stop what runs there, or choose another port: make demo PORT=8001")
        return _serve(listening, data, as_json=as_json)


def _complain(sentence: str) -> int:
    print(f"demo: {sentence}", file=sys.stderr)  # noqa: T201 - the command's own answer
    return 1


def _serve(listening: socket.socket, data: Path, *, as_json: bool) -> int:
    host, port = listening.getsockname()[:2]
    url = f"http://{host}:{port}"
    settings = Settings(
        data=data,
        database_url=f"sqlite://{data / 'webapp.sqlite3'}",
        origin=url,
        demo=True,
        movable_clock=True,
    )
    book = data / BOOK
    codes: dict[str, str] = {}
    if not book.exists():
        _remove_half_built(data)
        codes = asyncio.run(_lay_foundation(settings))
    else:
        asyncio.run(migrate(settings.database_url))
    supervisor = Supervisor(settings, listening)
    builder = threading.Thread(
        target=_build_and_tell,
        args=(supervisor, url, book, codes),
        kwargs={"as_json": as_json},
        daemon=True,
    )
    builder.start()
    return supervisor.run()


def _remove_half_built(data: Path) -> None:
    for name in _OURS:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def demo_window(package: ExamPackage, today: datetime) -> Window:
    """The exam's window of 2020, moved so that uploading has been open for some days and goes on for some more."""
    midnight = today.astimezone(ZoneInfo(package.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return Window(midnight - timedelta(days=_OPEN_SINCE_DAYS), midnight + timedelta(days=_OPEN_FOR_DAYS))


async def _lay_foundation(settings: Settings) -> dict[str, str]:
    """Database, exam and accounts: what an operator does by hand on a real host. One-time codes by user name."""
    await migrate(settings.database_url)
    package = load_package(EXAM)
    async with opened_database(settings.database_url):
        await load_exam(package, by="operator", windows={package.phases[0].code: demo_window(package, now())})
        exam = await open_exam()
        offices = {office.code: office.id for office in exam.offices}
        invitations = [
            await add_staff(
                exam.code,
                by="operator",
                name=person.name,
                user_name=person.user_name,
                posts=[(offices[person.office], Role(role)) for role in person.roles],
            )
            for person in STAFF
        ]
    return {invitation.user_name: invitation.code for invitation in invitations}


def _build_and_tell(
    supervisor: Supervisor, url: str, book: Path, codes: Mapping[str, str], *, as_json: bool
) -> None:
    try:
        wait_until_ready(url)
        if codes:
            _write_whole(book, {"staff": [sheet.plain() for sheet in enrol_everybody(url, codes)]})
    except Exception as problem:  # noqa: BLE001 - a thread's exception would otherwise only be printed
        _complain(f"could not be built: {problem}")
        supervisor.end()
        return
    _tell(url, book, as_json=as_json)


def _write_whole(book: Path, content: dict[str, Any]) -> None:
    draft = book.with_suffix(".draft")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1))
    draft.replace(book)


def _tell(url: str, book: Path, *, as_json: bool) -> None:
    known = json.loads(book.read_text())
    if as_json:
        print(json.dumps({"url": url, "data": str(book.parent), **known}, ensure_ascii=False), flush=True)  # noqa: T201
        return
    lines = [
        "",
        f"  The demo serves on {url}",
        f"  Staff sign in at {url}/staff/sign-in",
        "",
        *(
            f"  {sheet['user_name']:<8} {sheet['password']}  TOTP {sheet['totp_secret']}  "
            f"{sheet['office']:<5} {', '.join(sheet['roles'])}"
            for sheet in known["staff"]
        ),
        "",
        "  Codes of the day: .venv/bin/webapp code USER_NAME      Ctrl-C ends the demo, its data stay.",
        "",
    ]
    print("\n".join(lines), flush=True)  # noqa: T201
