"""The candidate's first page: where the case stands, their own list, what is missing of it, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.candidate.announced import NONE_ON_THEIR_WAY, OnTheirWay, on_their_way
from webapp.pages.candidate.asked import AskedShown, asked_items, asked_title
from webapp.pages.candidate.locks import lock_title, lock_words
from webapp.pages.candidate.recovered import Recovered, recovered
from webapp.pages.candidate.rows import Listing, Row, kept_apart, rows_of
from webapp.pages.candidate.said import done_words
from webapp.pages.candidate.standing import Standing, standing
from webapp.pages.candidate.timeline import Step, steps_of
from webapp.pages.candidate.why_asked import why_asked
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language, later
from webapp.pages.words import moment_words
from webapp.records.reading.candidates import candidate_home
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.own_material import refused_originals
from webapp.rules.changing import Why
from webapp.rules.filling import Progress, progress
from webapp.rules.windows import WindowState

blueprint = Blueprint("candidate", __name__, url_prefix="/my")

RESULT_WORDS: Final = {
    "passed": later("审核通过"),
    "failed": later("审核不通过"),
    "given_up": later("已放弃"),
    "nothing_handed_in": later("未提交材料"),
}
RESULT_KINDS: Final = {
    "passed": "done",
    "failed": "problem",
    "given_up": "locked",
    "nothing_handed_in": "locked",
}


@dataclass(frozen=True)
class Facts:
    """The registration as the page shows it, and whom to ask."""

    name: str
    registration_number: str
    unit_name: str
    site_name: str
    site_phone: str
    site_hours: str


@dataclass(frozen=True)
class OwnList:
    """What concerns this person; ``asked``, ``missing``, ``done`` and ``optional`` are the list's sections.

    In a supplement the others stand in ``rest``.
    """

    must: Progress
    declared: int
    """How many of the required materials that count as done are declared missing."""
    waiting: int
    """How many required materials will be complete once their originals have been shrunk."""
    asked: list[Row]
    rest: list[Row]
    missing: list[Row]
    done: list[Row]
    optional: list[Row]
    kept_apart: list[tuple[str, int]]
    """Names, and numbers of photos, of what the record no longer asks for."""
    conditions: list[tuple[str, str]]
    """Each material, and why this person is asked for it."""
    next_row: Row | None


@dataclass(frozen=True)
class Asking:
    """An open request: by whom, until when, and the reviewer's note on all of it."""

    office: str
    office_phone: str
    asked_at: str
    due: str
    seconds_left: int
    note: str
    items: list[AskedShown]
    overdue: bool

    @property
    def waits(self) -> int:
        """How many items are not answered yet."""
        return sum(not item.answered for item in self.items)


@dataclass(frozen=True)
class ResultLine:
    """What was published, in a word; ``rechecking``: the case has been taken up again since."""

    kind: str
    word: str
    rechecking: bool


@dataclass(frozen=True)
class HomePage:
    """See ``templates/candidate/home.html``."""

    person: str
    """Opaque and stable: it binds what waits on the phone."""
    title: str
    state: str
    """``open``, ``before`` the window, ``submitted``, ``waiting``, ``supplement``, ``locked``; ``none``: no case."""
    locked: str
    """Who locked everything, when and why; empty while photos can be added."""
    handed_in: str
    opens: str
    bell: str
    seconds_left: int
    asking: Asking | None
    result: ResultLine | None
    steps: list[Step]
    """The way so far; empty while it is the candidate's turn for the first time."""
    may_give_up: bool
    facts: Facts
    notices: list[str]
    attachments: list[tuple[str, str]]
    own: OwnList | None
    done: str
    """What was just done."""
    on_their_way: OnTheirWay = NONE_ON_THEIR_WAY
    recovered: Recovered | None = None
    photos: int = 0
    """How many the office holds."""
    stands: str = ""


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def home() -> ResponseReturnValue:
    """The person's own list."""
    here = await standing()
    page = await (_page(here) if here else _page_without_case())
    told = replace(page, recovered=await recovered(current_person().id))
    return await render("candidate/home.html", told, current="my")


async def _page_without_case() -> HomePage:
    exam = await exam_shown()
    return HomePage(
        person=str(current_person().id),
        title=_("没有需要您上传的材料"),
        state="none",
        locked="",
        handed_in="",
        opens=moment_words(exam.window.opens, exam.time_zone),
        bell=moment_words(exam.window.bell, exam.time_zone, ends=True),
        seconds_left=0,
        asking=None,
        result=None,
        steps=[],
        may_give_up=False,
        facts=await _facts(exam),
        notices=exam.notices(current_language()),
        attachments=_attachments(exam),
        own=None,
        done="",
    )


