"""A phone that tells before the bell what is on its way."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from tests.house import Answer, Browser


def fingerprint(data: bytes) -> dict[str, Any]:
    """Size and digest, as the phone tells them."""
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def on_its_way(
    photo: UUID,
    chosen: bytes,
    shrunk: bytes | None = None,
    *,
    slot: str = "ID.front",
    replaces: UUID | None = None,
) -> dict[str, Any]:
    """One photo of an announcement."""
    told: dict[str, Any] = {"photo": str(photo), "slot": slot, "chosen": fingerprint(chosen)}
    if shrunk is not None:
        told["shrunk"] = fingerprint(shrunk)
    if replaces is not None:
        told["replaces"] = str(replaces)
    return told


def announcement(*photos: dict[str, Any]) -> bytes:
    """The body of an announcing request."""
    return json.dumps({"photos": list(photos)}).encode()


async def announce(browser: Browser, *photos: dict[str, Any], more: str = "") -> Answer:
    """Announces, as the outbox does."""
    return await browser.ask(
        "POST", f"/my/announcements{more}", announcement(*photos), Content_Type="application/json"
    )


async def announced(browser: Browser, *photos: dict[str, Any]) -> list[str]:
    """The same; what became of each, in a word or the code of its refusal."""
    answer = await announce(browser, *photos)
    assert answer.status == 200, answer.text
    return [one.get("code", one["state"]) for one in answer.told["photos"]]
