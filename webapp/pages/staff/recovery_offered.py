"""On a case's page: the form with which a candidate at the counter gets a one-time code."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.clock import now
from webapp.pages.language import _, current_language
from webapp.pages.staff.case_acts import Typed
from webapp.pages.words import moment_words
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.managed_cases import CaseStory
from webapp.records.reading.recoveries import code_open_until

ACT = "recovery"


@dataclass(frozen=True)
class RecoveryOffered:
    """See ``templates/pieces/recovery_offered.html``; not ``activated``: no password that could be forgotten."""

    activated: bool
    documents: list[tuple[str, str]]
    document: str
    open_until: str
    """Until when a code that was handed out before is in force; empty: none is."""
    problems: dict[str, str]


async def recovery_offered(exam: OpenExam, story: CaseStory, typed: Typed | None) -> RecoveryOffered:
    """The form, as it was filled in where it was refused."""
    given = typed if typed is not None and typed.act == ACT else None
    until = await code_open_until(story.candidate.id, now())
    choices = exam.package.fields["id_type"].choices
    kinds = [(one.value, one.words.said_in(current_language())) for one in choices]
    return RecoveryOffered(
        activated=story.candidate.activated_at is not None,
        documents=[("", _("选择看过的证件")), *kinds],
        document=given.form.get("document", "") if given else "",
        open_until=moment_words(until, exam.time_zone) if until else "",
        problems={given.where: given.problem} if given and given.where else {},
    )
