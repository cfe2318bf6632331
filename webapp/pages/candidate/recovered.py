"""What a candidate is told after a forgotten password was replaced: when, in which way, and what if it was not them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.recover import note_read
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, rate
from webapp.pages.chrome import exam_shown
from webapp.pages.language import _, later
from webapp.pages.words import moment_words
from webapp.records.reading.recoveries import last_recovery
from webapp.rules.recovery import Way

blueprint = Blueprint("recovered", __name__, url_prefix="/my/recovery")

WAYS = {
    Way.TICKET: later("从报名系统进入后设置"),
    Way.ANSWERS: later("回答了找回密码的问题"),
    Way.CODE: later("用了考点给的一次性代码"),
}


@dataclass(frozen=True)
class Recovered:
    """The last time that the password was replaced without the old one; ``unread``: the person was not told yet."""

    at: str
    way: str
    unread: bool


async def recovered(candidate_id: UUID) -> Recovered | None:
    """None where it never was."""
    row, exam = await last_recovery(candidate_id), await exam_shown()
    if row is None:
        return None
    return Recovered(moment_words(row.at, exam.time_zone), _(WAYS[Way(row.way)]), row.read_at is None)


@blueprint.post("/read")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def read() -> ResponseReturnValue:
    """The banner was read and does not come again."""
    candidate = current_person().candidate
    if candidate is not None:
        await note_read((await exam_shown()).code, candidate)
    return redirect("/my", 303)
