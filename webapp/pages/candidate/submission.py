"""Before handing in: everything at one glance, what still stands against it, and the button.

In a supplement the same page looks over the answer. Afterwards it shows what was handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from quart import Blueprint, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.hand_in import recall, submit
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.candidate.asked import asked_items
from webapp.pages.candidate.locks import lock_title, lock_words
from webapp.pages.candidate.rows import Listing, Row, rows_of
from webapp.pages.candidate.said import Refusal, refusal_of
from webapp.pages.candidate.standing import Standing, standing_or_404
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language, listed
from webapp.pages.words import moment_words
from webapp.records.reading.candidates import candidate_home
from webapp.records.reading.own_material import refused_originals
from webapp.rules.filling import Progress, progress
from webapp.rules.places import Move
from webapp.rules.refusals import Refused

blueprint = Blueprint("candidate_submission", __name__, url_prefix="/my/submission")


@dataclass(frozen=True)
class Obstacle:
    """What stands against handing in, what to do about it, and where."""

    words: str
    address: str = ""
    address_words: str = ""


@dataclass(frozen=True)
class Counted:
    """Required materials by what there is of them."""

    filled: int
    equivalent: int
    missing: int


@dataclass(frozen=True)
class SubmissionPage:
    """See ``templates/candidate/submission.html``.

    ``mode``: ``submit``, ``answer``, ``recall`` (handed in, can be taken back) or ``closed`` (only to be looked at).
    """

    mode: str
    title: str
    say: str
    must: Progress
    counted: Counted
    waiting: int
    deadline: str
    seconds_left: int
    asked: list[Row]
    lacking: list[Row]
    declared: list[Row]
    filled: list[Row]
    optional: list[Row]
    photos: int
    obstacles: list[Obstacle]
    next_row: Row | None
    next_steps: list[str]
    site_name: str
    site_phone: str
    site_hours: str
    problem: str | None

    @property
    def allowed(self) -> bool:
        """Whether the button may be pressed."""
        return self.mode in {"submit", "answer"} and not self.obstacles


@blueprint.get("")
@audience(Audience.CANDIDATE)
@rate(PAGE)
async def look_over() -> ResponseReturnValue:
    """What would be handed in."""
    return await submission_page()


@blueprint.post("")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def hand_in() -> ResponseReturnValue:
    """提交审核."""
    try:
        await submit(await exam_shown(), current_person().id)
    except Refused as refused:
        return await submission_page(refusal_of(refused))
    return redirect("/my?done=submitted", 303)


@blueprint.post("/recall")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def take_back() -> ResponseReturnValue:
    """修改材料."""
    try:
        await recall(await exam_shown(), current_person().id)
    except Refused as refused:
        return await submission_page(refusal_of(refused))
    return redirect("/my?done=recalled", 303)


async def submission_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    """The page, under the sentence of a refusal where there was one."""
    here = await standing_or_404()
    page = await _page(here, refusal)
    status = refusal.status if refusal else 200
    return await render("candidate/submission.html", page, current="my", status=status)


_MODES: Final = {"collecting": "submit", "supplement": "answer", "submitted": "recall"}
_MOVES: Final = {"submit": Move.SUBMIT, "answer": Move.ANSWER}


async def _page(here: Standing, refusal: Refusal | None) -> SubmissionPage:
    language, exam, own = current_language(), here.exam, here.own
    asked = asked_items(here)
    rows = rows_of(Listing(own, await refused_originals(own.case.id), here.situation, exam, asked))
    mode = _MODES.get(here.shown.word, "closed")
    must = [row for row in rows if row.mark and not row.asked]
    obstacles = [_obstacle(code, here, rows) for code in here.against(_MOVES[mode])] if mode in _MOVES else []
    candidate = await candidate_home(current_person().id)
    return SubmissionPage(
        mode=mode,
        title=_title(here, mode, rows, obstacles),
        say=lock_words(here.lock, exam) if mode == "closed" and here.lock else "",
        must=progress(own.fills),
        counted=_counted(here),
        waiting=len(own.waiting),
        deadline=moment_words(here.due, exam.time_zone, ends=True),
        seconds_left=here.seconds_until(here.due),
        asked=[row for row in rows if row.asked],
        lacking=[row for row in must if not row.done],
        declared=[row for row in must if row.done and row.declared],
        filled=[row for row in must if row.done and not row.declared],
        optional=[row for row in rows if not row.mark and not row.asked],
        photos=len(own.photos),
        obstacles=obstacles,
        next_row=_next_row(rows),
        next_steps=_next_steps(here, mode),
        site_name=exam.in_language(candidate.site_name, language),
        site_phone=candidate.site_phone,
        site_hours=exam.in_language(candidate.site_hours, language),
        problem=refusal.sentence if refusal else None,
    )


def _next_row(rows: list[Row]) -> Row | None:
    """Where to go on: what was asked for first, then what is required."""
    wanted = [row for row in rows if row.asked] or [row for row in rows if row.mark]
    return next((row for row in wanted if row.open and not row.done), None)


def _counted(here: Standing) -> Counted:
    must = [one for one in here.own.fills if one.concern.requirement.must and one.settled]
    said = [one.declared.value if one.declared else "" for one in must]
    return Counted(said.count(""), said.count("equivalent"), said.count("missing"))


def _title(here: Standing, mode: str, rows: list[Row], obstacles: list[Obstacle]) -> str:
    if mode == "recall":
        return _("已提交审核")
    if mode == "closed":
        return lock_title(here.lock, here.exam) if here.lock else ""
    if not obstacles:
        return _("可以提交审核了") if mode == "submit" else _("可以提交补充材料了")
    if mode == "answer":
        waits = here.circumstances.unanswered
        return _("还有 %(count)s 项没有补，暂时不能提交", count=waits) if waits else _("暂时不能提交")
    lacking = sum(bool(row.mark) and not row.done for row in rows)
    return _("还差 %(count)s 项，暂时不能提交", count=lacking) if lacking else _("暂时不能提交")


# One sentence for each thing that can stand against it, and what to do.
_OBSTACLES: Final[Mapping[str, Callable[[Standing, list[Row]], Obstacle]]] = {
    "required.missing": lambda here, rows: Obstacle(_missing_words(here, rows)),
    "answer.missing": lambda here, rows: Obstacle(
        _(
            "要求补充的，每一项都补上照片，或写明原因，才能提交。"
            "%(due)s 到期时，系统会自动提交已补充的内容。",
            due=_due(here),
        )
    ),
    "announcement.open": lambda here, rows: Obstacle(
        _(
            "有 %(count)s 张登记过的照片还没有传到。等它们传完，或在材料页取消以后，再提交；到期时系统会自动提交。",
            count=here.circumstances.announcements_open,
        ),
        "/my",
        _("回到我的材料，继续上传"),
    ),
    "incoming.waiting": lambda here, rows: Obstacle(
        _(
            "有 %(count)s 张照片已经送到，正在处理。几秒后刷新本页，再提交。",
            count=here.circumstances.incoming_waiting,
        ),
        "/my/submission",
        _("刷新本页"),
    ),
    "window.closed": lambda here, rows: Obstacle(_window_words(here)),
    "due.passed": lambda here, rows: Obstacle(_("补充期限已过，系统会自动提交已补充的内容，不用您操作。")),
    "decision.unsettled": lambda here, rows: Obstacle(_("补充要求刚刚提出，几秒后刷新本页，再提交。")),
}


def _obstacle(code: str, here: Standing, rows: list[Row]) -> Obstacle:
    return _OBSTACLES[code](here, rows)


def _due(here: Standing) -> str:
    return moment_words(here.due, here.exam.time_zone, ends=True)


def _missing_words(here: Standing, rows: list[Row]) -> str:
    names = [_("“%(name)s”", name=row.name) for row in rows if row.mark and not row.done]
    return _(
        "传齐或说明%(names)s后才能提交。"
        "来不及也不要紧：到 %(bell)s 系统自动提交已收到的材料，并注明材料不齐。",
        names=listed(names),
        bell=_due(here),
    )


def _window_words(here: Standing) -> str:
    window, zone = here.own.window, here.exam.time_zone
    if here.moment < window.opens:
        return _("%(opens)s（北京时间）开始上传，到时再提交。", opens=moment_words(window.opens, zone))
    return _("上传已于 %(bell)s 截止，系统会自动提交已收到的材料，不用您操作。", bell=_due(here))


def _next_steps(here: Standing, mode: str) -> list[str]:
    """What happens once it is handed in."""
    language, levels = current_language(), here.exam.package.levels
    offices = listed(here.exam.office_kind(level.office_kind, language) for level in levels)
    bell = moment_words(here.own.window.bell, here.exam.time_zone, ends=True)
    if mode == "answer":
        return [
            _("提交以后材料锁定，由提出要求的审核员接着审核。"),
            _("到 %(due)s 没有提交的，系统自动提交已补充的内容。", due=_due(here)),
            _("还需要补充时，首页会再次写明补什么、什么时候前补。"),
        ]
    begins = (
        _("%(bell)s 截止以后，由%(offices)s依次审核，这时不能再改。", bell=bell, offices=offices)
        if here.exam.review_from == "bell"
        else _("提交以后由%(offices)s依次审核，审核员开始审核就不能再改。", offices=offices)
    )
    return [
        _("截止前还能改：点“修改材料”，改好再提交。到 %(bell)s 没有再提交的，系统自动提交。", bell=bell),
        begins,
        _("需要补充时，首页会写明补什么、什么时候前补，工作人员也会电话通知报名单位或您本人。"),
    ]
