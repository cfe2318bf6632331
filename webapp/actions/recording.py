"""Writes down who did what: the next link of an event chain, in the transaction of what it tells about."""

from __future__ import annotations

from uuid import UUID

from webapp.clock import now
from webapp.database import inside_transaction
from webapp.records import ChainHead, Event
from webapp.rules.chain import Link, link_digest


def exam_chain(exam_code: str) -> str:
    """The chain of an exam's staff, settings and sign-ins."""
    return f"exam:{exam_code}"


def case_chain(case_id: UUID) -> str:
    """The chain of all that happens to one case."""
    return f"case:{case_id}"


async def record(chain: str, *, actor: str, what: str, subject: str = "", **facts: object) -> Event:
    """Appends one event; ``facts`` are ids, codes, numbers and digests, never personal text.

    Takes the lock on the chain's head, so it comes last in a transaction.
    """
    if not inside_transaction():
        raise RuntimeError("an event is written in the transaction of what it tells about")
    await ChainHead.bulk_create([ChainHead(chain=chain)], ignore_conflicts=True)
    head = await ChainHead.select_for_update().get(chain=chain)
    link = Link(chain, head.sequence + 1, now(), actor, what, subject, facts, head.digest)
    digest = link_digest(link)
    event = await Event.create(
        chain=chain,
        sequence=link.sequence,
        at=link.at,
        actor=actor,
        what=what,
        subject=subject,
        facts=facts,
        previous=link.previous,
        digest=digest,
    )
    await ChainHead.filter(chain=chain).update(sequence=link.sequence, digest=digest)
    return event
