"""A new password without the old one: after a ticket, or in a browser that has shown whose password it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from quart import Blueprint, Response, current_app, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.recover import Strength, recover
from webapp.actions.sign_in import note_entry
from webapp.database import transaction
from webapp.guard.access import Audience, audience
from webapp.guard.entries import use_entry_up, who_enters
from webapp.guard.rate import PAGE, SIGN_IN, client_address, rate
from webapp.guard.resets import Resetting, forget_reset, shut_out, use_reset_up, who_resets
from webapp.guard.throttles import forget_tries
from webapp.pages.chrome import exam_shown, render
from webapp.pages.doorway import DOOR
from webapp.pages.entering import SessionThatEnds, is_agreed, session_that_ends, signed_in_instead
from webapp.pages.forms import read_form
from webapp.pages.words import refusal
from webapp.records import Candidate
from webapp.rules.passwords import PasswordPolicy
from webapp.rules.recovery import Way
from webapp.rules.refusals import Refused

blueprint = Blueprint("resetting", __name__)


@dataclass(frozen=True)
class ResetPage:
    """See ``templates/doorway/reset.html``; ``address`` is where the form goes, ``back`` where it can be left to."""

    address: str
    back: str
    user_name: str
    password_policy: PasswordPolicy
    ends: SessionThatEnds | None
    minutes: int
    """How long this browser may take; 0 where the page need not say."""
    problem: str | None = None
    field_problems: dict[str, str] = field(default_factory=dict)


async def _reset_page(candidate: Candidate, way: Way, refused: Refused | None = None) -> tuple[str, int]:
    exam = await exam_shown()
    status, problem = refusal(refused) if refused else (200, None)
    at = {"password.differ": "password_again", "enter.other_person": ""}
    where = at.get(refused.code, "password") if refused else ""
    ticket = way is Way.TICKET
    page = ResetPage(
        address="/enter/password" if ticket else "/reset",
        back="/enter" if ticket else "/forgotten",
        user_name=candidate.user_name,
        password_policy=exam.candidate_passwords,
        ends=session_that_ends(candidate) if ticket else None,
        minutes=0 if ticket else exam.package.recovery.reset_minutes,
        problem=problem,
        field_problems={where: problem} if problem and where else {},
    )
    return await render("doorway/reset.html", page, status=status)


async def _recover(
    form: Mapping[str, str], candidate: Candidate, way: Way, use_up: Callable[[], Awaitable[bool]]
) -> None:
    """Does what the form asks for; :class:`Refused` as :func:`webapp.actions.recover.recover`."""
    throttles = current_app.extensions["browsers"].throttles
    held_up = throttles.of_account(
        DOOR, candidate.user_name_key, f"candidate:{candidate.id}", client_address()
    )

    @transaction
    async def shut_all_out() -> None:
        await shut_out(candidate.id)
        await forget_tries(held_up)

    strength = Strength(way, use_up, shut_all_out)
    password, again = form.get("password", ""), form.get("password_again", "")
    await recover(await exam_shown(), candidate, password, again, strength)


async def _reset() -> Resetting | None:
    """The reset in this browser, if its way is open in this exam."""
    exam = await exam_shown()
    found = await who_resets(exam.id)
    closed = found is not None and found.way is Way.ANSWERS and not exam.package.recovery.by_answers
    return None if closed else found


def _ended() -> Response:
    response: Response = redirect("/forgotten?notice=ended", 303)  # type: ignore[assignment]
    return forget_reset(response)


@blueprint.get("/reset")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def reset_page() -> ResponseReturnValue:
    """The new password, in the browser that opened the reset."""
    found = await _reset()
    return await _reset_page(found.candidate, found.way) if found else _ended()


@blueprint.post("/reset")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def reset() -> ResponseReturnValue:
    """Sets it, once; then everybody signs in anew, also here."""
    form, found = await read_form(), await _reset()
    if found is None:
        return _ended()
    try:
        await _recover(form, found.candidate, found.way, use_reset_up)
    except Refused as refused:
        if refused.code == "recovery.ended":
            return _ended()
        return await _reset_page(found.candidate, found.way, refused)
    response: Response = redirect("/?notice=recovered", 303)  # type: ignore[assignment]
    return forget_reset(response)


@blueprint.get("/enter/password")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def password_after_ticket() -> ResponseReturnValue:
    """The new password, for whoever came in with a ticket and has activated before."""
    candidate = await who_enters((await exam_shown()).id)
    if candidate is None or candidate.activated_at is None:
        return redirect("/enter")
    return await _reset_page(candidate, Way.TICKET)


@blueprint.post("/enter/password")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def set_password_after_ticket() -> ResponseReturnValue:
    """Sets it, uses the entry up and leads on in, as a yes on the doorstep does."""
    form, exam = await read_form(), await exam_shown()
    candidate = await who_enters(exam.id)
    if candidate is None or candidate.activated_at is None:
        return redirect("/enter", 303)
    if not is_agreed(session_that_ends(candidate), form.get("ends", "")):
        return await _reset_page(candidate, Way.TICKET, Refused("enter.other_person"))
    try:
        await _recover(form, candidate, Way.TICKET, use_entry_up)
    except Refused as refused:
        if refused.code == "recovery.ended":
            return redirect("/enter", 303)
        return await _reset_page(candidate, Way.TICKET, refused)
    await note_entry(exam.code, candidate.id)
    return await signed_in_instead(candidate)
