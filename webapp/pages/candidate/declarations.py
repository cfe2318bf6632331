"""A candidate says that a required material is not there, or that another paper stands for it."""

from __future__ import annotations

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.declare import declare, take_declaration_back
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, rate
from webapp.pages.candidate.materials import material_page
from webapp.pages.candidate.said import refusal_of
from webapp.pages.chrome import exam_shown
from webapp.pages.forms import read_form
from webapp.rules.filling import Declared
from webapp.rules.refusals import Refused

blueprint = Blueprint("candidate_declarations", __name__, url_prefix="/my/materials")


@blueprint.post("/<code>/declaration")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def say_missing(code: str) -> ResponseReturnValue:
    """没有此材料 or 等效证明, with the reason."""
    form = await read_form()
    kind, words = form.get("kind", ""), form.get("words", "")
    try:
        if kind not in set(Declared):
            raise Refused("declare.kind_missing")
        await declare(await exam_shown(), current_person().id, code, Declared(kind), words)
    except Refused as refused:
        return await material_page(code, refusal_of(refused, kind=kind, words=words))
    return redirect(f"/my/materials/{code}?done=declared", 303)


@blueprint.post("/<code>/declaration/take-back")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def take_back(code: str) -> ResponseReturnValue:
    """It is there after all."""
    try:
        await take_declaration_back(await exam_shown(), current_person().id, code)
    except Refused as refused:
        return await material_page(code, refusal_of(refused))
    return redirect(f"/my/materials/{code}?done=taken_back", 303)
