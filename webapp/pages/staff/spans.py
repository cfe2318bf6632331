"""How long something still takes, as people say it."""

from __future__ import annotations

from datetime import timedelta

from webapp.pages.language import _

_HOUR, _DAY = 3600, 86_400


def left_words(left: timedelta) -> str:
    """The two largest units: 3 天 4 小时, 5 小时 20 分钟, 20 分钟; under a minute one minute."""
    seconds = max(60, int(left.total_seconds()))
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // 60
    if days:
        return _("%(days)s 天 %(hours)s 小时", days=days, hours=hours)
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分钟", hours=hours, minutes=minutes)
    return _("%(n)s 分钟", n=minutes)
