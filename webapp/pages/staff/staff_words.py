"""Accounts of staff in words: their roles, how they stand, and why they were changed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from webapp.actions.change_staff import Why
from webapp.pages.language import _, later
from webapp.pages.staff.standing import Stands
from webapp.records.reading.staff import Account
from webapp.rules.roles import Role

ROLES: Final = {
    Role.REVIEWER: later("审核员"),
    Role.MANAGER: later("管理员"),
    Role.AUDITOR: later("查阅"),
}
STATES: Final = {
    "enrolled": later("已启用"),
    "invited": later("等待启用"),
    "expired": later("启用码已过期"),
    "disabled": later("已停用"),
}
WHYS: Final = {
    Why.MOVED: later("调岗或增减工作"),
    Why.CORRECTED: later("更正写错的"),
    Why.HANDED_OVER: later("交接给别人"),
    Why.ENDED: later("不再做这项工作"),
}
_SHAPES = {"enrolled": "done", "invited": "under-way", "expired": "needs-action", "disabled": "locked"}


def state_of(account: Account, moment: datetime) -> str:
    """``enrolled``, ``invited``, ``expired`` (the invitation) or ``disabled``."""
    if account.disabled_at is not None:
        return "disabled"
    if account.enrolled_at is not None:
        return "enrolled"
    return "invited" if account.invite_until and account.invite_until > moment else "expired"


def state_stands(state: str) -> Stands:
    """The word and its shape."""
    return Stands(_SHAPES[state], _(STATES[state]))
