"""The page of one case, put together from its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from quart import request
from quart.typing import ResponseReturnValue

from webapp.actions.reviewing import material_states
from webapp.clock import exam_now, now
from webapp.guard.access import current_person
from webapp.pages.chrome import exam_shown, render
from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.language import _, current_language
from webapp.pages.reviewer.case_hints import asked_for
from webapp.pages.reviewer.case_light import LightShown, Looked, desk_photo, light, unseen_of
from webapp.pages.reviewer.case_photos import StripItem, on_the_strip, strip
from webapp.pages.reviewer.case_record import RecordShown, record_shown
from webapp.pages.reviewer.case_words import (
    Exchange,
    Saying,
    conclusions,
    declaration,
    exchanges,
    field_exchanges,
    verdicts_on,
)
from webapp.pages.reviewer.concluding import ConclusionForm, Typed, conclusion_form
from webapp.pages.reviewer.desk import Sight, opened, reviewer
from webapp.pages.reviewer.flag_words import FlagShown, flags_shown
from webapp.pages.reviewer.leads import Lead, leads_on
from webapp.pages.reviewer.lease_words import takeover_reasons
from webapp.pages.reviewer.standing import Standing, standing
from webapp.pages.reviewer.taking_back import Undo, undo_shown
from webapp.pages.words import moment_words
from webapp.pages.words import refusal as refusal_words
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.photo_versions import old_version
from webapp.records.reading.same_pictures import Alike, pictures_alike
from webapp.rules.flags import BY_HAND
from webapp.rules.refusals import Refused
from webapp.rules.verdicts import Kind, Verdict


@dataclass(frozen=True)
class Given:
    """A verdict as it stands, or as it was typed and refused."""

    kind: str = ""
    slots: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class VerdictForm:
    """See ``templates/reviewer/case_verdict.html``. Slots and reasons are code, words, chosen."""

    kinds: list[tuple[str, str, str]]
    """Value, words, and the look's state."""
    given: Given
    slots: list[tuple[str, str, bool]]
    reasons: list[tuple[str, str, bool]]
    unseen: list[Lead]


@dataclass(frozen=True)
class FlagForm:
    """A mark that can be set or cleared by hand."""

    value: str
    words: str
    set: bool
    note: str


@dataclass(frozen=True)
class RequestShown:
    """The open request."""

    due: str
    office: str


@dataclass(frozen=True)
class MaterialShown:
    """The material in view: what was said of it, and the form of this level's word."""

    code: str
    name: str
    place: str
    verdict: VerdictForm
    sayings: list[Saying]
    declaration: Saying | None
    exchanges: list[Exchange]


@dataclass(frozen=True)
class CasePage:
    """See ``templates/reviewer/case.html``."""

    address: str
    id: str
    version: int
    name: str
    category: str
    number: str
    standing: Standing
    flags: list[FlagShown]
    flag_notes: list[Saying]
    strip: list[StripItem]
    material: MaterialShown | None
    light: LightShown | None
    watermark: str
    record: RecordShown
    field_exchanges: list[Exchange]
    conclusions: list[Saying]
    conclusion: ConclusionForm | None
    request: RequestShown | None
    flag_forms: list[FlagForm]
    round: int
    takeover_reasons: list[tuple[str, str]]
    undo: Undo | None
    keep: str
    """Under this name the browser keeps what is typed here: one person's words on one round at one level."""
    refused: str
    """``verdict`` or ``conclusion``: the form that came back with what was typed into it."""
    problem: str
    leads: list[Lead]
    typed_note: str


@dataclass(frozen=True)
class Refusal:
    """What a form was answered with, and what had been typed into it."""

    why: Refused
    material: str = ""
    verdict: Given | None = None
    conclusion: Typed = field(default_factory=Typed)
    note: str = ""
    """Words that would be lost where the page no longer has the form."""


