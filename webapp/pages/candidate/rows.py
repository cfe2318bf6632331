"""The rows of a candidate's list: what is there of each material, in a word, a shape and a line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from webapp.pages.candidate.asked import AskedShown
from webapp.pages.candidate.receipts import thumbnail_address
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.photos import Incoming
from webapp.records.reading.case_file import CaseFile, StoredPhoto
from webapp.records.reading.exams import OpenExam
from webapp.rules.catalogue import Requirement
from webapp.rules.changing import Lock, Situation, Why, lock_on
from webapp.rules.filling import Declared, FillState, MaterialFill


@dataclass(frozen=True)
class Row:
    """One material, or a field that is asked for.

    ``kind`` names the look's state; ``mark`` is ``*``, ``must`` or empty.
    """

    code: str
    name: str
    mark: str
    kind: str
    state: str
    more: str
    thumbnail: str
    done: bool
    """Whether it can be handed in as it is; of what was asked for, whether it is answered."""
    open: bool
    """Whether this person can do something about it now."""
    address: str
    said: str = ""
    """The person's own words: a declaration, or the answer to a request."""
    asked: bool = False
    """Whether an open request names it."""
    declared: bool = False


@dataclass(frozen=True)
class Listing:
    """What the rows are made of."""

    own: CaseFile
    refused: Collection[Incoming]
    situation: Situation
    exam: OpenExam
    asked: Sequence[AskedShown] = ()


def rows_of(listing: Listing) -> list[Row]:
    """The whole list in the catalogue's order, and after it the fields that an open request names."""
    materials = [_row(fill, listing) for fill in listing.own.fills]
    return [*materials, *(_field_row(item) for item in listing.asked if item.field)]


def spare_photos(own: CaseFile) -> list[StoredPhoto]:
    """Photos in places that the record no longer asks for."""
    wanted = {(c.material.code, slot.code) for c in own.concerns for slot in c.material.slots}
    return [one for one in own.photos if (one.photo.material, one.photo.slot) not in wanted]


def kept_apart(own: CaseFile, exam: OpenExam) -> Iterator[tuple[str, int]]:
    """Names of materials, and how many photos of each lie in places that the record no longer asks for."""
    spare = [one.photo for one in spare_photos(own)]
    known = {material.code: material for material in exam.package.materials}
    for code in dict.fromkeys(photo.material for photo in spare):
        name = known[code].name.said_in(current_language()) if code in known else code
        yield name, sum(photo.material == code for photo in spare)


def _row(fill: MaterialFill, listing: Listing) -> Row:
    own, material = listing.own, fill.concern.material
    slots = {slot.code for slot in material.slots}
    photos = [p for p in own.photos if p.photo.material == material.code and p.photo.slot in slots]
    lock = lock_on(listing.situation, material.code)
    asked = [item for item in listing.asked if item.material == material.code]
    declaration = own.declaration(material.code)
    if asked:
        kind, state, more = _asked_words(asked, fill)
    else:
        kind, state, more = _words(fill, photos, lock, listing.exam, failed=_failed(fill, listing))
    first = _first(photos, [slot.code for slot in material.slots])
    marks = {Requirement.REQUIRED: "*", Requirement.REQUIRED_WHEN: "must"}
    return Row(
        code=material.code,
        name=material.name.said_in(current_language()),
        mark=marks.get(fill.concern.requirement, ""),
        kind=kind,
        state=state,
        more=more,
        thumbnail=thumbnail_address(first) if first else "",
        done=all(item.answered for item in asked) if asked else fill.settled,
        open=lock is None and (bool(_waits(asked)) if asked else not fill.settled and _wants_photos(fill)),
        address=f"/my/materials/{material.code}",
        said="；".join(item.words for item in asked if item.words)
        or (declaration.words if declaration and not asked else ""),
        asked=bool(asked),
        declared=fill.declared is not None,
    )


def _failed(fill: MaterialFill, listing: Listing) -> bool:
    """Whether an original could not be used and its place still waits for another.

    As on its page: where another photo fills the place, nobody has to do anything about the one that failed.
    """
    room = {one.slot.code for one in fill.slots if one.free}
    here = {str(one.photo.id) for one in listing.own.photos}
    return any(
        one.material == fill.concern.material.code
        and (str(one.replaces) in here if one.replaces else one.slot in room)
        for one in listing.refused
    )


def _wants_photos(fill: MaterialFill) -> bool:
    return fill.missing > fill.waiting


