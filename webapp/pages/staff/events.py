"""Who did what: the exam's chain of events, for those who answer for it later."""

from __future__ import annotations

from dataclasses import dataclass

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from webapp.guard.access import Audience, NotForYou, audience, current_person
from webapp.guard.rate import PAGE, rate
from webapp.pages.chrome import answers_for_exam, exam_shown, render
from webapp.pages.language import _, current_language, later
from webapp.pages.words import full_moment_words
from webapp.records.reading.chains import first_break
from webapp.records.reading.events import PAGE_ROWS, names_of, newest_events

blueprint = Blueprint("events", __name__, url_prefix="/staff/events")

WHAT = {
    "exam.loaded": later("载入考试"),
    "exam.clock_moved": later("移动考试时间（演示）"),
    "sign_in.done": later("登录"),
    "sign_in.failed": later("登录未成功"),
    "sign_out": later("退出登录"),
    "candidate.activated": later("激活账号"),
    "password.changed": later("修改密码"),
    "registrations.taken": later("导入报名记录"),
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
    "staff.disabled": later("停用账号"),
    "staff.enabled": later("恢复账号"),
}
NAMELESS = {
    "operator": later("运维命令"),
    "clock": later("系统时钟"),
    "nobody": later("未登录的人"),
}


@dataclass(frozen=True)
class EventRow:
    """One event; ``digest`` is the beginning of its fingerprint."""

    time: str
    who: str
    what: str
    subject: str
    sequence: int
    digest: str


@dataclass(frozen=True)
class EventsPage:
    """See ``templates/staff/events.html``."""

    rows: list[EventRow]
    chain_sound: bool
    chain_state: str
    older: str | None


@blueprint.get("")
@audience(Audience.MANAGER, Audience.AUDITOR)
@rate(PAGE)
async def events() -> ResponseReturnValue:
    """The newest events, or those before ``?before=<sequence>``; of the whole exam, so for the region alone."""
    exam, person = await exam_shown(), current_person()
    if not answers_for_exam(person, exam):
        raise NotForYou
    chain = f"exam:{exam.code}"
    found = await newest_events(chain, request.args.get("before", type=int))
    names = await names_of({name for event in found for name in (event.actor, event.subject)})

    def named(actor: str) -> str:
        if actor.startswith("exam:"):
            return exam.title(current_language())
        return names.get(actor) or _(NAMELESS.get(actor, actor))

    broken = first_break(found[::-1], found[-1].previous) if found else None
    page = EventsPage(
        rows=[
            EventRow(
                full_moment_words(event.at, exam.time_zone),
                named(event.actor),
                _(WHAT.get(event.what, event.what)),
                named(event.subject) if event.subject and event.subject != event.actor else "",
                event.sequence,
                event.digest[:12],
            )
            for event in found
        ],
        chain_sound=broken is None,
        chain_state=_("本页记录前后相连，没有缺失或改动")
        if broken is None
        else _("第 %(n)s 条起与校验不符，请告诉运维人员", n=broken),
        older=f"/staff/events?before={found[-1].sequence}"
        if len(found) == PAGE_ROWS and found[-1].sequence > 1
        else None,
    )
    return await render("staff/events.html", page, current="events")
