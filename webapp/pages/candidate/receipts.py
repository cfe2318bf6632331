"""A stored photo as its owner is told of it: the receipt, and the case's figures beside it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp.clock import exam_now, now
from webapp.pages.candidate.standing import Standing
from webapp.pages.language import _
from webapp.pages.words import moment_words
from webapp.records.reading.case_file import CaseFile, StoredPhoto
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_case import own_case
from webapp.rules.changing import next_deadline
from webapp.rules.filling import progress
from webapp.rules.refusals import Refused


def picture_address(stored: StoredPhoto) -> str:
    """Where the picture is; it changes with every turn."""
    return f"/my/photos/{stored.photo.id}?v={stored.version.number}"


def page_address(stored: StoredPhoto) -> str:
    """The page that shows it by itself."""
    return f"/my/photos/{stored.photo.id}/view"


def thumbnail_address(stored: StoredPhoto) -> str:
    """Where its small copy is."""
    return f"/my/photos/{stored.photo.id}/thumbnail?v={stored.version.number}"


def received_words(stored: StoredPhoto, zone: str) -> str:
    """When it arrived, how large it is, and whose hand it came from: 5月3日 21:14，186 KB，由考点代传."""
    kilobytes = max(1, round(stored.version.size / 1024))
    words = _("%(when)s，%(size)s\u00a0KB", when=moment_words(stored.photo.received_at, zone), size=kilobytes)
    if stored.photo.in_grace:
        words = _("%(words)s，截止前登记，截止后传到", words=words)
    return _("%(words)s，由考点代传", words=words) if stored.photo.brought_by else words


def counts(own: CaseFile, material: str) -> dict[str, Any]:
    """The figures of the list, and of one material of it."""
    fills = own.fills
    told = progress(fills)
    one = next((fill for fill in fills if fill.concern.material.code == material), None)
    return {
        "required": told.required,
        "done": told.done,
        "material": {
            "code": material,
            "have": one.have if one else 0,
            "min": one.concern.material.least if one else 0,
            "max": one.concern.material.most if one else 0,
            "state": one.state.value if one else "",
        },
    }


def photo_told(stored: StoredPhoto, zone: str) -> dict[str, Any]:
    """One photo, for the page's scripts."""
    return {
        "id": str(stored.photo.id),
        "slot": f"{stored.photo.material}.{stored.photo.slot}",
        "thumbnail": thumbnail_address(stored),
        "url": picture_address(stored),
        "page": page_address(stored),
        "width": stored.version.width,
        "height": stored.version.height,
        "bytes": stored.version.size,
        "sha256": stored.photo.sha256,
        "received_at": stored.photo.received_at.isoformat(),
        "received_words": received_words(stored, zone),
    }


def deadline_told(here: Standing) -> dict[str, Any]:
    """Until when things can be handed in, for a page that was open while it was moved."""
    ahead = next_deadline(here.situation)
    return {
        "stands": here.stands,
        "seconds_left": here.seconds_until(here.due),
        "words": moment_words(here.due, here.exam.time_zone, ends=True),
        "closes_in": here.seconds_until(ahead) if ahead else None,
    }


async def receipt(exam: OpenExam, candidate_id: UUID, photo_id: UUID) -> dict[str, Any]:
    """The receipt of a photo that counts; :class:`Refused` ``photo.removed`` if it no longer does."""
    own = await own_case(exam, candidate_id)
    if own is None:
        raise Refused("photo.removed")
    return await receipt_in(exam, own, photo_id)


async def receipt_in(exam: OpenExam, own: CaseFile, photo_id: UUID) -> dict[str, Any]:
    """The same where the case was read already."""
    stored = next((one for one in own.photos if one.photo.id == photo_id), None)
    if stored is None:
        raise Refused("photo.removed")
    return {
        "photo": photo_told(stored, exam.time_zone),
        "counts": counts(own, stored.photo.material),
        "stands": Standing(own, exam, await exam_now(), now()).stands,
    }
