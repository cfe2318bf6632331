"""One stored photo by itself: as large as wanted, turned, and the others of its material beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience
from webapp.guard.rate import PAGE, rate
from webapp.pages.candidate.places_shown import is_numbered
from webapp.pages.candidate.receipts import page_address, picture_address, received_words
from webapp.pages.candidate.rows import spare_photos
from webapp.pages.candidate.standing import Standing, standing_or_404
from webapp.pages.chrome import render
from webapp.pages.language import _, current_language
from webapp.records.reading.case_file import StoredPhoto
from webapp.rules.catalogue import Material
from webapp.rules.changing import lock_on
from webapp.rules.refusals import Refused

blueprint = Blueprint("candidate_photo_page", __name__, url_prefix="/my/photos")

ZOOMS: Final = (1, 2, 3)
"""How many times as wide as the window the picture can be."""


@dataclass(frozen=True)
class PhotoPage:
    """See ``templates/candidate/photo.html``."""

    photo: str
    material: str
    label: str
    address: str
    """Of the picture."""
    words: str
    back: str
    zoom: int
    smaller: int
    """The zoom before this one; 0 where there is none. ``larger`` likewise."""
    larger: int
    may_turn: bool
    before: str
    """The address of the photo before it in its material; may be empty. ``after`` likewise."""
    after: str


@blueprint.get("/<uuid:photo_id>/view")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def view(photo_id: UUID) -> ResponseReturnValue:
    """The photo that lies in its place now; ``?zoom=`` 1 to 3."""
    here = await standing_or_404()
    stored = next((one for one in here.own.photos if one.photo.id == photo_id), None)
    if stored is None:
        raise Refused("photo.not_found")
    return await render("candidate/photo.html", _page(here, stored), current="my")


def _page(here: Standing, stored: StoredPhoto) -> PhotoPage:
    photo, exam = stored.photo, here.exam
    known = {one.material.code: one.material for one in here.own.concerns}
    shown = None if stored in spare_photos(here.own) else known[photo.material]
    beside = _beside(here, shown) if shown else [stored]
    at = beside.index(stored)
    zoom = request.args.get("zoom", default=1, type=int)
    zoom = zoom if zoom in ZOOMS else 1
    return PhotoPage(
        photo=str(photo.id),
        material=shown.name.said_in(current_language()) if shown else _("不再需要的照片"),
        label=_label(shown, photo.slot, at),
        address=picture_address(stored),
        words=received_words(stored, exam.time_zone),
        back=f"/my/materials/{shown.code}#photos" if shown else "/my",
        zoom=zoom,
        smaller=zoom - 1,
        larger=zoom + 1 if zoom < ZOOMS[-1] else 0,
        may_turn=lock_on(here.situation, photo.material, photo.slot) is None,
        before=page_address(beside[at - 1]) if at else "",
        after=page_address(beside[at + 1]) if at + 1 < len(beside) else "",
    )


def _beside(here: Standing, shown: Material) -> Sequence[StoredPhoto]:
    """The photos of a material in the order of its page."""
    return [
        stored
        for slot in shown.slots
        for stored in here.own.photos
        if (stored.photo.material, stored.photo.slot) == (shown.code, slot.code)
    ]


def _label(shown: Material | None, code: str, at: int) -> str:
    slot = shown.slot(code) if shown else None
    if slot is None:
        return ""
    return (
        _("第 %(number)s 张", number=at + 1) if is_numbered(slot) else slot.name.said_in(current_language())
    )
