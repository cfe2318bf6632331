"""Hints beside a photo: that this picture has been handed in elsewhere too. Nothing follows from one by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from webapp.pages.language import _, current_language
from webapp.pages.reviewer.case_photos import address_of
from webapp.pages.reviewer.desk import Sight
from webapp.records.reading.case_file import StoredPhoto
from webapp.records.reading.same_pictures import Alike

MOST: Final = 3
"""Hints beside one photo; what is beyond them says nothing new."""


@dataclass(frozen=True)
class HintShown:
    """``address`` shows both pictures side by side; empty where they are, or where only one may be seen."""

    words: str
    address: str


def hints_of(
    sight: Sight, photo: StoredPhoto, alike: Sequence[Alike], beside: Alike | None
) -> list[HintShown]:
    """What is said beside one photo; ``beside`` is the hint whose pictures lie side by side now."""
    own = [one for one in alike if one.photo == photo.photo.id]
    return [
        HintShown(_words(sight, one), "" if one == beside else _side_by_side(sight, photo, one))
        for one in own[:MOST]
    ]


def asked_for(alike: Sequence[Alike], photo: UUID, other: str) -> Alike | None:
    """The hint whose two pictures an address names, if there is one; nothing else can be put beside a photo."""
    return next(
        (one for one in alike if one.photo == photo and one.other and str(one.other.photo.id) == other), None
    )


def place_of(sight: Sight, other: StoredPhoto) -> str:
    """Material and slot of a picture, as the catalogue of the exam calls them."""
    language, photo = current_language(), other.photo
    materials = sight.exam.package.materials_of(sight.exam.phase.code)
    material = next((one for one in materials if one.code == photo.material), None)
    if material is None:
        return photo.material
    slot = material.slot(photo.slot)
    name = material.name.said_in(language)
    if slot is None or not material.named_slots:
        return name
    return _("%(material)s，%(label)s", material=name, label=slot.name.said_in(language))


def owner_of(one: Alike) -> str:
    """Whose the other picture is, where it is somebody else's case; else nothing."""
    return one.case.candidate.name if one.case else ""


def _who(one: Alike) -> str:
    if one.case is None:
        return ""
    number = one.case.candidate.registration_number
    return _("%(name)s（报名序号 %(number)s）", name=owner_of(one), number=number)


def case_address(one: Alike) -> str:
    """The other picture in its own case; empty where it is in this one."""
    if one.case is None or one.other is None:
        return ""
    return address_of(one.case.id, one.other.photo.material, one.other.photo.id)


def _side_by_side(sight: Sight, photo: StoredPhoto, one: Alike) -> str:
    if one.other is None:
        return ""
    return address_of(
        sight.desk.file.case.id, photo.photo.material, photo.photo.id, beside=str(one.other.photo.id)
    )


def _words(sight: Sight, one: Alike) -> str:
    if one.other is None:
        return _unseen_words(one)
    said = {"place": place_of(sight, one.other), "who": _who(one)}
    if one.case is not None:
        return _("与%(who)s的“%(place)s”是同一张照片", **said)
    if one.other.photo.removed_at is not None:
        return (
            _("与已被替换的“%(place)s”是同一张照片", **said)
            if one.exactly
            else _("与已被替换的“%(place)s”几乎一样", **said)
        )
    return (
        _("与本档案的“%(place)s”是同一张照片", **said)
        if one.exactly
        else _("与本档案的“%(place)s”几乎一样", **said)
    )


def _unseen_words(one: Alike) -> str:
    if one.same_person:
        return (
            _("这位考生在以前的阶段交过同一张照片")
            if one.exactly
            else _("这位考生在以前的阶段交过几乎一样的照片")
        )
    return _("另有一份不由您审核的档案，交过同一张照片")
