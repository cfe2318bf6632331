"""The candidate's first page: who they are here, and how long uploading stays open."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.records.reading.candidates import candidate_home
from webapp.rules.windows import WindowState

blueprint = Blueprint("candidate", __name__, url_prefix="/my")


@dataclass(frozen=True)
class HomePage:
    """See ``templates/candidate/home.html``; ``seconds_left`` counts to the next change of the window."""

    name: str
    site_name: str
    site_phone: str
    unit_name: str
    registration_number: str
    window_state: str
    opens: str
    bell: str
    seconds_left: int
    notices: list[str]
    next_words: str


def _next_words(state: WindowState) -> str:
    if state is WindowState.BEFORE:
        return _("上传开始以后，这里会列出与您有关的材料。")
    if state is WindowState.OPEN:
        return _("请核对上面的报名信息，有误时打电话给考点。材料清单开放后会出现在这里。")
    return _("上传已经截止。有需要补充的材料时，考点会打电话通知。")


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def home() -> ResponseReturnValue:
    """The page after signing in."""
    person, exam, language, moment = (
        current_person(),
        await exam_shown(),
        current_language(),
        await exam_now(),
    )
    own = await candidate_home(person.id)
    state = exam.window.state_at(moment)
    until = exam.window.opens if state is WindowState.BEFORE else exam.window.bell
    page = HomePage(
        name=own.name,
        site_name=exam.in_language(own.site_name, language),
        site_phone=own.site_phone,
        unit_name=own.unit_name,
        registration_number=own.registration_number,
        window_state=state.value,
        opens=moment_words(exam.window.opens, exam.time_zone),
        bell=moment_words(exam.window.bell, exam.time_zone, ends=True),
        seconds_left=max(0, int((until - moment).total_seconds())),
        notices=exam.notices(language),
        next_words=_next_words(state),
    )
    return await render("candidate/home.html", page, current="my")
