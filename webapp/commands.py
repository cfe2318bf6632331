"""The command line: what operators, the Makefile and the supervisor call."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar
from zoneinfo import ZoneInfo

import click

from webapp.settings import Settings, SettingsProblem, read_settings

if TYPE_CHECKING:
    from webapp.actions.keep_staff import Invitation

Answer = TypeVar("Answer")


def _settings() -> Settings:
    try:
        settings = read_settings()
    except SettingsProblem as problem:
        raise click.ClickException(str(problem)) from problem
    try:
        # For nobody but this account: the folder holds the database, the photos and their keys.
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as reason:
        raise click.ClickException(f"WEBAPP_DATA: {reason}") from reason
    return settings


def _with_database(settings: Settings, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Runs ``work`` with the database open; what an operator can mend is said in one line."""
    from webapp.clock import allow_moving
    from webapp.database import DatabaseProblem, database_now, opened_database, unapplied
    from webapp.records.reading.exams import NoExam

    allow_moving(movable=settings.movable_clock)

    async def run() -> Answer:
        async with opened_database(settings.database_url):
            await database_now()  # asked first: whether it answers at all
            if await unapplied():
                raise click.ClickException("the database has not the newest schema; run: webapp migrate")
            return await work()

    try:
        return asyncio.run(run())
    except NoExam as none:
        raise click.ClickException("no exam is open to candidates; run: webapp exam CODE") from none
    except (DatabaseProblem, OSError) as reason:
        raise click.ClickException(f"the database does not answer: {reason}") from reason


