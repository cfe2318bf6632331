"""Where a phase stands, in words with their shape."""

from __future__ import annotations

from datetime import datetime, timedelta

from webapp.actions.publish import open_approval
from webapp.pages.language import _, later
from webapp.pages.staff.spans import left_words
from webapp.pages.staff.standing import Stands
from webapp.records.exam import Phase
from webapp.records.reading.exam_state import open_cases_of
from webapp.records.reading.exams import OpenExam
from webapp.rules.bells import grace_ends
from webapp.rules.phase_stages import PhaseFacts, PhaseStage, phase_stage
from webapp.rules.publishing import APPROVAL_HOLDS
from webapp.rules.windows import Window

STAGE_WORDS = {
    PhaseStage.BEFORE: later("还没开始上传"),
    PhaseStage.OPEN: later("正在上传"),
    PhaseStage.GRACE: later("上传已截止，还在收登记过的照片"),
    PhaseStage.REVIEW: later("审核中"),
    PhaseStage.READY: later("都已审完，可以公布"),
    PhaseStage.APPROVED: later("已核准，等第二人公布"),
    PhaseStage.PUBLISHED: later("已公布"),
}
_SHAPES = {
    PhaseStage.BEFORE: "optional",
    PhaseStage.APPROVED: "done",
    PhaseStage.READY: "done",
    PhaseStage.PUBLISHED: "done",
}


async def stage_of(exam: OpenExam, phase: Phase, moment: datetime) -> PhaseStage:
    """Where one of the exam's phases stands at ``moment`` by the exam's clock."""
    cases, open_cases = await open_cases_of(phase)
    approval = await open_approval(exam) if phase.id == exam.phase.id and not open_cases else None
    return phase_stage(
        PhaseFacts(
            Window(phase.opens, phase.bell),
            timedelta(minutes=exam.package.grace_minutes),
            cases,
            open_cases,
            approved=approval is not None and moment - approval.at < APPROVAL_HOLDS,
            published=phase.published_at is not None,
        ),
        moment,
    )


def stage_stands(stage: PhaseStage) -> Stands:
    """The word and its shape."""
    return Stands(_SHAPES.get(stage, "under-way"), _(STAGE_WORDS[stage]))


def stage_span(exam: OpenExam, phase: Phase, stage: PhaseStage, moment: datetime) -> str:
    """What time still does to it: until it opens, until the bell, until the grace ends; empty where nothing."""
    if stage is PhaseStage.BEFORE:
        return _("%(left)s后开始", left=left_words(phase.opens - moment))
    if stage is PhaseStage.OPEN:
        return _("还有 %(left)s", left=left_words(phase.bell - moment))
    if stage is PhaseStage.GRACE:
        grace = timedelta(minutes=exam.package.grace_minutes)
        return _("还有 %(left)s", left=left_words(grace_ends(phase.bell, grace) - moment))
    return ""
