"""The registration as its reviewers see it, and what its owner says is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint, abort, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.declare import WORDS_MOST, doubt_record, take_doubt_back
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.candidate.asked import AskedShown, asked_items
from webapp.pages.candidate.said import Refusal, done_words, refusal_of
from webapp.pages.candidate.standing import Standing, standing_or_404
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.reading.candidates import candidate_home
from webapp.records.reading.own_record import own_doubts
from webapp.rules.changing import lock_on_field
from webapp.rules.fields import Field, Kind
from webapp.rules.identity_numbers import masked
from webapp.rules.refusals import Refused

blueprint = Blueprint("candidate_record", __name__, url_prefix="/my/record")

MASKED = frozenset({"id_number", "permit_number"})


@dataclass(frozen=True)
class FieldShown:
    """One field of the registration."""

    code: str
    name: str
    value: str
    doubted: bool


@dataclass(frozen=True)
class DoubtShown:
    """What this person has said of a field."""

    id: str
    name: str
    words: str
    when: str


@dataclass(frozen=True)
class FieldAsked:
    """A field that an open request wants put right."""

    item: AskedShown
    value: str
    words: str
    """What stands in the form."""
    open: bool


@dataclass(frozen=True)
class RecordPage:
    """See ``templates/candidate/record.html``."""

    fields: list[FieldShown]
    choices: list[tuple[str, str]]
    """Codes and names of all fields, empty ones too."""
    doubts: list[DoubtShown]
    asked: list[FieldAsked]
    due: str
    chosen: str
    value: str
    words: str
    most: int
    open: bool
    """Whether a doubt can be told now."""
    unit_name: str
    site_name: str
    site_phone: str
    site_hours: str
    notice: str
    problem: str | None
    doubt_problem: str | None
    """The problem, where it is that of the form for doubts."""


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def record() -> ResponseReturnValue:
    """The registration; ``?field=`` chooses the field of the form."""
    return await record_page()


@blueprint.post("/doubts")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def doubt() -> ResponseReturnValue:
    """报名信息有疑议."""
    form = await read_form()
    field, words = form.get("field", ""), form.get("words", "")
    try:
        await doubt_record(await exam_shown(), current_person().id, field, words)
    except Refused as refused:
        return await record_page(refusal_of(refused, field=field, words=words))
    return redirect("/my/record?done=doubted#doubts", 303)


@blueprint.post("/doubts/<uuid:doubt_id>/take-back")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def take_back(doubt_id: UUID) -> ResponseReturnValue:
    """The field is right after all."""
    here = await standing_or_404()
    if doubt_id not in {row.id for row in await own_doubts(here.own.case.id)}:
        abort(404)
    await take_doubt_back(here.exam, current_person().id, doubt_id)
    return redirect("/my/record?done=taken_back#doubts", 303)


async def record_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    """The page, with the form that was refused as it was filled in."""
    page = await _page(await standing_or_404(), refusal)
    return await render(
        "candidate/record.html", page, current="my", status=refusal.status if refusal else 200
    )


async def _page(here: Standing, refusal: Refusal | None) -> RecordPage:
    language, exam, own = current_language(), here.exam, here.own
    typed = refusal.typed if refusal else {}
    doubts = await own_doubts(own.case.id)
    doubted = {row.field for row in doubts}
    chosen = typed.get("field", request.args.get("field", ""))
    known = exam.package.fields
    candidate = await candidate_home(current_person().id)
    return RecordPage(
        fields=[
            FieldShown(code, one.names.said_in(language), said_value(one, own.record[code]), code in doubted)
            for code, one in known.items()
            if own.record.get(code)
        ],
        choices=[(code, one.names.said_in(language)) for code, one in known.items()],
        doubts=[
            DoubtShown(
                str(row.id),
                known[row.field].names.said_in(language) if row.field in known else row.field,
                row.words,
                moment_words(row.made_at, exam.time_zone),
            )
            for row in doubts
        ],
        asked=[_asked(item, here, typed) for item in asked_items(here) if item.field],
        due=moment_words(here.due, exam.time_zone, ends=True),
        chosen=chosen if chosen in known else "",
        value=said_value(known[chosen], own.record.get(chosen, "")) if chosen in known else "",
        words=typed.get("words", ""),
        most=WORDS_MOST,
        open="words" in typed
        or (here.shown.word not in {"given_up", "nothing_handed_in"} and not own.published),
        unit_name=candidate.unit_name,
        site_name=exam.in_language(candidate.site_name, language),
        site_phone=candidate.site_phone,
        site_hours=exam.in_language(candidate.site_hours, language),
        notice=done_words("doubted", "taken_back", "said"),
        problem=refusal.sentence if refusal else None,
        doubt_problem=refusal.sentence if refusal and "words" in typed else None,
    )


def _asked(item: AskedShown, here: Standing, typed: dict[str, str]) -> FieldAsked:
    field = here.exam.package.fields[item.field]
    return FieldAsked(
        item,
        said_value(field, here.own.record.get(item.field, "")),
        typed.get(item.id, item.words),
        open=lock_on_field(here.situation, item.field) is None or item.id in typed,
    )


def said_value(field: Field, value: str) -> str:
    """A value as its owner reads it; numbers of documents are masked."""
    if field.code in MASKED:
        return masked(value)
    if field.kind is Kind.PERIOD and "/" in value:
        begins, _slash, ends = value.partition("/")
        return _("%(begins)s 到 %(ends)s", begins=begins, ends=ends)
    return field.value_said_in(current_language(), value)
