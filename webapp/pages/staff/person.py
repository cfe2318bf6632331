"""One account of staff: its posts, how it stands, what was done to it, and all that its manager can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from webapp.actions.change_staff import change_staff
from webapp.actions.keep_staff import Invitation, disable_staff, enable_staff, invite_staff
from webapp.actions.recording import exam_chain
from webapp.clock import now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.guard.sessions import end_sessions_of
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language, later
from webapp.pages.staff.events import WHAT, actor_named
from webapp.pages.staff.keeping import InvitedShown, invited_shown, own_account, own_offices
from webapp.pages.staff.people import posts_shown
from webapp.pages.staff.staff_words import ROLES, WHYS, state_of, state_stands
from webapp.pages.staff.standing import Stands
from webapp.pages.words import day_and_time, refusal
from webapp.records.reading.events import events_about, names_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.staff import Account
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

blueprint = Blueprint("person", __name__, url_prefix="/staff/people")

NOTICES = {
    "changed": later("已经修改，下次打开页面时起作用。"),
    "same": later("没有改动。"),
    "disabled": later("账号已停用，已经退出登录。"),
    "enabled": later("账号已恢复，可以用原来的密码和手机登录。"),
}
_FIELDS = {
    "staff.name_missing": "name",
    "staff.name_length": "name",
    "staff.no_post": "post",
    "staff.own_posts": "post",
    "staff.last_manager": "post",
    "staff.no_reason": "why",
}


@dataclass(frozen=True)
class EventShown:
    """Something that was done to the account."""

    when: str
    who: str
    what: str
    why: str


@dataclass(frozen=True)
class ChangeForm:
    """The form for name and posts; ``held`` are ticked. A post's value is ``role@office``."""

    name: str
    posts: list[tuple[str, str]]
    held: tuple[str, ...]
    office: str = ""
    roles: tuple[str, ...] = ()
    why: str = ""
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonPage:
    """See ``templates/staff/person.html``. ``own``: it is the account of whoever reads the page."""

    id: UUID
    name: str
    user_name: str
    state: str
    stands: Stands
    posts: list[tuple[str, str]]
    facts: list[tuple[str, str]]
    events: list[EventShown]
    own: bool
    form: ChangeForm
    offices: list[tuple[str, str]]
    roles: list[tuple[str, str]]
    whys: list[tuple[str, str]]
    invited: InvitedShown | None = None
    notice: str = ""
    problem: str | None = None


def _facts(exam: OpenExam, account: Account) -> list[tuple[str, str]]:
    zone = exam.time_zone
    said = {
        _("最近登录"): day_and_time(account.signed_in_at, zone) if account.signed_in_at else _("没有登录过"),
        _("启用时间"): day_and_time(account.enrolled_at, zone) if account.enrolled_at else "",
        _("启用码有效到"): day_and_time(account.invite_until, zone)
        if account.invite_until and account.invite_until > now()
        else "",
        _("停用时间"): day_and_time(account.disabled_at, zone) if account.disabled_at else "",
    }
    return [(label, value) for label, value in said.items() if value]


def _form(
    exam: OpenExam, account: Account, language: str, refused: Refused | None, typed: MultiDict[str, str]
) -> ChangeForm:
    held = [(f"{role}@{office.id}", role, office) for role, office in account.posts]
    where = _FIELDS.get(refused.code) if refused and typed else None
    return ChangeForm(
        name=typed.get("name", account.name),
        posts=[
            (value, f"{_(ROLES[Role(role)])}，{exam.in_language(office.name, language)}")
            for value, role, office in held
        ],
        held=tuple(typed.getlist("post")) if typed else tuple(value for value, _role, _office in held),
        office=typed.get("office", ""),
        roles=tuple(typed.getlist("role")),
        why=typed.get("why", ""),
        problems={where: refusal(refused)[1]} if refused and where else {},
    )


async def _events(exam: OpenExam, account: Account) -> list[EventShown]:
    found = await events_about(exam_chain(exam.code), f"staff:{account.id}")
    names = await names_of({event.actor for event in found})
    whys: Mapping[str, str] = {why.value: words for why, words in WHYS.items()}
    return [
        EventShown(
            day_and_time(event.at, exam.time_zone),
            actor_named(names, event.actor),
            _(WHAT.get(event.what, event.what)),
            _(whys[why]) if (why := event.facts.get("why", "")) in whys else "",
        )
        for event in found
    ]


