"""Marks on a case in words, the same at the desk and in the console."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from webapp.pages.language import later
from webapp.rules.flags import Flag

FLAG_WORDS: Final[Mapping[Flag, str]] = {
    Flag.INCOMPLETE: later("材料不齐"),
    Flag.ANSWERED_IN_PART: later("部分补充"),
    Flag.NOT_ANSWERED: later("未补充"),
    Flag.HOLD: later("搁置"),
    Flag.DOUBT: later("存疑"),
    Flag.SUSPICION: later("疑似虚假"),
    Flag.SITE_CHANGED: later("考点已变更"),
    Flag.NEWLY_REQUIRED: later("新增必传材料"),
    Flag.CANCELLED_LATER: later("公布后取消报名"),
}
