"""A candidate's photos: sent, shown, turned, taken out and brought back.

Scripts ask for JSON and get receipts; forms of a page without scripts are answered with the page of the material.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from quart import Blueprint, current_app, jsonify, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.photo_desk import PhotoDesk
from webapp.actions.photo_places import SlotKey
from webapp.actions.remove_photo import remove_photo, revive_photo
from webapp.actions.show_photo import show_photo
from webapp.actions.store_photo import Upload, store_photo
from webapp.actions.take_original import take_original
from webapp.actions.turn_photo import turn_photo
from webapp.guard.access import Audience, SignInNeeded, audience, current_person
from webapp.guard.rate import PHOTO, PICTURE, rate
from webapp.pages.candidate.receipts import counts, deadline_told, receipt, receipt_in
from webapp.pages.candidate.standing import standing_or_404
from webapp.pages.chrome import exam_shown
from webapp.pages.pictures import picture_answer
from webapp.pages.uploads import drain, read_upload_form
from webapp.records.reading.own_case import own_case
from webapp.records.reading.photos import PhotoState, photo_state
from webapp.rules.refusals import Refused

blueprint = Blueprint("photos", __name__, url_prefix="/my")

UNDO_SECONDS = 10
_ASK_AGAIN_SECONDS = 2
_STORED_AS_SENT = frozenset({"image/jpeg", "image/png"})


def _desk() -> PhotoDesk:
    desk: PhotoDesk = current_app.extensions["photo_desk"]
    return desk


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _place(text: str) -> SlotKey:
    material, _, slot = text.partition(".")
    return SlotKey(material, slot)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Refused("photo.not_found") from None


def _is_anothers(named: str) -> bool:
    """Whether the page that asks was opened by somebody else, before this person signed in in the same browser.

    What waits on a phone is sent by that page, and must never be taken for this person's.
    """
    return bool(named) and named != str(current_person().id)


def refuse_anothers() -> None:
    """Somebody else's page is asked to sign in again (``?person=``)."""
    if _is_anothers(request.args.get("person", "")):
        raise SignInNeeded(staff=False)


def _waiting() -> ResponseReturnValue:
    return jsonify({"state": "waiting"}), 202, {"Retry-After": str(_ASK_AGAIN_SECONDS)}


@blueprint.put("/photos/<uuid:photo_id>")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def put(photo_id: UUID) -> ResponseReturnValue:
    """The raw bytes of a photo, or of an original that the page could not shrink; the same again changes nothing."""
    person, exam = current_person(), await exam_shown()
    refuse_anothers()
    upload = Upload(
        photo_id,
        _place(request.args.get("slot", "")),
        _uuid(request.args.get("replaces", "")),
        request.mimetype,
    )
    try:
        if request.mimetype in _STORED_AS_SENT:
            file = await store_photo(_desk(), exam, person.id, upload, request.body)
            if file is not None:
                return jsonify(await receipt_in(exam, file, photo_id)), 201
            return jsonify(await receipt(exam, person.id, photo_id))
        if request.mimetype != "application/octet-stream":
            raise Refused("photo.not_jpeg_or_png")
        known = await take_original(_desk(), exam, person.id, upload, request.body)
    except Refused as refused:
        await drain(refused)
        raise
    return jsonify(await receipt(exam, person.id, photo_id)) if known.photo else _waiting()


@blueprint.get("/photos/<uuid:photo_id>/state")
@audience(Audience.CANDIDATE)
@rate(PICTURE)
async def state(photo_id: UUID) -> ResponseReturnValue:
    """How an original that has arrived is getting on."""
    refuse_anothers()
    person, exam = current_person(), await exam_shown()
    if await photo_state(exam, person.id, photo_id) is PhotoState.WAITING:
        return _waiting()
    return jsonify(await receipt(exam, person.id, photo_id))


@blueprint.get("/deadline")
@audience(Audience.CANDIDATE)
@rate(PICTURE)
async def deadline() -> ResponseReturnValue:
    """Until when this person can hand things in, for a page that has been open for a while."""
    refuse_anothers()
    return jsonify(deadline_told(await standing_or_404()))


