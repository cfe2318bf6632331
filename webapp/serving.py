"""One process that serves, on a socket that the supervisor bound; and one that keeps the duties.

Both end by themselves when the supervisor is gone: they hold the reading end of a pipe whose only writer it is.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.middleware import ProxyFixMiddleware
from hypercorn.typing import ASGIFramework

from webapp.app import create_app
from webapp.duties import keep_duties
from webapp.settings import Settings

GRACEFUL_SECONDS = 20.0
"""How long running requests may take to end after SIGTERM: a 64 MB original on a slow line is cut, a photo is not."""
KEEP_ALIVE_SECONDS = 75.0  # Safari drops requests on connections that a server closed early


def _stop_event(lifeline: int | None) -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if lifeline is not None:

        def read() -> None:
            if not os.read(lifeline, 1):
                loop.remove_reader(lifeline)
                stop.set()

        os.set_blocking(lifeline, False)
        loop.add_reader(lifeline, read)
    return stop


def without_websockets(app: ASGIFramework) -> ASGIFramework:
    """``app`` without the upgrade that it has no use for and no walls around."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
            return
        await app(scope, receive, send)

    return wrapped


async def _serve(settings: Settings, socket_fd: int, lifeline: int | None) -> None:
    config = Config()
    config.bind = [f"fd://{socket_fd}"]
    config.graceful_timeout = GRACEFUL_SECONDS
    config.shutdown_timeout = GRACEFUL_SECONDS
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.accesslog = None
    config.errorlog = logging.getLogger("webapp.hypercorn")
    config.include_server_header = False
    app = create_app(settings)
    plain = without_websockets(app)
    wrapped = (
        ProxyFixMiddleware(plain, "legacy", settings.trusted_proxies) if settings.trusted_proxies else plain
    )
    # Else the first photo of the day would wait for its decoder to start.
    await app.extensions["photo_desk"].pool.start()
    stop = _stop_event(lifeline)
    wait: Callable[[], Awaitable[object]] = stop.wait
    await serve(wrapped, config, shutdown_trigger=wait)


async def _keep(settings: Settings, lifeline: int | None) -> None:
    await keep_duties(settings, _stop_event(lifeline))


def serve_one(settings: Settings, socket_fd: int, lifeline: int | None) -> None:
    """Serves until SIGTERM, SIGINT or the supervisor's end."""
    _run(_serve(settings, socket_fd, lifeline))


def keep_one(settings: Settings, lifeline: int | None) -> None:
    """Keeps the duties until SIGTERM, SIGINT or the supervisor's end."""
    _run(_keep(settings, lifeline))


def _run(work: Awaitable[None]) -> None:
    try:
        import uvloop  # noqa: PLC0415 - absent on Windows
    except ImportError:
        asyncio.run(work)  # type: ignore[arg-type]
    else:
        uvloop.run(work)  # type: ignore[arg-type]
