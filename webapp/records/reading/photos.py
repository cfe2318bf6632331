"""Where a photo that somebody sent has got to."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from webapp.records.photos import Incoming, Photo
from webapp.records.reading.exams import OpenExam
from webapp.rules.refusals import Refused


class PhotoState(StrEnum):
    """Of what counts: it is there, or it waits to be shrunk."""

    STORED = "stored"
    WAITING = "waiting"


async def photo_state(exam: OpenExam, candidate_id: UUID, photo_id: UUID) -> PhotoState:
    """Of the candidate's own photo.

    :class:`Refused` ``photo.not_found``, ``photo.removed``, or ``photo.<reason>`` for which an original was refused.
    """
    own = {"case__candidate_id": candidate_id, "case__phase_id": exam.phase.id}
    photo = await Photo.filter(id=photo_id, **own).first()
    if photo is not None:
        if photo.removed_at is not None:
            raise Refused("photo.removed")
        return PhotoState.STORED
    incoming = await Incoming.filter(id=photo_id, **own).first()
    if incoming is None:
        raise Refused("photo.not_found")
    if incoming.state == "removed":
        raise Refused("photo.removed")
    refuse_if_refused(incoming)
    return PhotoState.WAITING


def refuse_if_refused(incoming: Incoming) -> None:
    """:class:`Refused` with the reason that was found when the original was looked at."""
    if incoming.state == "refused":
        raise Refused(f"photo.{incoming.reason}", **incoming.seen)
