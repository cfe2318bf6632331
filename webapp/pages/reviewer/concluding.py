"""The form of the opinion on the whole case: which opinions a level has, and what stands against each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from webapp.actions.decide import Decision
from webapp.pages.language import _, current_language
from webapp.pages.reviewer.case_light import unseen_of
from webapp.pages.reviewer.case_record import OF_THE_SYSTEM
from webapp.pages.reviewer.case_words import names_of_materials
from webapp.pages.reviewer.desk import Sight
from webapp.pages.reviewer.leads import Lead, redone_materials, undecided_materials
from webapp.pages.reviewer.move_words import conclusion_words
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.rules.due_times import usual_due
from webapp.rules.verdicts import Conclusion, redone


@dataclass(frozen=True)
class Choice:
    """One opinion; ``off``: something still stands against it."""

    value: str
    words: str
    off: bool
    chosen: bool


@dataclass(frozen=True)
class FieldChoice:
    """A field of the record that can be asked to be put right."""

    code: str
    label: str
    value: str
    chosen: bool
    note: str


@dataclass(frozen=True)
class Typed:
    """What stands in a form that was refused."""

    conclusion: str = ""
    reasons: frozenset[str] = frozenset()
    note: str = ""
    due: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ConclusionForm:
    """See ``templates/reviewer/case_conclusion.html``."""

    choices: list[Choice]
    tally: str
    undecided: list[Lead]
    redone: list[Lead]
    unseen: list[Lead]
    """What stands against 符合, each with the way to it."""
    asked: str
    """What a request would ask for so far, by name."""
    due: str
    due_least: str
    fields: list[FieldChoice]
    reasons: list[tuple[str, str, bool]]
    """Code, words, chosen."""
    note: str


def conclusion_form(sight: Sight, typed: Typed) -> ConclusionForm:
    """The form, filled in with what was typed."""
    exam, desk, level = sight.exam, sight.desk, sight.level
    file, language = desk.file, current_language()
    open_ones, again = undecided_materials(sight), redone_materials(sight)
    zone = ZoneInfo(exam.time_zone)
    order = [Conclusion.MEETS, Conclusion.ASKS, Conclusion.FAILS] + [Conclusion.RETURNS] * (level > 0)
    own = sight.own
    counts = {kind: sum(word.kind.value == kind for word in own) for kind in ("accepted", "redo", "waived")}
    tally = _(
        "合格 %(good)s，需重传 %(redo)s，未审 %(rest)s",
        good=counts["accepted"] + counts["waived"],
        redo=counts["redo"],
        rest=len(open_ones),
    )
    return ConclusionForm(
        choices=[
            Choice(
                one.value,
                conclusion_words(exam, one, level),
                one is Conclusion.MEETS and bool(open_ones or again),
                typed.conclusion == one.value,
            )
            for one in order
        ],
        tally=tally,
        undecided=open_ones,
        redone=again,
        unseen=unseen_of(sight, [one.code for one in sight.states]),
        asked=names_of_materials(desk, redone(own, level)),
        due=typed.due or _as_typed(usual_due(file.window.bell, sight.exam_moment, exam.time_zone), zone),
        due_least=_as_typed(max(file.window.bell, sight.exam_moment), zone),
        fields=_fields(exam, desk, typed, language),
        reasons=[
            (reason.code, reason.reviewer.said_in(language), reason.code in typed.reasons)
            for reason in exam.package.reasons
            if reason.may_fail
        ],
        note=typed.note,
    )


def _fields(exam: OpenExam, desk: DeskCase, typed: Typed, language: str) -> list[FieldChoice]:
    """Doubted fields first, then the record in its own order."""
    doubted = [one.field for one in desk.doubts]
    there = [
        code
        for code in exam.package.fields
        if code in doubted or (desk.file.record.get(code) and code not in OF_THE_SYSTEM)
    ]
    known = exam.package.fields
    return [
        FieldChoice(
            code,
            known[code].names.said_in(language),
            known[code].value_said_in(language, desk.file.record.get(code, "")),
            code in typed.fields,
            typed.fields.get(code, ""),
        )
        for code in sorted(there, key=lambda code: code not in doubted)
    ]


def _as_typed(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def moment_typed(text: str, zone: str) -> datetime | None:
    """What a field for date and time holds, in the exam's zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=ZoneInfo(zone)) if moment.tzinfo is None else None


def typed_in(form: MultiDict[str, str]) -> Typed:
    """The form as it was sent."""
    return Typed(
        conclusion=form.get("conclusion", ""),
        reasons=frozenset(form.getlist("reasons")),
        note=form.get("note", ""),
        due=form.get("due", ""),
        fields={code: form.get(f"field_note_{code}", "")[:500] for code in form.getlist("fields")},
    )


def decision_of(typed: Typed, version: int, zone: str) -> Decision:
    """What was typed as an action wants it. ValueError: no opinion was chosen."""
    conclusion = Conclusion(typed.conclusion)
    asks = conclusion is Conclusion.ASKS
    return Decision(
        conclusion,
        version,
        tuple(sorted(typed.reasons)) if conclusion is not Conclusion.MEETS else (),
        typed.note.strip(),
        due=moment_typed(typed.due, zone) if asks else None,
        fields=typed.fields if asks else {},
    )
