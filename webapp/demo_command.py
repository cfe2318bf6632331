"""``webapp demo``: the product and a registration site with made-up people on this machine, ready in one command.

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
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from webapp.actions.keep_staff import add_staff
from webapp.actions.load_exam import load_exam
from webapp.actions.move_exam_clock import move_exam_clock
from webapp.actions.note_api_keys import note_key_made
from webapp.actions.take_registrations import take_registrations
from webapp.clock import allow_moving, now
from webapp.database import migrate, opened_database
from webapp.demo.arrivals import NOT_ACTIVATED
from webapp.demo.browsing import wait_until_answers
from webapp.demo.building import lay_papers_ready, let_everybody_in
from webapp.demo.fetching import KEY_FILE as API_KEY
from webapp.demo.fetching import RESULTS_FILE as RESULTS
from webapp.demo.people import STAFF
from webapp.demo.records import CANDIDATES
from webapp.demo.staging import Season
from webapp.demo.tickets import FILE as TICKET_KEYS
from webapp.demo.tickets import make_key
from webapp.exams import load_package
from webapp.guard import api_keys
from webapp.records.reading.exams import open_exam
from webapp.rules.exam_package import ExamPackage
from webapp.rules.roles import Role
from webapp.rules.windows import Window
from webapp.settings import Settings
from webapp.supervisor import Companion, PortTaken, Supervisor, bind

HOST = "127.0.0.1"  # published passwords: nobody else may reach it
EXAM = "tianjin_2020"
BOOK = "demo.json"
_OURS = (
    BOOK,
    TICKET_KEYS,
    API_KEY,
    RESULTS,
    "keys",
    "imports",
    "originals",
    "shelf",
    "webapp.sqlite3",
    "webapp.sqlite3-wal",
    "webapp.sqlite3-shm",
)
_OPEN_SINCE_DAYS = 10
_OPEN_FOR_DAYS = 4
_REVIEWED_FOR_DAYS = 3
_LAST_PORT = 65_535


@dataclass(frozen=True)
class _Place:
    """Where this run of the demo is: the addresses may be others each time, the data stay."""

    url: str
    registration_site: str
    data: Path

    @property
    def book(self) -> Path:
        return self.data / BOOK

    @property
    def ticket_keys(self) -> Path:
        return self.data / TICKET_KEYS

    @property
    def api_key(self) -> Path:
        return self.data / API_KEY

    @property
    def results(self) -> Path:
        return self.data / RESULTS


def run_demo(port: int, site_port: int | None, data: Path, *, as_json: bool, stages: bool) -> int:
    """Builds the demo if need be and serves it until SIGTERM; the exit status.

    Port 0 takes a free one. ``site_port`` is the registration site's; None: the one after ``port``. With ``stages``
    a new demo has people in every stage, else everybody still uploads.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "lock").open("w") as door:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _complain(f"a demo already runs on {data}")
        try:
            listening = bind(HOST, port)
        except PortTaken as taken:
            return _complain(f"{taken}; stop what runs there, or choose another port: make demo PORT=8001")
        try:
            beside = bind(HOST, site_port if site_port is not None else _port_after(port))
        except PortTaken as taken:
            listening.close()
            return _complain(f"{taken}; the registration site takes another with --site-port (0: a free one)")
        place = _Place(_address(listening), _address(beside), data)
        return _serve(listening, beside, place, as_json=as_json, stages=stages)


def _port_after(port: int) -> int:
    """The next port; a free one where there is none or where the first is a free one."""
    return port + 1 if 0 < port < _LAST_PORT else 0


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}"


def _complain(sentence: str) -> int:
    print(f"demo: {sentence}", file=sys.stderr)  # noqa: T201 - the command's own answer
    return 1


def _serve(
    listening: socket.socket, beside: socket.socket, place: _Place, *, as_json: bool, stages: bool
) -> int:
    built = _is_built(place.book)
    if not built:
        _remove_half_built(place.data)
    settings = Settings(
        data=place.data,
        database_url=f"sqlite://{place.data / 'webapp.sqlite3'}",
        origin=place.url,
        demo=True,
        movable_clock=True,
        registration_site=place.registration_site,
        ticket_keys=make_key(place.ticket_keys),
    )
    codes: dict[str, str] = {}
    season = _season(settings, now()) if stages else None
    if built:
        asyncio.run(migrate(settings.database_url))
    else:
        codes = asyncio.run(_lay_foundation(settings, season))
    _hand_out_key(settings, place.api_key)
    site = Companion(
        "webapp.demo.registration_site",
        [
            *("--origin", place.url),
            *("--ticket-key", str(place.ticket_keys)),
            *("--api-key", str(place.api_key)),
            *("--results", str(place.results)),
        ],
        beside,
    )
    supervisor = Supervisor(settings, listening, [site])
    builder = threading.Thread(
        target=_build_and_tell,
        args=(supervisor, place, codes, season),
        kwargs={"as_json": as_json},
        daemon=True,
    )
    builder.start()
    return supervisor.run()


