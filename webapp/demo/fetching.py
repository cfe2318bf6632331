"""What the registration site knows of results: fetched from the product with a key, kept in a file of its own."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

KEY_FILE = "api-key"
RESULTS_FILE = "registration-site.json"
PATIENCE_SECONDS = 3.0
AT_MOST_EVERY_SECONDS = 3.0
_MOST_PAGES = 50
_PAGE = 500
_UNUSED_TLS = ssl.create_default_context()


@dataclass(frozen=True)
class FetchedResult:
    """One person's result as the product told it last."""

    word: str
    version: int
    published_at: datetime
    reasons: tuple[str, ...]
    rechecking: bool


class FetchedResults:
    """Goes on from the last cursor whenever it is asked to, but not more often than every few seconds.

    What it knows stays when the product does not answer, and when the site is started again.
    """

    def __init__(self, origin: str, key_file: Path, kept: Path) -> None:
        self._origin, self._key_file, self._kept = origin, key_file, kept
        self._one_at_a_time = asyncio.Lock()
        self._asked = float("-inf")
        self.answers = True
        """Whether the product answered when it was last asked."""
        known = json.loads(kept.read_text()) if kept.exists() else {}
        self._cursor: str = known.get("cursor", "")
        self._results: dict[str, dict[str, Any]] = known.get("results", {})

    def of(self, number: str) -> FetchedResult | None:
        """The result under this registration number; None where none is known."""
        known = self._results.get(number)
        if known is None:
            return None
        return FetchedResult(
            known["result"],
            known["version"],
            datetime.fromisoformat(known["published_at"]),
            tuple(reason["words"] for reason in known["reasons"]),
            known["rechecking"],
        )

    async def refresh(self) -> None:
        """Fetches what is new."""
        async with self._one_at_a_time:
            if time.monotonic() - self._asked < AT_MOST_EVERY_SECONDS:
                return
            self._asked = time.monotonic()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    changed = await self._fetch()
            except (httpx.HTTPError, OSError, ValueError, KeyError, TypeError):
                # Not there, not ours, too slow, or no answer as it is described: what is known stays.
                self.answers = False
                return
            self.answers = True
            if changed:
                self._keep()

    async def _fetch(self) -> bool:
        headers = {
            "Authorization": f"Bearer {self._key_file.read_text().strip()}",
            "Accept-Language": "zh-CN",
        }
        changed = False
        async with httpx.AsyncClient(
            base_url=self._origin,
            headers=headers,
            timeout=PATIENCE_SECONDS,
            verify=_UNUSED_TLS,
            trust_env=False,
        ) as product:
            for _ in range(_MOST_PAGES):
                asked = {"limit": str(_PAGE), **({"after": self._cursor} if self._cursor else {})}
                answer = await product.get("/api/v1/results", params=asked)
                answer.raise_for_status()
                told = answer.json()
                for one in told["results"]:
                    self._take(one)
                changed = changed or told["next"] != self._cursor
                self._cursor = told["next"]
                if not told["results"]:
                    break
        return changed

    def _take(self, one: Mapping[str, Any]) -> None:
        number, known = one["registration_number"], self._results.get(one["registration_number"])
        if known is None or one["version"] >= known["version"]:
            self._results[number] = {
                name: one[name] for name in ("result", "version", "published_at", "reasons", "rechecking")
            }

    def _keep(self) -> None:
        draft = self._kept.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"cursor": self._cursor, "results": self._results}, file, ensure_ascii=False)
        draft.replace(self._kept)
