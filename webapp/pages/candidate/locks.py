"""What locks a photo, in words: who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from webapp.pages.language import _, current_language, later
from webapp.pages.lock_words import AT_LEAST, DEADLINES, IN_FULL
from webapp.pages.words import moment_words
from webapp.records.reading.exams import OpenExam
from webapp.rules.changing import Lock, Why
from webapp.rules.places import By

_NOTHING_HANDED_IN: Final = later("到截止时间没有收到材料，系统记为未提交材料，不能再上传。")
_TITLES: Final[Mapping[Why, str]] = {
    Why.NOT_OPEN_YET: later("还没到上传时间"),
    Why.CLOSED: later("上传已经截止"),
    Why.DUE_PASSED: later("补充期限已过"),
    Why.ACCEPTED: later("已锁定"),
    Why.IN_REVIEW: later("审核中，暂时锁定"),
    Why.NOT_ASKED: later("已锁定"),
    Why.WITHDRAWN: later("已放弃"),
    Why.PUBLISHED: later("结果已公布"),
}
_WHO: Final[Mapping[By, str]] = {
    By.CANDIDATE: later("您本人"),
    By.CLOCK: later("系统"),
    By.REVIEWER: later("审核员"),
    By.ASKING_OFFICE: later("审核员"),
    By.SITE_MANAGER: later("考点管理员"),
    By.REGION_MANAGER: later("考区管理员"),
    By.IMPORT: later("报名系统"),
}


def lock_words(lock: Lock, exam: OpenExam) -> str:
    """One sentence in the user's language."""
    if _nothing_handed_in(lock):
        return _(_NOTHING_HANDED_IN)
    if lock.at is None:
        return _(AT_LEAST[lock.why])
    return _(
        IN_FULL.get(lock.why, AT_LEAST[lock.why]),
        who=_(_WHO[lock.by]),
        office=_office(lock, exam),
        at=moment_words(lock.at, exam.time_zone, ends=lock.why in DEADLINES),
    )


def lock_title(lock: Lock, exam: OpenExam) -> str:
    """The same in a word or two, to stand above the sentence."""
    if _nothing_handed_in(lock):
        return _("未提交材料")
    if lock.why is Why.IN_REVIEW and lock.level is not None:
        return exam.package.levels[lock.level].waiting.said_in(current_language())
    return _(_TITLES[lock.why])


def _nothing_handed_in(lock: Lock) -> bool:
    return lock.why is Why.WITHDRAWN and lock.by is By.CLOCK


def _office(lock: Lock, exam: OpenExam) -> str:
    if lock.level is None:
        return ""
    return exam.office_kind(exam.package.levels[lock.level].office_kind, current_language())
