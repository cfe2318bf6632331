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
    # A link may have been added while we read, so a head may be ahead of what we read, and never behind it.
    if head is None or (
        head.sequence > sequence and not await Event.exists(chain=chain, sequence=head.sequence)
    ):
        return [Break(chain, sequence + 1, "cut_off")]
    if head.sequence < sequence:
        return [Break(chain, head.sequence + 1, "edited")]
    if head.sequence == sequence and head.digest != previous:
        return [Break(chain, sequence, "edited")]
    sealed = await SealedHead.filter(chain=chain).order_by("sequence")
    for one in sealed:
        if not await Event.exists(chain=chain, sequence=one.sequence, digest=one.digest):
            return [Break(chain, one.sequence, "cut_off")]
    if head.sealed_sequence and head.sealed_sequence not in {one.sequence for one in sealed}:
        return [Break(chain, head.sealed_sequence, "seal")]
    return []


async def seal_breaks() -> list[Break]:
    """Recomputes every day's seal from its heads and the seal before it."""
    # Asked first: a day that is sealed while we read has its seal too by the time we ask for the seals.
    unsealed = set(await SealedHead.all().distinct().values_list("day", flat=True))
    previous, found = "", []
    for seal in await ChainSeal.all().order_by("day"):
        unsealed.discard(seal.day)
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
    return found + [Break(f"seal:{day}", 0, "seal") for day in sorted(map(str, unsealed))]


async def all_breaks() -> list[Break]:
    """Every chain and every seal; empty when all is whole."""
    found = await seal_breaks()
    # A chain that was taken away with its head is still named by its seals, or by an event that was left behind.
    names = {
        str(name)
        for model in (Event, ChainHead, SealedHead)
        for name in await model.all().distinct().values_list("chain", flat=True)
    }
    for name in sorted(names):
        found += await chain_breaks(name)
    return found
