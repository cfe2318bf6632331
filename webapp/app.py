"""The application: rooms put together, walls first."""

from __future__ import annotations

import asyncio
import gzip
import time
from typing import Any

import jinja2
from hypercorn.typing import ASGIReceiveCallable
from quart import Blueprint, Quart, Request, Response, g, request
from quart.asgi import ASGIHTTPConnection
from quart.templating import Environment

from webapp import clock
from webapp.actions.import_desk import import_desk
from webapp.actions.photo_desk import photo_desk
from webapp.database import close_database, open_database
from webapp.guard import browser
from webapp.guard.access import AUDIENCE_ATTRIBUTE
from webapp.guard.api_keys import machine_of
from webapp.guard.headers import put_headers
from webapp.guard.limiter import ForgettingStore, Limiter
from webapp.guard.rate import RATE_ATTRIBUTE
from webapp.guard.same_origin import SAFE_METHODS, comes_from_us
from webapp.guard.tickets import read_ticket_keys
from webapp.keyring import open_keyring
from webapp.logs import note_request
from webapp.pages import (
    account,
    activating,
    demo_clock,
    display,
    doorway,
    entering,
    errors,
    forgotten,
    health,
    help_pages,
    pwa,
    resetting,
    staff_doorway,
    static_files,
)
from webapp.pages.api import description as api_description
from webapp.pages.api import results as api_results
from webapp.pages.candidate import (
    announcements,
    answers,
    declarations,
    photo_page,
    photos,
    receipt_page,
    record,
    recovered,
    result,
    submission,
    withdrawal,
)
from webapp.pages.candidate import home as candidate_home
from webapp.pages.candidate import materials as candidate_materials
from webapp.pages.language import translate, translate_plural
from webapp.pages.reviewer import calls, queue, supplies
from webapp.pages.reviewer import case as review_case
from webapp.pages.reviewer import history as review_history
from webapp.pages.reviewer import photos as review_photos
from webapp.pages.staff import (
    api_keys,
    case,
    cases,
    events,
    exam,
    materials,
    people,
    person,
    progress,
    publishing,
    recovery_code,
    registrations,
)
from webapp.pages.staff import home as staff_home
from webapp.pages.staff import registration_import as staff_import
from webapp.rules.refusals import Refused
from webapp.settings import Settings

BLUEPRINTS: tuple[Blueprint, ...] = (
    doorway.blueprint,
    display.blueprint,
    entering.blueprint,
    activating.blueprint,
    forgotten.blueprint,
    resetting.blueprint,
    staff_doorway.blueprint,
    account.blueprint,
    candidate_home.blueprint,
    candidate_materials.blueprint,
    declarations.blueprint,
    submission.blueprint,
    answers.blueprint,
    result.blueprint,
    record.blueprint,
    withdrawal.blueprint,
    photos.blueprint,
    photo_page.blueprint,
    receipt_page.blueprint,
    announcements.blueprint,
    queue.blueprint,
    calls.blueprint,
    supplies.blueprint,
    review_case.blueprint,
    review_history.blueprint,
    review_photos.blueprint,
    staff_home.blueprint,
    people.blueprint,
    person.blueprint,
    exam.blueprint,
    materials.blueprint,
    events.blueprint,
    progress.blueprint,
    cases.blueprint,
    case.blueprint,
    registrations.blueprint,
    staff_import.blueprint,
    publishing.blueprint,
    recovery_code.blueprint,
    recovered.blueprint,
    api_keys.blueprint,
    api_results.blueprint,
    api_description.blueprint,
    help_pages.blueprint,
    pwa.blueprint,
    health.blueprint,
    static_files.blueprint,
)
MOST_UNREAD_BYTES = 1_048_576
_LOOK_AGAIN_SECONDS = 0.01
_PACKED_FROM_BYTES = 1_024
# The registration site's page posts a ticket here. The ticket itself is the authority: the route rests on no
# cookie, opens no session and changes nothing for whoever is signed in.
_FROM_ELSEWHERE = frozenset({("POST", "entering.take_ticket")})
FOR_MACHINES = "/api/"
"""Below it a key opens doors, and no cookie counts."""
_WITHOUT_PERSON = frozenset(
    {
        "static_files.static_file",
        "health.alive",
        "health.ready",
        "pwa.manifest",
        "pwa.service_worker",
        "pwa.offline",
    }
)


class UndecidedRoute(Exception):
    """A route that does not say who it is for and how often: a mistake in our code."""


