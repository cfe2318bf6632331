"""How events are bound to each other: each digest covers its own columns and the digest before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Link:
    """What of an event is covered by its digest."""

    chain: str
    sequence: int
    at: datetime
    actor: str
    what: str
    subject: str
    facts: Mapping[str, object]
    previous: str


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no blanks and UTF-8: one spelling for one value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link_digest(link: Link) -> str:
    """SHA-256 in hex over the canonical form of a link."""
    return hashlib.sha256(
        canonical(
            [
                link.chain,
                link.sequence,
                link.at.astimezone(UTC).isoformat(timespec="microseconds"),
                link.actor,
                link.what,
                link.subject,
                link.facts,
                link.previous,
            ]
        )
    ).hexdigest()


def heads_digest(heads: Iterable[tuple[str, int, str]]) -> str:
    """SHA-256 in hex over all (chain, sequence, digest), whatever order they come in."""
    return hashlib.sha256(canonical(sorted(heads))).hexdigest()


def seal_digest(day: str, heads: str, previous: str) -> str:
    """The digest of one day's seal: its day, its heads' digest and the seal before it."""
    return hashlib.sha256(canonical([day, heads, previous])).hexdigest()
