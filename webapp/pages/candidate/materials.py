"""The page of one material: how to photograph it, its places with their photos, and forms that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint, abort, request
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now, now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.candidate.announced import OnTheirWay, on_their_way
from webapp.pages.candidate.locks import lock_title, lock_words
from webapp.pages.candidate.places import Place, locks_of, places_of, shared_lock
from webapp.pages.candidate.problems import known_problem
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import current_language
from webapp.records.reading.candidates import candidate_home
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_case import own_case
from webapp.records.reading.own_material import refused_originals, taken_out
from webapp.rules.catalogue import Material, Requirement, written_out
from webapp.rules.changing import Lock, Situation, Why, lock_on
from webapp.rules.filling import FillState, MaterialFill, Progress, progress

blueprint = Blueprint("candidate_materials", __name__, url_prefix="/my/materials")


@dataclass(frozen=True)
class ExampleShown:
    """A drawn picture: its address, what it shows, and the place it is for (empty: the material as a whole)."""

    address: str
    shows: str
    label: str


@dataclass(frozen=True)
class NextMaterial:
    """Where to go on when this material is done; without a name it is the list."""

    address: str
    name: str


@dataclass(frozen=True)
class Removed:
    """A photo that was just deleted and can still be brought back."""

    photo: str
    label: str


@dataclass(frozen=True)
class MaterialPage:
    """See ``templates/candidate/material.html``."""

    person: str
    """Opaque and stable: it binds what waits on the phone."""
    code: str
    name: str
    requirement: Requirement
    condition: str
    """For whom it is required, in words; empty where it is for everyone or optional."""
    hint: str
    upload_line: str
    example_line: str
    examples: list[ExampleShown]
    kilobytes: int
    max_bytes: int
    named: bool
    """Whether its places have names, rather than being pages one after another."""
    places: list[Place]
    have: int
    least: int
    most: int
    must: Progress
    closed: bool
    """Whether nothing will be added here any more as things stand, so that how to photograph it matters no longer."""
    lock_title: str
    locked: str
    """Who locked all of it, when and why; empty where something can be added or places differ."""
    site_name: str
    site_phone: str
    next_place: Place | None
    next_material: NextMaterial
    removed: Removed | None
    problem: str | None
    on_their_way: OnTheirWay

    @property
    def processing(self) -> bool:
        """Whether the page should look again by itself."""
        return any(place.state == "processing" for place in self.places)

    @property
    def complete(self) -> bool:
        """Whether all that is needed is there."""
        return self.have > 0 and not any(place.state in {"empty", "unusable"} for place in self.places)


@blueprint.get("/<code>")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def material(code: str) -> ResponseReturnValue:
    """One material of the person's own list; 404 for any that does not concern them."""
    exam, own = await exam_shown(), await own_case(await exam_shown(), current_person().id)
    fill = next((one for one in own.fills if one.concern.material.code == code), None) if own else None
    if own is None or fill is None:
        abort(404)
    situation = own.situation(await exam_now(), now())
    locks = locks_of(situation, fill)
    places = places_of(fill, own, await refused_originals(own.case.id), locks, exam)
    page = await _page(own, fill, places, shared_lock(locks), situation)
    return await render("candidate/material.html", page, current="my")


async def _page(
    own: CaseFile, fill: MaterialFill, places: list[Place], lock: Lock | None, situation: Situation
) -> MaterialPage:
    language, person, exam = current_language(), current_person(), await exam_shown()
    shown = fill.concern.material
    candidate = await candidate_home(person.id)
    conditional = fill.concern.requirement is Requirement.REQUIRED_WHEN
    return MaterialPage(
        person=str(person.id),
        code=shown.code,
        name=shown.name.said_in(language),
        requirement=fill.concern.requirement,
        condition=written_out(shown, language, exam.package.fields) if conditional else "",
        hint=shown.hint.said_in(language),
        upload_line=exam.package.texts.upload_line.words.said_in(language),
        example_line=exam.package.texts.example_line.words.said_in(language),
        examples=_examples(shown, language),
        kilobytes=shown.max_photo_bytes // 1024,
        max_bytes=shown.max_photo_bytes,
        named=shown.named_slots,
        places=places,
        have=fill.have,
        least=shown.least,
        most=shown.most,
        must=progress(own.fills),
        closed=lock is not None and lock.why is not Why.NOT_OPEN_YET,
        lock_title=lock_title(lock, exam) if lock else "",
        locked=lock_words(lock, exam) if lock else "",
        site_name=exam.in_language(candidate.site_name, language),
        site_phone=candidate.site_phone,
        next_place=_next_place(places),
        next_material=_next_material(own.fills, shown.code, situation),
        removed=await _removed(own, shown.code, places),
        problem=_problem(shown, lock, exam),
        on_their_way=on_their_way(own, situation, exam, shown.code),
    )


def _examples(shown: Material, language: str) -> list[ExampleShown]:
    """One picture for each place that has its own, else the material's."""
    drawn = [(slot.example, slot.name.said_in(language)) for slot in shown.slots if slot.example]
    return [
        ExampleShown(f"/examples/{example.file}", example.shows.said_in(language), label)
        for example, label in drawn or [(shown.example, "")]
    ]


def _next_place(places: Sequence[Place]) -> Place | None:
    """What the page's own buttons fill: what is needed first, then what failed, then what may be added."""
    by_state = {place.state: place for place in reversed(places)}
    return by_state.get("empty") or by_state.get("unusable") or by_state.get("optional")


def _next_material(fills: Sequence[MaterialFill], code: str, situation: Situation) -> NextMaterial:
    """The first required material after this one that still needs a photo, or the list."""
    here = next(number for number, one in enumerate(fills) if one.concern.material.code == code)
    for one in (*fills[here + 1 :], *fills[:here]):
        wanted = one.concern.requirement.must and one.state is not FillState.COMPLETE
        if wanted and one.missing > one.waiting and not lock_on(situation, one.concern.material.code):
            other = one.concern.material
            return NextMaterial(f"/my/materials/{other.code}", other.name.said_in(current_language()))
    return NextMaterial("/my", "")


async def _removed(own: CaseFile, code: str, places: Sequence[Place]) -> Removed | None:
    """The photo named in the address, if it is this person's own, was here, and its slot has room for it."""
    try:
        photo_id = UUID(request.args.get("removed", ""))
    except ValueError:
        return None
    out = await taken_out(own.case.id, photo_id)
    if out is None or out.material != code:
        return None
    room = ("empty", "optional", "unusable")
    place = next((place for place in places if place.slot == out.slot and place.state in room), None)
    return Removed(str(photo_id), place.label) if place else None


def _problem(shown: Material, lock: Lock | None, exam: OpenExam) -> str | None:
    """The sentence for the refusal that a form was answered with."""
    facts: dict[str, object] = {
        "limit": exam.package.max_original_bytes,
        "most": shown.slots[0].most,
        "zone": exam.time_zone,
    }
    if lock is not None and lock.at is not None:
        facts["at"] = lock.at
    return known_problem(request.args.get("problem", ""), facts)