async def case_answer(case_id: UUID, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The page of the case as it is now, after a refusal with its sentence and what was typed."""
    exam, desk, who = await exam_shown(), await opened(case_id), reviewer()
    exam_moment, moment = await exam_now(), now()
    stands = standing(exam, desk, who, exam_moment, moment)
    states = await material_states(desk.file, who.id)
    level = stands.level if stands.level is not None else max(0, stands.sees)
    sight = Sight(exam, desk, states, level, exam_moment)
    fills = on_the_strip(desk, states)
    alike = await pictures_alike(exam, desk, who.offices)
    looked = await _looked(desk, alike)
    code = _in_view(desk, [fill.concern.material.code for fill in fills], sight.own, looked.photo, refusal)
    fill = next((one for one in fills if one.concern.material.code == code), None)
    material = fill.concern.material if fill else None
    status, sentence = refusal_words(refusal.why) if refusal else (200, "")
    language, record = current_language(), desk.file.record
    known = exam.package.fields
    page = CasePage(
        address=f"/review/cases/{case_id}",
        id=str(case_id),
        version=desk.file.case.version,
        name=desk.candidate.name,
        category=" ".join(
            known[one].value_said_in(language, record.get(one, "")) for one in ("level", "category")
        ),
        number=desk.candidate.registration_number,
        standing=stands,
        flags=flags_shown(flag.flag for flag in desk.flags),
        flag_notes=_flag_notes(exam, desk),
        strip=strip(desk, fills, sight.own, code),
        material=_material(sight, code, stands.sees, refusal),
        light=light(sight, material, looked, alike) if material else None,
        watermark=await _watermark(),
        record=record_shown(exam, desk, material),
        field_exchanges=field_exchanges(exam, desk),
        conclusions=conclusions(exam, desk, stands.sees),
        conclusion=conclusion_form(sight, refusal.conclusion if refusal else Typed())
        if stands.level is not None
        else None,
        request=_request(exam, desk),
        flag_forms=_flag_forms(desk),
        round=desk.file.case.round,
        takeover_reasons=takeover_reasons(),
        undo=await undo_shown(),
        keep=f"{who.id}:{case_id}:{desk.file.case.round}:{level}",
        refused=_refused_form(refusal),
        problem=sentence,
        leads=leads_on(refusal.why.code, sight, refusal.material) if refusal else [],
        typed_note=refusal.note if refusal and stands.hand != "mine" else "",
    )
    return await render("reviewer/case.html", page, current="queue", status=status)


def _refused_form(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    return "verdict" if refusal.verdict else "conclusion" if refusal.conclusion != Typed() else ""


async def _looked(desk: DeskCase, alike: list[Alike]) -> Looked:
    """What the address asks to see; what is no photo of this case is nothing."""
    try:
        photo = desk_photo(desk, UUID(request.args.get("photo", "")))
    except ValueError:
        photo = None
    number = request.args.get("v", 0, type=int)
    old = await old_version(photo, number) if photo and 0 < number < photo.photo.version else None
    beside = asked_for(alike, photo.photo.id, request.args.get("beside", "")) if photo else None
    return Looked(photo.photo.id if photo else None, old, bool(old) or "alone" in request.args, beside)


def _in_view(
    desk: DeskCase, codes: list[str], own: list[Verdict], photo: UUID | None, refusal: Refusal | None
) -> str:
    """What was asked for, else the material of the photo, else the first one without this level's word."""
    asked = refusal.material if refusal else request.args.get("material", "")
    if asked in codes:
        return asked
    of_photo = [one.photo.material for one in (*desk.file.photos, *desk.earlier) if one.photo.id == photo]
    decided = {word.material for word in own}
    waiting = [code for code in codes if code not in decided]
    return next(iter([*(c for c in of_photo if c in codes), *waiting, *codes]), "")


def _material(sight: Sight, code: str, sees: int, refusal: Refusal | None) -> MaterialShown | None:
    exam, desk, states = sight.exam, sight.desk, sight.states
    concern = desk.file.concern(code)
    if concern is None:
        return None
    material, language = concern.material, current_language()
    state = next(one for one in states if one.code == code)
    codes = [f.concern.material.code for f in on_the_strip(desk, states)]
    typed = refusal.verdict if refusal and refusal.material == code else None
    given = typed or _standing_word(sight, code)
    kinds = [(Kind.ACCEPTED.value, _("合格"), "done"), (Kind.REDO.value, _("需重传"), "problem")]
    if state.declared:
        kinds.append((Kind.WAIVED.value, _("免交"), "declared"))
    return MaterialShown(
        code=code,
        name=material.name.said_in(language),
        place=_("第 %(n)s 项，共 %(all)s 项", n=codes.index(code) + 1, all=len(codes)),
        verdict=VerdictForm(
            kinds,
            given,
            [(slot.code, slot.name.said_in(language), slot.code in given.slots) for slot in material.slots]
            if material.named_slots
            else [],
            [
                (reason.code, reason.reviewer.said_in(language), reason.code in given.reasons)
                for reason in exam.package.reasons_for(code)
            ],
            unseen_of(sight, [code]),
        ),
        sayings=verdicts_on(exam, desk, code, sees),
        declaration=declaration(exam, desk, code),
        exchanges=exchanges(exam, desk, material),
    )


def _standing_word(sight: Sight, code: str) -> Given:
    for row in sight.desk.file.verdicts:
        if row.material == code and row.level == sight.level:
            return Given(row.kind, frozenset(row.slots), frozenset(row.reasons), row.note)
    return Given()


def _flag_notes(exam: OpenExam, desk: DeskCase) -> list[Saying]:
    by_hand = {flag.value for flag in BY_HAND}
    return [
        Saying(
            f"{_(words)} {moment_words(row.set_at, exam.time_zone)}",
            row.note,
        )
        for row in desk.flags
        for flag, words in FLAG_WORDS.items()
        if flag.value == row.flag and row.note and row.flag in by_hand
    ]


def _flag_forms(desk: DeskCase) -> list[FlagForm]:
    there = {row.flag: row.note for row in desk.flags}
    return [
        FlagForm(flag.value, _(FLAG_WORDS[flag]), flag.value in there, there.get(flag.value, ""))
        for flag in BY_HAND
    ]


def _request(exam: OpenExam, desk: DeskCase) -> RequestShown | None:
    if desk.file.request is None:
        return None
    row = desk.file.request.row
    return RequestShown(
        moment_words(row.due, exam.time_zone, ends=True),
        exam.in_language(exam.office(row.office_id).name, current_language()),
    )


async def _watermark() -> str:
    """Purpose, office, person and time: whoever photographs a screen takes them along."""
    exam, person = await exam_shown(), current_person()
    office = exam.in_language(person.offices("reviewer")[0].name, current_language())
    at = moment_words(await exam_now(), exam.time_zone)
    return "　".join((_("仅供资格审核"), office, person.name, at))
