"""A signed-in person's own account: password, other browsers."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from quart import Blueprint, current_app, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.change_password import change_password
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, SIGN_IN, rate
from webapp.guard.sessions import SignedIn, count_other_sessions, end_sessions_of
from webapp.pages.candidate.recovered import Recovered, recovered
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language
from webapp.pages.words import refusal
from webapp.records.reading.case_file import concerns_of, record_of
from webapp.rules.passwords import PasswordPolicy
from webapp.rules.refusals import Refused

blueprint = Blueprint("account", __name__, url_prefix="/account")


@dataclass(frozen=True)
class AccountPage:
    """See ``templates/account/home.html``; ``layout`` is the room's the person works in."""

    name: str
    user_name: str
    layout: str
    password_policy: PasswordPolicy
    other_sessions: int
    person: str
    photo_names: dict[str, str]
    """For candidates, whose phones may hold unsent photos: what a photo is of, by material and slot."""
    recovered: Recovered | None = None
    saved: bool = False
    problem: str | None = None
    field_problems: dict[str, str] = field(default_factory=dict)


async def _policy(person: SignedIn) -> PasswordPolicy:
    exam = await exam_shown()
    return exam.candidate_passwords if person.kind == "candidate" else exam.staff_passwords


def _ids(person: SignedIn) -> dict[str, UUID]:
    return {"candidate_id": person.id} if person.candidate else {"staff_id": person.id}


def _layout(person: SignedIn) -> str:
    if person.kind == "candidate":
        return "layouts/candidate.html"
    return "layouts/staff.html" if person.roles & {"manager", "auditor"} else "layouts/reviewer.html"


async def _photo_names(person: SignedIn) -> dict[str, str]:
    exam, language = await exam_shown(), current_language()
    names = {material.code: material.name.said_in(language) for material in exam.package.materials}
    for concern in concerns_of(exam, await record_of(exam.id, person.id)):
        own = concern.material
        for slot in own.slots if own.named_slots else ():
            names[f"{own.code}.{slot.code}"] = f"{names[own.code]} {slot.name.said_in(language)}"
    return {"": _("照片"), **names}


async def _account_page(refused: Refused | None = None, *, saved: bool = False) -> tuple[str, int]:
    person = current_person()
    policy = await _policy(person)
    status, problem = refusal(refused) if refused else (200, None)
    at = {"password.old_wrong": "old", "tries.wait": "old", "password.differ": "password_again"}
    page = AccountPage(
        name=person.name,
        user_name=person.user_name,
        layout=_layout(person),
        password_policy=policy,
        other_sessions=await count_other_sessions(person),
        person=str(person.id),
        photo_names=await _photo_names(person) if person.candidate else {},
        recovered=await recovered(person.id) if person.candidate else None,
        saved=saved,
        problem=problem,
        field_problems={at.get(refused.code, "password"): problem} if refused and problem else {},
    )
    return await render("account/home.html", page, current="account", status=status)


@blueprint.get("")
@audience(Audience.SIGNED_IN)
@rate(PAGE)
async def home() -> ResponseReturnValue:
    """The person's own account."""
    return await _account_page(saved=request.args.get("saved") == "password")


@blueprint.post("/password")
@audience(Audience.SIGNED_IN)
@rate(SIGN_IN)
async def new_password() -> ResponseReturnValue:
    """A new password for an old one; all other browsers are signed out."""
    form, person = await read_form(), current_person()
    throttles = current_app.extensions["browsers"].throttles
    counted = throttles.for_account("password", person.actor)
    ids = _ids(person)
    try:
        if form.get("password", "") != form.get("password_again", ""):
            raise Refused("password.differ")
        await throttles.take(counted)
        await change_password(
            (await exam_shown()).code,
            **ids,
            old=form.get("old", ""),
            new=form.get("password", ""),
            policy=await _policy(person),
        )
    except Refused as refused:
        return await _account_page(refused)
    await throttles.succeeded(counted)
    await end_sessions_of(**ids, but=person.session_id)
    return redirect("/account?saved=password")


@blueprint.post("/other-sessions")
@audience(Audience.SIGNED_IN)
@rate(FORM)
async def end_others() -> ResponseReturnValue:
    """Signs this person out in every other browser."""
    person = current_person()
    await end_sessions_of(**_ids(person), but=person.session_id)
    return redirect("/account")
