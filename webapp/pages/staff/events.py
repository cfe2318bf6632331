"""Who did what: the exam's chain of events by kind, person and day, for those who answer for it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, NotForYou, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import answers_for_exam, exam_shown, render
from webapp.pages.language import _, current_language, later
from webapp.pages.words import full_moment_words, moment_words
from webapp.records import Event
from webapp.records.reading.chains import first_break
from webapp.records.reading.events import PAGE_ROWS, Wanted, names_of, newest_events
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.staff import everybody

blueprint = Blueprint("events", __name__, url_prefix="/staff/events")

WHAT = {
    "exam.loaded": later("载入考试"),
    "exam.clock_moved": later("移动考试时间（演示）"),
    "sign_in.done": later("登录"),
    "sign_in.failed": later("登录未成功"),
    "sign_out": later("退出登录"),
    "candidate.activated": later("激活账号"),
    "password.changed": later("修改密码"),
    "password.recovered": later("忘记密码，重新设置"),
    "password.recovery_read": later("已读到密码重新设置的提示"),
    "recovery.failed": later("找回密码未成功"),
    "recovery.code_issued": later("发放找回密码的一次性代码"),
    "registrations.taken": later("导入报名记录"),
    "registrations.uploaded": later("上传报名数据"),
    "registrations.dropped": later("放弃一份报名数据"),
    "registrations.stopped": later("报名数据的文件读不了，停下"),
    "registration.changed": later("报名信息变更"),
    "case.made": later("建立审核档案"),
    "photo.stored": later("收到照片"),
    "photo.removed": later("删除照片"),
    "photo.revived": later("撤销删除"),
    "photo.turned": later("旋转照片"),
    "photo.announced": later("登记在路上的照片"),
    "photo.announcement_withdrawn": later("取消登记"),
    "photo.fetched": later("打开照片"),
    "original.arrived": later("收到原图"),
    "original.refused": later("原图不能用"),
    "answer.said": later("说明补充情况"),
    "material.declared": later("说明缺少材料"),
    "material.declaration_ended": later("收回缺少材料的说明"),
    "record.doubted": later("提出报名信息疑议"),
    "record.doubt_ended": later("收回报名信息疑议"),
    "case.submit": later("提交审核"),
    "case.recall": later("取回修改"),
    "case.close": later("到截止时间自动提交"),
    "case.unclose": later("延长后重新开放上传"),
    "case.pass_up": later("报上一级审核"),
    "case.return_down": later("退回前一级审核"),
    "case.ask": later("要求补充材料"),
    "case.answer": later("提交补充材料"),
    "case.expire": later("补充期限到"),
    "case.cancel_ask": later("撤销补充要求"),
    "case.pass": later("审核通过"),
    "case.fail": later("审核不通过"),
    "case.take_back": later("撤回审核意见"),
    "case.reopen": later("重新审核"),
    "case.withdraw": later("放弃或取消"),
    "case.restore": later("恢复档案"),
    "case.claimed": later("领取档案"),
    "case.taken_over": later("接手档案"),
    "case.released": later("放回档案"),
    "case.extended": later("延长一份档案的截止时间"),
    "phase.extended": later("延长整个阶段的截止时间"),
    "site.extended": later("延长一个机构的截止时间"),
    "verdict.given": later("审核一项材料"),
    "call.logged": later("记录电话"),
    "flag.set": later("加标记"),
    "flag.cleared": later("去掉标记"),
    "proposal.made": later("提出申请，等另一人确认"),
    "proposal.dropped": later("收回申请"),
    "result.corrected": later("更正已公布的结果"),
    "phase.approved": later("核准公布"),
    "phase.approval_taken_back": later("收回核准"),
    "phase.published": later("公布结果"),
    "results.exported": later("下载结果名单"),
    "api_key.made": later("生成接口密钥"),
    "api_key.revoked": later("停用接口密钥"),
    "staff.added": later("新增账号"),
    "staff.invited": later("发放启用码"),
    "staff.enrolled": later("启用账号"),
    "staff.changed": later("修改姓名或岗位"),
    "staff.disabled": later("停用账号"),
    "staff.enabled": later("恢复账号"),
}
NAMELESS = {
    "operator": later("运维命令"),
    "clock": later("系统时钟"),
    "nobody": later("未登录的人"),
}


KINDS = {
    "sign_in": (later("登录和密码"), ("sign_in.", "sign_out", "password.", "candidate.")),
    "staff": (later("工作人员账号"), ("staff.",)),
    "exam": (later("考试和导入"), ("exam.", "registrations.")),
    "bells": (later("截止时间"), ("phase.extended", "site.extended")),
    "results": (later("公布和结果"), ("phase.approv", "phase.published", "results.", "result.")),
    "keys": (later("接口密钥"), ("api_key.",)),
}
"""By code: what people call a kind of events, and how their codes begin."""


@dataclass(frozen=True)
class EventRow:
    """One event; ``digest`` is the beginning of its fingerprint."""

    time: str
    who: str
    what: str
    subject: str
    more: str
    sequence: int
    digest: str


@dataclass(frozen=True)
class Narrowed:
    """What the list is narrowed to, as the address says it."""

    kind: str = ""
    who: str = ""
    day: str = ""

    @property
    def any(self) -> bool:
        """Whether it is narrowed at all."""
        return bool(self.kind or self.who or self.day)

    def address(self, before: int | None = None) -> str:
        """The same list, from ``before`` on."""
        said = {"kind": self.kind, "who": self.who, "day": self.day, "before": str(before or "")}
        asked = urlencode({name: value for name, value in said.items() if value})
        return f"/staff/events?{asked}" if asked else "/staff/events"


@dataclass(frozen=True)
class EventsPage:
    """See ``templates/staff/events.html``. A narrowed list has gaps: it tells nothing of the chain."""

    rows: list[EventRow]
    kinds: list[tuple[str, str]]
    people: list[tuple[str, str]]
    narrowed: Narrowed
    chain_sound: bool
    chain_state: str
    older: str | None
    newest: str | None


def actor_named(names: Mapping[str, str], actor: str) -> str:
    """Who did something, by name where it is a person."""
    return names.get(actor) or _(NAMELESS.get(actor, actor))


def _narrowed() -> tuple[Narrowed, date | None]:
    kind, who = request.args.get("kind", ""), request.args.get("who", "")[:64]
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = None
    # A day at the very edge of the calendar has no day beside it.
    if day is not None and not date.min < day < date.max - timedelta(days=1):
        day = None
    return Narrowed(kind if kind in KINDS else "", who, day.isoformat() if day else ""), day


def _wanted(exam: OpenExam, to: Narrowed, day: date | None) -> Wanted:
    starts = KINDS[to.kind][1] if to.kind else ()
    begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(exam.time_zone)) if day else None
    return Wanted(
        frozenset(what for what in WHAT if what.startswith(starts)) if starts else None,
        to.who,
        begins,
        begins + timedelta(days=1) if begins else None,
    )


def _more(exam: OpenExam, event: Event) -> str:
    """What else an event tells, in a few words."""
    facts, zone = event.facts, exam.time_zone
    if isinstance(facts.get("bell"), str):
        return _("到 %(at)s", at=moment_words(datetime.fromisoformat(facts["bell"]), zone, ends=True))
    if event.what == "registrations.taken":
        counts = {name: facts.get(name, 0) for name in ("added", "changed", "failed")}
        return _("新增 %(added)s，变更 %(changed)s，失败 %(failed)s", **counts)
    if event.what in {"phase.approved", "phase.published"} and "cases" in facts:
        return _("%(n)s 份", n=facts["cases"])
    return ""


@blueprint.get("")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def events() -> ResponseReturnValue:
    """The newest events, or those before ``?before=<sequence>``, of a ``kind``, a person (``who``) and a ``day``.

    They are of the whole exam, so they are for the region alone.
    """
    exam, person = await exam_shown(), current_person()
    if not answers_for_exam(person, exam):
        raise NotForYou
    narrowed, day = _narrowed()
    before = request.args.get("before", type=int)
    found = await newest_events(f"exam:{exam.code}", before, _wanted(exam, narrowed, day))
    names = await names_of({name for event in found for name in (event.actor, event.subject)})
    broken = first_break(found[::-1], found[-1].previous) if found and not narrowed.any else None
    more = len(found) == PAGE_ROWS and found[-1].sequence > 1
    page = EventsPage(
        rows=[_row(exam, event, names) for event in found],
        kinds=[(code, _(words)) for code, (words, _starts) in KINDS.items()],
        people=[
            *((f"staff:{one.id}", f"{one.name}（{one.user_name}）") for one in await everybody(exam.id)),
            *((code, _(words)) for code, words in NAMELESS.items()),
        ],
        narrowed=narrowed,
        chain_sound=broken is None,
        chain_state=_("本页记录前后相连，没有缺失或改动")
        if broken is None
        else _("第 %(n)s 条起与校验不符，请告诉运维人员", n=broken),
        older=narrowed.address(found[-1].sequence) if more else None,
        newest=narrowed.address() if before is not None else None,
    )
    return await render("staff/events.html", page, current="events")


def _row(exam: OpenExam, event: Event, names: Mapping[str, str]) -> EventRow:
    about = event.subject if event.subject != event.actor else ""
    if about.startswith("exam:"):
        subject = exam.title(current_language())
    elif about.startswith("phase:"):
        subject = exam.phase_name(current_language())
    elif about.startswith("office:"):
        subject = _office_name(exam, about)
    else:
        subject = actor_named(names, about) if about else ""
    return EventRow(
        full_moment_words(event.at, exam.time_zone),
        actor_named(names, event.actor),
        _(WHAT.get(event.what, event.what)),
        subject,
        _more(exam, event),
        event.sequence,
        event.digest[:12],
    )


def _office_name(exam: OpenExam, subject: str) -> str:
    known = {f"office:{office.id}": office for office in exam.offices}
    return exam.in_language(known[subject].name, current_language()) if subject in known else subject
