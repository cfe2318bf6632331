"""What people have said of a material or of the case: opinions, declarations, requests and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.pages.language import _, current_language, listed
from webapp.pages.reviewer.move_words import VERDICTS, conclusion_words, level_office, reason_words
from webapp.pages.words import moment_words
from webapp.records.reading.case_file import Request
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import AskedItem
from webapp.rules.catalogue import Material
from webapp.rules.filling import Declared
from webapp.rules.verdicts import Conclusion, Kind


@dataclass(frozen=True)
class Saying:
    """Somebody's words, with who and when."""

    who: str
    words: str


@dataclass(frozen=True)
class Exchange:
    """What was asked, beside what came of it."""

    asked: Saying
    answered: Saying


def _joined(*parts: str) -> str:
    return _("，").join(part for part in parts if part)


def _because(exam: OpenExam, reasons: list[str], note: str) -> str:
    return _joined(listed(dict.fromkeys(reason_words(exam, reasons))), note)


def _opinion(head: str, because: str) -> str:
    return _("%(head)s：%(because)s", head=head, because=because) if because else head


def verdicts_on(exam: OpenExam, desk: DeskCase, material: str, sees: int) -> list[Saying]:
    """The word of each level on a material, up to the level whose words the reader may see."""
    found = []
    for row in desk.file.verdicts:
        if row.material != material or row.level > sees:
            continue
        known = next(
            (f.concern.material for f in desk.file.fills if f.concern.material.code == material), None
        )
        slots = [known.slot(code) for code in row.slots] if known and known.named_slots else []
        names = listed([slot.name.said_in(current_language()) for slot in slots if slot])
        word = _(VERDICTS[Kind(row.kind)][1])
        head = _("%(word)s（%(places)s）", word=word, places=names) if names else word
        who = _("%(office)s %(name)s", office=level_office(exam, row.level), name=desk.names[row.staff_id])
        at = moment_words(row.at, exam.time_zone)
        found.append(Saying(f"{who} {at}", _opinion(head, _because(exam, row.reasons, row.note))))
    return found


def conclusions(exam: OpenExam, desk: DeskCase, sees: int) -> list[Saying]:
    """Opinions on the whole case, oldest first."""
    return [
        Saying(
            _(
                "%(office)s %(name)s",
                office=level_office(exam, row.from_level),
                name=desk.names.get(row.person, "") if row.person else "",
            )
            + f" {moment_words(row.exam_at, exam.time_zone)}",
            _opinion(
                conclusion_words(exam, Conclusion(row.conclusion), row.from_level),
                _because(exam, row.reasons, row.note),
            ),
        )
        for row in desk.file.decisions
        if row.from_level is not None and row.from_level <= sees
    ]


def declaration(exam: OpenExam, desk: DeskCase, material: str) -> Saying | None:
    """没有此材料 or 等效证明, in the candidate's words."""
    row = desk.file.declaration(material)
    if row is None:
        return None
    head = _("没有此材料") if Declared(row.kind) is Declared.MISSING else _("用等效证明代替")
    at = moment_words(row.made_at, exam.time_zone)
    return Saying(_("考生说明，%(at)s", at=at), _opinion(head, row.words))


def exchanges(exam: OpenExam, desk: DeskCase, material: Material) -> list[Exchange]:
    """What was asked of a material beside how it was answered, the newest request first."""
    return [
        Exchange(_asked(exam, request, item, material), _answered(exam, desk, request, item))
        for request in desk.requests
        for item in request.items
        if item.material == material.code
    ]


def field_exchanges(exam: OpenExam, desk: DeskCase) -> list[Exchange]:
    """The same of fields of the record that were to be put right."""
    return [
        Exchange(_asked(exam, request, item, None), _answered(exam, desk, request, item))
        for request in desk.requests
        for item in request.items
        if item.field
    ]


def _asked(exam: OpenExam, request: Request, item: AskedItem, material: Material | None) -> Saying:
    language = current_language()
    slot = material.slot(item.slot) if material else None
    name = slot.name.said_in(language) if slot and material and material.named_slots else ""
    if item.field in exam.package.fields:
        name = exam.package.fields[item.field].names.said_in(language)
    who = _(
        "%(office)s要求补充，%(at)s",
        office=level_office(exam, request.row.level),
        at=moment_words(request.row.asked_at, exam.time_zone),
    )
    return Saying(who, _joined(name, _because(exam, item.reasons, item.note)) or _("整项重新上传"))


def _answered(exam: OpenExam, desk: DeskCase, request: Request, item: AskedItem) -> Saying:
    file = desk.file
    at = moment_words(item.worded_at, exam.time_zone) if item.worded_at else ""
    if item.field:
        value = file.record.get(item.field, "")
        parts = []
        if value[:200] != item.value_then:
            empty = _("空")
            parts.append(_("%(old)s → %(new)s", old=item.value_then or empty, new=value or empty))
        parts += [item.words] if item.words else []
        who = _("考生回复，%(at)s", at=at) if item.words else _("报名系统")
        return Saying(who, _joined(*parts)) if parts else _nothing(request)
    fresh = [
        one.photo
        for one in file.photos
        if one.photo.material == item.material
        and one.photo.round > request.row.round
        and item.slot in {"", one.photo.slot}
    ]
    if item.words:
        return Saying(_("考生说明，%(at)s", at=at), _opinion(_("无法提供"), item.words))
    if not fresh:
        return _nothing(request)
    came = moment_words(max(photo.received_at for photo in fresh), exam.time_zone)
    return Saying(_("考生补充，%(at)s", at=came), _("上传了 %(n)s 张新照片", n=len(fresh)))


def _nothing(request: Request) -> Saying:
    return Saying(_("考生的回复"), _("还没有补充") if request.row.closed_at is None else _("没有补充"))


def names_of_materials(desk: DeskCase, codes: Iterable[str]) -> str:
    """Materials by name, as one phrase."""
    language = current_language()
    known = {c.material.code: c.material.name.said_in(language) for c in desk.file.concerns}
    return listed([known.get(code, code) for code in codes])
