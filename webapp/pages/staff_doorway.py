"""The staff's door: signing in with a one-time code from the phone, and taking an account into use."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import segno
from markupsafe import Markup
from quart import Blueprint, current_app, g, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.enrol_staff import begin_enrolment, finish_enrolment
from webapp.actions.sign_in import sign_in_staff
from webapp.guard.access import Audience, audience
from webapp.guard.browser import remember_session
from webapp.guard.rate import PAGE, SIGN_IN, client_address, rate
from webapp.guard.sessions import end_sessions_of
from webapp.guard.throttles import Counted, Throttles
from webapp.pages.chrome import exam_shown, render
from webapp.pages.doorway import NOTICES, home_of
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language, later
from webapp.pages.words import refusal
from webapp.rules.names import user_name_key
from webapp.rules.passwords import PasswordPolicy
from webapp.rules.refusals import Refused
from webapp.totp import provisioning_uri

blueprint = Blueprint("staff_doorway", __name__, url_prefix="/staff")
DOOR = "staff"
ENROL_DOOR = "enrol"


@dataclass(frozen=True)
class StaffSignInPage:
    """See ``templates/doorway/staff_sign_in.html``."""

    user_name: str
    problem: str | None
    notice: str | None


@dataclass(frozen=True)
class EnrolCodePage:
    """See ``templates/doorway/enrol_code.html``."""

    user_name: str
    problem: str | None


@dataclass(frozen=True)
class EnrolPage:
    """See ``templates/doorway/enrol.html``."""

    user_name: str
    code: str
    qr: Markup
    secret: str
    password_policy: PasswordPolicy
    problem: str | None = None
    field_problems: dict[str, str] = field(default_factory=dict)


async def _sign_in_page(
    user_name: str = "", refused: Refused | None = None, notice: str | None = None
) -> tuple[str, int]:
    status, problem = refusal(refused) if refused else (200, None)
    return await render(
        "doorway/staff_sign_in.html", StaffSignInPage(user_name, problem, notice), status=status
    )


@blueprint.get("/sign-in")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def sign_in_page() -> ResponseReturnValue:
    """The staff's sign-in page, or where the signed-in person belongs."""
    if g.person is not None:
        return redirect(home_of(g.person.roles))
    said = request.args.get("notice", "")
    notice = NOTICES.get(said) or (ENROLLED if said == "enrolled" else None)
    return await _sign_in_page(notice=_(notice) if notice else None)


ENROLLED = later("账号已启用，请用新密码和手机上的动态码登录。")


@blueprint.post("/sign-in")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def sign_in() -> ResponseReturnValue:
    """User name, password and one-time code, all at once: no half-open door between them."""
    form = await read_form()
    user_name = form.get("user_name", "")
    if not all(form.get(name, "").strip() for name in ("user_name", "password", "code")):
        return await _sign_in_page(user_name, Refused("sign_in.missing_staff"))
    exam, browser = await exam_shown(), current_app.extensions["browsers"]
    counted = browser.counted_for_sign_in(DOOR, user_name_key(user_name), client_address())
    try:
        await browser.throttles.take(counted)
        staff = await sign_in_staff(
            exam.code,
            user_name,
            form.get("password", ""),
            form.get("code", ""),
            current_app.config["KEYRING"],
        )
    except Refused as refused:
        return await _sign_in_page(user_name, refused)
    await browser.throttles.succeeded(counted)
    # The person's roles are read with the session on the next request; /staff sends reviewers on.
    return await remember_session(
        redirect("/staff/sign-in"), door=DOOR, account=user_name_key(user_name), staff_id=staff.id
    )


def _counted_for_enrolment(throttles: Throttles, user_name: str) -> list[Counted]:
    # A code of 60 random bits needs no count of its account, by which others could make its owner wait.
    return throttles.for_sign_in(ENROL_DOOR, user_name_key(user_name), client_address(), known_device=True)


async def _enrol_code_page(user_name: str = "", refused: Refused | None = None) -> tuple[str, int]:
    status, problem = refusal(refused) if refused else (200, None)
    return await render("doorway/enrol_code.html", EnrolCodePage(user_name, problem), status=status)


@blueprint.get("/enrol")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def enrol_code_page() -> ResponseReturnValue:
    """Asks for the one-time code that a manager handed out."""
    return await _enrol_code_page()


def qr_picture(uri: str) -> Markup:
    """The QR code as inline SVG: nothing to fetch, no data: address that the policy would have to allow."""
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, light="#fff"
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - drawn by us; the address stands in it as squares


async def _enrol_page(
    user_name: str, code: str, refused: Refused | None = None, at: str = ""
) -> tuple[str, int]:
    offered = await begin_enrolment(user_name, code, current_app.config["KEYRING"])
    exam = await exam_shown()
    status, problem = refusal(refused) if refused else (200, None)
    issuer = f"{exam.title(current_language())} {exam.region(current_language())}"
    page = EnrolPage(
        user_name=offered.user_name,
        code=code,
        qr=qr_picture(provisioning_uri(offered.secret, offered.user_name, issuer)),
        secret=" ".join(offered.secret[i : i + 4] for i in range(0, len(offered.secret), 4)),
        password_policy=exam.staff_passwords,
        problem=problem,
        field_problems={at: problem} if problem and at else {},
    )
    return await render("doorway/enrol.html", page, status=status)


@blueprint.post("/enrol")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def enrol_page() -> ResponseReturnValue:
    """Shows the QR code and asks for a password, to whoever holds the one-time code."""
    form, throttles = await read_form(), current_app.extensions["browsers"].throttles
    user_name, code = form.get("user_name", ""), form.get("code", "")
    if not user_name.strip() or not code.strip():
        return await _enrol_code_page(user_name, Refused("enrol.missing"))
    counted = _counted_for_enrolment(throttles, user_name)
    try:
        await throttles.take(counted)
        shown = await _enrol_page(user_name, code)
    except Refused as refused:
        return await _enrol_code_page(user_name, refused)
    await throttles.succeeded(counted)
    return shown


@blueprint.post("/enrol/confirm")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def enrol() -> ResponseReturnValue:
    """Takes the account into use; then one signs in like everybody else."""
    form, throttles = await read_form(), current_app.extensions["browsers"].throttles
    user_name, code = form.get("user_name", ""), form.get("code", "")
    if not user_name.strip() or not code.strip():
        return await _enrol_code_page(user_name, Refused("enrol.missing"))
    counted = _counted_for_enrolment(throttles, user_name)
    try:
        await throttles.take(counted)
        if form.get("password", "") != form.get("password_again", ""):
            raise Refused("password.differ")
        staff_id = await finish_enrolment(
            (await exam_shown()).code,
            user_name=user_name,
            code=code,
            password=form.get("password", ""),
            totp=form.get("totp", ""),
            keyring=current_app.config["KEYRING"],
            policy=(await exam_shown()).staff_passwords,
        )
    except Refused as refused:
        return await _again(user_name, code, refused)
    await throttles.succeeded(counted)
    await end_sessions_of(staff_id=staff_id)
    return redirect("/staff/sign-in?notice=enrolled")


async def _again(user_name: str, code: str, refused: Refused) -> tuple[str, int]:
    if refused.code in {"enrol.wrong", "tries.wait"}:
        return await _enrol_code_page(user_name, refused)
    at = {"enrol.totp_wrong": "totp", "password.differ": "password_again"}.get(refused.code, "password")
    try:
        return await _enrol_page(user_name, code, refused, at)
    except Refused as gone:
        return await _enrol_code_page(user_name, gone)
