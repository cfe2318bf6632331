"""A one-time code for a candidate who stands at the counter and has forgotten the password."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from quart import Blueprint, abort, current_app
from quart.typing import ResponseReturnValue

from webapp.actions.recovery_codes import MOST_WRONG, Identified, IssuedCode, issue_code
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import current_language
from webapp.pages.staff.acting import manager_of
from webapp.pages.staff.case import case_page, own_story
from webapp.pages.staff.recovery_offered import ACT
from webapp.pages.words import moment_words
from webapp.records.reading.managed_cases import CaseStory
from webapp.rules.refusals import Refused

blueprint = Blueprint("recovery_code", __name__, url_prefix="/staff")


@dataclass(frozen=True)
class RecoveryCodePage:
    """See ``templates/staff/recovery_code.html``: the code, this once, and what its owner does with it."""

    case_id: UUID
    name: str
    user_name: str
    site: str
    site_phone: str
    code: str
    until: str
    minutes: int
    most_wrong: int
    address: str


@blueprint.post("/cases/<uuid:case_id>/recovery-code")
@audience(Audience.MANAGER)
@rate(FORM)
async def hand_out(case_id: UUID) -> ResponseReturnValue:
    """A new code; it is shown on the page that answers, and nowhere else."""
    story, form, exam = await own_story(case_id), await read_form(), await exam_shown()
    seen = Identified(form.get("document", ""), form.get("identified") == "yes")
    try:
        issued = await issue_code(exam, manager_of(current_person()), case_id, seen)
    except Refused as refused:
        if refused.code == "case.not_found":
            abort(404)
        return await case_page(case_id, refused, ACT, form)
    return await _code_page(story, issued)


async def _code_page(story: CaseStory, issued: IssuedCode) -> tuple[str, int]:
    exam, language = await exam_shown(), current_language()
    site = exam.office(story.file.case.site_id)
    page = RecoveryCodePage(
        case_id=story.file.case.id,
        name=story.candidate.name,
        user_name=story.candidate.user_name,
        site=exam.in_language(site.name, language),
        site_phone=site.phone or exam.region_office.phone,
        code=issued.code,
        until=moment_words(issued.until, exam.time_zone),
        minutes=exam.package.recovery.reset_minutes,
        most_wrong=MOST_WRONG,
        address=f"{current_app.config['SETTINGS'].origin}/forgotten/code",
    )
    return await render("staff/recovery_code.html", page, current="cases")
