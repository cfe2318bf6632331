"""The product as an app on the phone: its manifest, the service worker, and the page for when there is no network.

What stands here is the same for everybody and holds nothing of anybody: the worker keeps it on the phone.
"""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from functools import cache

from quart import Blueprint, Response, current_app
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience
from webapp.guard.headers import SERVICE_WORKER_POLICY
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language
from webapp.pages.static_files import Build, asset, build

blueprint = Blueprint("pwa", __name__)

START = "/my"
PAPER, DESK = "#ffffff", "#f3f6f5"
"""As in ``tokens.css``: the masthead's ground, and the page's."""
ICONS = (
    ("app-192.png", "192x192", "any"),
    ("app-512.png", "512x512", "any"),
    ("app-maskable-512.png", "512x512", "maskable"),
)
_ENTRIES = ("candidate", "doorway", "material-page", "offline", "elements/leaving-phone")
"""The scripts that pages of candidates name themselves; what these load belongs to the shell too."""
_OTHERS = ("css/candidate.css", "css/doorway.css", "icons.svg", "favicon.svg")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NEIGHBOUR = re.compile(r'"(\.{1,2}/[\w/.-]+\.(?:js|wasm))"')


@dataclass(frozen=True)
class OfflinePage:
    """See ``templates/pwa/offline.html``."""

    start: str = START


@dataclass(frozen=True)
class AppHelpPage:
    """See ``templates/pwa/home_screen.html`` and ``templates/pwa/browser.html``."""

    host: str


@blueprint.get("/manifest.webmanifest")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def manifest() -> Response:
    """W3C Web Application Manifest, in the person's language: the pages ask for it with their cookies."""
    exam, language = await exam_shown(), current_language()
    content = {
        "id": START,
        "start_url": START,
        "scope": "/",
        "display": "standalone",
        "lang": language,
        "dir": "ltr",
        "name": f"{_('报名材料上传')} {exam.title(language)} {exam.region(language)}",
        "short_name": _("报名材料"),
        "description": _("上传报名材料的照片，看审核进度和结果。"),
        "theme_color": PAPER,
        "background_color": DESK,
        "icons": [
            {"src": asset(f"icons/{file}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
    }
    return Response(json.dumps(content, ensure_ascii=False), content_type="application/manifest+json")


@blueprint.get("/service-worker.js")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def service_worker() -> Response:
    """The worker with this build's name above it; where the operator wants none, one that removes itself."""
    off = current_app.config["SETTINGS"].without_service_worker
    response = Response(_source(off=off), content_type="text/javascript; charset=utf-8")
    response.headers["Content-Security-Policy"] = SERVICE_WORKER_POLICY
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def offline() -> ResponseReturnValue:
    """What the worker shows where no page comes; all that is personal on it is read from the phone itself."""
    return await render("pwa/offline.html", OfflinePage())


@blueprint.get("/help/home-screen")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def home_screen() -> ResponseReturnValue:
    """How the app gets onto the phone's first page."""
    return await render("pwa/home_screen.html", _app_help())


@blueprint.get("/help/browser")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def outside_wechat() -> ResponseReturnValue:
    """How a page that was opened inside WeChat gets into the phone's browser."""
    return await render("pwa/browser.html", _app_help())


def _app_help() -> AppHelpPage:
    origin: str = current_app.config["SETTINGS"].origin
    return AppHelpPage(origin.partition("://")[2])


@cache
def _source(*, off: bool) -> str:
    made = build()
    return made.files["js/service-worker-off.js"].plain.decode() if off else worker_source(made)


def worker_source(made: Build) -> str:
    """The script of a build. Another build is another text, which is how browsers notice it."""
    addresses = [f"/static/{made.name}/{name}" for name in shell(made)]
    head = json.dumps({"build": made.name, "addresses": addresses})
    return f"self.SHELL = {head};\n{made.files['js/service-worker.js'].plain.decode()}"


def shell(made: Build) -> list[str]:
    """The files that pages of candidates may ask for, also long after they were loaded."""
    waiting = [f"js/{entry}.js" for entry in _ENTRIES]
    waiting += [name for name in made.files if name.startswith("js/workers/")]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in found or name not in made.files:
            continue
        found.add(name)
        if name.endswith(".js"):
            text = _COMMENT.sub("", made.files[name].plain.decode())
            folder = posixpath.dirname(name)
            waiting += [posixpath.normpath(posixpath.join(folder, near)) for near in _NEIGHBOUR.findall(text)]
    return [*_OTHERS, *sorted(found)]