async def _page(here: Standing) -> HomePage:
    exam, own, lock, asked = here.exam, here.own, here.lock, asked_items(here)
    listing = Listing(own, await refused_originals(own.case.id), here.situation, exam, asked)
    state, listed = _state(here), _own_list(here, rows_of(listing))
    at = own.case.handed_in_at
    return HomePage(
        person=str(current_person().id),
        title=_title(here, state, listed, asked),
        state=state,
        locked=lock_words(lock, exam) if lock and state not in {"submitted", "supplement"} else "",
        handed_in=moment_words(at, exam.time_zone) if at else "",
        opens=moment_words(own.window.opens, exam.time_zone),
        bell=moment_words(own.window.bell, exam.time_zone, ends=True),
        seconds_left=here.seconds_until(own.window.bell),
        asking=_asking(here, asked),
        result=_result_line(here),
        steps=[] if state in {"open", "before"} else steps_of(here),
        may_give_up=here.shown.word not in {"given_up", "nothing_handed_in"} and not own.published,
        facts=await _facts(exam),
        notices=exam.notices(current_language()),
        attachments=_attachments(exam),
        own=listed,
        done=_done(here),
        on_their_way=on_their_way(own, here.situation, exam),
        photos=len(own.photos),
        stands=here.stands,
    )


def _state(here: Standing) -> str:
    """Which of the page's first lines it is."""
    word, lock = here.shown.word, here.lock
    if word == "collecting":
        if lock is None:
            return "open"
        return "before" if lock.why is Why.NOT_OPEN_YET else "locked"
    if word in {"submitted", "supplement"}:
        return word
    return "waiting" if word.startswith("waiting.") else "locked"


def _title(here: Standing, state: str, own: OwnList, asked: Sequence[AskedShown]) -> str:
    if state == "submitted":
        return _("已提交审核")
    if state == "supplement":
        return asked_title(asked)
    if here.shown.word in {"passed", "failed"}:
        return _(RESULT_WORDS[here.shown.word])
    if here.lock is not None:
        return lock_title(here.lock, here.exam)
    missing = own.must.required - own.must.done
    return _("还差 %(count)s 项必传材料", count=missing) if missing else _("必传材料已传齐")


def _own_list(here: Standing, rows: Sequence[Row]) -> OwnList:
    language, fields, own = current_language(), here.exam.package.fields, here.own
    asking = here.request is not None
    asked = [row for row in rows if row.asked]
    rest = [row for row in rows if not row.asked]
    must = [row for row in rest if row.mark]
    wanted = [row for row in asked if not row.done] if asking else must
    return OwnList(
        must=progress(own.fills),
        declared=sum(row.declared and row.done and row.kind == "declared" for row in must),
        waiting=sum(row.kind == "under-way" for row in must),
        asked=sorted(asked, key=lambda row: row.done),
        rest=rest if asking else [],
        missing=[row for row in must if not row.done and not asking],
        done=[row for row in must if row.done and not asking],
        optional=[row for row in rest if not row.mark and not asking],
        kept_apart=list(kept_apart(own, here.exam)),
        conditions=[
            (c.material.name.said_in(language), why_asked(c, own.record, fields)) for c in own.concerns
        ],
        next_row=next((row for row in wanted if row.open), None),
    )


def _asking(here: Standing, asked: Sequence[AskedShown]) -> Asking | None:
    request, exam = here.request, here.exam
    if request is None:
        return None
    office = exam.office(request.row.office_id)
    return Asking(
        office=exam.in_language(office.name, current_language()),
        office_phone=office.phone,
        asked_at=moment_words(request.row.asked_at, exam.time_zone),
        due=moment_words(here.due, exam.time_zone, ends=True),
        seconds_left=here.seconds_until(here.due),
        note=request.row.note,
        items=list(asked),
        overdue=here.moment >= here.due,
    )


def _result_line(here: Standing) -> ResultLine | None:
    word = here.shown.result
    if word is None:
        return None
    return ResultLine(RESULT_KINDS[word], _(RESULT_WORDS[word]), here.shown.rechecking)


def _done(here: Standing) -> str:
    """Only what fits where the case now stands: an old address does not say it again."""
    word = here.shown.word
    if word == "collecting":
        return done_words("recalled") if here.own.window.state_at(here.moment) is WindowState.OPEN else ""
    if word == "given_up":
        return done_words("given_up")
    return done_words("submitted", "answered") if word == "submitted" or word.startswith("waiting.") else ""


async def _facts(exam: OpenExam) -> Facts:
    language, known = current_language(), await candidate_home(current_person().id)
    return Facts(
        name=known.name,
        registration_number=known.registration_number,
        unit_name=known.unit_name,
        site_name=exam.in_language(known.site_name, language),
        site_phone=known.site_phone,
        site_hours=exam.in_language(known.site_hours, language),
    )


def _attachments(exam: OpenExam) -> list[tuple[str, str]]:
    language = current_language()
    return [(d.title.said_in(language), f"/attachments/{d.name}") for d in exam.package.attachments]
