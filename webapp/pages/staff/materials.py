"""The catalogue as the exam's package has it, how far candidates are with it, and a candidate's own list."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language
from webapp.pages.staff.material_shown import MaterialShown, mark_of, material_shown
from webapp.pages.staff.preview import Looking, Phone, phone_of, phone_of_kind
from webapp.pages.staff.standing import own_sites
from webapp.pages.staff.typical import TYPICAL
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.material_counts import Concerned, case_by_number, count_materials

blueprint = Blueprint("materials", __name__, url_prefix="/staff/materials")

NUMBER_MOST = 32


@dataclass(frozen=True)
class EntryRow:
    """One line of the catalogue; ``concerns`` counts the cases that it is asked of."""

    code: str
    name: str
    mark: str
    concerns: int
    address: str


@dataclass(frozen=True)
class MaterialsPage:
    """See ``templates/staff/materials.html``. ``chosen`` is the material that the page tells of."""

    rows: list[EntryRow]
    chosen: MaterialShown
    counted: Concerned
    cases: int
    phone: Phone
    kinds: list[tuple[str, str]]
    looking: Looking
    picked: str
    """The material of the address; empty: the phone shows the list."""
    unknown: str
    """Said where nobody has the registration number that was asked for."""


@blueprint.get("")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def materials() -> ResponseReturnValue:
    """``material`` chooses one; ``number`` or ``kind`` choose whose list stands in the phone."""
    exam, language = await exam_shown(), current_language()
    asked = exam.package.materials_of(exam.phase.code)
    picked = request.args.get("material", "")
    chosen = next((one for one in asked if one.code == picked), asked[0])
    picked = chosen.code if picked == chosen.code else ""
    sites = [site.id for site in own_sites(exam, current_person())]
    cases, counted = await count_materials(exam, sites)
    looking, phone, unknown = await _phone(exam, picked)
    page = MaterialsPage(
        rows=[
            EntryRow(
                one.code,
                one.name.said_in(language),
                mark_of(one),
                counted[one.code].asked,
                looking.address(one.code),
            )
            for one in asked
        ],
        chosen=material_shown(exam, chosen, language),
        counted=counted[chosen.code],
        cases=cases,
        phone=phone,
        kinds=[(code, _(kind.words)) for code, kind in TYPICAL.items()],
        looking=looking,
        picked=picked,
        unknown=unknown,
    )
    return await render("staff/materials.html", page, current="materials")


async def _phone(exam: OpenExam, material: str) -> tuple[Looking, Phone, str]:
    number = request.args.get("number", "").strip()[:NUMBER_MOST]
    kind = request.args.get("kind", "")
    kind = kind if kind in TYPICAL else next(iter(TYPICAL))
    unknown = ""
    if number:
        sites = [site.id for site in own_sites(exam, current_person())]
        found = await case_by_number(exam, number, sites)
        if found is not None:
            looking = Looking(number=number)
            return looking, await phone_of(exam, looking, found, material), ""
        unknown = _("您负责的考点里没有报名号 %(number)s。", number=number)
    looking, shown = Looking(kind=kind), TYPICAL[kind]
    return looking, phone_of_kind(exam, looking, _(shown.words), shown.record, material), unknown
