"""What locks a photo, in words: who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from webapp.pages.language import _, current_language, later
from webapp.pages.words import moment_words
from webapp.records.reading.exams import OpenExam
from webapp.rules.changing import Lock, Why
from webapp.rules.places import By

_WORDS: Final[Mapping[Why, str]] = {
    Why.NOT_OPEN_YET: later("%(when)s（北京时间）开始上传，在那以前还不能添加照片。"),
    Why.CLOSED: later("上传已于 %(when)s（北京时间）截止，系统已锁定，不能再修改。"),
    Why.DUE_PASSED: later("补充材料的期限已于 %(when)s（北京时间）结束，系统已锁定，不能再修改。"),
    Why.ACCEPTED: later("%(office)s审核员于 %(when)s 认定合格，不能再修改。"),
    Why.IN_REVIEW: later("材料已于 %(when)s 提交，%(office)s正在审核，暂时锁定。"),
    Why.NOT_ASKED: later("%(office)s审核员于 %(when)s 要求补充的是其他材料，这里不用修改。"),
    Why.WITHDRAWN: later("%(who)s于 %(when)s 将这份报名记为已放弃，不能再上传。"),
    Why.PUBLISHED: later("最终结果已于 %(when)s 公布，材料不能再修改。"),
}
# For moments that nobody has written down.
_WITHOUT_TIME: Final[Mapping[Why, str]] = {
    Why.ACCEPTED: later("%(office)s审核员已认定合格，不能再修改。"),
    Why.IN_REVIEW: later("%(office)s正在审核，暂时锁定。"),
    Why.NOT_ASKED: later("没有要求补充这一项，这里不用修改。"),
    Why.WITHDRAWN: later("%(who)s将这份报名记为已放弃，不能再上传。"),
}
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
_DEADLINES = frozenset({Why.CLOSED, Why.DUE_PASSED})


def lock_words(lock: Lock, exam: OpenExam) -> str:
    """One sentence in the user's language."""
    if _nothing_handed_in(lock):
        return _(_NOTHING_HANDED_IN)
    facts = {"who": _(_WHO[lock.by]), "office": _office(lock, exam)}
    if lock.at is None:
        return _(_WITHOUT_TIME[lock.why], **facts)
    ends = lock.why in _DEADLINES
    return _(_WORDS[lock.why], when=moment_words(lock.at, exam.time_zone, ends=ends), **facts)


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