def _waits(asked: Sequence[AskedShown]) -> list[AskedShown]:
    return [item for item in asked if not item.answered]


def _asked_words(asked: Sequence[AskedShown], fill: MaterialFill) -> tuple[str, str, str]:
    """Of a material that an open request names."""
    waits = _waits(asked)
    if waits and fill.waiting:
        return "under-way", _("正在处理"), _("%(count)s 张", count=fill.waiting)
    if waits and len(waits) < len(asked):
        return "problem", _("还差 %(count)s 张", count=len(waits)), waits[0].said
    if waits and not fill.have:
        return "needs-action", _("未上传"), waits[0].said
    if waits:
        return "problem", _("被退回"), waits[0].said
    if any(item.answered == "photo" for item in asked):
        return "done", _("已补充"), _("%(count)s 张", count=fill.have)
    return "declared", _("已说明原因"), ""


def _field_row(item: AskedShown) -> Row:
    states = {
        "": ("needs-action", _("需要更正")),
        "words": ("declared", _("已答复")),
        "changed": ("done", _("报名系统已更正")),
    }
    kind, state = states[item.answered]
    return Row(
        code="",
        name=item.name,
        mark="",
        kind=kind,
        state=state,
        more="" if item.answered else item.said,
        thumbnail="",
        done=bool(item.answered),
        open=not item.answered,
        address=item.address,
        said=item.words,
        asked=True,
    )


def _first(photos: Sequence[StoredPhoto], slots: Sequence[str]) -> StoredPhoto | None:
    """The photo that stands for the material: of its first slot, the one that came first."""
    return min(photos, key=lambda one: slots.index(one.photo.slot), default=None)


def _words(
    fill: MaterialFill, photos: Sequence[StoredPhoto], lock: Lock | None, exam: OpenExam, *, failed: bool
) -> tuple[str, str, str]:
    """Kind, state and what else there is to say."""
    if lock is not None and lock.why is Why.NOT_OPEN_YET and not photos:
        return "optional", _("还没到时间"), ""
    if fill.declared is Declared.MISSING:
        return "declared", _("没有此材料"), _("%(count)s 张", count=fill.have) if fill.have else ""
    if fill.waiting and fill.waiting >= fill.missing and fill.state is not FillState.COMPLETE:
        return "under-way", _("正在处理"), _waiting(fill)
    if lock is None and failed:
        return "problem", _("有照片没有收下"), _("点开看原因")
    if fill.state is FillState.COMPLETE:
        if lock is not None and lock.why is Why.NOT_ASKED:
            return "locked", _("审核中，暂时锁定"), _("%(count)s 张", count=fill.have)
        last = moment_words(max(one.photo.received_at for one in photos), exam.time_zone)
        more = _waiting(fill) if fill.waiting else _("%(count)s 张，%(when)s", count=fill.have, when=last)
        return "done", _done_word(fill, lock), more
    if fill.declared is Declared.EQUIVALENT and lock is None and not fill.waiting:
        return "needs-action", _("还差 %(count)s 张", count=1), _("已写明等效证明，还没有照片")
    return _unfinished(fill, locked=lock is not None)


def _done_word(fill: MaterialFill, lock: Lock | None) -> str:
    if lock is not None and lock.why is Why.ACCEPTED:
        return _("审核合格")
    return _("等效证明") if fill.declared is Declared.EQUIVALENT else _("已收到")


def _unfinished(fill: MaterialFill, *, locked: bool) -> tuple[str, str, str]:
    if not fill.concern.requirement.must and not fill.have:
        return ("locked" if locked else "optional"), _("未上传"), "" if locked else _("可以不传")
    kind = "locked" if locked else "needs-action"
    if fill.state is FillState.EMPTY and not fill.waiting:
        return kind, _("未上传"), ""
    state = _("还差 %(count)s 张", count=fill.missing - fill.waiting)
    return kind, state, _waiting(fill) if fill.waiting else _have(fill)


def _have(fill: MaterialFill) -> str:
    least, most = fill.concern.material.least, fill.concern.material.most
    if least == most:
        return _("已收到 %(have)s 张，共 %(most)s 张", have=fill.have, most=most)
    return _("已收到 %(have)s 张，至少 %(least)s 张", have=fill.have, least=least)


def _waiting(fill: MaterialFill) -> str:
    if fill.have:
        return _("已收到 %(have)s 张，正在处理 %(count)s 张", have=fill.have, count=fill.waiting)
    return _("%(count)s 张", count=fill.waiting)
