"""Accounts of staff: a manager sees and keeps those of the own office and the offices below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from quart import Blueprint, abort, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.keep_staff import Invitation, add_staff, disable_staff, enable_staff, invite_staff
from webapp.clock import now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.guard.sessions import end_sessions_of
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language, later
from webapp.pages.words import day_and_time, moment_words, refusal
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.staff import Account, accounts_within
from webapp.rules.offices import within
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

blueprint = Blueprint("people", __name__, url_prefix="/staff/people")

ROLES = {
    Role.REVIEWER: later("审核员"),
    Role.MANAGER: later("管理员"),
    Role.AUDITOR: later("查阅"),
}


@dataclass(frozen=True)
class PersonRow:
    """One account; ``state`` is ``enrolled``, ``invited``, ``expired`` or ``disabled``."""

    id: UUID
    name: str
    user_name: str
    posts: list[tuple[str, str]]
    state: str
    last_seen: str
    own: bool


@dataclass(frozen=True)
class InvitedShown:
    """A one-time code, shown this once."""

    user_name: str
    code: str
    until: str


@dataclass(frozen=True)
class Entered:
    """What was typed into a form that was refused."""

    name: str = ""
    user_name: str = ""
    office: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class PeoplePage:
    """See ``templates/staff/people.html``."""

    people: list[PersonRow]
    offices: list[tuple[str, str]]
    roles: list[tuple[str, str]]
    invited: InvitedShown | None = None
    problem: str | None = None
    field_problems: dict[str, str] = field(default_factory=dict)
    entered: Entered = field(default_factory=Entered)


def _state(account: Account, moment: datetime) -> str:
    if account.disabled_at is not None:
        return "disabled"
    if account.enrolled_at is not None:
        return "enrolled"
    return "invited" if account.invite_until and account.invite_until > moment else "expired"


def _own_offices(exam: OpenExam) -> list[UUID]:
    roots = [office.id for office in current_person().offices("manager")]
    return [office.id for office in exam.offices if within(office.id, roots, exam.parents)]


async def _own_account(staff_id: UUID) -> UUID:
    exam = await exam_shown()
    roots = [office.id for office in current_person().offices("manager")]
    if staff_id not in {account.id for account in await accounts_within(roots, exam.parents)}:
        abort(404)
    return staff_id


async def _people_page(
    invitation: Invitation | None = None,
    refused: Refused | None = None,
    entered: Entered | None = None,
) -> tuple[str, int]:
    exam, language, moment, person = await exam_shown(), current_language(), now(), current_person()
    own = _own_offices(exam)
    status, problem = refusal(refused) if refused else (200, None)
    at = {"staff.name_missing": "name", "staff.name_length": "name", "staff.no_post": "role"}
    rows = [
        PersonRow(
            account.id,
            account.name,
            account.user_name,
            [
                (_(ROLES[Role(role)]), exam.in_language(office.name, language))
                for role, office in account.posts
            ],
            _state(account, moment),
            day_and_time(account.signed_in_at, exam.time_zone) if account.signed_in_at else "",
            account.id == person.id,
        )
        for account in await accounts_within(own, exam.parents)
    ]
    page = PeoplePage(
        people=rows,
        offices=[(str(o.id), exam.in_language(o.name, language)) for o in exam.offices if o.id in own],
        roles=[(role.value, _(words)) for role, words in ROLES.items()],
        invited=InvitedShown(
            invitation.user_name, invitation.code, moment_words(invitation.until, exam.time_zone)
        )
        if invitation
        else None,
        problem=problem,
        field_problems={at.get(refused.code, "user_name"): problem} if refused and problem else {},
        entered=entered or Entered(),
    )
    return await render("staff/people.html", page, current="people", status=status)


@blueprint.get("")
@audience(Audience.MANAGER)
@rate(PAGE)
async def people() -> ResponseReturnValue:
    """The accounts that this manager answers for."""
    return await _people_page()


@blueprint.post("")
@audience(Audience.MANAGER)
@rate(FORM)
async def add() -> ResponseReturnValue:
    """A new account; its one-time code is shown on the page that answers, and nowhere else."""
    form, exam, person = await read_form(), await exam_shown(), current_person()
    own = {str(office_id): office_id for office_id in _own_offices(exam)}
    roles = [Role(role) for role in form.getlist("role") if role in set(Role)]
    office = own.get(form.get("office", ""))
    name, user_name = form.get("name", ""), form.get("user_name", "")
    try:
        invitation = await add_staff(
            exam.code,
            by=person.actor,
            name=name,
            user_name=user_name,
            posts=[(office, role) for role in roles] if office else [],
        )
    except Refused as refused:
        entered = Entered(name, user_name, form.get("office", ""), tuple(form.getlist("role")))
        return await _people_page(refused=refused, entered=entered)
    return await _people_page(invitation)


@blueprint.post("/<uuid:staff_id>/invite")
@audience(Audience.MANAGER)
@rate(FORM)
async def invite(staff_id: UUID) -> ResponseReturnValue:
    """A new one-time code, for instance after a lost phone."""
    account = await _own_account(staff_id)
    return await _people_page(
        await invite_staff((await exam_shown()).code, account, by=current_person().actor)
    )


@blueprint.post("/<uuid:staff_id>/disable")
@audience(Audience.MANAGER)
@rate(FORM)
async def disable(staff_id: UUID) -> ResponseReturnValue:
    """Keeps an account out and ends its sessions."""
    account = await _own_account(staff_id)
    await disable_staff((await exam_shown()).code, account, by=current_person().actor)
    await end_sessions_of(staff_id=account)
    return redirect("/staff/people", 303)


@blueprint.post("/<uuid:staff_id>/enable")
@audience(Audience.MANAGER)
@rate(FORM)
async def enable(staff_id: UUID) -> ResponseReturnValue:
    """Lets a disabled account in again."""
    await enable_staff((await exam_shown()).code, await _own_account(staff_id), by=current_person().actor)
    return redirect("/staff/people", 303)
