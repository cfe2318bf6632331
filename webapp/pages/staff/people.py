"""Accounts of staff: a manager sees and keeps those of the own office and the offices below it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from webapp.actions.keep_staff import Invitation, add_staff
from webapp.clock import now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language
from webapp.pages.staff.keeping import InvitedShown, invited_shown, own_accounts, own_offices
from webapp.pages.staff.staff_words import ROLES, STATES, state_of, state_stands
from webapp.pages.staff.standing import Stands
from webapp.pages.words import day_and_time, refusal
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.staff import Account
from webapp.rules.names import user_name_key
from webapp.rules.refusals import Refused
from webapp.rules.roles import Role

blueprint = Blueprint("people", __name__, url_prefix="/staff/people")

WORDS_MOST = 64


@dataclass(frozen=True)
class PersonRow:
    """One account."""

    id: UUID
    name: str
    user_name: str
    posts: list[tuple[str, str]]
    stands: Stands
    last_seen: str


@dataclass(frozen=True)
class Entered:
    """What was typed into a form that was refused."""

    name: str = ""
    user_name: str = ""
    office: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Narrowed:
    """What the list is narrowed to, as the address says it; empty parts narrow nothing."""

    words: str = ""
    office: str = ""
    role: str = ""
    state: str = ""

    @property
    def any(self) -> bool:
        """Whether it is narrowed at all."""
        return bool(self.words or self.office or self.role or self.state)


@dataclass(frozen=True)
class PeoplePage:
    """See ``templates/staff/people.html``. ``total``: how many there are before anything is narrowed."""

    people: list[PersonRow]
    total: int
    offices: list[tuple[str, str]]
    roles: list[tuple[str, str]]
    states: list[tuple[str, str]]
    narrowed: Narrowed
    invited: InvitedShown | None = None
    problem: str | None = None
    field_problems: dict[str, str] = field(default_factory=dict)
    entered: Entered = field(default_factory=Entered)


def posts_shown(exam: OpenExam, account: Account, language: str) -> list[tuple[str, str]]:
    """Role and office of each post."""
    return [(_(ROLES[Role(role)]), exam.in_language(office.name, language)) for role, office in account.posts]


def _narrowed() -> Narrowed:
    asked = request.args if request.method == "GET" else {}
    words = asked.get("q", "").strip()[:WORDS_MOST]
    role, state = asked.get("role", ""), asked.get("state", "")
    return Narrowed(
        words, asked.get("office", ""), role if role in set(Role) else "", state if state in STATES else ""
    )


def _fits(account: Account, to: Narrowed) -> bool:
    key = user_name_key(to.words)
    named = key in user_name_key(account.name) or key in user_name_key(account.user_name)
    held = any(
        (not to.office or str(office.id) == to.office) and (not to.role or role == to.role)
        for role, office in account.posts
    )
    return named and held and (not to.state or state_of(account, now()) == to.state)


def _rows(exam: OpenExam, accounts: Iterable[Account], language: str) -> list[PersonRow]:
    moment = now()
    return [
        PersonRow(
            account.id,
            account.name,
            account.user_name,
            posts_shown(exam, account, language),
            state_stands(state_of(account, moment)),
            day_and_time(account.signed_in_at, exam.time_zone) if account.signed_in_at else "",
        )
        for account in accounts
    ]


async def _people_page(
    invitation: Invitation | None = None,
    refused: Refused | None = None,
    entered: Entered | None = None,
) -> tuple[str, int]:
    exam, language, narrowed = await exam_shown(), current_language(), _narrowed()
    own, accounts = own_offices(exam), await own_accounts(exam)
    status, problem = refusal(refused) if refused else (200, None)
    at = {"staff.name_missing": "name", "staff.name_length": "name", "staff.no_post": "role"}
    page = PeoplePage(
        people=_rows(exam, [one for one in accounts if _fits(one, narrowed)], language),
        total=len(accounts),
        offices=[(str(o.id), exam.in_language(o.name, language)) for o in exam.offices if o.id in own],
        roles=[(role.value, _(words)) for role, words in ROLES.items()],
        states=[(state, _(words)) for state, words in STATES.items()],
        narrowed=narrowed,
        invited=invited_shown(exam, invitation),
        problem=problem,
        field_problems={at.get(refused.code, "user_name"): problem} if refused and problem else {},
        entered=entered or Entered(),
    )
    return await render("staff/people.html", page, current="people", status=status)


@blueprint.get("")
@audience(Audience.MANAGER)
@rate(PAGE)
async def people() -> ResponseReturnValue:
    """The accounts that this manager answers for; ``q``, ``office``, ``role`` and ``state`` narrow the list."""
    return await _people_page()


@blueprint.post("")
@audience(Audience.MANAGER)
@rate(FORM)
async def add() -> ResponseReturnValue:
    """A new account; its one-time code is shown on the page that answers, and nowhere else."""
    form, exam, person = await read_form(), await exam_shown(), current_person()
    own = {str(office_id): office_id for office_id in own_offices(exam)}
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
