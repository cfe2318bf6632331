"""The first time: a candidate takes the account into use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quart import Blueprint, g, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.activate import Activation, NotActivated, activate
from webapp.guard.access import Audience, audience
from webapp.guard.entries import use_entry_up, who_enters
from webapp.guard.rate import PAGE, SIGN_IN, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.doorway import home_of
from webapp.pages.entering import (
    Newcomer,
    SessionThatEnds,
    is_agreed,
    newcomer,
    session_that_ends,
    signed_in_instead,
    way_in_page,
)
from webapp.pages.forms import read_form
from webapp.pages.language import current_language
from webapp.pages.words import refusal
from webapp.records import Candidate
from webapp.records.reading.exams import OpenExam
from webapp.rules.exam_texts import ExamTexts
from webapp.rules.passwords import PasswordPolicy
from webapp.rules.recovery import Answered
from webapp.rules.refusals import Refused

blueprint = Blueprint("activating", __name__)


@dataclass(frozen=True)
class ConsentShown:
    """The separate tick for photos of ID and face, filled in for this candidate."""

    title: str
    paragraphs: list[str]
    agree: str


@dataclass(frozen=True)
class ActivatePage:
    """See ``templates/doorway/activate.html``. ``texts`` names the versions that are shown."""

    newcomer: Newcomer
    notices: list[str]
    password_policy: PasswordPolicy
    questions: list[tuple[str, str]]
    answers: list[Answered]
    answer_least: int
    answer_most: int
    pledges: list[str]
    pledges_agree: str
    consent: ConsentShown
    ticked: frozenset[str]
    texts: str
    ends: SessionThatEnds | None
    problem: str | None = None
    field_problems: dict[str, str] = field(default_factory=dict)


def _versions_line(texts: ExamTexts) -> str:
    return " ".join(f"{code}={version}" for code, version in texts.shown_at_activation().items())


def _consent(exam: OpenExam, who: Newcomer, language: str) -> ConsentShown:
    consent, months = exam.package.texts.consent, exam.package.retention.photos_months
    said = [
        words.filled(site=who.site_name, phone=who.site_phone, months=str(months)).said_in(language)
        for words in (consent.purpose, consent.retention, consent.contact)
    ]
    return ConsentShown(consent.title.said_in(language), said, consent.agree.said_in(language))


def _answers(exam: OpenExam, form: Mapping[str, str]) -> list[Answered]:
    """As many as the exam asks for; an untouched form proposes another question at each place."""
    questions = exam.package.recovery.questions
    return [
        Answered(
            form.get(f"question_{place + 1}", questions[place % len(questions)].code),
            form.get(f"answer_{place + 1}", ""),
        )
        for place in range(exam.package.recovery.asked)
    ]


async def _activate_page(
    candidate: Candidate,
    form: Mapping[str, str],
    problems: Mapping[str, Refused] | None = None,
    refused: Refused | None = None,
) -> tuple[str, int]:
    exam, language, who = await exam_shown(), current_language(), await newcomer(candidate)
    texts, recovery = exam.package.texts, exam.package.recovery
    said = {name: refusal(one)[1] for name, one in (problems or {}).items()}
    status, problem = refusal(refused) if refused else (422 if said else 200, None)
    page = ActivatePage(
        newcomer=who,
        notices=[text.words.said_in(language) for text in texts.activation_notices],
        password_policy=exam.candidate_passwords,
        questions=[(question.code, question.words.said_in(language)) for question in recovery.questions],
        answers=_answers(exam, form),
        answer_least=recovery.answer_least,
        answer_most=recovery.answer_most,
        pledges=[words.said_in(language) for words in texts.pledges.items],
        pledges_agree=texts.pledges.agree.said_in(language),
        consent=_consent(exam, who, language),
        ticked=frozenset(name for name in ("pledges", "consent") if form.get(name) == "yes"),
        texts=_versions_line(texts),
        ends=session_that_ends(candidate),
        problem=problem,
        field_problems=said,
    )
    return await render("doorway/activate.html", page, status=status)


@blueprint.get("/activate")
@audience(Audience.PUBLIC)
@rate(PAGE)
async def activate_page() -> ResponseReturnValue:
    """The form, for whoever came in with a ticket and has not activated yet."""
    candidate = await who_enters((await exam_shown()).id)
    if candidate is None or candidate.activated_at is not None:
        return redirect("/enter")
    return await _activate_page(candidate, {})


@blueprint.post("/activate")
@audience(Audience.PUBLIC)
@rate(SIGN_IN)
async def take_into_use() -> ResponseReturnValue:
    """Password, recovery answers and both agreements; then straight in."""
    form, exam = await read_form(), await exam_shown()
    candidate = await who_enters(exam.id)
    if candidate is None:
        if g.person is not None:  # sent once more, from the browser's history
            return redirect(home_of(g.person.roles), 303)
        return await way_in_page(Refused("enter.ended"))
    if not is_agreed(session_that_ends(candidate), form.get("ends", "")):
        return await _activate_page(candidate, form, refused=Refused("enter.other_person"))
    now_shown = _versions_line(exam.package.texts)
    if form.get("texts", now_shown) != now_shown:
        unticked = {name: value for name, value in form.items() if name not in {"pledges", "consent"}}
        return await _activate_page(candidate, unticked, refused=Refused("activate.texts_changed"))
    try:
        await activate(exam, candidate, _filled_in(exam, form))
    except NotActivated as refused:
        return await _activate_page(candidate, form, refused.problems)
    except Refused as refused:
        return await way_in_page(refused)
    await use_entry_up()
    return await signed_in_instead(candidate)


def _filled_in(exam: OpenExam, form: Mapping[str, str]) -> Activation:
    return Activation(
        password=form.get("password", ""),
        password_again=form.get("password_again", ""),
        answers=tuple(_answers(exam, form)),
        pledges=form.get("pledges") == "yes",
        consent=form.get("consent") == "yes",
        language=current_language(),
    )
