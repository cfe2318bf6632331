"""The strip of materials and the photo on the light table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from webapp.pages.language import _, current_language
from webapp.pages.reviewer.move_words import VERDICTS
from webapp.pages.words import moment_words
from webapp.records.reading.case_file import StoredPhoto
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
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


@dataclass(frozen=True)
class PhotoShown:
    """The photo on the light table; ``newer`` is the one that took an earlier one's place."""

    id: str
    address: str
    seen_address: str
    label: str
    facts: str
    place: str
    previous: str
    next: str
    seen: bool
    earlier: bool
    brought: bool


@dataclass(frozen=True)
class PhotoLink:
    """Another photo of the material; ``earlier``: it no longer counts."""

    label: str
    address: str
    thumbnail: str
    current: bool
    earlier: bool
    seen: bool


def address_of(case_id: UUID, material: str, photo: UUID | None = None) -> str:
    """The page of the case with this material, and this photo, in view."""
    wanted = {"material": material} if photo is None else {"material": material, "photo": str(photo)}
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


def photo_links(desk: DeskCase, material: Material, current: UUID | None) -> list[PhotoLink]:
    """All photos of the material: those that count, then those that were replaced."""
    counting, gone = photos_in(desk, material), earlier_in(desk, material)
    return [
        PhotoLink(
            _label(material, one, counting, earlier=one in gone),
            address_of(desk.file.case.id, material.code, one.photo.id),
            picture_address(one, small=True),
            one.photo.id == current,
            one in gone,
            one.version.id in desk.seen,
        )
        for one in (*counting, *gone)
    ]


def _label(material: Material, one: StoredPhoto, counting: Sequence[StoredPhoto], *, earlier: bool) -> str:
    slot = material.slot(one.photo.slot)
    if slot is not None and material.named_slots:
        name = slot.name.said_in(current_language())
    elif earlier:
        name = ""
    else:
        name = _("第 %(n)s 张", n=list(counting).index(one) + 1)
    return _("旧照片 %(name)s", name=name).rstrip() if earlier else name


def light(exam: OpenExam, desk: DeskCase, material: Material, photo: UUID | None) -> PhotoShown | None:
    """The photo that was asked for, or the first one not seen yet; None where there is none."""
    counting, gone = photos_in(desk, material), earlier_in(desk, material)
    every = [*counting, *gone]
    unseen = next((one for one in counting if one.version.id not in desk.seen), None)
    one = next((one for one in every if one.photo.id == photo), None) or unseen or next(iter(every), None)
    if one is None:
        return None
    at, earlier = every.index(one), one in gone
    case_id = desk.file.case.id
    beside = [every[n] if 0 <= n < len(every) else None for n in (at - 1, at + 1)]
    previous, after = (address_of(case_id, material.code, b.photo.id) if b else "" for b in beside)
    received = moment_words(one.photo.received_at, exam.time_zone)
    return PhotoShown(
        id=str(one.photo.id),
        address=picture_address(one),
        seen_address=f"/review/photos/{one.photo.id}/seen?v={one.version.number}",
        label=_label(material, one, counting, earlier=earlier),
        facts=_("%(at)s 收到，%(size)s KB", at=received, size=-(-one.version.size // 1024)),
        place=f"{at + 1} / {len(every)}",
        previous=previous,
        next=after,
        seen=one.version.id in desk.seen,
        earlier=earlier,
        brought=one.photo.brought_by is not None,
    )
