"""Giving up: what it means, and one form that nobody fills in by accident."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.hand_in import give_up
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.candidate.locks import lock_title, lock_words
from webapp.pages.candidate.said import Refusal, refusal_of
from webapp.pages.candidate.standing import standing_or_404
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import current_language
from webapp.records.reading.candidates import candidate_home
from webapp.rules.refusals import Refused

blueprint = Blueprint("candidate_withdrawal", __name__, url_prefix="/my/withdrawal")


@dataclass(frozen=True)
class WithdrawalPage:
    """See ``templates/candidate/withdrawal.html``."""

    name: str
    registration_number: str
    exam_title: str
    open: bool
    closed_title: str
    closed: str
    """Why it can no longer be done."""
    region_name: str
    region_phone: str
    site_name: str
    site_phone: str
    problem: str | None


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def before() -> ResponseReturnValue:
    """What it means."""
    return await _page()


@blueprint.post("")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def do_it() -> ResponseReturnValue:
    """放弃报考, with the tick."""
    form = await read_form()
    try:
        if form.get("sure") != "yes":
            raise Refused("give_up.not_sure")
        await give_up(await exam_shown(), current_person().id)
    except Refused as refused:
        return await _page(refusal_of(refused))
    return redirect("/my?done=given_up", 303)


async def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    here = await standing_or_404()
    exam, language, region = here.exam, current_language(), here.exam.region_office
    candidate = await candidate_home(current_person().id)
    withdrawn = here.shown.word in {"given_up", "nothing_handed_in"}
    lock = here.lock if withdrawn or here.own.published else None
    page = WithdrawalPage(
        name=candidate.name,
        registration_number=candidate.registration_number,
        exam_title=exam.title(language),
        open=not withdrawn and not here.own.published,
        closed_title=lock_title(lock, exam) if lock else "",
        closed=lock_words(lock, exam) if lock else "",
        region_name=exam.in_language(region.name, language),
        region_phone=region.phone,
        site_name=exam.in_language(candidate.site_name, language),
        site_phone=candidate.site_phone,
        problem=refusal.sentence if refusal else None,
    )
    return await render(
        "candidate/withdrawal.html", page, current="my", status=refusal.status if refusal else 200
    )
