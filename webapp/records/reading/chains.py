"""Whether the event chains are whole: what editing, deleting, reordering or cutting off an event breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.records import ChainHead, ChainSeal, Event, SealedHead
from webapp.rules.chain import Link, heads_digest, link_digest, seal_digest

_SLICE = 500


@dataclass(frozen=True)
class Break:
    """Where a chain is not what it was: ``what`` is ``edited``, ``missing``, ``cut_off`` or ``seal``."""

    chain: str
    sequence: int
    what: str


def first_break(rows: Sequence[Event], previous: str) -> int | None:
    """The sequence of the first of consecutive ``rows`` (oldest first) that does not follow from the one before it."""
    for row in rows:
        link = Link(row.chain, row.sequence, row.at, row.actor, row.what, row.subject, row.facts, previous)
        if row.previous != previous or row.digest != link_digest(link):
            return row.sequence
        previous = row.digest
    return None


async def chain_breaks(chain: str) -> list[Break]:
    """Reads one chain from its first link and names the first break, if there is one."""
    previous, sequence = "", 0
    while True:
        rows = await Event.filter(chain=chain, sequence__gt=sequence).order_by("sequence").limit(_SLICE)
        for number, row in enumerate(rows, start=sequence + 1):
            if row.sequence != number:
                return [Break(chain, number, "missing")]
        edited = first_break(rows, previous)
        if edited is not None:
            return [Break(chain, edited, "edited")]
        if rows:
            previous, sequence = rows[-1].digest, rows[-1].sequence
        if len(rows) < _SLICE:
            break
    head = await ChainHead.get_or_none(chain=chain)
    # A link may have been added while we read; only an end before the head is a break.
    if head is None or (
        head.sequence > sequence and not await Event.exists(chain=chain, sequence=head.sequence)
    ):
        return [Break(chain, sequence + 1, "cut_off")]
    if head.sequence == sequence and head.digest != previous:
        return [Break(chain, sequence, "edited")]
    for sealed in await SealedHead.filter(chain=chain):
        if not await Event.exists(chain=chain, sequence=sealed.sequence, digest=sealed.digest):
            return [Break(chain, sealed.sequence, "cut_off")]
    return []


async def seal_breaks() -> list[Break]:
    """Recomputes every day's seal from its heads and the seal before it."""
    previous, found = "", []
    for seal in await ChainSeal.all().order_by("day"):
        heads = await SealedHead.filter(day=seal.day).values_list("chain", "sequence", "digest")
        digest = heads_digest((str(chain), int(sequence), str(head)) for chain, sequence, head in heads)
        day = seal.day.isoformat()
        if (digest, previous, seal_digest(day, digest, previous)) != (
            seal.heads_digest,
            seal.previous,
            seal.digest,
        ):
            found.append(Break(f"seal:{day}", 0, "seal"))
        previous = seal.digest
    return found


async def all_breaks() -> list[Break]:
    """Every chain and every seal; empty when all is whole."""
    found = await seal_breaks()
    for chain in await ChainHead.all().order_by("chain").values_list("chain", flat=True):
        found += await chain_breaks(str(chain))
    return found
