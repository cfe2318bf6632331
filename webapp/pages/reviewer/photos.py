"""Photos for reviewers: every picture that leaves is written down, and so is what was looked at."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, current_app, jsonify, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.fetch_photo import fetch_photo, note_seen
from webapp.actions.photo_desk import PhotoDesk
from webapp.guard.access import Audience, audience
from webapp.guard.rate import PICTURE, rate
from webapp.pages.chrome import exam_shown
from webapp.pages.pictures import picture_answer
from webapp.pages.reviewer.case_photos import address_of
from webapp.pages.reviewer.desk import reviewer

blueprint = Blueprint("review_photos", __name__, url_prefix="/review/photos/<uuid:photo_id>")


def _number() -> int | None:
    """The version that the page named; what is no version finds nothing."""
    number = request.args.get("v", type=int)
    return number if number is None or 0 < number < 2**31 else -1


async def _picture(photo_id: UUID, *, small: bool) -> ResponseReturnValue:
    desk: PhotoDesk = current_app.extensions["photo_desk"]
    exam = await exam_shown()
    return picture_answer(await fetch_photo(desk.shelf, exam, reviewer(), photo_id, _number(), small=small))


@blueprint.get("")
@audience(Audience.REVIEWER)
@rate(PICTURE)
async def picture(photo_id: UUID) -> ResponseReturnValue:
    """The stored picture itself."""
    return await _picture(photo_id, small=False)


@blueprint.get("/thumbnail")
@audience(Audience.REVIEWER)
@rate(PICTURE)
async def thumbnail(photo_id: UUID) -> ResponseReturnValue:
    """Its small copy."""
    return await _picture(photo_id, small=True)


@blueprint.post("/seen")
@audience(Audience.REVIEWER)
@rate(PICTURE)
async def seen(photo_id: UUID) -> ResponseReturnValue:
    """The picture stood on this person's screen for a second; without a script a button says so."""
    where = await note_seen(await exam_shown(), reviewer(), photo_id, _number())
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"seen": True})
    return redirect(address_of(where.case_id, where.material), 303)
