"""A tiny server for the browser rooms alone: the files under static/js, a page under the real Content-Security-Policy,
and photo addresses whose answers a test chooses."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from webapp.guard.headers import WORKER_POLICY

STATIC = Path(__file__).parents[3] / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; "
    "trusted-types webapp"
)


@dataclass
class Asked:
    """One request to a photo address."""

    method: str
    path: str
    type: str
    body: bytes

    @property
    def photo(self) -> str:
        return self.path.split("?")[0].split("/")[3]


@dataclass
class Reply:
    status: int
    body: dict[str, Any] = field(default_factory=dict)
    lost: bool = False


def receipt(asked: Asked) -> Reply:
    photo = {
        "id": asked.photo, "slot": "identity.portrait", "thumbnail": f"/my/photos/{asked.photo}/thumbnail",
        "url": f"/my/photos/{asked.photo}", "page": f"/my/photos/{asked.photo}/view",
        "width": 4, "height": 3, "bytes": len(asked.body), "sha256": "0" * 64,
        "received_at": "2020-05-03T13:14:00Z", "received_words": "5月3日 21:14",
    }  # fmt: skip
    material = {"code": "identity", "have": 1, "min": 3, "max": 3, "state": "is-needs-action"}
    return Reply(201, {"photo": photo, "counts": {"required": 9, "done": 5, "material": material}})


class Site(ThreadingHTTPServer):
    """`answer` is what the photo addresses say; `asked` is what they were asked, in order.
    `before_scripts` runs before each script, in a page as in a worker: it takes away what some browsers lack."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Reply] = receipt
        self.pages: dict[str, str] = {"/": "<!doctype html><meta charset='utf-8'><title>Photos</title>"}
        self.files: dict[str, bytes] = {}
        self.before_scripts = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A page that is closed in the middle of a reply is no fault of the test."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def puts(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "PUT"]


class Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        """The requests stand in `asked`."""

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        script = (STATIC / path.removeprefix("/static/")).resolve()
        if path.startswith("/my/photos/") and path.endswith("/thumbnail"):
            self._send(200, "image/png", b"")
        elif path.startswith("/my/photos/"):
            self._photo()
        elif path in self.server.pages:
            self._send(200, "text/html; charset=utf-8", self.server.pages[path].encode())
        elif path in self.server.files:
            self._send(200, "application/octet-stream", self.server.files[path])
        elif path.startswith("/static/") and script.is_relative_to(STATIC) and script.is_file():
            compiled = script.suffix == ".wasm"
            policy = WORKER_POLICY if path.startswith("/static/js/workers/") else POLICY
            content = script.read_bytes()
            if not compiled:
                content = self.server.before_scripts.encode() + content
            self._send(200, "application/wasm" if compiled else "text/javascript", content, policy)
        else:
            self._send(404, "text/plain", b"")

    def do_PUT(self) -> None:
        self._photo()

    def do_POST(self) -> None:
        self._photo()

    def do_DELETE(self) -> None:
        self._photo()

    def _photo(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, self.path, self.headers.get("Content-Type", ""), body)
        self.server.asked.append(asked)
        reply = self.server.answer(asked)
        if reply.lost:
            self.close_connection = True
            return
        self._send(reply.status, "application/json", json.dumps(reply.body).encode())

    def _send(self, status: int, content_type: str, body: bytes, policy: str = POLICY) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield site
    site.shutdown()
    site.server_close()
    thread.join()


@contextmanager
def phone(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """Its tabs share what is stored. A page that breaks its own policy fails the test."""
    context = browser.new_context(base_url=site.url)
    broken: list[str] = []
    context.on("weberror", lambda error: broken.append(str(error.error)))
    context.on(
        "console",
        lambda message: broken.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield context
    context.close()
    assert broken == []
