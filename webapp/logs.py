"""What is logged: one line of JSON an entry, to stderr, without personal data.

A request is named by its route, not its address (which may hold an id); an error by its type and where it was raised,
not by its message (in which a database quotes what somebody typed).
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

_requests = logging.getLogger("webapp.requests")
# Quart's own line about a failed request ends with its address, which may hold an id.
_ADDRESS = re.compile(r"(Exception on (?:request|websocket)) .*")
_ATTRIBUTES = ("method", "route", "status", "ms")


class JsonLines(logging.Formatter):
    """Entries as JSON lines; times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            # Below the first line the event loop writes out its tasks, with what their exceptions say.
            "says": _ADDRESS.sub(r"\1", record.getMessage().partition("\n")[0]),
        }
        for name in _ATTRIBUTES:
            if hasattr(record, name):
                entry[name] = getattr(record, name)
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            entry["error"] = type(error).__name__
            entry["raised_at"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ][-12:]
        return json.dumps(entry, ensure_ascii=False)


def start_logging(level: int = logging.INFO) -> None:
    """For processes that serve or keep time; hypercorn's own access log stays off, ours names routes."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("tortoise", "tortoise.db_client", "aiosqlite", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """One line a request."""
    _requests.info(
        "request", extra={"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    )
