"""Writes down who did what: the next link of an event chain, in the transaction of what it tells about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from webapp.clock import now
from webapp.database import inside_transaction
from webapp.records import Event
from webapp.rules.chain import Link, link_digest
from webapp.statements import Row, Statement, as_json, inserted, write

# In SQL because everything that happens passes through here.
_BEGUN = (
    "INSERT INTO \"chain_head\" (chain, sequence, digest, sealed_sequence) VALUES (?, 0, '', 0) "
    "ON CONFLICT DO NOTHING"
)
_HEAD = 'SELECT sequence, digest FROM "chain_head" WHERE chain = ? FOR UPDATE'
_MOVED_ON = 'UPDATE "chain_head" SET sequence = ?, digest = ? WHERE chain = ?'


def exam_chain(exam_code: str) -> str:
    """The chain of an exam's staff, settings and sign-ins."""
    return f"exam:{exam_code}"


def case_chain(case_id: UUID) -> str:
    """The chain of all that happens to one case."""
    return f"case:{case_id}"


async def record(chain: str, *, actor: str, what: str, subject: str = "", **facts: object) -> None:
    """Appends one event; ``facts`` are ids, codes, numbers and digests, never personal text.

    Takes the lock on the chain's head, so it comes last in a transaction.
    """
    await write_and_record((), chain, actor=actor, what=what, subject=subject, **facts)


async def write_and_record(
    statements: Sequence[Statement], chain: str, *, actor: str, what: str, subject: str = "", **facts: object
) -> list[list[Row]]:
    """The same after ``statements``, in one trip less; what each of these returned."""
    if not inside_transaction():
        raise RuntimeError("an event is written in the transaction of what it tells about")
    *found, _, heads = await write(*statements, Statement(_BEGUN, (chain,)), Statement(_HEAD, (chain,)))
    link = Link(chain, heads[0]["sequence"] + 1, now(), actor, what, subject, facts, heads[0]["digest"])
    digest = link_digest(link)
    await write(
        inserted(
            Event,
            chain=chain,
            sequence=link.sequence,
            at=link.at,
            actor=actor,
            what=what,
            subject=subject,
            facts=as_json(facts),
            previous=link.previous,
            digest=digest,
        ),
        Statement(_MOVED_ON, (link.sequence, digest, chain)),
    )
    return found
