"""The rows of a candidate's list: what is there of each material, in a word, a shape and a line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from webapp.pages.candidate.receipts import thumbnail_address
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.photos import Incoming
from webapp.records.reading.case_file import CaseFile, StoredPhoto
from webapp.records.reading.exams import OpenExam
from webapp.rules.catalogue import Requirement
from webapp.rules.changing import Lock, Situation, Why, lock_on
from webapp.rules.filling import FillState, MaterialFill


@dataclass(frozen=True)
class Row:
    """One material; ``kind`` names the look's state, ``mark`` is ``*``, ``must`` or empty."""

    code: str
    name: str
    mark: str
    kind: str
    state: str
    more: str
    thumbnail: str
    done: bool
    open: bool
    """Whether this person can do something about it now."""


def rows_of(own: CaseFile, refused: Collection[Incoming], situation: Situation, exam: OpenExam) -> list[Row]:
    """The whole list in the catalogue's order."""
    return [_row(fill, own, refused, situation, exam) for fill in own.fills]


def kept_apart(own: CaseFile, exam: OpenExam) -> Iterator[tuple[str, int]]:
    """Names of materials, and how many photos of each lie in places that the record no longer asks for."""
    wanted = {(c.material.code, slot.code) for c in own.concerns for slot in c.material.slots}
    spare = [one.photo for one in own.photos if (one.photo.material, one.photo.slot) not in wanted]
    known = {material.code: material for material in exam.package.materials}
    for code in dict.fromkeys(photo.material for photo in spare):
        name = known[code].name.said_in(current_language()) if code in known else code
        yield name, sum(photo.material == code for photo in spare)


def _row(
    fill: MaterialFill, own: CaseFile, refused: Collection[Incoming], situation: Situation, exam: OpenExam
) -> Row:
    material = fill.concern.material
    slots = {slot.code for slot in material.slots}
    photos = [p for p in own.photos if p.photo.material == material.code and p.photo.slot in slots]
    # As on its page: where another photo fills the place, nobody has to do anything about the one that failed.
    room = {one.slot.code for one in fill.slots if one.free}
    failed = any(one.material == material.code and one.slot in room for one in refused)
    lock = lock_on(situation, material.code)
    kind, state, more = _words(fill, photos, lock, exam, failed=failed)
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
        done=fill.state is FillState.COMPLETE,
        open=lock is None and fill.missing > fill.waiting,
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
    if fill.waiting and fill.waiting >= fill.missing and fill.state is not FillState.COMPLETE:
        return "under-way", _("正在处理"), _waiting(fill)
    if lock is None and failed:
        return "problem", _("有照片没有收下"), _("点开看原因")
    if fill.state is FillState.COMPLETE:
        last = moment_words(max(one.photo.received_at for one in photos), exam.time_zone)
        more = _waiting(fill) if fill.waiting else _("%(count)s 张，%(when)s", count=fill.have, when=last)
        return "done", _("已收到"), more
    return _unfinished(fill, locked=lock is not None)


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
