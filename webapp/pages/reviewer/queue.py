"""The reviewer's queue of their own office."""

from __future__ import annotations

from dataclasses import dataclass, field

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language, listed
from webapp.pages.words import moment_words

blueprint = Blueprint("reviewer", __name__, url_prefix="/review")


@dataclass(frozen=True)
class QueuePage:
    """See ``templates/reviewer/queue.html``; ``review_from_words`` says why nothing may be here yet."""

    level_name: str
    review_from_words: str
    cases: list[str] = field(default_factory=list)


@blueprint.get("")
@audience(Audience.REVIEWER)
@rate(PAGE)
async def queue() -> ResponseReturnValue:
    """What waits for this office."""
    person, exam, language = current_person(), await exam_shown(), current_language()
    offices = person.offices("reviewer")
    bell = moment_words(exam.window.bell, exam.time_zone, ends=True)
    waits = exam.review_from == "bell" and await exam_now() < exam.window.bell
    page = QueuePage(
        level_name=listed(dict.fromkeys(exam.office_kind(office.kind, language) for office in offices)),
        review_from_words=_("上传在 %(bell)s 截止，之后才开始审核。", bell=bell)
        if waits
        else _("上传已经截止，等待审核的材料会出现在这里。")
        if exam.review_from == "bell"
        else _("有新的材料提交后，会出现在这里。"),
    )
    return await render("reviewer/queue.html", page, current="queue")
