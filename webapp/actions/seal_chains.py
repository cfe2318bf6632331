"""Seals the heads of all event chains once a day: without it, cutting off a chain's end would go unseen."""

from __future__ import annotations

from datetime import date

from webapp.clock import now
from webapp.database import transaction
from webapp.records import ChainHead, ChainSeal, SealedHead
from webapp.rules.chain import heads_digest, seal_digest


async def seal_chains() -> bool:
    """Seals the heads as of today (UTC) unless that was done; whether this call did it. Safe in every process."""
    today = now().date()
    if await ChainSeal.exists(day=today):
        return False
    return await _seal(today)


@transaction
async def _seal(today: date) -> bool:
    # The unique day is the lock: of two processes the second finds the first one's row, or waits for it.
    seal = ChainSeal(day=today, sealed_at=now(), heads=0, heads_digest="", previous="", digest="")
    await ChainSeal.bulk_create([seal], ignore_conflicts=True)
    if (await ChainSeal.select_for_update().get(day=today)).digest:
        return False
    grown = [head async for head in ChainHead.all() if head.sequence > head.sealed_sequence]
    await SealedHead.bulk_create(
        [
            SealedHead(day=today, chain=head.chain, sequence=head.sequence, digest=head.digest)
            for head in grown
        ],
        batch_size=500,
    )
    for head in grown:
        await ChainHead.filter(chain=head.chain).update(sealed_sequence=head.sequence)
    before = await ChainSeal.filter(day__lt=today).order_by("-day").first()
    digest = heads_digest((head.chain, head.sequence, head.digest) for head in grown)
    previous = before.digest if before else ""
    await ChainSeal.filter(day=today).update(
        heads=len(grown),
        heads_digest=digest,
        previous=previous,
        digest=seal_digest(today.isoformat(), digest, previous),
    )
    return True
