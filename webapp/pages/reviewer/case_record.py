"""The registration record beside the photos: what belongs to the material in view first."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.pages.language import _, current_language
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.rules.catalogue import Material

OF_THE_SYSTEM = frozenset({"user_name", "region_code", "site_code", "unit_code", "category_code", "status"})
"""Codes by which systems match, and no document shows."""


@dataclass(frozen=True)
class Fact:
    """One field; ``notes`` are doubts of the candidate and what it said before."""

    code: str
    label: str
    value: str
    notes: list[str]


@dataclass(frozen=True)
class RecordShown:
    """The fields that the photos in view must agree with, and all others."""

    title: str
    compare: list[Fact]
    others: list[Fact]


def record_shown(exam: OpenExam, desk: DeskCase, material: Material | None) -> RecordShown:
    """The whole record, the identity number in full: reviewers hold it against the document."""
    first = material.compare if material else ()
    there = [code for code in exam.package.fields if desk.file.record.get(code)]
    facts = {code: _fact(exam, desk, code) for code in {*first, *there}}
    name = material.name.said_in(current_language()) if material else ""
    return RecordShown(
        title=_("对照%(material)s", material=name) if first else "",
        compare=[facts[code] for code in first],
        others=[facts[code] for code in there if code not in first and code not in OF_THE_SYSTEM],
    )


def _fact(exam: OpenExam, desk: DeskCase, code: str) -> Fact:
    language = current_language()
    field = exam.package.fields[code]
    value = desk.file.record.get(code, "")
    notes = [_("考生有疑议：%(words)s", words=one.words) for one in desk.doubts if one.field == code]
    asked = [item for request in desk.requests for item in request.items if item.field == code]
    notes += [
        _("原为“%(value)s”", value=item.value_then or _("空"))
        for item in asked[:1]
        if item.value_then != value[:200]
    ]
    return Fact(code, field.names.said_in(language), field.value_said_in(language, value) or "–", notes)
