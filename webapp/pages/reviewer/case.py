"""One case on the desk: read, taken in hand, judged material by material, concluded, taken back."""

from __future__ import annotations

from uuid import UUID

from quart import Blueprint, jsonify, redirect
from quart.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.actions.claim import claim, release, renew
from webapp.actions.decide import decide, take_back
from webapp.actions.flag_case import clear_flag, set_flag
from webapp.actions.give_verdict import Opinion, give_verdict
from webapp.actions.reviewing import material_states
from webapp.clock import now
from webapp.guard.access import Audience, audience
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import exam_shown
from webapp.pages.forms import read_form
from webapp.pages.reviewer.case_page import Given, Refusal, case_answer
from webapp.pages.reviewer.case_photos import address_of, on_the_strip
from webapp.pages.reviewer.concluding import decision_of, typed_in
from webapp.pages.reviewer.desk import opened, reviewer
from webapp.pages.reviewer.lease_words import lost_words, minutes_left
from webapp.rules.flags import Flag
from webapp.rules.places import Stage
from webapp.rules.refusals import Refused
from webapp.rules.verdicts import Kind, undecided

blueprint = Blueprint("review_case", __name__, url_prefix="/review/cases/<uuid:case_id>")

_REVIEWER = Audience.REVIEWER


def _version(form: MultiDict[str, str]) -> int:
    """-1, which no case has, for what is no number."""
    return form.get("version", -1, type=int)


@blueprint.get("")
@audience(_REVIEWER)
@rate(PAGE)
async def case(case_id: UUID) -> ResponseReturnValue:
    """The case, for every reviewer whose office it comes by."""
    return await case_answer(case_id)


@blueprint.post("/claim")
@audience(_REVIEWER)
@rate(FORM)
async def take(case_id: UUID) -> ResponseReturnValue:
    """Takes the case in hand; with a reason also from a colleague."""
    await opened(case_id)
    reason = (await read_form()).get("reason", "")
    try:
        await claim(await exam_shown(), reviewer(), case_id, takeover_reason=reason)
    except Refused as refused:
        return await case_answer(case_id, Refusal(refused))
    return redirect(f"/review/cases/{case_id}", 303)


@blueprint.post("/release")
@audience(_REVIEWER)
@rate(FORM)
async def put_back(case_id: UUID) -> ResponseReturnValue:
    """Hands the case back to the queue."""
    await opened(case_id)
    await release(await exam_shown(), reviewer(), case_id)
    return redirect("/review", 303)


@blueprint.get("/lease")
@audience(_REVIEWER)
@rate(PAGE)
async def look_at_lease(case_id: UUID) -> ResponseReturnValue:
    """Whether the case is still in this person's hands, for the page that lies open; renews nothing."""
    desk = await opened(case_id)
    mine = desk.file.case.lease_holder == reviewer().id and desk.file.place.stage is Stage.REVIEW
    words = "" if mine else await lost_words(await exam_shown(), desk, reviewer().id)
    return jsonify({"mine": mine, "minutes": minutes_left(desk.file.case.lease_until, now()), "words": words})


@blueprint.post("/lease")
@audience(_REVIEWER)
@rate(FORM)
async def keep(case_id: UUID) -> ResponseReturnValue:
    """Some activity, reported by the page's script: the claim runs anew from now."""
    await opened(case_id)
    exam = await exam_shown()
    if not await renew(exam, reviewer(), case_id):
        raise Refused("lease.not_yours")
    return jsonify({"minutes": exam.package.lease_minutes})


@blueprint.post("/verdicts")
@audience(_REVIEWER)
@rate(FORM)
async def judge(case_id: UUID) -> ResponseReturnValue:
    """Saves this level's word on one material and goes on to the next without one."""
    await opened(case_id)
    form = await read_form()
    given = Given(
        form.get("kind", ""),
        frozenset(form.getlist("slots")),
        frozenset(form.getlist("reasons")),
        form.get("note", ""),
    )
    material = form.get("material", "")
    try:
        await give_verdict(await exam_shown(), reviewer(), case_id, _opinion(material, given, _version(form)))
    except Refused as refused:
        return await case_answer(case_id, Refusal(refused, material, given, note=given.note))
    return redirect(await _next_material(case_id, material), 303)


def _opinion(material: str, given: Given, version: int) -> Opinion:
    try:
        kind = Kind(given.kind)
    except ValueError:
        raise Refused("verdict.no_kind") from None
    reasons = tuple(sorted(given.reasons)) if kind is Kind.REDO else ()
    return Opinion(material, kind, tuple(sorted(given.slots)), reasons, given.note.strip(), version)


async def _next_material(case_id: UUID, done: str) -> str:
    """The next material after this one that still waits for a word; where none does, this one's conclusion."""
    desk, who = await opened(case_id), reviewer()
    states = await material_states(desk.file, who.id)
    level = desk.file.case.level or 0
    codes = [fill.concern.material.code for fill in on_the_strip(desk, states)]
    at = codes.index(done) if done in codes else 0
    waiting = undecided(states, desk.file.words, level)
    following = next((c for c in (*codes[at:], *codes[:at]) if c in waiting), None)
    return address_of(case_id, following) if following else f"{address_of(case_id, done)}#conclusion"


@blueprint.post("/conclusion")
@audience(_REVIEWER)
@rate(FORM)
async def conclude(case_id: UUID) -> ResponseReturnValue:
    """The opinion on the whole case, which moves it."""
    await opened(case_id)
    form, exam = await read_form(), await exam_shown()
    typed = typed_in(form)
    try:
        try:
            decision = decision_of(typed, _version(form), exam.time_zone)
        except ValueError:
            raise Refused("decision.no_conclusion") from None
        await decide(exam, reviewer(), case_id, decision)
    except Refused as refused:
        return await case_answer(case_id, Refusal(refused, conclusion=typed, note=typed.note))
    return redirect(f"/review?decided={case_id}", 303)


@blueprint.post("/take-back")
@audience(_REVIEWER)
@rate(FORM)
async def undo(case_id: UUID) -> ResponseReturnValue:
    """Undoes this person's own opinion within 10 s."""
    await opened(case_id)
    try:
        await take_back(await exam_shown(), reviewer(), case_id)
    except Refused as refused:
        return await case_answer(case_id, Refusal(refused))
    return redirect(f"/review/cases/{case_id}", 303)


@blueprint.post("/flags")
@audience(_REVIEWER)
@rate(FORM)
async def mark(case_id: UUID) -> ResponseReturnValue:
    """Sets or clears a mark by hand."""
    await opened(case_id)
    form, exam, who = await read_form(), await exam_shown(), reviewer()
    try:
        if form.get("flag", "") not in set(Flag):
            raise Refused("flag.not_by_hand")
        flag = Flag(form["flag"])
        if form.get("set") == "yes":
            await set_flag(exam, who.id, who.offices, case_id, flag, note=form.get("note", "").strip())
        else:
            await clear_flag(exam, who.id, who.offices, case_id, flag)
    except Refused as refused:
        return await case_answer(case_id, Refusal(refused, note=form.get("note", "")))
    return redirect(f"/review/cases/{case_id}", 303)