@blueprint.get("/photos/<uuid:photo_id>")
@audience(Audience.CANDIDATE)
@rate(PICTURE)
async def picture(photo_id: UUID) -> ResponseReturnValue:
    """The picture itself, as it is stored."""
    return picture_answer(await show_photo(_desk().shelf, await exam_shown(), current_person().id, photo_id))


@blueprint.get("/photos/<uuid:photo_id>/thumbnail")
@audience(Audience.CANDIDATE)
@rate(PICTURE)
async def thumbnail(photo_id: UUID) -> ResponseReturnValue:
    """Its small copy."""
    exam, person = await exam_shown(), current_person()
    return picture_answer(await show_photo(_desk().shelf, exam, person.id, photo_id, small=True))


async def _removed(photo_id: UUID) -> tuple[SlotKey, dict[str, Any]]:
    person, exam = current_person(), await exam_shown()
    place = await remove_photo(exam, person.id, photo_id)
    own = await own_case(exam, person.id)
    told = counts(own, place.material) if own else {}
    return place, {"undo_until_seconds": UNDO_SECONDS, "counts": told}


@blueprint.delete("/photos/<uuid:photo_id>")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def delete(photo_id: UUID) -> ResponseReturnValue:
    """Takes a photo out."""
    refuse_anothers()
    return jsonify((await _removed(photo_id))[1])


@blueprint.post("/photos/<uuid:photo_id>/delete")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def delete_by_form(photo_id: UUID) -> ResponseReturnValue:
    """The same from a page without scripts, which then offers to bring it back."""
    place, _counts = await _removed(photo_id)
    return redirect(f"/my/materials/{place.material}?removed={photo_id}", 303)


async def _changed(photo_id: UUID, place: SlotKey) -> ResponseReturnValue:
    """The answer to what leaves a photo, or an original, in its place."""
    if not _by_script():
        looking = request.args.get("back") == "view"
        return redirect(f"/my/photos/{photo_id}/view" if looking else f"/my/materials/{place.material}", 303)
    person, exam = current_person(), await exam_shown()
    if await photo_state(exam, person.id, photo_id) is PhotoState.WAITING:
        return _waiting()
    return jsonify(await receipt(exam, person.id, photo_id))


@blueprint.post("/photos/<uuid:photo_id>/undelete")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def undelete(photo_id: UUID) -> ResponseReturnValue:
    """Brings a photo back."""
    refuse_anothers()
    return await _changed(photo_id, await revive_photo(await exam_shown(), current_person().id, photo_id))


@blueprint.post("/photos/<uuid:photo_id>/turn")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def turn(photo_id: UUID) -> ResponseReturnValue:
    """Turns a photo clockwise by ``?quarters=``; with ``?back=view`` a form leads back to the photo's own page."""
    refuse_anothers()
    quarters = request.args.get("quarters", type=int) or 0
    exam, person = await exam_shown(), current_person()
    return await _changed(photo_id, await turn_photo(_desk(), exam, person.id, photo_id, quarters))


@blueprint.post("/materials/<material>/photos")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def send_by_form(material: str) -> ResponseReturnValue:
    """A file from a page without scripts: it goes the original's way."""
    person, exam = current_person(), await exam_shown()
    page = f"/my/materials/{material}"
    try:
        form = await read_upload_form()
        if _is_anothers(form.fields.get("person", "")):
            await drain()
            raise SignInNeeded(staff=False)
        photo_id, slot = _uuid(form.fields.get("photo", "")), form.fields.get("slot", "")
        if photo_id is None:
            raise Refused("form.unreadable")
        upload = Upload(photo_id, SlotKey(material, slot), _uuid(form.fields.get("replaces", "")))
        await take_original(_desk(), exam, person.id, upload, form.file())
    except Refused as refused:
        await drain(refused)
        if refused.code in {"photo.no_case", "photo.unknown_place", "photo.not_found"}:
            raise
        return redirect(f"{page}?problem={refused.code}", 303)
    return redirect(page, 303)