@click.group()
@click.version_option(package_name="webapp")
def main() -> None:
    """Online material review for the medical licensing exam."""


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema; one step of deploying, never two at once."""
    from webapp.database import DatabaseProblem
    from webapp.database import migrate as run

    settings = _settings()
    try:
        done = asyncio.run(run(settings.database_url))
    except (DatabaseProblem, OSError) as reason:
        raise click.ClickException(f"the database does not answer: {reason}") from reason
    click.echo("\n".join(done) or "the schema is up to date")


@main.command()
@click.argument("code")
@click.option("--opens", help="Open the first phase then instead (local time of the exam, YYYY-MM-DDTHH:MM).")
@click.option("--bell", help="Ring the first phase's bell then instead.")
@click.option("--closed", is_flag=True, help="Load without opening the exam to candidates.")
def exam(code: str, opens: str | None, bell: str | None, *, closed: bool) -> None:
    """Load the exam package CODE (a folder of webapp/exams); loading again brings changes in."""
    from webapp.actions.load_exam import load_exam
    from webapp.exams import NoSuchExam, exam_codes, load_package
    from webapp.rules.package_table import BrokenPackage
    from webapp.rules.windows import Window

    settings = _settings()
    try:
        package = load_package(code)
    except NoSuchExam as none:
        raise click.ClickException(f"no exam package {code}; there are {', '.join(exam_codes())}") from none
    except BrokenPackage as broken:
        raise click.ClickException(str(broken)) from broken
    windows = None
    if opens or bell:
        zone = ZoneInfo(package.time_zone)
        own = package.phases[0].window
        try:
            moved = Window(
                _local(opens, zone) if opens else own.opens,
                _local(bell, zone) if bell else own.bell,
            )
        except ValueError as problem:
            raise click.ClickException(str(problem)) from problem
        windows = {package.phases[0].code: moved}

    async def load() -> bool:
        loaded = await load_exam(package, by="operator", windows=windows, open_to_candidates=not closed)
        return loaded.changed

    click.echo(f"{code}: {'loaded' if _with_database(settings, load) else 'already as the package says'}")


def _local(written: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is not None:
        raise ValueError("--opens and --bell are local times of the exam, without an offset")
    return moment.replace(tzinfo=zone)


@main.command(name="add-staff")
@click.argument("user_name")
@click.option("--name", required=True, help="The person's name.")
@click.option("--office", required=True, help="Code of the office, such as 12 or 1201.")
@click.option(
    "--role", "roles", required=True, multiple=True, type=click.Choice(["reviewer", "manager", "auditor"])
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def add_staff_command(
    user_name: str, name: str, office: str, roles: tuple[str, ...], *, as_json: bool
) -> None:
    """Make an account of staff; prints the one-time code to take it into use at /staff/enrol."""
    from webapp.actions.keep_staff import add_staff
    from webapp.records.reading.exams import open_exam
    from webapp.rules.roles import Role

    settings = _settings()

    async def add() -> Invitation:
        shown = await open_exam()
        where = {row.code: row.id for row in shown.offices}
        if office not in where:
            raise click.ClickException(f"no office {office}; there are {', '.join(where)}")
        posts = [(where[office], Role(role)) for role in roles]
        return await add_staff(shown.code, by="operator", name=name, user_name=user_name, posts=posts)

    _tell_invitation(settings, add, as_json=as_json)


@main.command(name="invite-staff")
@click.argument("user_name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def invite_staff_command(user_name: str, *, as_json: bool) -> None:
    """A new one-time code for an account, for instance when the only manager has lost the phone."""
    from webapp.actions.keep_staff import invite_staff
    from webapp.records.reading.exams import open_exam
    from webapp.records.reading.staff import staff_id_of

    settings = _settings()

    async def invite() -> Invitation:
        staff_id = await staff_id_of(user_name)
        if staff_id is None:
            raise click.ClickException(f"no account {user_name}")
        return await invite_staff((await open_exam()).code, staff_id, by="operator")

    _tell_invitation(settings, invite, as_json=as_json)


def _tell_invitation(settings: Settings, work: Callable[[], Awaitable[Invitation]], *, as_json: bool) -> None:
    from webapp.pages.words import refusal
    from webapp.rules.refusals import Refused

    try:
        invitation = _with_database(settings, work)
    except Refused as refused:
        raise click.ClickException(refusal(refused)[1]) from refused
    if as_json:
        click.echo(json.dumps({"user_name": invitation.user_name, "code": invitation.code}))
        return
    click.echo(f"{invitation.user_name}: {invitation.code}")
    click.echo(
        f"Take it into use at {settings.origin}/staff/enrol before {invitation.until:%Y-%m-%d %H:%M} UTC."
    )


class _NoTable(click.ClickException):
    """The file cannot be read at all."""

    exit_code = 2


@main.command(name="import-registrations")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option(
    "--bell-for-late",
    default="",
    metavar="MOMENT",
    help='Bell of cases that are made after theirs, local time of the exam: "2020-05-10 24:00". Else withdrawn.',
)
@click.option("--columns", is_flag=True, help="List the columns of a table and what may stand in them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def import_registrations_command(
    file: BinaryIO | None, *, dry_run: bool, bell_for_late: str, columns: bool, as_json: bool
) -> None:
    """Take registrations in from FILE (.xlsx or .csv; - is standard input).

    Good rows are taken even if others fail. Exit status: 0 if all were, 1 if some failed, 2 if the file cannot be
    read. The same file again changes nothing.
    """
    from webapp import import_command
    from webapp.import_words import sentence_of_file
    from webapp.sheets.bounds import MOST_BYTES
    from webapp.sheets.refusals import NoTable
    from webapp.sheets.tables import read_table

    settings = _settings()
    if columns:
        click.echo("\n".join(_with_database(settings, import_command.column_lines)))
        return
    if file is None:
        raise click.UsageError("which FILE? webapp import-registrations --columns tells what stands in it")
    name = getattr(file, "name", "<stdin>")
    try:
        table = read_table(file.read(MOST_BYTES + 1), name)
    except NoTable as none:
        raise _NoTable(f"{name}: {sentence_of_file(none)}") from none
    with click.progressbar(
        length=len(table.rows), file=sys.stderr, hidden=dry_run or not sys.stderr.isatty()
    ) as bar:
        try:
            report = _with_database(
                settings,
                lambda: import_command.import_registrations(
                    table, dry_run=dry_run, bell_for_late=bell_for_late, taken=bar.update
                ),
            )
        except import_command.NoBell as none:
            raise click.UsageError(f"--bell-for-late: {none}") from none
    if as_json:
        click.echo(json.dumps(import_command.as_json(report), ensure_ascii=False))
    else:
        click.echo("\n".join(import_command.lines(report)))
    sys.exit(report.status)


@main.group(name="api-key")
def api_key() -> None:
    """Keys with which other systems ask this one, such as the registration system for results."""


@api_key.command(name="make")
@click.argument("name")
@click.option(
    "--scope", "scopes", required=True, multiple=True, help="What it opens: results:read. May be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def api_key_make(name: str, scopes: tuple[str, ...], *, as_json: bool) -> None:
    """Make a key for NAME and print it, this once."""
    from functools import partial

    from webapp.actions.note_api_keys import note_key_made
    from webapp.guard.api_keys import MadeKey, Scope, make_key, short_id
    from webapp.pages.words import refusal
    from webapp.records.reading.exams import open_exam
    from webapp.rules.refusals import Refused

    unknown = set(scopes) - set(Scope)
    if unknown:
        raise click.ClickException(f"no scope {', '.join(sorted(unknown))}; there are {', '.join(Scope)}")

    async def make() -> MadeKey:
        exam = await open_exam()
        return await make_key(
            name, [Scope(one) for one in scopes], partial(note_key_made, exam.code, "operator")
        )

    try:
        made = _with_database(_settings(), make)
    except Refused as refused:
        raise click.ClickException(refusal(refused)[1]) from refused
    if as_json:
        click.echo(
            json.dumps({"id": short_id(made.id), "name": made.name, "key": made.key}, ensure_ascii=False)
        )
        return
    click.echo(made.key)
    click.echo("This key is shown only now; the database holds its digest.", err=True)


@api_key.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def api_key_list(*, as_json: bool) -> None:
    """All keys: id, name, scopes, when made, last used, revoked (UTC)."""
    from webapp.guard.api_keys import all_keys, short_id

    def moment(at: datetime | None) -> str | None:
        return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None

    keys = _with_database(_settings(), all_keys)
    if as_json:
        rows = [
            {
                "id": short_id(key.id),
                "name": key.name,
                "scopes": key.scopes,
                "made": moment(key.made_at),
                "used": moment(key.used_at),
                "revoked": moment(key.revoked_at),
            }
            for key in keys
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for key in keys:
        state = (
            f"revoked {moment(key.revoked_at)}"
            if key.revoked_at
            else f"used {moment(key.used_at) or 'never'}"
        )
        click.echo(
            f"{short_id(key.id)}  {','.join(key.scopes)}  made {moment(key.made_at)}  {state}  {key.name}"
        )


@api_key.command(name="revoke")
@click.argument("key_id", metavar="ID")
def api_key_revoke(key_id: str) -> None:
    """End the key ID (as api-key list writes it) at once and for good."""
    from functools import partial

    from webapp.actions.note_api_keys import note_key_revoked
    from webapp.guard.api_keys import key_called, revoke_key
    from webapp.records.reading.exams import open_exam

    async def revoke() -> bool:
        key = await key_called(key_id)
        if key is None:
            raise click.ClickException(f"no key {key_id}; webapp api-key list names them")
        return await revoke_key(key.id, partial(note_key_revoked, (await open_exam()).code, "operator"))

    click.echo(f"{key_id}: {'revoked' if _with_database(_settings(), revoke) else 'was revoked already'}")


@main.command(name="new-key")
def new_key() -> None:
    """Print a new key for the key ring; put it on top of the others to rotate."""
    from webapp.keyring import new_key_line

    click.echo(new_key_line())


@main.command(name="seal-anew")
def seal_anew_command() -> None:
    """Seal by the newest key what older ones have sealed, so that these can leave the ring.

    First restart the service, so that all its processes know the newest key. Can be stopped and begun again at any
    moment, while people are served. Exit status 1 if something cannot be opened.
    """
    from webapp import shelf_commands
    from webapp.keyring import KeyringProblem

    settings = _settings()
    with click.progressbar(length=0, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        try:
            done = _with_database(settings, lambda: shelf_commands.seal_anew(settings, bar.update))
        except KeyringProblem as problem:
            raise click.ClickException(str(problem)) from problem
    click.echo("\n".join(shelf_commands.sealed_lines(done)))
    sys.exit(1 if done.closed else 0)


@main.command()
@click.option("--keep", is_flag=True, help="Only look; remove nothing. For a backup.")
def doctor(*, keep: bool) -> None:
    """Check every stored photo against its file, and sweep files that no row has needed for a day.

    Reads the whole shelf; can run while people are served. Exit status 1 if a file is missing, damaged or another.
    """
    from webapp import shelf_commands
    from webapp.actions.check_photos import files_to_check
    from webapp.keyring import KeyringProblem

    settings = _settings()

    async def look() -> shelf_commands.Examined:
        with click.progressbar(
            length=await files_to_check(), file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            return await shelf_commands.examine(settings, bar.update, sweep=not keep)

    try:
        examined = _with_database(settings, look)
    except KeyringProblem as problem:
        raise click.ClickException(str(problem)) from problem
    click.echo("\n".join(shelf_commands.examined_lines(examined)))
    sys.exit(examined.status)


@main.command(name="check-events")
def check_events() -> None:
    """Verify every event chain and every daily seal; exit 1 and name the breaks if there are any."""
    from webapp.records.reading.chains import all_breaks

    found = _with_database(_settings(), all_breaks)
    for one in found:
        click.echo(f"{one.chain}: {one.what} at {one.sequence}")
    click.echo("all chains are whole" if not found else f"{len(found)} broken")
    sys.exit(1 if found else 0)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65_535))
def serve(host: str, port: int) -> None:
    """Serve with the supervisor and its processes until SIGTERM."""
    from webapp.guard.tickets import read_ticket_keys
    from webapp.keyring import KeyringProblem, open_keyring
    from webapp.supervisor import PortTaken, Supervisor, bind

    settings = _settings()
    try:
        open_keyring(settings.keys, settings.data / "keys")  # else each child would find out, again and again
        read_ticket_keys(settings.ticket_keys)
        listening = bind(host, port)
    except (KeyringProblem, SettingsProblem, OSError) as problem:
        raise click.ClickException(str(problem)) from problem
    except PortTaken as taken:
        raise click.ClickException(str(taken)) from taken
    sys.exit(Supervisor(settings, listening).run())


@main.command(name="serve-one", hidden=True)
@click.option("--socket", "socket_fd", type=int, required=True)
@click.option("--lifeline", type=int)
def serve_one_command(socket_fd: int, lifeline: int | None) -> None:
    """One serving process; the supervisor starts it."""
    from webapp.logs import start_logging
    from webapp.serving import serve_one

    start_logging()
    serve_one(_settings(), socket_fd, lifeline)


@main.command(name="duties", hidden=True)
@click.option("--lifeline", type=int)
def duties_command(lifeline: int | None) -> None:
    """The process that does what falls due; the supervisor starts it."""
    from webapp.logs import start_logging
    from webapp.serving import keep_one

    start_logging()
    keep_one(_settings(), lifeline)


@main.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one."
)
@click.option(
    "--site-port",
    type=click.IntRange(0, 65_535),
    help="Port of the demo registration site; 0 takes a free one.  [default: the one after --port]",
)
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".demo"), show_default=True
)
@click.option(
    "--stages/--no-stages",
    default=True,
    show_default=True,
    help="A new demo has people in every stage; or everybody still uploads.",
)
@click.option("--json", "as_json", is_flag=True, help="First line: one JSON object for tools.")
def demo(port: int, site_port: int | None, data: Path, *, stages: bool, as_json: bool) -> None:
    """A demo with made-up people on this machine: sets everything up at first use, then serves."""
    from webapp.demo_command import run_demo

    sys.exit(run_demo(port, site_port, data.absolute(), as_json=as_json, stages=stages))


@main.command()
@click.argument("user_name")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".demo"), show_default=True
)
def code(user_name: str, data: Path) -> None:
    """The demo's stand-in for a phone: the current one-time code of a demo account."""
    from webapp.clock import now
    from webapp.totp import code_at

    book = data / "demo.json"
    if not book.exists():
        raise click.ClickException(f"no demo in {data}; start one with make demo")
    sheets = {sheet["user_name"]: sheet for sheet in json.loads(book.read_text())["staff"]}
    if user_name not in sheets:
        raise click.ClickException(f"no demo account {user_name}; there are {', '.join(sheets)}")
    click.echo(code_at(sheets[user_name]["totp_secret"], now()))
