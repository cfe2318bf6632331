"""Decisions and opinions of reviewers, in words."""

from __future__ import annotations

from typing import Final

from webapp.pages.language import _, current_language, later
from webapp.records.moves import CaseMove
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import Move
from webapp.rules.verdicts import Conclusion, Kind

_DECIDED: Final = {
    Move.PASS_UP: later("已报%(office)s审核"),
    Move.RETURN_DOWN: later("已退回%(office)s"),
    Move.ASK: later("已要求补充材料"),
    Move.PASS: later("已记为符合"),
    Move.FAIL: later("已记为不符合"),
}
_CONCLUSIONS: Final = {
    Conclusion.MEETS: later("符合"),
    Conclusion.FAILS: later("不符合"),
    Conclusion.ASKS: later("需要补充"),
}
VERDICTS: Final = {
    Kind.ACCEPTED: ("done", later("合格")),
    Kind.REDO: ("problem", later("需重传")),
    Kind.WAIVED: ("declared", later("免交")),
}
"""The look's state of each verdict, and its word."""


def level_office(exam: OpenExam, level: int) -> str:
    """What the office of a level is called: 考点, 考区."""
    return exam.office_kind(exam.package.levels[level].office_kind, current_language())


def decided_words(exam: OpenExam, move: CaseMove) -> str:
    """What a reviewer's move has done."""
    office = level_office(exam, move.to_level) if move.to_level is not None else ""
    return _(_DECIDED[Move(move.move)], office=office)


def conclusion_words(exam: OpenExam, conclusion: Conclusion, level: int) -> str:
    """An opinion, as given at ``level``."""
    if conclusion is Conclusion.RETURNS:
        return _("退回%(office)s", office=level_office(exam, max(0, level - 1)))
    return _(_CONCLUSIONS[conclusion])


def reason_words(exam: OpenExam, codes: list[str]) -> list[str]:
    """Reasons as reviewers read them; a code that the package no longer has stands for itself."""
    known = {reason.code: reason.reviewer.said_in(current_language()) for reason in exam.package.reasons}
    return [known.get(code, code) for code in codes]