def _is_built(book: Path) -> bool:
    """Whether everybody is in; a book of before there were candidates is none."""
    return book.exists() and "candidates" in json.loads(book.read_text())


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


def _season(settings: Settings, today: datetime) -> Season:
    """The window of a demo with all stages: over for some days, but for those who were given more time."""
    zone = ZoneInfo(load_package(EXAM).time_zone)
    midnight = today.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)

    async def move(moment: datetime | None) -> None:
        async with opened_database(settings.database_url):
            offset = moment - now() if moment else timedelta(0)
            await move_exam_clock(EXAM, offset, by="operator")

    return Season(
        bell=midnight - timedelta(days=_REVIEWED_FOR_DAYS),
        later_bell=midnight + timedelta(days=_OPEN_FOR_DAYS),
        move_clock=lambda moment: asyncio.run(move(moment)),
    )


async def _lay_foundation(settings: Settings, season: Season | None) -> dict[str, str]:
    """What an operator does by hand on a real host: database, exam, accounts, registrations.

    Returns the one-time codes of the accounts by user name.
    """
    allow_moving(movable=settings.movable_clock)
    await migrate(settings.database_url)
    package = load_package(EXAM)
    window = demo_window(package, now())
    if season:
        window = Window(season.bell - timedelta(days=_OPEN_SINCE_DAYS), season.bell)
    async with opened_database(settings.database_url):
        await load_exam(package, by="operator", windows={package.phases[0].code: window})
        if season:  # else every case would be closed before anybody has come in
            await move_exam_clock(EXAM, season.begins - now(), by="operator")
        exam = await open_exam()
        taken = await take_registrations(exam, [person.record for person in CANDIDATES], by="operator")
        if taken.failed:
            raise RuntimeError(f"registrations were refused: {taken.failed}")
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


def _hand_out_key(settings: Settings, file: Path) -> None:
    """Makes the registration site's key for results, once, and lays it where only this account can read it."""
    if file.exists():
        return
    key = asyncio.run(_new_api_key(settings))
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(f"{key}\n")
    draft.replace(file)


async def _new_api_key(settings: Settings) -> str:
    async with opened_database(settings.database_url):
        note = partial(note_key_made, EXAM, "operator")
        return (await api_keys.make_key("演示报名系统", [api_keys.Scope.RESULTS_READ], note)).key


def _build_and_tell(
    supervisor: Supervisor, place: _Place, codes: Mapping[str, str], season: Season | None, *, as_json: bool
) -> None:
    try:
        if codes:
            lay_papers_ready()
        wait_until_answers(f"{place.url}/readyz")
        wait_until_answers(place.registration_site)
        if codes:
            _write_whole(place.book, let_everybody_in(place.url, codes, place.ticket_keys, season))
    except Exception as problem:  # noqa: BLE001 - a thread's exception would otherwise only be printed
        _complain(f"could not be built: {problem}")
        supervisor.end()
        return
    _tell(place, json.loads(place.book.read_text()), as_json=as_json)


def _write_whole(book: Path, content: dict[str, Any]) -> None:
    draft = book.with_suffix(".draft")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1))
    draft.replace(book)


def _tell(place: _Place, known: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        addresses = {
            "url": place.url,
            "registration_site": place.registration_site,
            "data": str(place.data),
        }
        print(json.dumps({**addresses, **known}, ensure_ascii=False), flush=True)  # noqa: T201
        return
    print("\n".join(_in_words(place, known)), flush=True)  # noqa: T201


def _in_words(place: _Place, known: dict[str, Any]) -> list[str]:
    candidates = known["candidates"]
    activated = [sheet for sheet in candidates if sheet["state"] != NOT_ACTIVATED and sheet["password"]]
    one_of_each = {sheet["state"]: sheet for sheet in reversed(activated)}
    shown = sorted(one_of_each.values(), key=lambda sheet: str(sheet["user_name"]))
    return [
        "",
        f"  The demo serves on {place.url}",
        f"  Candidates begin at the registration site {place.registration_site}",
        "  Choose a person there, then 上传相关材料.",
        "",
        f"  {len(activated)} of its {len(candidates)} people have an account already.",
        f"  One of each kind, to sign in at {place.url}",
        "",
        *(f"  {sheet['user_name']:<8} {sheet['password']}  {sheet['state']}" for sheet in shown),
        "",
        f"  Staff sign in at {place.url}/staff/sign-in",
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
