"""The front door: signing in as a candidate, signing out, choosing a language."""

from __future__ import annotations

from dataclasses import dataclass, field

from quart import Blueprint, Response, current_app, g, redirect, request, url_for
from quart.typing import ResponseReturnValue

from webapp.actions.sign_in import note_sign_out, sign_in_candidate
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.browser import forget_session, remember_session, same_site_path
from webapp.guard.entries import forget_entry, use_entry_up
from webapp.guard.rate import FORM, PAGE, SIGN_IN, client_address, rate
from webapp.guard.sessions import end_session
from webapp.pages.chrome import exam_shown, render
from webapp.pages.display import current_display, keep_choice
from webapp.pages.forms import read_form
from webapp.pages.language import COOKIE, LANGUAGES, _, current_language, later
from webapp.pages.words import refusal
from webapp.rules.names import user_name_key
from webapp.rules.refusals import Refused

blueprint = Blueprint("doorway", __name__)
_YEAR = 31_536_000
DOOR = "candidate"


@dataclass(frozen=True)
class SignInPage:
    """See ``templates/doorway/sign_in.html``."""

    user_name: str
    problem: str | None
    field_problems: dict[str, str]
    notice: str | None
    enter_url: str | None
    recovery_url: str | None
    region_phone: str
    region_hours: str
    shared: bool
    """Whether the tick stands that this device is nobody's own."""
    sites: list[tuple[str, str]] = field(default_factory=list)


async def _sign_in_page(
    *,
    user_name: str = "",
    shared: bool | None = None,
    refused: Refused | None = None,
    notice: str | None = None,
) -> tuple[str, int]:
    exam, language = await exam_shown(), current_language()
    status, problem = refusal(refused) if refused else (200, None)
    page = SignInPage(
        user_name=user_name,
        problem=problem,
        field_problems={"password": problem}
        if refused and problem and refused.code == "sign_in.wrong"
        else {},
        notice=notice,
        enter_url=current_app.config["SETTINGS"].registration_site or None,
        recovery_url="/forgotten",
        region_phone=exam.region_office.phone,
        region_hours=exam.in_language(exam.region_office.hours, language),
        shared=current_display().shared if shared is None else shared,
        sites=[(exam.in_language(site.name, language), site.phone) for site in exam.sites if site.phone],
    )
    return await render("doorway/sign_in.html", page, status=status)


NOTICES = {
    "signed-out": later("您已退出登录。"),
    "recovered": later("新密码已保存，用它登录。以前的登录已全部退出。"),
    "ended": later("登录已过期，为保护您的资料，请重新登录。"),
}


@blueprint.get("/")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def sign_in_page() -> ResponseReturnValue:
    """The sign-in page, or where the signed-in person belongs."""
    if g.person is not None:
        return redirect(home_of(g.person.roles))
    notice = NOTICES.get(request.args.get("notice", ""))
    return await _sign_in_page(notice=_(notice) if notice else None)


def home_of(roles: frozenset[str]) -> str:
    """The first page of somebody with these roles."""
    if "candidate" in roles:
        return "/my"
    if "reviewer" in roles and not roles & {"manager", "auditor"}:
        return "/review"
    return "/staff"


@blueprint.post("/")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def sign_in() -> ResponseReturnValue:
    """A candidate's user name and password."""
    form = await read_form()
    user_name, password = form.get("user_name", ""), form.get("password", "")
    shared = form.get("device") == "shared"
    if not user_name.strip() or not password:
        return await _sign_in_page(user_name=user_name, shared=shared, refused=Refused("sign_in.missing"))
    exam, browser = await exam_shown(), current_app.extensions["browsers"]
    counted = browser.counted_for_sign_in(DOOR, user_name_key(user_name), client_address())
    try:
        await browser.throttles.take(counted)
        candidate = await sign_in_candidate(exam.id, exam.code, user_name, password)
        response = await remember_session(
            redirect("/my"),
            door=DOOR,
            account=user_name_key(user_name),
            candidate_id=candidate.id,
            password_hash=candidate.password_hash,
        )
    except Refused as refused:
        return await _sign_in_page(user_name=user_name, shared=shared, refused=refused)
    await browser.throttles.succeeded(counted)
    if shared or request.cookies.get("device"):
        keep_choice(response, "device", "shared" if shared else "own")
    return response


@blueprint.post("/sign-out")
@audience(Audience.SIGNED_IN)
@rate(FORM)
async def sign_out() -> ResponseReturnValue:
    """Ends this browser's session."""
    person = current_person()
    await end_session(person.session_id)
    forget_session()
    await use_entry_up()  # on a shared computer the next person must not find anybody on the doorstep
    await note_sign_out((await exam_shown()).code, person.actor)
    address = url_for("staff_doorway.sign_in_page" if person.kind == "staff" else "doorway.sign_in_page")
    response: Response = redirect(f"{address}?notice=signed-out")  # type: ignore[assignment]
    response.headers["Clear-Site-Data"] = '"cache"'
    return forget_entry(response)


@blueprint.post("/language")
@audience(Audience.PUBLIC)
@rate(FORM)
async def choose_language() -> ResponseReturnValue:
    """Remembers the language in this browser and goes back to the page it was chosen on."""
    form = await read_form()
    response: Response = redirect(same_site_path(form.get("back", "/")), 303)  # type: ignore[assignment]
    if form.get("language") in dict(LANGUAGES):
        settings = current_app.config["SETTINGS"]
        response.set_cookie(
            COOKIE, form["language"], max_age=_YEAR, secure=settings.secure, httponly=True, samesite="Lax"
        )
    return response
