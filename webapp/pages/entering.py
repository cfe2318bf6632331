"""Coming in from the registration system: a ticket, a look at whose it is, a yes."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint, Response, current_app, g, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.sign_in import note_entry, note_refused_ticket
from webapp.guard.access import Audience, audience
from webapp.guard.browser import remember_session
from webapp.guard.entries import entry_token, forget_entry, remember_entry, use_entry_up, who_enters
from webapp.guard.rate import PAGE, SIGN_IN, client_address, rate
from webapp.guard.sessions import SignedIn
from webapp.guard.tickets import redeem
from webapp.pages.chrome import exam_shown, render
from webapp.pages.doorway import DOOR, home_of
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language, later
from webapp.pages.words import refusal
from webapp.records import Candidate
from webapp.records.reading.candidates import candidate_home
from webapp.rules.refusals import Refused

blueprint = Blueprint("entering", __name__)
TICKET_DOOR = "ticket"
NOT_ME = later("没有进入。如果报名系统里登录的不是您，先在那里退出，用自己的账号登录后再进来。")


@dataclass(frozen=True)
class Newcomer:
    """Who stands on the doorstep, as the page shows them."""

    name: str
    user_name: str
    registration_number: str
    site_name: str
    site_phone: str


@dataclass(frozen=True)
class SessionThatEnds:
    """Somebody else who is signed in in this browser; ``id`` comes back with the form."""

    id: str
    name: str
    user_name: str
    home: str


@dataclass(frozen=True)
class WayInPage:
    """See ``templates/doorway/enter.html``; ``reason`` is the code of a refusal."""

    problem: str | None
    reason: str
    notice: str | None
    enter_url: str | None
    region_phone: str
    region_hours: str


@dataclass(frozen=True)
class ConfirmPage:
    """See ``templates/doorway/enter_confirm.html``."""

    newcomer: Newcomer
    ends: SessionThatEnds | None
    problem: str | None


async def newcomer(candidate: Candidate) -> Newcomer:
    """The candidate with their site; the region's telephone where the site has none."""
    exam, own = await exam_shown(), await candidate_home(candidate.id)
    return Newcomer(
        name=candidate.name,
        user_name=candidate.user_name,
        registration_number=candidate.registration_number,
        site_name=exam.in_language(own.site_name, current_language()),
        site_phone=own.site_phone or exam.region_office.phone,
    )


def session_that_ends(candidate: Candidate) -> SessionThatEnds | None:
    """Whose session would end if ``candidate`` came in; None if nobody else's."""
    person: SignedIn | None = g.person
    if person is None or person.id == candidate.id:
        return None
    return SessionThatEnds(str(person.id), person.name, person.user_name, home_of(person.roles))


def is_agreed(ends: SessionThatEnds | None, form_says: str) -> bool:
    """Whether the page on which somebody said yes named the very person who would be signed out."""
    return ends is None or ends.id == form_says


async def way_in_page(refused: Refused | None = None, *, notice: str | None = None) -> tuple[str, int]:
    """How to come in, and what stood in the way."""
    exam = await exam_shown()
    status, problem = refusal(refused) if refused else (200, None)
    page = WayInPage(
        problem=problem,
        reason=refused.code if refused else "",
        notice=notice,
        enter_url=current_app.config["SETTINGS"].registration_site or None,
        region_phone=exam.region_office.phone,
        region_hours=exam.in_language(exam.region_office.hours, current_language()),
    )
    return await render("doorway/enter.html", page, status=status)


@blueprint.post("/enter")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def take_ticket() -> ResponseReturnValue:
    """A ticket, posted by the registration site's page; it appears in no address from here on."""
    form, exam = await read_form(), await exam_shown()
    throttles, config = current_app.extensions["browsers"].throttles, current_app.config
    counted = throttles.for_address(TICKET_DOOR, client_address())
    try:
        await throttles.take(counted)
        token = await redeem(
            config["TICKET_KEYS"],
            form.get("ticket", ""),
            audience=config["SETTINGS"].origin,
            exam_id=exam.id,
        )
    except Refused as refused:
        if refused.code != "tries.wait":
            await note_refused_ticket(exam.code, refused.code)
        return await way_in_page(refused)
    await throttles.succeeded(counted)
    response: Response = redirect("/enter", 303)  # type: ignore[assignment]
    return remember_entry(response, token)


@blueprint.get("/enter")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def doorstep() -> ResponseReturnValue:
    """Where a ticket leads. Browsers send the session's cookie only now, not with a form of another site."""
    candidate = await who_enters((await exam_shown()).id)
    if candidate is None:
        if g.person is not None:
            return redirect(home_of(g.person.roles))
        notice = _(NOT_ME) if request.args.get("notice") == "not-me" else None
        return await way_in_page(
            Refused("enter.ended") if entry_token() and not notice else None, notice=notice
        )
    if g.person is not None and g.person.id == candidate.id:
        await use_entry_up()
        return _without_entry(redirect("/my"))
    if candidate.activated_at is None:
        return redirect("/activate")
    return await _confirm_page(candidate)


async def _confirm_page(candidate: Candidate, refused: Refused | None = None) -> tuple[str, int]:
    status, problem = refusal(refused) if refused else (200, None)
    page = ConfirmPage(await newcomer(candidate), session_that_ends(candidate), problem)
    return await render("doorway/enter_confirm.html", page, status=status)


def _without_entry(response: object) -> Response:
    found: Response = response  # type: ignore[assignment]
    return forget_entry(found)


@blueprint.post("/enter/confirm")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def confirm() -> ResponseReturnValue:
    """A yes opens a session, a no ends the entry; either way it is used up."""
    form, exam = await read_form(), await exam_shown()
    candidate = await who_enters(exam.id)
    if candidate is None:
        return redirect("/enter", 303)
    if form.get("answer") == "no":
        await use_entry_up()
        return _without_entry(redirect("/enter?notice=not-me", 303))
    if candidate.activated_at is None:
        return redirect("/activate", 303)
    if not is_agreed(session_that_ends(candidate), form.get("ends", "")):
        return await _confirm_page(candidate, Refused("enter.other_person"))
    if not await use_entry_up():
        return redirect("/enter", 303)
    await note_entry(exam.code, candidate.id)
    return await signed_in_instead(candidate)


async def signed_in_instead(candidate: Candidate) -> Response:
    """A session of ``candidate`` in place of any that this browser had, and no entry any more."""
    response = await remember_session(
        redirect("/my", 303), door=DOOR, account=candidate.user_name_key, candidate_id=candidate.id
    )
    return forget_entry(response)