async def _person_page(
    staff_id: UUID,
    *,
    invitation: Invitation | None = None,
    refused: Refused | None = None,
    typed: MultiDict[str, str] | None = None,
) -> tuple[str, int]:
    account, exam, language = await own_account(staff_id), await exam_shown(), current_language()
    own, state = own_offices(exam), state_of(account, now())
    status, problem = refusal(refused) if refused else (200, None)
    done = request.args.get("done", "")
    page = PersonPage(
        id=account.id,
        name=account.name,
        user_name=account.user_name,
        state=state,
        stands=state_stands(state),
        posts=posts_shown(exam, account, language),
        facts=_facts(exam, account),
        events=await _events(exam, account),
        own=account.id == current_person().id,
        form=_form(exam, account, language, refused, typed if typed is not None else MultiDict()),
        offices=[(str(o.id), exam.in_language(o.name, language)) for o in exam.offices if o.id in own],
        roles=[(role.value, _(words)) for role, words in ROLES.items()],
        whys=[(why.value, _(words)) for why, words in WHYS.items()],
        invited=invited_shown(exam, invitation),
        notice=_(NOTICES[done]) if done in NOTICES else "",
        problem=problem,
    )
    return await render("staff/person.html", page, current="people", status=status)


@blueprint.get("/<uuid:staff_id>")
@audience(Audience.MANAGER)
@rate(PAGE)
async def person(staff_id: UUID) -> ResponseReturnValue:
    """An account that this manager answers for; 404 for any other."""
    return await _person_page(staff_id)


@blueprint.post("/<uuid:staff_id>/change")
@audience(Audience.MANAGER)
@rate(FORM)
async def change(staff_id: UUID) -> ResponseReturnValue:
    """``name``, the ``post``s that stay, a new one as ``office`` and ``role``s, and ``why``."""
    await own_account(staff_id)
    form, exam = await read_form(), await exam_shown()
    try:
        changed = await change_staff(
            exam.code,
            staff_id,
            by=current_person().actor,
            name=form.get("name", ""),
            posts=_posts(exam, form),
            why=form.get("why", ""),
        )
    except Refused as refused:
        return await _person_page(staff_id, refused=refused, typed=form)
    return redirect(f"/staff/people/{staff_id}?done={'changed' if changed else 'same'}", 303)


def _posts(exam: OpenExam, form: MultiDict[str, str]) -> list[tuple[UUID, Role]]:
    """Only at offices that this manager answers for."""
    own = {str(office_id): office_id for office_id in own_offices(exam)}
    asked = [value.partition("@") for value in form.getlist("post")]
    pairs = [(role, office) for role, _at, office in asked]
    pairs += [(role, form.get("office", "")) for role in form.getlist("role")]
    return [(own[office], Role(role)) for role, office in pairs if office in own and role in set(Role)]


@blueprint.post("/<uuid:staff_id>/invite")
@audience(Audience.MANAGER)
@rate(FORM)
async def invite(staff_id: UUID) -> ResponseReturnValue:
    """A new one-time code, for instance after a lost phone; shown on the page that answers, and nowhere else."""
    await own_account(staff_id)
    invitation = await invite_staff((await exam_shown()).code, staff_id, by=current_person().actor)
    return await _person_page(staff_id, invitation=invitation)


@blueprint.post("/<uuid:staff_id>/disable")
@audience(Audience.MANAGER)
@rate(FORM)
async def disable(staff_id: UUID) -> ResponseReturnValue:
    """Keeps an account out and ends its sessions."""
    await own_account(staff_id)
    try:
        await disable_staff((await exam_shown()).code, staff_id, by=current_person().actor)
    except Refused as refused:
        return await _person_page(staff_id, refused=refused)
    await end_sessions_of(staff_id=staff_id)
    return redirect(f"/staff/people/{staff_id}?done=disabled", 303)


@blueprint.post("/<uuid:staff_id>/enable")
@audience(Audience.MANAGER)
@rate(FORM)
async def enable(staff_id: UUID) -> ResponseReturnValue:
    """Lets a disabled account in again."""
    await own_account(staff_id)
    await enable_staff((await exam_shown()).code, staff_id, by=current_person().actor)
    return redirect(f"/staff/people/{staff_id}?done=enabled", 303)
