"""What the page of events asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from webapp.records.events import Event
from webapp.records.imports import RegistrationImport
from webapp.records.people import Candidate, Staff

PAGE_ROWS = 50
_HIGHEST = 2**63 - 1  # of a sequence: more is no number for a database


@dataclass(frozen=True)
class Wanted:
    """Which events are asked for: by code, done by or to ``who``, from ``since`` until before ``until``."""

    what: frozenset[str] | None = None
    who: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Wanted()


async def newest_events(chain: str, before: int | None = None, wanted: Wanted = EVERYTHING) -> list[Event]:
    """Up to :data:`PAGE_ROWS` events of a chain, newest first, older than sequence ``before``."""
    found = Event.filter(chain=chain)
    if before is not None:
        found = found.filter(sequence__lt=max(0, min(before, _HIGHEST)))
    if wanted.what is not None:
        found = found.filter(what__in=sorted(wanted.what))
    if wanted.who:
        found = found.filter(Q(actor=wanted.who) | Q(subject=wanted.who))
    if wanted.since is not None:
        found = found.filter(at__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__lt=wanted.until)
    return await found.order_by("-sequence").limit(PAGE_ROWS)


async def events_about(chain: str, subject: str) -> list[Event]:
    """The newest that were done to somebody, without their own signing in and out."""
    found = Event.filter(chain=chain, subject=subject, what__startswith="staff.")
    return await found.order_by("-sequence").limit(PAGE_ROWS)


async def names_of(actors: Collection[str]) -> dict[str, str]:
    """The names behind ``staff:<id>``, ``candidate:<id>`` and ``import:<id>``; what is gone is not among them."""
    names: dict[str, str] = {}
    for kind, model in (("staff", Staff), ("candidate", Candidate)):
        for found in await model.filter(id__in=ids) if (ids := _ids(kind, actors)) else []:
            names[f"{kind}:{found.id}"] = found.name
    files = _ids("import", actors)
    for file in await RegistrationImport.filter(id__in=files) if files else []:
        names[f"import:{file.id}"] = file.file_name
    return names


def _ids(kind: str, actors: Collection[str]) -> list[UUID]:
    return list({UUID(actor.partition(":")[2]) for actor in actors if actor.startswith(f"{kind}:")})
