"""The strip of materials, and where a material's photos are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from webapp.pages.language import _, current_language
from webapp.pages.reviewer.move_words import VERDICTS
from webapp.records.reading.case_file import StoredPhoto
from webapp.records.reading.desk_case import DeskCase
from webapp.rules.catalogue import Material
from webapp.rules.filling import Declared, MaterialFill
from webapp.rules.verdicts import Kind, MaterialState, Verdict


@dataclass(frozen=True)
class StripItem:
    """One material; ``kind`` and ``state`` are the look's state and its word."""

    code: str
    name: str
    kind: str
    state: str
    thumbnail: str
    address: str
    current: bool


def address_of(case_id: UUID, material: str, photo: UUID | None = None, **more: str) -> str:
    """The page of the case with this material, and this photo, in view."""
    wanted = {"material": material} | ({"photo": str(photo)} if photo else {}) | more
    return f"/review/cases/{case_id}?{urlencode(wanted)}"


def picture_address(one: StoredPhoto, *, small: bool = False) -> str:
    """The picture itself, in the version that is shown."""
    ending = "/thumbnail" if small else ""
    return f"/review/photos/{one.photo.id}{ending}?v={one.version.number}"


def on_the_strip(desk: DeskCase, states: Sequence[MaterialState]) -> list[MaterialFill]:
    """The materials that a reviewer has to do with: required, handed in, or spoken of."""
    wanted = {one.code for one in states if one.must_be_decided or one.declared}
    return [fill for fill in desk.file.fills if fill.concern.material.code in wanted]


def photos_in(desk: DeskCase, material: Material) -> list[StoredPhoto]:
    """The photos of a material that count, in the order of its places."""
    slots = [slot.code for slot in material.slots]
    own = [one for one in desk.file.photos if one.photo.material == material.code and one.photo.slot in slots]
    return sorted(own, key=lambda one: slots.index(one.photo.slot))


def earlier_in(desk: DeskCase, material: Material) -> list[StoredPhoto]:
    """Photos of a material that were there when something was asked for, and no longer count."""
    return [one for one in desk.earlier if one.photo.material == material.code]


def strip(
    desk: DeskCase, fills: Sequence[MaterialFill], own: Sequence[Verdict], current: str
) -> list[StripItem]:
    """All materials with this level's word on each."""
    said = {word.material: word.kind for word in own}
    items = []
    for fill in fills:
        material = fill.concern.material
        kind, state = _state(fill, said.get(material.code))
        photos = photos_in(desk, material)
        items.append(
            StripItem(
                material.code,
                material.name.said_in(current_language()),
                kind,
                state,
                picture_address(photos[0], small=True) if photos else "",
                address_of(desk.file.case.id, material.code),
                material.code == current,
            )
        )
    return items


def _state(fill: MaterialFill, said: Kind | None) -> tuple[str, str]:
    if said is not None:
        kind, words = VERDICTS[said]
        return kind, _(words)
    if fill.declared is Declared.MISSING:
        return "declared", _("没有此材料")
    if not fill.have:
        return ("problem", _("缺")) if fill.concern.requirement.must else ("optional", _("没有照片"))
    return "optional", _("未审")
