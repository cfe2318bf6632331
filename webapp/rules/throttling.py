"""How long somebody must wait after trying in vain. Time is an argument; the guard keeps the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Allowance:
    """``free`` tries within ``window``; each further one makes the wait twice as long, up to ``longest``.

    With ``starts_over`` the wait is for the end of the window, and then everything is free again.
    """

    free: int
    window: timedelta
    first_wait: timedelta
    longest: timedelta
    starts_over: bool = False

    def wait_after(self, tries: int) -> timedelta:
        """How long to wait after this many tries in vain."""
        over = tries - self.free
        if over < 0:
            return timedelta(0)
        doubled: timedelta = self.first_wait * 2 ** min(over, 20)
        return min(doubled, self.longest)


# One person at one place mistypes; a botnet tries one account from everywhere; a hospital of 300 people is one
# address.
ACCOUNT_AT_ADDRESS = Allowance(5, timedelta(minutes=30), timedelta(seconds=30), timedelta(minutes=15))
ACCOUNT = Allowance(60, timedelta(hours=1), timedelta(seconds=30), timedelta(minutes=5))
ADDRESS = Allowance(300, timedelta(minutes=15), timedelta(seconds=10), timedelta(minutes=2))
NETWORK = Allowance(3_000, timedelta(minutes=15), timedelta(seconds=10), timedelta(minutes=2))
"""Of a whole IPv6 network of 48 bits, in which whoever holds it has 65,536 addresses to count."""


def a_day(tries: int) -> Allowance:
    """So many tries within 24 hours of the first one."""
    day = timedelta(days=1)
    return Allowance(tries, day, day, day, starts_over=True)


CLOCKS_DIFFER = timedelta(seconds=5)
"""How far the clocks of two machines may lie apart before a count is taken for one of a wrong clock."""


@dataclass(frozen=True)
class Count:
    """What is remembered under one key."""

    tries: int
    since: datetime
    wait_until: datetime | None


def take_try(count: Count | None, allowance: Allowance, now: datetime) -> tuple[Count, timedelta]:
    """One more try at ``now``: the new count, and how long the person must still wait (zero: go ahead).

    A try that must wait is not counted, so that knocking does not lengthen the wait.
    """
    if count is not None and _from_a_clock_that_was_ahead(count, allowance, now):
        count = None
    if count is not None and count.wait_until is not None and now < count.wait_until:
        return count, count.wait_until - now
    if count is None or _is_past(count, allowance, now):
        count = Count(0, now, None)
    tries = count.tries + 1
    wait = allowance.wait_after(tries)
    if wait and allowance.starts_over:
        wait = count.since + allowance.window - now
    return Count(tries, count.since, now + wait if wait else None), timedelta(0)


def _from_a_clock_that_was_ahead(count: Count, allowance: Allowance, now: datetime) -> bool:
    latest = now + CLOCKS_DIFFER
    return count.since > latest or (
        count.wait_until is not None and count.wait_until > latest + allowance.longest
    )


def _is_past(count: Count, allowance: Allowance, now: datetime) -> bool:
    # Whoever has had to wait keeps the long waits until the window and the longest of them have been quiet.
    if count.wait_until is not None and not allowance.starts_over:
        return now - count.wait_until >= allowance.window + allowance.longest
    return now - count.since >= allowance.window
