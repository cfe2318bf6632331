"""The light table: the photo in view, the earlier one whose place it took beside it, and the way to the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from webapp.pages.language import _, current_language, listed
from webapp.pages.reviewer.case_hints import HintShown, case_address, hints_of, owner_of, place_of
from webapp.pages.reviewer.case_photos import address_of, earlier_in, photos_in, picture_address
from webapp.pages.reviewer.desk import Sight
from webapp.pages.reviewer.move_words import VERDICTS, reason_words
from webapp.pages.words import moment_words
from webapp.records.reading.case_file import StoredPhoto
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.same_pictures import Alike
from webapp.rules.catalogue import Material


@dataclass(frozen=True)
class Looked:
    """What the address asks to see: a photo, an older version, it alone without its earlier one, or beside another."""

    photo: UUID | None = None
    version: StoredPhoto | None = None
    alone: bool = False
    beside: Alike | None = None
    """A hint of which both pictures are asked for."""


@dataclass(frozen=True)
class PhotoShown:
    """One photo; ``kind`` and ``state`` are the look's state and its word. ``earlier``: it no longer counts."""

    id: str
    page: str
    picture: str
    seen_address: str
    label: str
    alt: str
    facts: str
    came: str
    """The short form of ``facts``: when, and how large."""
    kind: str
    state: str
    seen: bool
    earlier: bool
    current: bool
    in_place: bool
    """Whether a script may put it on the table without another page."""
    hints: list[HintShown]


@dataclass(frozen=True)
class LightShown:
    """See ``templates/reviewer/case_light.html``. ``other_way`` leads to the pair, or from it to one photo."""

    photos: list[PhotoShown]
    current: PhotoShown
    before: PhotoShown | None
    titles: tuple[str, str]
    """Over the two of a pair: ``before`` and ``current``."""
    other_case: str
    """Address of the case that the other of a pair belongs to; empty where it is this one."""
    at: int
    previous: str
    next: str
    other_way: str


@dataclass(frozen=True)
class _Lying:
    """The photos of a material as they lie on the desk: those that count, then those that were replaced."""

    sight: Sight
    material: Material
    counting: Sequence[StoredPhoto]
    gone: Sequence[StoredPhoto]
    looked: Looked
    alike: Sequence[Alike]

    @property
    def all(self) -> list[StoredPhoto]:
        return [*self.counting, *self.gone]


def light(sight: Sight, material: Material, looked: Looked, alike: Sequence[Alike]) -> LightShown | None:
    """The photo that was asked for, or the one to begin with; None where there is none."""
    desk = sight.desk
    lying = _Lying(sight, material, photos_in(desk, material), earlier_in(desk, material), looked, alike)
    every = lying.all
    asked = next((one for one in every if one.photo.id == looked.photo), None)
    current = asked or _first(lying)
    if current is None:
        return None
    before = _before(lying, current)
    beside = looked.beside if asked else None
    paired = beside is not None or (before is not None and not looked.alone)
    photos = [_shown(lying, one, current, paired=paired) for one in every]
    at = every.index(current)
    steps = [photos[n].page if 0 <= n < len(every) else "" for n in (at - 1, at + 1)]
    shown = photos[at] if looked.version is None else _old_version(lying, current, looked.version)
    more = {"alone": "1"} if paired else {}
    way = address_of(desk.file.case.id, material.code, current.photo.id, **more)
    alone = LightShown(photos, shown, None, ("", ""), "", at, steps[0], steps[1], way if before else "")
    if beside is not None and beside.other is not None:
        other = _other(lying, beside, beside.other)
        titles = _("另一张"), _("这一张")
        return replace(alone, before=other, titles=titles, other_case=case_address(beside), other_way=way)
    if before is not None and paired:
        return replace(alone, before=photos[every.index(before)], titles=(_("旧"), _("新")))
    return alone


def unseen_of(sight: Sight, codes: Collection[str]) -> list[tuple[str, str]]:
    """The photos of these materials that were not on this person's screen: name and address."""
    found = []
    for fill in sight.desk.file.fills:
        material = fill.concern.material
        photos = photos_in(sight.desk, material) if material.code in codes else []
        for one in photos:
            if one.version.id not in sight.desk.seen:
                name = material.name.said_in(current_language())
                label = _label(material, one, photos, earlier=False)
                said = _("%(material)s，%(label)s", material=name, label=label) if len(photos) > 1 else name
                found.append((said, address_of(sight.desk.file.case.id, material.code, one.photo.id)))
    return found


def _first(lying: _Lying) -> StoredPhoto | None:
    """Not seen yet, and of those one that came in place of another: it is why the case is here again."""
    unseen = [one for one in lying.counting if one.version.id not in lying.sight.desk.seen]
    anew = [one for one in unseen or lying.counting if _before(lying, one)]
    return next(iter([*anew, *unseen, *lying.all]), None)


def _before(lying: _Lying, one: StoredPhoto) -> StoredPhoto | None:
    """The photo whose place this one took: replaced by it, or else the last one of its slot from an earlier round."""
    if one in lying.gone:
        return None
    replaced = [old for old in lying.gone if old.photo.replaced_by == one.photo.id]
    same_slot = [
        old
        for old in lying.gone
        if old.photo.slot == one.photo.slot
        and old.photo.replaced_by is None
        and old.photo.round < one.photo.round
    ]
    return next(reversed(replaced or same_slot), None)


