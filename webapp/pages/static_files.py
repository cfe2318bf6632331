"""Scripts, styles and pictures of the pages: read once at start, compressed, under an address that names their content.

The address holds a digest of all files, so a browser may keep them for ever, and relative imports between modules
stay inside one build. Styles are written one file per thing and joined here, in a listed order, into one per audience.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quart import Blueprint, Response, abort, request

from webapp.guard.access import Audience, audience
from webapp.guard.headers import WORKER_POLICY
from webapp.guard.rate import STATIC, rate

ROOT = Path(__file__).parents[2] / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".wasm": "application/wasm",
}
_PACKED = {".css", ".js", ".svg", ".wasm"}
_WORKERS = "js/workers/"
_FOR_EVER = "public, max-age=31536000, immutable"
blueprint = Blueprint("static_files", __name__)


@dataclass(frozen=True)
class StaticFile:
    """One file as it is served; ``packed`` is its gzip form where that is smaller."""

    media_type: str
    plain: bytes
    packed: bytes | None


@dataclass(frozen=True)
class Build:
    """All static files under one name."""

    name: str
    files: dict[str, StaticFile]


@cache
def build(root: Path = ROOT) -> Build:
    """Reads the folder once a process."""
    order: dict[str, list[str]] = json.loads((root / "css" / "order.json").read_text())
    contents = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix in TYPES and path.parent.name != "css"
    }
    for audience_name, parts in order.items():
        joined = b"\n".join((root / "css" / part).read_bytes() for part in parts)
        contents[f"css/{audience_name}.css"] = joined
    digest = hashlib.sha256()
    for name in sorted(contents):
        digest.update(f"{name}\0{len(contents[name])}\0".encode() + contents[name])
    files = {name: _served(name, content) for name, content in contents.items()}
    return Build(digest.hexdigest()[:12], files)


def _served(name: str, content: bytes) -> StaticFile:
    suffix = Path(name).suffix
    packed = gzip.compress(content, 9, mtime=0) if suffix in _PACKED else None
    if packed is not None and len(packed) >= len(content):
        packed = None
    return StaticFile(TYPES[suffix], content, packed)


def asset(name: str) -> str:
    """The address of a static file; a name that does not exist is a mistake in a template."""
    found = build()
    if name not in found.files:
        raise LookupError(f"no static file {name}")
    return f"/static/{found.name}/{name}"


@blueprint.get("/static/<name>/<path:file>")
@audience(Audience.PUBLIC)
@rate(STATIC)
async def static_file(name: str, file: str) -> Response:
    """A file of this build; one of another build is gone, and the page that asked is told so by 404."""
    found = build()
    served = found.files.get(file) if name == found.name else None
    if served is None:
        abort(404)
    packed = served.packed is not None and request.accept_encodings.quality("gzip") > 0
    response = Response(served.packed if packed else served.plain, content_type=served.media_type)
    response.headers["Cache-Control"] = _FOR_EVER
    if file.startswith(_WORKERS):
        response.headers["Content-Security-Policy"] = WORKER_POLICY
    if served.packed is not None:
        response.headers["Vary"] = "Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return response
