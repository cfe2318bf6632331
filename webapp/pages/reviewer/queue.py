"""The reviewer's queue of their own offices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from quart import Blueprint, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.claim import claim
from webapp.guard.access import Audience, audience
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.language import _, current_language, later, listed
from webapp.pages.reviewer.desk import reviewer
from webapp.pages.reviewer.flag_words import FlagShown, flags_shown
from webapp.pages.reviewer.lease_words import minutes_left
from webapp.pages.reviewer.taking_back import Undo, queue_desk, undo_shown
from webapp.pages.words import moment_words
from webapp.records.reading.review_queue import (
    PAGE_ROWS,
    Desk,
    QueueRow,
    Tab,
    next_claimable,
    queue_page,
)
from webapp.rules.places import Move, Stage
from webapp.rules.refusals import Refused

blueprint = Blueprint("reviewer", __name__, url_prefix="/review")

TABS: Final = {
    Tab.WAITING: later("待审"),
    Tab.MINE: later("我在审"),
    Tab.OTHERS: later("同事在审"),
    Tab.ANSWERED: later("已补充"),
    Tab.ASKED: later("补充中"),
    Tab.AHEAD: later("截止后开始"),
    Tab.BEYOND: later("已审"),
}
_EMPTY: Final = {
    Tab.MINE: (later("您手里没有档案"), later("领下一份，或从“待审”里选一份。")),
    Tab.OTHERS: (later("同事手里没有档案"), later("可以继续审“待审”里的档案。")),
    Tab.ANSWERED: (later("没有补充回来的档案"), later("考生补充以后，会出现在这里和“待审”里。")),
    Tab.ASKED: (later("没有等候补充的档案"), later("要求补充以后，在考生提交前会列在这里。")),
    Tab.AHEAD: (later("没有截止后才开始的档案"), later("考生提前提交的，会在截止后进入“待审”。")),
    Tab.BEYOND: (later("还没有审完的档案"), later("给出审核意见以后，档案会列在这里。")),
}
_TRIES = 8
"""How many cases that colleagues were quicker to take are passed over before giving up."""


@dataclass(frozen=True)
class TabShown:
    """One filter with how many cases it has."""

    words: str
    address: str
    count: int
    current: bool


@dataclass(frozen=True)
class CaseRow:
    """One line; ``kind`` and ``state`` are the look's state and its word, ``act`` is what its link offers."""

    address: str
    name: str
    number: str
    category: list[str]
    unit: str
    kind: str
    state: str
    flags: list[FlagShown]
    handed_in: str
    round: int
    who: str
    mine: bool
    others: bool
    act: str


@dataclass(frozen=True)
class QueueShown:
    """See ``templates/reviewer/queue.html``."""

    level_name: str
    tab: str
    tabs: list[TabShown]
    search: str
    rows: list[CaseRow]
    first: int
    found: int
    newer: str
    older: str
    empty_title: str
    empty_words: str
    empty_link: str
    can_take: bool
    undo: Undo | None
    problem: str


@blueprint.get("")
@audience(Audience.REVIEWER)
@rate(PAGE)
async def queue() -> ResponseReturnValue:
    """What waits for this person's offices, and where everything else stands."""
    return await _queue()


@blueprint.post("/next")
@audience(Audience.REVIEWER)
@rate(FORM)
async def take_next() -> ResponseReturnValue:
    """Claims the oldest case that can be claimed. Whoever is second gets the one after it."""
    tried: list[UUID] = []
    while len(tried) < _TRIES and (found := await next_claimable(await queue_desk(), tried)):
        try:
            await claim(await exam_shown(), reviewer(), found)
        except Refused:  # a colleague was quicker, or it has moved meanwhile
            tried.append(found)
        else:
            decided = await undo_shown()  # what was decided just now can still be taken back on the next page
            more = f"?decided={decided.case}" if decided else ""
            return redirect(f"/review/cases/{found}{more}", 303)
    return await _queue(problem=_("现在没有可以领的档案，过一会儿再看。"))


async def _queue(problem: str = "") -> ResponseReturnValue:
    desk = await queue_desk()
    # PostgreSQL cannot even be asked about a NUL, and nobody types control characters.
    search = "".join(one for one in request.args.get("q", "") if one.isprintable()).strip()[:64]
    tab = request.args.get("tab", Tab.WAITING.value)
    shown = Tab(tab) if tab in set(Tab) else Tab.WAITING
    page = min(max(0, request.args.get("page", 1, type=int) - 1), 100_000)
    found = await queue_page(desk, shown, search, page)
    title, words, link = await _empty(desk, shown, search)
    language = current_language()
    kinds = dict.fromkeys(desk.exam.office_kind(office.kind, language) for office in desk.offices)
    last = (page + 1) * PAGE_ROWS >= found.found
    return await render(
        "reviewer/queue.html",
        QueueShown(
            level_name=listed(kinds),
            tab=shown.value,
            tabs=[
                TabShown(_(name), _address(one, search), found.counts[one], one is shown)
                for one, name in TABS.items()
                if one is not Tab.AHEAD or found.counts[one] or shown is Tab.AHEAD
            ],
            search=search,
            rows=[_row(desk, row) for row in found.rows],
            first=page * PAGE_ROWS + 1,
            found=found.found,
            newer=_address(shown, search, page) if page else "",
            older="" if last else _address(shown, search, page + 2),
            empty_title=title,
            empty_words=words,
            empty_link=link,
            can_take=found.counts[Tab.WAITING] > 0,
            undo=await undo_shown(),
            problem=problem,
        ),
        current="queue",
        status=409 if problem else 200,
    )


