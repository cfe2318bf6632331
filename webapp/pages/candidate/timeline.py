"""The way of a case, step by step. It never says how a level decided, nor when: not before publishing, not after."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.pages.candidate.standing import Standing
from webapp.pages.language import _, current_language
from webapp.pages.words import moment_words
from webapp.rules.places import Stage


@dataclass(frozen=True)
class Step:
    """One step; ``kind`` is the look's state: done, under-way, needs-action, locked or optional (not yet)."""

    kind: str
    name: str
    note: str = ""


def steps_of(standing: Standing) -> list[Step]:
    """From handing in to the result."""
    result = standing.own.result
    visible = result is not None and standing.moment >= result.visible_from
    rechecking = standing.shown.rechecking
    return [
        _handed_in(standing),
        *_levels(standing, over=visible and not rechecking),
        _published(standing, visible=visible),
    ]


def _handed_in(standing: Standing) -> Step:
    at, word = standing.own.case.handed_in_at, standing.shown.word
    if word == "collecting":
        return Step("under-way", _("提交审核"))
    if at is None or word == "nothing_handed_in":
        return Step("locked", _("没有提交材料"))
    return Step("done", _("已提交审核"), moment_words(at, standing.exam.time_zone))


def _levels(standing: Standing, *, over: bool) -> list[Step]:
    language, here = current_language(), standing.seen_at
    if here.stage is Stage.WITHDRAWN:
        return []
    steps = []
    for number, level in enumerate(standing.exam.package.levels):
        office = standing.exam.office_at(number, standing.own.case.site_id)
        place, name = standing.exam.in_language(office.name, language), level.name.said_in(language)
        if over or (here.level is not None and number < here.level):
            steps.append(Step("done", level.done.said_in(language), place))
        elif number != here.level:
            steps.append(Step("optional", name))
        elif here.stage is Stage.SUPPLEMENT:
            steps.append(Step("needs-action", name, _("等您补充材料")))
        elif standing.shown.word == "submitted":
            steps.append(Step("optional", name, _not_yet(standing)))
        else:
            steps.append(Step("under-way", name, _("%(place)s正在审核", place=place)))
    return steps


def _not_yet(standing: Standing) -> str:
    if standing.exam.review_from != "bell":
        return _("等审核员领取")
    bell = moment_words(standing.own.window.bell, standing.exam.time_zone, ends=True)
    return _("%(bell)s 截止以后开始", bell=bell)


def _published(standing: Standing, *, visible: bool) -> Step:
    result = standing.own.result
    if result is None or not visible:
        return Step("optional", _("公布结果"), _("全部考生审核结束后统一公布，报名系统同步显示"))
    when = moment_words(result.visible_from, standing.exam.time_zone)
    if standing.shown.rechecking:
        return Step("under-way", _("结果已公布，正在复核"), when)
    return Step("done", _("结果已公布"), when)
