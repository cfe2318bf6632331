"""Writes down that a machine's key was made or revoked, in the transaction in which the guard does it.

The keys are the guard's rows, and events are written here: the guard is handed one of these with its first two
arguments already in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from webapp.actions.recording import exam_chain, record


async def note_key_made(exam_code: str, by: str, key_id: UUID, scopes: Sequence[str]) -> None:
    """``by`` has made a key."""
    await record(
        exam_chain(exam_code),
        actor=by,
        what="api_key.made",
        subject=f"api-key:{key_id}",
        scopes=list(scopes),
    )


async def note_key_revoked(exam_code: str, by: str, key_id: UUID, scopes: Sequence[str]) -> None:
    """``by`` has ended a key for good."""
    await record(
        exam_chain(exam_code),
        actor=by,
        what="api_key.revoked",
        subject=f"api-key:{key_id}",
        scopes=list(scopes),
    )
