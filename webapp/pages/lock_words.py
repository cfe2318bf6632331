"""What locks a photo, as sentences: the one place where they stand, for pages and for refusals.

``AT_LEAST`` can always be said; it knows at most the moment of a deadline (``at``). ``IN_FULL`` also names who
(``who``, or the ``office`` of a level) and when, where somebody has written that down.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from webapp.pages.language import later
from webapp.rules.changing import Why

AT_LEAST: Final[Mapping[Why, str]] = {
    Why.NOT_OPEN_YET: later("%(at)s（北京时间）开始上传，在那以前还不能添加照片。"),
    Why.CLOSED: later("上传已于 %(at)s（北京时间）截止，系统已锁定，不能再修改。"),
    Why.DUE_PASSED: later("补充材料的期限已于 %(at)s（北京时间）结束，系统已锁定，不能再修改。"),
    Why.ACCEPTED: later("审核员已认定合格，不能再修改。"),
    Why.IN_REVIEW: later("材料正在审核，暂时锁定。"),
    Why.NOT_ASKED: later("没有要求补充这一项，这里不用修改。"),
    Why.WITHDRAWN: later("这份报名已关闭，不能再上传。有疑问可以打电话给考点。"),
    Why.PUBLISHED: later("最终结果已公布，材料不能再修改。"),
}
IN_FULL: Final[Mapping[Why, str]] = {
    Why.ACCEPTED: later("%(office)s审核员于 %(at)s 认定合格，不能再修改。"),
    Why.IN_REVIEW: later("材料已于 %(at)s 提交，%(office)s正在审核，暂时锁定。"),
    Why.NOT_ASKED: later("%(office)s审核员于 %(at)s 要求补充的是其他材料，这里不用修改。"),
    Why.WITHDRAWN: later("%(who)s于 %(at)s 将这份报名记为已放弃，不能再上传。"),
    Why.PUBLISHED: later("最终结果已于 %(at)s 公布，材料不能再修改。"),
}
DEADLINES: Final = frozenset({Why.CLOSED, Why.DUE_PASSED})
"""Moments that are said as the end of a day."""