def _address(tab: Tab, search: str, page: int = 1) -> str:
    wanted = {
        "tab": tab.value if tab is not Tab.WAITING else "",
        "q": search,
        "page": page if page > 1 else "",
    }
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"/review?{query}" if query else "/review"


async def _empty(desk: Desk, tab: Tab, search: str) -> tuple[str, str, str]:
    if search:
        return _("没有找到“%(words)s”", words=search), _("可以换姓名或报名序号再查。"), _address(tab, "")
    if tab is not Tab.WAITING:
        title, words = _EMPTY[tab]
        return _(title), _(words), "/review"
    bell = moment_words(desk.exam.window.bell, desk.exam.time_zone, ends=True)
    if desk.exam.review_from != "bell":
        words = _("有新的材料提交后，会出现在这里。")
    elif desk.exam_now < desk.exam.window.bell:
        words = _("上传在 %(bell)s 截止，之后才开始审核。", bell=bell)
    else:
        words = _("上传已经截止，等待审核的材料会出现在这里。")
    return _("现在没有等您审核的材料"), words, "/review"


def _row(desk: Desk, row: QueueRow) -> CaseRow:
    exam, case, language = desk.exam, row.case, current_language()
    mine, others = _held(desk, row)
    kind, state = _state(desk, row)
    fields = exam.package.fields
    said = [fields[code].value_said_in(language, row.record.get(code, "")) for code in ("level", "category")]
    return CaseRow(
        address=f"/review/cases/{case.id}",
        name=case.candidate.name,
        number=case.candidate.registration_number,
        category=[part for part in said if part],
        unit=case.candidate.unit.name if case.candidate.unit else row.record.get("unit_name", ""),
        kind=kind,
        state=state,
        flags=flags_shown(row.flags),
        handed_in=moment_words(case.handed_in_at, exam.time_zone, ends=True) if case.handed_in_at else "",
        round=case.round,
        who=_who(desk, row, mine=mine, others=others),
        mine=mine,
        others=others,
        act=_("继续") if mine else _("查看") if row.refusals else _("审核"),
    )


def _held(desk: Desk, row: QueueRow) -> tuple[bool, bool]:
    """Whether this person has it in hand, and whether somebody else keeps it from them."""
    holder, until = row.case.lease_holder, row.case.lease_until
    live = holder is not None and until is not None and until > desk.now
    return holder == desk.staff_id, live and holder != desk.staff_id


def _state(desk: Desk, row: QueueRow) -> tuple[str, str]:
    stage = Stage(row.case.stage)
    if stage is Stage.SUPPLEMENT:
        return "needs-action", _("等候补充")
    if stage is not Stage.REVIEW:
        return "locked", _("审核已结束")
    if row.case.level is not None and not any(row.case.level == level for level, _s in desk.benches):
        kind = desk.exam.package.levels[row.case.level].office_kind
        return "under-way", _("%(office)s审核中", office=desk.exam.office_kind(kind, current_language()))
    if row.arrived_by == Move.RETURN_DOWN.value:
        return "problem", _("上一级退回")
    if row.arrived_by in {Move.ANSWER.value, Move.EXPIRE.value}:
        return "done", _("已补充") if row.arrived_by == Move.ANSWER.value else _("补充期限到")
    return "under-way", _("待审")


def _who(desk: Desk, row: QueueRow, *, mine: bool, others: bool) -> str:
    left = minutes_left(row.case.lease_until, desk.now)
    if mine:
        return _("我在审，剩 %(n)s 分钟", n=left) if left else _("我在审，已超时，还在您手里")
    if others:
        return _("%(name)s，剩 %(n)s 分钟", name=row.holder, n=left)
    if row.due is not None:
        return _("%(due)s 截止", due=moment_words(row.due, desk.exam.time_zone, ends=True))
    here = row.case.level is not None and any(row.case.level == level for level, _s in desk.benches)
    in_review = here and Stage(row.case.stage) is Stage.REVIEW
    standing = [code for code in row.refusals if code in _WHY_NOT]
    return _(_WHY_NOT[standing[0]]) if in_review and standing else ""


_WHY_NOT: Final = {
    "concluded.elsewhere": later("您在另一级审过"),
    "review.not_begun": later("截止后开始审核"),
    "announcement.open": later("还有照片在传"),
    "incoming.waiting": later("照片处理中"),
}
