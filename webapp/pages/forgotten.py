"""A forgotten password: the ways back, the two questions, and the one-time code of an exam site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

from quart import Blueprint, Response, current_app, g, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.check_answers import check_answers
from webapp.actions.recovery_codes import hand_in_code
from webapp.clock import now
from webapp.guard.access import Audience, audience
from webapp.guard.rate import PAGE, SIGN_IN, client_address, rate
from webapp.guard.resets import new_reset, remember_reset
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import current_language
from webapp.pages.words import refusal
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.recoveries import answers_of
from webapp.rules.identity_numbers import masked
from webapp.rules.recovery import Answered, Identity, Way, identity, questions_asked
from webapp.rules.refusals import Refused

blueprint = Blueprint("forgotten", __name__, url_prefix="/forgotten")
DOOR = "recovery"
CODE_DOOR = "recovery code"


@dataclass(frozen=True)
class ForgottenPage:
    """See ``templates/doorway/forgotten.html``."""

    by_answers: bool
    id_types: list[tuple[str, str]]
    id_type: str
    id_number: str
    tries_a_day: int
    enter_url: str | None
    signed_in: bool
    """A candidate is signed in here: then a ticket leads straight in, and asks nothing on the doorstep."""
    region_phone: str
    region_hours: str
    problem: str | None = None
    field_problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswersPage:
    """See ``templates/doorway/forgotten_answers.html``; ``questions`` in the order of the fields."""

    id_type: str
    id_number: str
    said: str
    questions: list[str]
    tries_a_day: int
    reset_minutes: int
    problem: str | None = None


@dataclass(frozen=True)
class CodePage:
    """See ``templates/doorway/forgotten_code.html``."""

    name: str
    enter_url: str | None
    region_phone: str
    region_hours: str
    problem: str | None = None


def _enter_url() -> str | None:
    return current_app.config["SETTINGS"].registration_site or None


def reset_lasts(exam: OpenExam) -> timedelta:
    """How long somebody may take for choosing the new password."""
    return timedelta(minutes=exam.package.recovery.reset_minutes)


async def forgotten_page(
    refused: Refused | None = None, form: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """The ways back, and what stood in the way of one of them."""
    exam, language, typed = await exam_shown(), current_language(), form or {}
    status, problem = refusal(refused) if refused else (200, None)
    at_number = refused is not None and refused.code == "recovery.no_number"
    page = ForgottenPage(
        by_answers=exam.package.recovery.by_answers,
        id_types=[(one.value, one.words.said_in(language)) for one in exam.package.fields["id_type"].choices],
        id_type=typed.get("id_type", ""),
        id_number=typed.get("id_number", ""),
        tries_a_day=exam.package.recovery.tries_a_day,
        enter_url=_enter_url(),
        signed_in=g.person is not None and g.person.kind == "candidate",
        region_phone=exam.region_office.phone,
        region_hours=exam.in_language(exam.region_office.hours, language),
        problem=problem,
        field_problems={"id_number": problem} if problem and at_number else {},
    )
    return await render("doorway/forgotten.html", page, status=status)


@blueprint.get("")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def ways_back() -> ResponseReturnValue:
    """What somebody can do who has forgotten the password."""
    ended = request.args.get("notice") == "ended"
    return await forgotten_page(Refused("recovery.ended") if ended else None)


async def _questions(exam: OpenExam, person: Identity) -> list[str]:
    chosen = {row.question for row in await answers_of(exam.id, person)}
    # The oldest key, so that a new one on the ring does not ask strangers something else.
    secret = current_app.config["KEYRING"].derived_all("recovery-questions")[-1]
    return questions_asked(chosen, exam.package.recovery, person, secret)


async def _answers_page(exam: OpenExam, person: Identity, refused: Refused | None = None) -> tuple[str, int]:
    status, problem = refusal(refused) if refused else (200, None)
    asked, recovery = await _questions(exam, person), exam.package.recovery
    words = {one.code: one.words.said_in(current_language()) for one in recovery.questions}
    page = AnswersPage(
        id_type=person.id_type,
        id_number=person.number,
        said=f"{exam.package.fields['id_type'].value_said_in(current_language(), person.id_type)} "
        f"{masked(person.number)}",
        questions=[words[code] for code in asked],
        tries_a_day=recovery.tries_a_day,
        reset_minutes=recovery.reset_minutes,
        problem=problem,
    )
    return await render("doorway/forgotten_answers.html", page, status=status)


def _person(exam: OpenExam, form: Mapping[str, str]) -> Identity:
    """Whom a form names; :class:`Refused` ``recovery.off``, ``recovery.no_number``."""
    if not exam.package.recovery.by_answers:
        raise Refused("recovery.off")
    person = identity(form.get("id_type", ""), form.get("id_number", ""))
    if not person.number or person.id_type not in exam.package.fields["id_type"].values:
        raise Refused("recovery.no_number")
    return person


@blueprint.post("")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def ask() -> ResponseReturnValue:
    """The two questions of whoever has this document, or two others where nobody has."""
    form, exam = await read_form(), await exam_shown()
    try:
        person = _person(exam, form)
    except Refused as refused:
        return await forgotten_page(refused, form)
    return await _answers_page(exam, person)


@blueprint.post("/answers")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def answer() -> ResponseReturnValue:
    """Both answers; right ones open a reset in this browser."""
    form, exam = await read_form(), await exam_shown()
    try:
        person = _person(exam, form)
    except Refused as refused:
        return await forgotten_page(refused, form)
    asked = await _questions(exam, person)
    given = [Answered(code, form.get(f"answer_{place}", "")) for place, code in enumerate(asked, start=1)]
    try:
        candidate_id = await _counted_and_checked(exam, person, given)
    except Refused as refused:
        return await _answers_page(exam, person, refused)
    token = await new_reset(candidate_id, Way.ANSWERS, reset_lasts(exam))
    return to_reset(exam, token)


async def _counted_and_checked(exam: OpenExam, person: Identity, given: list[Answered]) -> UUID:
    throttles = current_app.extensions["browsers"].throttles
    at_address = throttles.for_address(DOOR, client_address())
    of_person = throttles.for_answers(person.id_type, person.number, exam.package.recovery.tries_a_day)
    await throttles.take(at_address)
    try:
        await throttles.take(of_person)
    except Refused as waits:
        await throttles.succeeded(at_address)  # nothing was judged, and a hospital is one address
        again = now() + timedelta(seconds=int(str(waits.facts["seconds"])))
        raise Refused(
            "recovery.tries_used", most=exam.package.recovery.tries_a_day, at=again, zone=exam.time_zone
        ) from waits
    candidate_id = await check_answers(exam, person, given)
    await throttles.succeeded([*at_address, *of_person])
    return candidate_id


def to_reset(exam: OpenExam, token: str) -> Response:
    """On to the new password, in this browser alone."""
    response: Response = redirect("/reset", 303)  # type: ignore[assignment]
    return remember_reset(response, token, reset_lasts(exam))


async def _code_page(name: str = "", refused: Refused | None = None) -> tuple[str, int]:
    exam = await exam_shown()
    status, problem = refusal(refused) if refused else (200, None)
    office = exam.region_office
    hours = exam.in_language(office.hours, current_language())
    page = CodePage(name, _enter_url(), office.phone, hours, problem)
    return await render("doorway/forgotten_code.html", page, status=status)


@blueprint.get("/code")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def code_page() -> ResponseReturnValue:
    """Where the exam site's one-time code is typed in."""
    return await _code_page()


@blueprint.post("/code")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def use_code() -> ResponseReturnValue:
    """A code opens a reset in this browser."""
    form, exam = await read_form(), await exam_shown()
    name, code = form.get("name", ""), form.get("code", "")
    throttles = current_app.extensions["browsers"].throttles
    counted = throttles.for_address(CODE_DOOR, client_address())
    try:
        if not name.strip() or not code.strip():
            raise Refused("recovery.code_missing")
        await throttles.take(counted)
        open_reset = partial(new_reset, way=Way.CODE, lasts=reset_lasts(exam))
        token = await hand_in_code(exam, name, code, open_reset)
    except Refused as refused:
        return await _code_page(name, refused)
    await throttles.succeeded(counted)
    return to_reset(exam, token)
