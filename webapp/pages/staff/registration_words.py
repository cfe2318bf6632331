"""What an import of registrations says of rows: what is wrong and what to do, what a row does, how a file stands."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.pages.language import _, later
from webapp.records.reading.exams import OpenExam
from webapp.rules.fields import Field, Kind
from webapp.rules.imports import ImportState, Mark
from webapp.rules.row_problems import Code, Problem
from webapp.rules.taking import Effect, Fate

PROBLEMS: Mapping[Code, str] = {
    Code.MISSING: later("没有填，这一列每行都要填。"),
    Code.TOO_LONG: later("超过 %(most)s 个字。缩短后再传。"),
    Code.NOT_A_VALUE: later("不是可以填的值。可以填：%(values)s。"),
    Code.BAD_DATE: later("读不出来。要填%(form)s。"),
    Code.AMBIGUOUS_MONTH: later("可能是 1 月，也可能是丢了 0 的 10 月。写成 2018-01 或 2018-10。"),
    Code.BAD_PERIOD: later("读不出起止年月。要填%(form)s。"),
    Code.PERIOD_BACKWARDS: later("结束早于开始，起止可能写反了。"),
    Code.BAD_NUMBER: later("不是报名序号。看看这一列是不是放错了内容。"),
    Code.BAD_ID_SIGNS: later("有不会出现在证件编号里的符号。只留字母、数字、括号和短横。"),
    Code.ID_LENGTH: later("有 %(length)s 位，应为 18 位。对照证件改正。"),
    Code.ID_CHECK: later("校验位不对，或没有这一天出生。对照证件改正。"),
    Code.SITE_UNKNOWN: later("没有这个考点，现有 %(sites)s。"),
    Code.MORE_CELLS: later("这一行的格子比表头多，可能多了一个逗号，后面的列都错了位。"),
    Code.DAMAGED_NUMBER: later(
        "表格软件把号码变成了科学计数，末尾几位已经丢失。把这一列设为“文本”，从报名系统重新导出。"
    ),
    Code.TEXT_AS_DATE: later("表格软件把编号变成了日期。把这一列设为“文本”，重新填写。"),
    Code.CELL_ERROR: later("是表格软件的错误值，例如 #N/A。改成真正的内容。"),
    Code.FORMULA_WITHOUT_RESULT: later("是公式，没有算出结果。用表格软件打开，保存一次再传。"),
    Code.MERGED_ACROSS: later("与别的列合并在一起，分不清是谁的。取消合并，各填各的。"),
    Code.NUMBER_TWICE: later("与第 %(line)s 行的报名序号相同，内容却不同。只留正确的一行。"),
    Code.USER_NAME_TWICE: later("与第 %(line)s 行的用户名相同，却是另一个人。"),
    Code.PERSON_KNOWN: later("报名序号是一个人的，证件却是另一个人的。到报名系统查实再传。"),
    Code.USER_NAME_TAKEN: later("这个用户名已经是另一名考生的。到报名系统查实再传。"),
}
WARNINGS: Mapping[Code, str] = {
    Code.RARE_CHARACTER: later("有“?”一类的符号，可能是生僻字没有导出来。照样导入，请核对。"),
    Code.ZEROS_RESTORED: later("开头的 0 丢了，已经补上。"),
    Code.NUMBER_SHORT: later("比别的报名序号短，开头的 0 可能丢了。"),
    Code.ID_LENGTH_UNUSUAL: later("位数与这种证件通常的不同。"),
    Code.BIRTH_DIFFERS: later("与证件编号里的出生日期不同。"),
    Code.IDENTITY_CHANGED: later("与原来的证件不同，核对是不是同一个人。"),
    Code.PERSON_TWICE: later("与第 %(line)s 行是同一个人，分不出哪一条较新，按后面的一行。"),
    Code.ROW_REPEATED: later("与第 %(line)s 行完全相同。"),
}
EFFECTS: Mapping[Effect, str] = {
    Effect.TAKEN_OVER: later("重新报考：账号、档案和照片转到这条报名"),
    Effect.WITHDRAWN: later("档案转为已放弃，照片保留"),
    Effect.CANCELLED_LATER: later("结果已公布，档案只加标记"),
    Effect.RESTORED: later("因取消而关闭的档案恢复原状"),
    Effect.SITE_MOVED: later("档案转到新考点，照片保留，原考点的意见作废"),
    Effect.SITE_FLAGGED: later("上级已在审，档案不动，加标记"),
    Effect.NEWLY_REQUIRED: later("新增的必传材料还没有，档案加标记"),
    Effect.OWN_BELL: later("建立时已过截止，给单独的截止时间"),
}
FATES: Mapping[Fate, tuple[str, str]] = {
    Fate.ADDED: ("done", later("新增")),
    Fate.CHANGED: ("under-way", later("有变化")),
    Fate.SAME: ("optional", later("没变化")),
    Fate.FAILED: ("problem", later("出错")),
    Fate.SUPERSEDED: ("kept", later("旧报名，只留存")),
    Fate.CANCELLED: ("optional", later("取消，无须处理")),
}
"""Shape and words of the state of a row."""
MARKS: Mapping[str, str] = {
    Mark.DIFFERS.value: later("与试运行不同"),
    Mark.WARNED.value: later("有提醒"),
    Mark.LATE.value: later("已过截止才建档"),
    Effect.TAKEN_OVER.value: later("重新报考"),
    Effect.WITHDRAWN.value: later("因取消关闭档案"),
    Effect.RESTORED.value: later("恢复的档案"),
    Effect.CANCELLED_LATER.value: later("公布后取消"),
    Effect.SITE_MOVED.value: later("转考点"),
    Effect.SITE_FLAGGED.value: later("换了考点但档案不动"),
    Effect.NEWLY_REQUIRED.value: later("缺新增的必传材料"),
    Effect.OWN_BELL.value: later("单独的截止时间"),
}
"""What else rows can be listed by."""
STATES: Mapping[ImportState, tuple[str, str]] = {
    ImportState.JUDGING: ("under-way", later("正在核对")),
    ImportState.READY: ("needs-action", later("试运行完，还没导入")),
    ImportState.TAKING: ("under-way", later("正在导入")),
    ImportState.TAKEN: ("done", later("已导入")),
    ImportState.DROPPED: ("locked", later("文件已放弃")),
    ImportState.BROKEN: ("problem", later("文件读不了，已停下")),
}
_FORMS: Mapping[Kind, str] = {
    Kind.TEXT: later("文字"),
    Kind.DATE: later("日期，如 1995-02-03"),
    Kind.MONTH: later("年月，如 2018-07"),
    Kind.PERIOD: later("起止年月，如 2019-02/2020-04"),
    Kind.MOMENT: later("日期和时间，如 2020-01-12 09:31:05"),
}
_VALUES_SHOWN = 8


def sentence(exam: OpenExam, problem: Problem) -> str:
    """What is wrong with a cell or a row and what to do, or what to look at."""
    words = PROBLEMS.get(problem.code) or WARNINGS[problem.code]
    facts: dict[str, object] = dict(problem.facts)
    facts["sites"] = _sites(exam)
    field = exam.package.fields.get(problem.field)
    facts["values"] = _listed([choice.value for choice in field.choices]) if field else ""
    facts["form"] = form_words(field) if field else ""
    return _(words) % facts


def _sites(exam: OpenExam) -> str:
    codes = sorted(site.code for site in exam.sites)
    return codes[0] if len(codes) == 1 else _("%(first)s 到 %(last)s", first=codes[0], last=codes[-1])


def _listed(values: list[str]) -> str:
    shown = "、".join(values[:_VALUES_SHOWN])
    return shown if len(values) <= _VALUES_SHOWN else _("%(some)s 等 %(n)s 种", some=shown, n=len(values))


def form_words(field: Field) -> str:
    """What may stand in a field's column."""
    if field.choices:
        return "、".join(choice.value for choice in field.choices)
    return _(_FORMS[field.kind])
