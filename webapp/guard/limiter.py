"""The limiter of all requests: it counts those that lead nowhere too, and forgets what no longer matters."""

from __future__ import annotations

from datetime import datetime

from quart import request
from quart_rate_limiter import RateLimiter
from quart_rate_limiter.store import RateLimiterStoreABC

from webapp.clock import now
from webapp.guard.rate import PAGE, limits_of

_NOWHERE = "nowhere"
_LOOK_AT = 20_000
"""Entries after which those that have run out are looked for."""


class ForgettingStore(RateLimiterStoreABC):
    """When each client may come again, in this process. The library's own keeps every client that was ever there."""

    def __init__(self, look_at: int = _LOOK_AT) -> None:
        self._arrivals: dict[str, datetime] = {}
        self._least = self._look_at = look_at

    def __len__(self) -> int:
        return len(self._arrivals)

    async def get(self, key: str, default: datetime) -> datetime:
        """The moment from which on the client is as if it had never asked."""
        return self._arrivals.get(key, default)

    async def set(self, key: str, tat: datetime) -> None:
        """Notes it; from time to time what is past is dropped."""
        self._arrivals[key] = tat
        if len(self._arrivals) > self._look_at:
            moment = now()
            self._arrivals = {known: at for known, at in self._arrivals.items() if at > moment}
            self._look_at = max(self._least, 2 * len(self._arrivals))

    async def before_serving(self) -> None:
        """Nothing to open."""

    async def after_serving(self) -> None:
        """Nothing to close."""


class Limiter(RateLimiter):
    """Asks every route's limits; an address without a route has those of a page, for its answer is one."""

    async def _before_request(self) -> None:
        if request.endpoint is not None:
            await super()._before_request()
            return
        limits = [limit for limit in limits_of(PAGE) if not await self._should_skip(limit)]
        await self._raise_on_rejection(_NOWHERE, limits)
        await self._update_limits(_NOWHERE, limits)
