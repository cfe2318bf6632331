"""A candidate's own list and materials as that person sees them, for the phone on the staff's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from webapp.clock import exam_now, now
from webapp.pages.candidate.asked import asked_items, asked_title
from webapp.pages.candidate.locks import lock_title
from webapp.pages.candidate.rows import Listing, Row, rows_of
from webapp.pages.candidate.standing import Standing
from webapp.pages.language import _, current_language
from webapp.pages.staff.material_shown import ExampleShown, SlotShown, examples_of, slots_of
from webapp.records.people import Candidate
from webapp.records.reading.case_file import CaseFile, concerns_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_material import refused_originals
from webapp.rules.catalogue import Concern, Requirement, written_out
from webapp.rules.fields import Record
from webapp.rules.filling import MaterialFill, Progress, SlotFill, filled, progress

_MARKS = {Requirement.REQUIRED: "*", Requirement.REQUIRED_WHEN: "must"}


@dataclass(frozen=True)
class MaterialOnPhone:
    """One material as its page begins."""

    name: str
    mark: str
    hint: str
    condition: str
    line: str
    kilobytes: int
    example_line: str
    examples: list[ExampleShown]
    slots: list[SlotShown]


@dataclass(frozen=True)
class Phone:
    """What stands in the phone: the list with its sections, or one material. ``missed``: it does not concern them."""

    who: str
    title: str
    must: Progress
    asked: list[Row]
    missing: list[Row]
    done: list[Row]
    optional: list[Row]
    material: MaterialOnPhone | None = None
    missed: bool = False
    back: str = ""


@dataclass(frozen=True)
class Looking:
    """Whose list is looked at, as the page's address says it."""

    number: str = ""
    kind: str = ""

    def address(self, material: str = "") -> str:
        """The same person's list, or one material of it."""
        said = {"number": self.number, "kind": self.kind, "material": material}
        return "/staff/materials?" + urlencode({name: value for name, value in said.items() if value})


async def phone_of(
    exam: OpenExam, looking: Looking, found: tuple[Candidate, CaseFile], material: str
) -> Phone:
    """Of a candidate who is there: with what has come in, and no word that they may not know yet."""
    candidate, own = found
    here = Standing(own, exam, await exam_now(), now())
    asked = asked_items(here)
    listing = Listing(own, await refused_originals(own.case.id), here.situation, exam, asked)
    rows = [_for_staff(row, looking) for row in rows_of(listing)]
    lock = here.lock
    title = asked_title(asked) if asked else lock_title(lock, exam) if lock else _title(progress(own.fills))
    return _phone(exam, looking, (candidate.name, title), rows, own.fills, material=material)


def phone_of_kind(exam: OpenExam, looking: Looking, words: str, record: Record, material: str) -> Phone:
    """Of somebody with such a record who has uploaded nothing yet."""
    concerns = concerns_of(exam, record)
    rows = [_for_staff(_empty_row(concern), looking) for concern in concerns]
    fills = filled(concerns, {})
    return _phone(exam, looking, (words, _title(progress(fills))), rows, fills, material=material)


def _title(must: Progress) -> str:
    missing = must.required - must.done
    return _("还差 %(count)s 项必传材料", count=missing) if missing else _("必传材料已传齐")


def _empty_row(concern: Concern) -> Row:
    must = concern.requirement.must
    return Row(
        code=concern.material.code,
        name=concern.material.name.said_in(current_language()),
        mark=_MARKS.get(concern.requirement, ""),
        kind="needs-action" if must else "optional",
        state=_("未上传") if must else _("可以不传"),
        more="",
        thumbnail="",
        done=False,
        open=must,
        address="",
    )


def _for_staff(row: Row, looking: Looking) -> Row:
    """Without the candidate's own addresses, which are for nobody else."""
    return replace(row, thumbnail="", address=looking.address(row.code) if row.code else looking.address())


def _phone(
    exam: OpenExam,
    looking: Looking,
    head: tuple[str, str],
    rows: list[Row],
    fills: tuple[MaterialFill, ...],
    *,
    material: str,
) -> Phone:
    chosen = next((one for one in fills if one.concern.material.code == material), None)
    rest = [row for row in rows if not row.asked]
    return Phone(
        who=head[0],
        title=head[1],
        must=progress(fills),
        asked=[row for row in rows if row.asked],
        missing=[row for row in rest if row.mark and not row.done],
        done=[row for row in rest if row.mark and row.done],
        optional=[row for row in rest if not row.mark],
        material=_on_phone(exam, chosen) if chosen else None,
        missed=bool(material) and chosen is None,
        back=looking.address(),
    )


def _on_phone(exam: OpenExam, fill: MaterialFill) -> MaterialOnPhone:
    concern, texts, language = fill.concern, exam.package.texts, current_language()
    material, conditional = concern.material, concern.requirement is Requirement.REQUIRED_WHEN
    return MaterialOnPhone(
        name=material.name.said_in(language),
        mark=_MARKS.get(concern.requirement, ""),
        hint=material.hint.said_in(language),
        condition=written_out(material, language, exam.package.fields) if conditional else "",
        line=texts.upload_line.words.said_in(language),
        kilobytes=material.max_photo_bytes // 1024,
        example_line=texts.example_line.words.said_in(language),
        examples=examples_of(material, language),
        slots=[
            _with_state(shown, slot)
            for shown, slot in zip(slots_of(material, language), fill.slots, strict=True)
        ],
    )


def _with_state(shown: SlotShown, fill: SlotFill) -> SlotShown:
    have = fill.held.photos
    if not have:
        said = _("未上传") if shown.must else _("可以不传")
        return replace(shown, state="needs-action" if shown.must else "optional", said=said)
    if fill.missing:
        return replace(shown, state="needs-action", said=_("还差 %(count)s 张", count=fill.missing))
    return replace(shown, state="done", said=_("已收到 %(n)s 张", n=have))