class PacedConnection(ASGIHTTPConnection):
    """A request whose body waits outside while nobody reads it.

    Quart's own takes whatever a client sends at once, so that a slow handler would hold it all in memory.
    """

    async def handle_messages(self, request: Request, receive: ASGIReceiveCallable) -> None:
        while True:
            while len(request.body._data) > MOST_UNREAD_BYTES:  # noqa: ASYNC110 - reading tells no event
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if message["type"] == "http.request":
                request.body.append(message.get("body", b""))
                if not message.get("more_body", False):
                    request.body.set_complete()


class WebApp(Quart):
    """Quart whose templates stop at a name that nobody gave them, and whose requests are paced."""

    asgi_http_class = PacedConnection

    def create_jinja_environment(self) -> Environment:  # type: ignore[override]  # as Quart itself has it
        """Set before Quart makes its environment, because options cannot be changed on one that was made."""
        self.jinja_options = {
            "undefined": jinja2.StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "extensions": ["jinja2.ext.i18n"],
        }
        return super().create_jinja_environment()


def create_app(settings: Settings) -> Quart:
    """One app for one process. A test makes its own, because before_serving works once per app."""
    app = WebApp(__name__, static_folder=None, template_folder="../templates")
    app.url_map.merge_slashes = False  # a doubled slash is another address, not one to be sent on from
    app.config["SETTINGS"] = settings
    app.config["KEYRING"] = open_keyring(settings.keys, settings.data / "keys")
    app.config["TICKET_KEYS"] = read_ticket_keys(settings.ticket_keys)
    app.config["MAX_CONTENT_LENGTH"] = None  # each reader counts its own bytes; see webapp.pages.forms
    app.jinja_env.install_gettext_callables(translate, translate_plural, newstyle=True)  # type: ignore[attr-defined]
    app.extensions["photo_desk"] = desk = photo_desk(settings.data, app.config["KEYRING"])
    app.extensions["import_desk"] = import_desk(settings.data, app.config["KEYRING"])
    static_files.build()  # a missing style sheet is found now and not by the first person
    app.jinja_env.globals["asset"] = static_files.asset
    browser.install(app, settings, app.config["KEYRING"])
    _put_up_walls(app, settings)
    Limiter(app, store=ForgettingStore())
    errors.install(app)
    for blueprint in (*BLUEPRINTS, *((demo_clock.blueprint,) if settings.demo else ())):
        app.register_blueprint(blueprint)
    refuse_undecided(app)

    @app.before_serving
    async def open_doors() -> None:
        clock.allow_moving(movable=settings.movable_clock)
        await open_database(settings.database_url)

    @app.after_serving
    async def close_doors() -> None:
        await desk.close()
        await close_database()

    return app


def _put_up_walls(app: Quart, settings: Settings) -> None:
    """In the order in which they stand before a request: origin, person; then the limiter, then the audience."""

    @app.before_request
    async def refuse_foreign_origins() -> None:
        g.started = time.perf_counter()
        g.person = g.machine = None
        if request.method in SAFE_METHODS or (request.method, request.endpoint) in _FROM_ELSEWHERE:
            return
        if not comes_from_us(request.headers, settings.origin):
            raise Refused("origin.foreign")

    @app.before_request
    async def find_person() -> None:
        if request.path.startswith(FOR_MACHINES):
            g.machine = await machine_of(request.headers.get("Authorization", ""))
        elif request.endpoint not in _WITHOUT_PERSON:
            await browser.find_person()

    @app.after_request
    async def finish(response: Response) -> Response:
        if "Set-Cookie" in response.headers:
            response.headers["Cache-Control"] = "no-store"  # a shared cache would hand the cookie to others
        put_headers(response, secure=settings.secure)
        await _pack(response)
        note_request(
            request.method, request.endpoint or "-", response.status_code, time.perf_counter() - g.started
        )
        return response


async def _pack(response: Response) -> None:
    """Compresses pages. A page repeats no secret beside what a stranger chose, so its length tells nothing."""
    if response.mimetype != "text/html" or "Content-Encoding" in response.headers:
        return
    response.headers["Vary"] = "Accept-Encoding, Cookie, Accept-Language"
    body = await response.get_data(as_text=False)
    if len(body) >= _PACKED_FROM_BYTES and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"


def refuse_undecided(app: Quart) -> None:
    """Raises :class:`UndecidedRoute` for the first route that forgot to say who it is for."""
    for rule in app.url_map.iter_rules():
        handler: Any = app.view_functions[rule.endpoint]
        if not hasattr(handler, AUDIENCE_ATTRIBUTE) or not hasattr(handler, RATE_ATTRIBUTE):
            raise UndecidedRoute(f"{rule.rule} ({rule.endpoint}) names no audience or no rate")
