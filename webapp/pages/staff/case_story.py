"""What has happened to a case, in words: marks, moves, results and what waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from webapp.actions.managing import Manager
from webapp.pages.flag_words import FLAG_WORDS
from webapp.pages.language import _, later
from webapp.pages.staff.standing import DECIDED, MOVES, WORDS, Stands, actor_words, stands
from webapp.pages.words import moment_words, refusal_sentence
from webapp.records import CaseMove, Proposal
from webapp.records.reading.case_file import arrival_of
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.managed_cases import CaseStory
from webapp.rules.flags import Flag
from webapp.rules.places import Move, Place, Stage
from webapp.rules.publishing import APPROVAL_HOLDS
from webapp.rules.showing import withdrawal_word

PROPOSED = {
    "reopen": later("申请重新审核"),
    "restore": later("申请恢复档案"),
    "correct": later("申请更正结果"),
}


@dataclass(frozen=True)
class MoveShown:
    """One move, newest first on the page."""

    when: str
    who: str
    what: str
    to: Stands
    why: str
    undone: bool


@dataclass(frozen=True)
class ResultShown:
    """One version of what was published."""

    version: int
    stands: Stands
    why: str
    visible_from: str


@dataclass(frozen=True)
class ProposalShown:
    """What one manager proposed. ``refused``: why whoever reads this cannot confirm it; ``acts``: they manage it."""

    id: UUID
    title: str
    who: str
    when: str
    until: str
    why: str
    deadline: str
    refused: str
    acts: bool
    over: bool
    """Whether nobody can confirm it any more: it expired, or the case has changed since."""


def reason_words(exam: OpenExam, codes: Sequence[str], note: str, language: str) -> str:
    """Reasons and a person's own words as one line."""
    known = {reason.code: reason.reviewer.said_in(language) for reason in exam.package.reasons}
    return "；".join([*(known.get(code, code) for code in codes), *([note] if note else [])])


def flags_shown(exam: OpenExam, story: CaseStory) -> list[tuple[str, str]]:
    """Each mark with who set it, when, and their note."""
    return [
        (
            _(FLAG_WORDS[Flag(flag.flag)]),
            "，".join(
                part
                for part in (
                    actor_words(story.names, flag.set_by),
                    moment_words(flag.set_at, exam.time_zone),
                    flag.note,
                )
                if part
            ),
        )
        for flag in story.flags
    ]


def moves_shown(exam: OpenExam, story: CaseStory, language: str, *, outcomes: bool) -> list[MoveShown]:
    """Without ``outcomes`` a decision at the last level is told as one, and not which nor why."""
    return [_move(exam, story, row, language, outcomes=outcomes) for row in story.moves]


def _move(exam: OpenExam, story: CaseStory, row: CaseMove, language: str, *, outcomes: bool) -> MoveShown:
    to = Place(Stage(row.to_stage), row.to_level)
    hidden = to.stage in DECIDED and not outcomes
    return MoveShown(
        when=moment_words(row.exam_at, exam.time_zone),
        who=actor_words(story.names, row.actor),
        what=_("审完") if hidden else _(MOVES[Move(row.move)]),
        to=stands(exam, to, withdrawal_word(arrival_of(row)), language, outcomes=outcomes),
        why="" if hidden else reason_words(exam, row.reasons, row.note, language),
        undone=row.undone_at is not None,
    )


def results_shown(exam: OpenExam, story: CaseStory, moment: datetime, language: str) -> list[ResultShown]:
    """Those that can be seen."""
    shapes = {"passed": "done", "failed": "problem"}
    return [
        ResultShown(
            row.version,
            Stands(shapes.get(row.word, "locked"), _(WORDS[row.word])),
            reason_words(exam, row.reasons, row.note, language),
            moment_words(row.visible_from, exam.time_zone),
        )
        for row in story.results
        if row.visible_from <= moment
    ]


def is_over(proposal: Proposal, version: int, moment: datetime) -> bool:
    """Whether nobody can confirm it any more."""
    return proposal.case_version != version or moment - proposal.at >= APPROVAL_HOLDS


def confirm_refusal(proposal: Proposal, version: int, person: UUID, moment: datetime) -> str:
    """Why this person cannot confirm it, as a sentence; empty: they can."""
    if proposal.case_version != version:
        return refusal_sentence("approval.changed", {})
    if moment - proposal.at >= APPROVAL_HOLDS:
        return refusal_sentence("approval.expired", {})
    return refusal_sentence("persons.one", {}) if proposal.staff_id == person else ""


def proposal_shown(
    exam: OpenExam, story: CaseStory, manager: Manager | None, moment: datetime
) -> ProposalShown | None:
    """``manager`` is who reads it, where they may act on the case."""
    row, zone = story.proposal, exam.time_zone
    if row is None:
        return None
    return ProposalShown(
        id=row.id,
        title=_(PROPOSED[row.act]),
        who=story.names.get(f"staff:{row.staff_id}", ""),
        when=moment_words(row.at, zone),
        until=moment_words(row.at + APPROVAL_HOLDS, zone),
        why=row.reason,
        deadline=moment_words(row.deadline, zone, ends=True) if row.deadline else "",
        refused=confirm_refusal(row, story.file.case.version, manager.id, moment) if manager else "",
        acts=manager is not None,
        over=is_over(row, story.file.case.version, moment),
    )
