"""What this person may do with the case on the desk: work on it, take it, take it over, or only read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.actions.claim import claim_of
from webapp.actions.reviewing import Reviewer, lease_of, level_in_review
from webapp.pages.language import _
from webapp.pages.reviewer.lease_words import minutes_left
from webapp.pages.reviewer.move_words import level_office
from webapp.pages.words import moment_words, refusal_sentence
from webapp.records.reading.desk_case import DeskCase
from webapp.records.reading.exams import OpenExam
from webapp.rules.leases import claim_refusals, is_live, may_decide
from webapp.rules.places import Stage
from webapp.rules.refusals import Refused


class Hand(StrEnum):
    """In whose hands the case is, seen from this person."""

    MINE = "mine"
    FREE = "free"
    HELD = "held"
    """By a colleague; a reason takes it over."""
    SHUT = "shut"
    """Nobody's to take now, or not this person's."""


@dataclass(frozen=True)
class Standing:
    """``level`` is the one whose word counts here; ``sees`` the highest whose words this person may read."""

    hand: Hand
    level: int | None
    sees: int
    holder: str
    minutes: int
    since: str
    why: str
    """Why it is shut, in a sentence."""


def standing(
    exam: OpenExam, desk: DeskCase, reviewer: Reviewer, exam_moment: datetime, moment: datetime
) -> Standing:
    """How the signed-in reviewer stands to a case that they may read."""
    file, lease = desk.file, lease_of(desk.file)
    own = [n for n in range(exam.levels) if exam.office_at(n, file.case.site_id).id in reviewer.offices]
    against = claim_refusals(claim_of(exam, file, reviewer, exam_moment, moment))
    level: int | None = None
    hand, why = Hand.SHUT, ""
    try:
        level = level_in_review(exam, file, reviewer)
    except Refused:
        why = _whereabouts(exam, desk)
    else:
        others = [code for code in against if code != "lease.held"]
        if may_decide(lease, reviewer.id) and "concluded.elsewhere" not in others:
            hand = Hand.MINE
        elif others:
            why = refusal_sentence(others[0], {})
        else:
            hand = Hand.HELD if against else Hand.FREE
    live = is_live(lease, moment)
    published = exam.phase.published_at is not None and exam.phase.published_at <= exam_moment
    return Standing(
        hand=hand,
        level=level,
        # A result is nobody's before its moment: a lower office reads no more than a higher one has said to it.
        sees=exam.levels - 1 if published else max(own, default=-1),
        holder=desk.names.get(lease.holder, "") if lease and live else "",
        minutes=minutes_left(lease.until, moment) if lease else 0,
        since=moment_words(lease.taken_at, exam.time_zone) if lease else "",
        why=why,
    )


def _whereabouts(exam: OpenExam, desk: DeskCase) -> str:
    """Where a case is that this person's office does not have."""
    file = desk.file
    stage, level = file.place.stage, file.case.level
    if stage is Stage.SUPPLEMENT and level is not None:
        return _("%(office)s已要求补充材料，考生提交以后再审。", office=level_office(exam, level))
    if stage is Stage.REVIEW and level is not None:
        return _("现在由%(office)s审核，这里只能看。", office=level_office(exam, level))
    if stage is Stage.COLLECTING:
        return _("考生还在上传，提交以后才能审核。")
    if stage is Stage.WITHDRAWN:
        return _("这份档案已经关闭，这里只能看。")
    return _("审核已经结束，这里只能看。")
