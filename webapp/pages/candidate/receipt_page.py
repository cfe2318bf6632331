"""收件回执: what the office holds, photo by photo, to be looked at, printed or read out on the telephone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.candidate.places_shown import is_numbered
from webapp.pages.candidate.receipts import received_words, thumbnail_address
from webapp.pages.candidate.result import state_in_a_word
from webapp.pages.candidate.rows import spare_photos
from webapp.pages.candidate.standing import Standing, standing_or_404
from webapp.pages.chrome import render
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.reading.candidates import candidate_home
from webapp.records.reading.case_file import StoredPhoto
from webapp.rules.filling import Declared, MaterialFill
from webapp.rules.identity_numbers import masked

blueprint = Blueprint("candidate_receipt", __name__, url_prefix="/my/receipt")

_GROUP = 4
_FINGERPRINT = 12


@dataclass(frozen=True)
class PhotoHeld:
    """One photo; ``fingerprint`` is the beginning of the SHA-256 of the bytes that arrived, in groups."""

    label: str
    thumbnail: str
    words: str
    fingerprint: str


@dataclass(frozen=True)
class MaterialHeld:
    """A material with what there is of it; ``declared``: what its owner said of it, or that it is no longer needed."""

    name: str
    photos: list[PhotoHeld]
    waiting: int
    declared: str


@dataclass(frozen=True)
class ReceiptPage:
    """See ``templates/candidate/receipt.html``."""

    as_of: str
    name: str
    id_number: str
    registration_number: str
    state: str
    handed_in: str
    site_name: str
    site_phone: str
    photos: int
    waiting: int
    materials: list[MaterialHeld]


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def receipt_page() -> ResponseReturnValue:
    """The receipt as things stand now."""
    return await render("candidate/receipt.html", await _page(await standing_or_404()), current="my")


async def _page(here: Standing) -> ReceiptPage:
    exam, own = here.exam, here.own
    candidate = await candidate_home(current_person().id)
    held = [_held(fill, here) for fill in own.fills]
    materials = [*(one for one in held if one is not None), *_kept_apart(here)]
    at = own.case.handed_in_at
    return ReceiptPage(
        as_of=moment_words(here.moment, exam.time_zone),
        name=candidate.name,
        id_number=masked(own.record.get("id_number", "")),
        registration_number=candidate.registration_number,
        state=state_in_a_word(here),
        handed_in=moment_words(at, exam.time_zone) if at else "",
        site_name=exam.in_language(candidate.site_name, current_language()),
        site_phone=candidate.site_phone,
        photos=len(own.photos),
        waiting=len(own.waiting),
        materials=materials,
    )


def _held(fill: MaterialFill, here: Standing) -> MaterialHeld | None:
    """None for a material of which there is nothing to say."""
    photos = list(_photos(fill, here))
    if not (photos or fill.waiting or fill.declared):
        return None
    declared = ""
    if fill.declared:
        declared = _("没有此材料") if fill.declared is Declared.MISSING else _("等效证明")
    name = fill.concern.material.name.said_in(current_language())
    return MaterialHeld(name, photos, fill.waiting, declared)


def _photos(fill: MaterialFill, here: Standing) -> Iterator[PhotoHeld]:
    """In the order of the material's page, under the same names."""
    material = fill.concern.material
    lying = [
        (slot, stored)
        for slot in material.slots
        for stored in here.own.photos
        if (stored.photo.material, stored.photo.slot) == (material.code, slot.code)
    ]
    for number, (slot, stored) in enumerate(lying, start=1):
        name = slot.name.said_in(current_language())
        yield _photo(stored, _("第 %(number)s 张", number=number) if is_numbered(slot) else name, here)


def _photo(stored: StoredPhoto, label: str, here: Standing) -> PhotoHeld:
    return PhotoHeld(
        label=label,
        thumbnail=thumbnail_address(stored),
        words=received_words(stored, here.exam.time_zone),
        fingerprint=fingerprint(stored.photo.sha256),
    )


def _kept_apart(here: Standing) -> Iterator[MaterialHeld]:
    """What the record no longer asks for lies there all the same."""
    spare = spare_photos(here.own)
    known = {material.code: material for material in here.exam.package.materials}
    for code in dict.fromkeys(one.photo.material for one in spare):
        name = known[code].name.said_in(current_language()) if code in known else code
        mine = [one for one in spare if one.photo.material == code]
        photos = [_photo(s, _("第 %(number)s 张", number=n), here) for n, s in enumerate(mine, start=1)]
        yield MaterialHeld(name, photos, 0, _("不再需要"))


def fingerprint(sha256: str) -> str:
    """Its first twelve digits, as people read them out: f011 9e6c 8b29."""
    return " ".join(sha256[at : at + _GROUP] for at in range(0, _FINGERPRINT, _GROUP))
