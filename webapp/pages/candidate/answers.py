"""A candidate answers a supplement: words where a photo cannot be had or about a field, and the answer as a whole."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, abort, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.answer import answer, say_about
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, rate
from webapp.pages.candidate.asked import AskedShown, asked_items
from webapp.pages.candidate.materials import material_page
from webapp.pages.candidate.record import record_page
from webapp.pages.candidate.said import Refusal, refusal_of
from webapp.pages.candidate.standing import standing_or_404
from webapp.pages.candidate.submission import submission_page
from webapp.pages.chrome import exam_shown
from webapp.pages.forms import read_form
from webapp.rules.refusals import Refused

blueprint = Blueprint("candidate_answers", __name__, url_prefix="/my/answer")


@blueprint.post("")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def hand_in() -> ResponseReturnValue:
    """提交补充材料."""
    try:
        await answer(await exam_shown(), current_person().id)
    except Refused as refused:
        return await submission_page(refusal_of(refused))
    return redirect("/my?done=answered", 303)


@blueprint.post("/items/<uuid:item_id>")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def say(item_id: UUID) -> ResponseReturnValue:
    """Why a photo cannot be had, or the reply about a field; ``take_back=yes`` takes it back."""
    form = await read_form()
    words = "" if form.get("take_back") == "yes" else form.get("words", "")
    item = next((one for one in asked_items(await standing_or_404()) if one.id == str(item_id)), None)
    if item is None:
        abort(404)
    try:
        if not words.strip() and form.get("take_back") != "yes":
            raise Refused("declare.words_missing")
        await say_about(await exam_shown(), current_person().id, item_id, words)
    except Refused as refused:
        return await _page_of(item, refusal_of(refused, **{item.id: words}))
    done = "said" if words.strip() else "taken_back"
    if item.field:
        return redirect(f"/my/record?done={done}#asked-{item.field}", 303)
    return redirect(f"/my/materials/{item.material}?done={done}", 303)


async def _page_of(item: AskedShown, refusal: Refusal) -> ResponseReturnValue:
    return await (record_page(refusal) if item.field else material_page(item.material, refusal))
