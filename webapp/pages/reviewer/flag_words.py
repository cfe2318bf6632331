"""Marks on a case, as tags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from webapp.pages.language import _, later
from webapp.rules.flags import Flag

FLAGS: Final = {
    Flag.INCOMPLETE: ("problem", later("不完整")),
    Flag.ANSWERED_IN_PART: ("problem", later("部分补充")),
    Flag.NOT_ANSWERED: ("problem", later("未补充")),
    Flag.HOLD: ("locked", later("搁置")),
    Flag.DOUBT: ("under-way", later("存疑")),
    Flag.SUSPICION: ("problem", later("疑似虚假")),
    Flag.SITE_CHANGED: ("under-way", later("报考点变更")),
    Flag.NEWLY_REQUIRED: ("problem", later("新增必传材料")),
    Flag.CANCELLED_LATER: ("locked", later("公布后取消报名")),
}


@dataclass(frozen=True)
class FlagShown:
    """One tag; ``kind`` is the look's state."""

    kind: str
    words: str


def flags_shown(flags: Iterable[str]) -> list[FlagShown]:
    """Stored flags as tags, in the order of :data:`FLAGS`."""
    there = set(flags)
    return [FlagShown(kind, _(words)) for flag, (kind, words) in FLAGS.items() if flag.value in there]
