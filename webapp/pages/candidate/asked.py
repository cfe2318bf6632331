"""What a supplement asks for, item by item, in words: what is wrong, what to do, and how far it is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.pages.candidate.standing import Standing
from webapp.pages.language import _, current_language
from webapp.records.reading.case_file import Request, answers_to, asked_of
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import AskedItem
from webapp.rules.fields import Field
from webapp.rules.supplements import Answers, AskedField, AskedPhoto, unanswered

SEE_NOTE = "other"
"""The reason that only points at the reviewer's note."""


@dataclass(frozen=True)
class AskedShown:
    """One item.

    ``answered``: empty, or by what: ``photo``, ``words`` or ``changed`` (the registration was).
    """

    id: str
    material: str
    slot: str
    """Empty: the material as a whole, or a field."""
    field: str
    name: str
    why: str
    """What is wrong, in one line; may be empty for a field."""
    note: str
    """The reviewer's own words."""
    hints: tuple[str, ...]
    words: str
    """What the candidate has written about it."""
    answered: str
    address: str
    """The page on which it is answered."""

    def covers(self, material: str, slot: str) -> bool:
        """Whether it asks for photos of this place."""
        return self.material == material and self.slot in {"", slot}

    @property
    def said(self) -> str:
        """Reason and note in one line."""
        return "；".join(part for part in (self.why, self.note.rstrip("。")) if part)


def asked_items(standing: Standing) -> tuple[AskedShown, ...]:
    """The items of the open supplement in their order; none while there is none to be told of."""
    request, exam = standing.request, standing.exam
    if request is None:
        return ()
    answers = answers_to(request, standing.own.photos, standing.own.record)
    return tuple(_item(item, request, answers, standing, exam) for item in request.items)


def _item(
    item: AskedItem, request: Request, answers: Answers, standing: Standing, exam: OpenExam
) -> AskedShown:
    language = current_language()
    known = [exam.package.reason(code) for code in item.reasons]
    why = [one.candidate.said_in(language) for one in known if one.code != SEE_NOTE or not item.note]
    hints = dict.fromkeys(hint.words.said_in(language) for one in known for hint in one.hints)
    return AskedShown(
        id=str(item.id),
        material=item.material,
        slot=item.slot,
        field=item.field,
        name=_name(item, standing, exam),
        why="；".join(why),
        note=item.note,
        hints=tuple(hints),
        words=item.words,
        answered=_answered(item, answers),
        address=f"/my/record#asked-{item.field}" if item.field else f"/my/materials/{item.material}",
    )


def _answered(item: AskedItem, answers: Answers) -> str:
    asked = asked_of(item)
    if unanswered([asked], answers):
        return ""
    if isinstance(asked, AskedField):
        return "changed" if asked.field in answers.changed_fields else "words"
    return "photo" if has_new_photo(asked, answers) else "words"


def has_new_photo(asked: AskedPhoto, answers: Answers) -> bool:
    """Whether a photo has come in for this item since it was asked."""
    return not unanswered([asked], Answers(new_photos=answers.new_photos))


def _name(item: AskedItem, standing: Standing, exam: OpenExam) -> str:
    language = current_language()
    if item.field:
        return field_name(exam.package.fields[item.field])
    concern = standing.own.concern(item.material)
    material = concern.material if concern else exam.package.material(item.material)
    slot = material.slot(item.slot) if item.slot else None
    name = material.name.said_in(language)
    return f"{name} {slot.name.said_in(language)}" if slot and material.named_slots else name


def field_name(field: Field) -> str:
    """What a field of the registration is called."""
    return field.names.said_in(current_language())


def asked_title(items: Sequence[AskedShown]) -> str:
    """What is to be done, in the first line of the list: 请补充 2 项材料."""
    materials = len({one.material for one in items if one.material})
    fields = len([one for one in items if one.field])
    if not fields:
        return _("请补充 %(count)s 项材料", count=materials)
    if not materials:
        return _("请更正 %(count)s 项报名信息", count=fields)
    return _("请补充 %(materials)s 项材料，更正 %(fields)s 项报名信息", materials=materials, fields=fields)
