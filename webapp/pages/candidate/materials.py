"""The page of one material: how to photograph it, its places with their photos, and forms that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint, abort, request
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.candidate.announced import OnTheirWay, on_their_way
from webapp.pages.candidate.asked import AskedShown, asked_items
from webapp.pages.candidate.locks import lock_title, lock_words
from webapp.pages.candidate.material_said import (
    AskedHere,
    DeclarationShown,
    asked_here,
    declaration_shown,
)
from webapp.pages.candidate.places_shown import PlaceShown, locks_of, places_of, shared_lock
from webapp.pages.candidate.problems import known_problem
from webapp.pages.candidate.said import Refusal, done_words
from webapp.pages.candidate.standing import Standing, standing_or_404
from webapp.pages.candidate.why_asked import why_asked
from webapp.pages.chrome import render
from webapp.pages.help_pages import MOST_IN_A_ROW
from webapp.pages.language import _, current_language
from webapp.records.reading.candidates import candidate_home
from webapp.records.reading.case_file import CaseFile
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_material import refused_originals, taken_out
from webapp.rules.catalogue import Material, Requirement
from webapp.rules.changing import Lock, Why, lock_on
from webapp.rules.filling import MaterialFill, Progress, progress

blueprint = Blueprint("candidate_materials", __name__, url_prefix="/my/materials")


@dataclass(frozen=True)
class ExampleShown:
    """A drawn picture: its address, what it shows, and the place it is for (empty: the material as a whole)."""

    address: str
    """Of several together, which come in one request."""
    part: str
    """Which of them this is, as the style sheet calls it: ``2of3``; empty where there is one."""
    shows: str
    label: str


@dataclass(frozen=True)
class NextMaterial:
    """Where to go on when this material is done; without a name it is a page, which ``words`` lead to."""

    address: str
    name: str
    words: str


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
    """Why it is required of this person, in words; empty where it is for everyone or optional."""
    hint: str
    upload_line: str
    example_line: str
    examples: list[ExampleShown]
    kilobytes: int
    max_bytes: int
    named: bool
    """Whether its places have names, rather than being pages one after another."""
    places: list[PlaceShown]
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
    next_place: PlaceShown | None
    next_material: NextMaterial
    removed: Removed | None
    asked: AskedHere | None
    declaration: DeclarationShown | None
    """None where nothing has to be handed in, or where a request asks for it again."""
    notice: str
    problem: str | None
    refused_form: bool
    """Whether the problem is that of a form with words, which is then shown open."""
    on_their_way: OnTheirWay
    stands: str

    @property
    def processing(self) -> bool:
        """Whether the page should look again by itself."""
        return any(place.state == "processing" for place in self.places)

    @property
    def complete(self) -> bool:
        """Whether all that is needed is there."""
        lacking = {"empty", "unusable", "returned"}
        return self.have > 0 and not any(place.state in lacking for place in self.places)


@blueprint.get("/<code>")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def material(code: str) -> ResponseReturnValue:
    """One material of the person's own list; 404 for any that does not concern them."""
    return await material_page(code)


async def material_page(code: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The page, with the form that was refused as it was filled in."""
    here = await standing_or_404()
    fill = next((one for one in here.own.fills if one.concern.material.code == code), None)
    if fill is None:
        abort(404)
    page = await _page(here, fill, refusal)
    status = refusal.status if refusal else 200
    return await render("candidate/material.html", page, current="my", status=status)


async def _page(here: Standing, fill: MaterialFill, refusal: Refusal | None) -> MaterialPage:
    own, situation, asked = here.own, here.situation, asked_items(here)
    locks = locks_of(situation, fill)
    lock = shared_lock(locks)
    mine = [item for item in asked if item.material == fill.concern.material.code]
    refused = await refused_originals(own.case.id)
    places = places_of(fill, own, refused, locks, here.exam, asked=mine)
    language, person, exam = current_language(), current_person(), here.exam
    shown = fill.concern.material
    candidate = await candidate_home(person.id)
    conditional = fill.concern.requirement is Requirement.REQUIRED_WHEN
    return MaterialPage(
        person=str(person.id),
        code=shown.code,
        name=shown.name.said_in(language),
        requirement=fill.concern.requirement,
        condition=why_asked(fill.concern, own.record, exam.package.fields) if conditional else "",
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
        next_material=_next_material(here, shown.code, asked),
        removed=await _removed(own, shown.code, places),
        asked=asked_here(here, mine, refusal) if mine else None,
        declaration=declaration_shown(here, fill, refusal) if not mine else None,
        notice=done_words("declared", "taken_back", "said"),
        problem=refusal.sentence if refusal else _problem(shown, lock, exam),
        refused_form=refusal is not None,
        on_their_way=on_their_way(own, here.situation, exam, shown.code),
        stands=here.stands,
    )


def _examples(shown: Material, language: str) -> list[ExampleShown]:
    """One picture for each place that has its own, else the material's."""
    drawn = [(slot.example, slot.name.said_in(language)) for slot in shown.slots if slot.example]
    pictures = drawn or [(shown.example, "")]
    together = ",".join(example.file.removesuffix(".svg") for example, _label in pictures)
    in_a_row = 1 < len(pictures) <= MOST_IN_A_ROW
    return [
        ExampleShown(
            f"/examples/{together}.svg" if in_a_row else f"/examples/{example.file}",
            f"{number}of{len(pictures)}" if in_a_row else "",
            example.shows.said_in(language),
            label,
        )
        for number, (example, label) in enumerate(pictures, 1)
    ]


def _next_place(places: Sequence[PlaceShown]) -> PlaceShown | None:
    """What the page's own buttons fill: what was returned, then what is needed, failed, or may be added."""
    by_state = {place.state: place for place in reversed(places)}
    return next(
        (by_state[one] for one in ("returned", "empty", "unusable", "optional") if one in by_state), None
    )


def _next_material(here: Standing, code: str, asked: Sequence[AskedShown]) -> NextMaterial:
    """The first material after this one that still needs something, or the page from which all is handed in."""
    if asked:
        waits = next((one for one in asked if not one.answered and one.material != code), None)
        if waits is not None:
            return NextMaterial(waits.address, waits.name, "")
        return NextMaterial("/my/submission", "", _("检查并提交补充材料"))
    fills, situation = here.own.fills, here.situation
    at = next(number for number, one in enumerate(fills) if one.concern.material.code == code)
    for one in (*fills[at + 1 :], *fills[:at]):
        other = one.concern.material
        wanted = one.concern.requirement.must and not one.settled and one.missing > one.waiting
        if wanted and not lock_on(situation, other.code):
            return NextMaterial(f"/my/materials/{other.code}", other.name.said_in(current_language()), "")
    return NextMaterial("/my", "", _("返回我的材料"))


async def _removed(own: CaseFile, code: str, places: Sequence[PlaceShown]) -> Removed | None:
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
