"""What has happened to a case, newest first, in words, with who did it, and the photos that no longer count."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _
from webapp.pages.reviewer.case_light import photo_name
from webapp.pages.reviewer.case_photos import address_of, picture_address
from webapp.pages.reviewer.desk import opened, reviewer
from webapp.pages.reviewer.history_story import HistoryDay, Reader, story
from webapp.pages.reviewer.standing import standing
from webapp.pages.words import moment_words
from webapp.records.reading.case_file import StoredPhoto
from webapp.records.reading.case_history import case_history
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.photo_versions import old_versions

blueprint = Blueprint("review_history", __name__, url_prefix="/review/cases/<uuid:case_id>")


@dataclass(frozen=True)
class OldPhoto:
    """A photo that was replaced, or a version of one before it was turned."""

    label: str
    facts: str
    thumbnail: str
    address: str


@dataclass(frozen=True)
class HistoryPage:
    """See ``templates/reviewer/history.html``."""

    address: str
    name: str
    number: str
    days: list[HistoryDay]
    old: list[OldPhoto]


@blueprint.get("/history")
@audience(Audience.REVIEWER)
@rate(PAGE)
async def history(case_id: UUID) -> ResponseReturnValue:
    """The whole way of a case. What a higher level thinks of it is not told to a lower one."""
    exam, desk, who = await exam_shown(), await opened(case_id), reviewer()
    sees = standing(exam, desk, who, await exam_now(), now()).sees
    reader = Reader(exam, desk, await case_history(case_id), sees)
    turned = await old_versions((*desk.file.photos, *desk.earlier))
    page = HistoryPage(
        f"/review/cases/{case_id}",
        desk.candidate.name,
        desk.candidate.registration_number,
        story(reader),
        [_replaced(desk, one, exam.time_zone) for one in desk.earlier]
        + [_turned(desk, one, exam.time_zone) for one in turned],
    )
    return await render("reviewer/history.html", page, current="queue")


def _replaced(desk: DeskCase, one: StoredPhoto, zone: str) -> OldPhoto:
    came = moment_words(one.photo.received_at, zone)
    return OldPhoto(
        photo_name(desk, one),
        _("%(came)s 收到，后来被替换", came=came)
        if one.photo.removed_why == "replaced"
        else _("%(came)s 收到，后来被删除", came=came),
        picture_address(one, small=True),
        address_of(desk.file.case.id, one.photo.material, one.photo.id),
    )


def _turned(desk: DeskCase, one: StoredPhoto, zone: str) -> OldPhoto:
    return OldPhoto(
        photo_name(desk, one),
        _("%(came)s 收到，转正以前的样子", came=moment_words(one.photo.received_at, zone)),
        picture_address(one, small=True),
        address_of(desk.file.case.id, one.photo.material, one.photo.id, v=str(one.version.number)),
    )