def _shown(lying: _Lying, one: StoredPhoto, current: StoredPhoto, *, paired: bool) -> PhotoShown:
    desk, material, earlier = lying.sight.desk, lying.material, one in lying.gone
    label = _label(material, one, lying.counting, earlier=earlier)
    alone = lying.looked.alone
    kind, state = _state_before(lying, one) if earlier else _state_now(lying)
    return PhotoShown(
        id=str(one.photo.id),
        page=address_of(desk.file.case.id, material.code, one.photo.id, **({"alone": "1"} if alone else {})),
        picture=picture_address(one),
        seen_address=f"/review/photos/{one.photo.id}/seen?v={one.version.number}",
        label=label,
        alt=_("%(material)s，%(label)s", material=material.name.said_in(current_language()), label=label),
        facts=_facts(lying.sight.exam, one, earlier=earlier),
        came=_("%(at)s，%(size)s KB", **_figures(lying.sight.exam, one)),
        kind=kind,
        state=state,
        seen=one.version.id in desk.seen,
        earlier=earlier,
        current=one is current,
        in_place=not paired and (alone or _before(lying, one) is None),
        hints=hints_of(lying.sight, one, lying.alike, lying.looked.beside),
    )


def _other(lying: _Lying, hint: Alike, other: StoredPhoto) -> PhotoShown:
    """The picture that is like the current one, wherever it was handed in."""
    sight, exam = lying.sight, lying.sight.exam
    place = place_of(sight, other)
    gone = other.photo.removed_at is not None
    return PhotoShown(
        id=str(other.photo.id),
        page=case_address(hint) or address_of(sight.desk.file.case.id, other.photo.material, other.photo.id),
        picture=picture_address(other),
        seen_address="",
        label=place,
        alt=place,
        facts=_facts(exam, other, earlier=gone),
        came=_("%(at)s，%(size)s KB", **_figures(exam, other)),
        kind="void" if gone else "person" if hint.case else "optional",
        state=owner_of(hint) or place,
        seen=True,
        earlier=gone,
        current=False,
        in_place=False,
        hints=[],
    )


def _old_version(lying: _Lying, current: StoredPhoto, old: StoredPhoto) -> PhotoShown:
    """A version that the photo had before it was turned."""
    shown = _shown(lying, old, old, paired=False)
    label = _label(lying.material, current, lying.counting, earlier=current in lying.gone)
    facts = _("%(label)s，转正以前的样子", label=label)
    return replace(shown, facts=facts, earlier=True, in_place=False)


def _facts(exam: OpenExam, one: StoredPhoto, *, earlier: bool) -> str:
    said = [_("%(at)s 收到，%(size)s KB", **_figures(exam, one))]
    said += [_("截止前登记，截止后传到")] if one.photo.in_grace else []
    said += [_("考点代传")] if one.photo.brought_by else []
    said += [_("已被替换")] if earlier else []
    return _("，").join(said)


def _figures(exam: OpenExam, one: StoredPhoto) -> dict[str, object]:
    received = moment_words(one.photo.received_at, exam.time_zone)
    return {"at": received, "size": -(-one.version.size // 1024)}


def _state_now(lying: _Lying) -> tuple[str, str]:
    for word in lying.sight.own:
        if word.material == lying.material.code:
            kind, words = VERDICTS[word.kind]
            return kind, _(words)
    return "under-way", _("未审")


def _state_before(lying: _Lying, old: StoredPhoto) -> tuple[str, str]:
    """Why it was asked for anew."""
    items = [
        item
        for request in lying.sight.desk.requests
        if request.row.round >= old.photo.round
        for item in request.items
        if item.material == lying.material.code and item.slot in {"", old.photo.slot}
    ]
    because = listed(dict.fromkeys(reason_words(lying.sight.exam, items[-1].reasons))) if items else ""
    return ("problem", _("需重传：%(because)s", because=because)) if because else ("void", _("已被替换"))


def _label(material: Material, one: StoredPhoto, counting: Sequence[StoredPhoto], *, earlier: bool) -> str:
    slot = material.slot(one.photo.slot)
    if slot is not None and material.named_slots:
        name = slot.name.said_in(current_language())
    elif earlier or one not in counting:
        name = ""
    else:
        name = _("第 %(n)s 张", n=list(counting).index(one) + 1)
    return _("旧照片 %(name)s", name=name).rstrip() if earlier else name


def photo_name(desk: DeskCase, one: StoredPhoto) -> str:
    """A photo by its material and its place there."""
    concern = desk.file.concern(one.photo.material)
    if concern is None:
        return one.photo.material
    counting = photos_in(desk, concern.material)
    name = concern.material.name.said_in(current_language())
    label = _label(concern.material, one, counting, earlier=one not in counting)
    alone = len(counting) == 1 and one in counting and not concern.material.named_slots
    return name if alone or not label else _("%(material)s，%(label)s", material=name, label=label)


def desk_photo(desk: DeskCase, photo: UUID | None) -> StoredPhoto | None:
    """One of the case's photos, also of those that no longer count."""
    return next((one for one in (*desk.file.photos, *desk.earlier) if one.photo.id == photo), None)
