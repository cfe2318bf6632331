"""What a request asks for, as sentences that can be read out on the telephone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from webapp.pages.language import _, current_language, listed
from webapp.records.reading.case_file import asked_of
from webapp.records.reading.exams import OpenExam
from webapp.records.supplements import AskedItem
from webapp.rules.catalogue import Concern
from webapp.rules.supplements import Asked


@dataclass(frozen=True)
class AskedShown:
    """What is asked for, why (the exam's reasons and the reviewer's own words), and whether it has come in."""

    what: str
    why: str
    note: str
    arrived: bool
    said: str
    """The candidate's words about it."""


def asked_shown(
    items: Sequence[AskedItem], concerns: Sequence[Concern], waiting: Collection[Asked], exam: OpenExam
) -> list[AskedShown]:
    """The items in their order; places of one material that are asked for alike share a line."""
    lines: dict[tuple[object, ...], list[AskedItem]] = {}
    for item in items:
        alike = (item.material, item.field, *item.reasons, item.note, item.words, asked_of(item) in waiting)
        lines.setdefault(alike, []).append(item)
    return [_line(alike, concerns, waiting, exam) for alike in lines.values()]


def _line(
    items: Sequence[AskedItem], concerns: Sequence[Concern], waiting: Collection[Asked], exam: OpenExam
) -> AskedShown:
    first = items[0]
    if first.field:
        what = _("报名信息“%(field)s”", field=field_name(first.field, exam))
    else:
        what = material_name(first.material, exam)
        places = _places(first.material, {one.slot for one in items if one.slot}, concerns, exam)
        if places:
            # words: a material and those of its places that are asked for again
            what = _("%(material)s的%(places)s", material=what, places=listed(places))
    arrived = asked_of(first) not in waiting
    return AskedShown(what, reason_words(first.reasons, exam), first.note, arrived, first.words)


def material_name(code: str, exam: OpenExam) -> str:
    """A material's name; its code where the exam no longer has it."""
    known = (one.name.said_in(current_language()) for one in exam.package.materials if one.code == code)
    return next(known, code)


def _places(code: str, slots: set[str], concerns: Sequence[Concern], exam: OpenExam) -> list[str]:
    """Names of places as the candidate sees them and in the material's order; codes of those that are no more."""
    own = [one.material for one in concerns if one.material.code == code]
    material = next(iter((*own, *(one for one in exam.package.materials if one.code == code))), None)
    known = {slot.code: slot.name.said_in(current_language()) for slot in material.slots} if material else {}
    return [known[slot] for slot in known if slot in slots] + sorted(slots - set(known))


def field_name(code: str, exam: OpenExam) -> str:
    """A field of the record, by the heading that the registration system gives it."""
    known = exam.package.fields.get(code)
    return known.names.said_in(current_language()) if known else code


def reason_words(codes: Collection[str], exam: OpenExam) -> str:
    """The exam's reasons in the candidate's terms."""
    language = current_language()
    said = [one.candidate.said_in(language) for one in exam.package.reasons if one.code in codes]
    # words: between two reasons that are whole sentences
    return _("；").join(said)
