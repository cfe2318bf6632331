"""How often a route may be asked: per session where somebody is signed in, per key of a machine, else per address.

The limiter's store is per process, so these limits only keep one client from crowding out the others. What
protects accounts stands in a table (:mod:`webapp.guard.throttles`). A hospital is one address: limits per address
allow 300 people.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from quart import g, request
from quart_rate_limiter import RateLimit, rate_exempt, rate_limit

RATE_ATTRIBUTE = "_rate"
PEOPLE_PER_ADDRESS = 300
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True)
class Rate:
    """``per_person`` requests a ``period``; an address may do ``per_address``. None: no limit, and ``why``."""

    name: str
    per_person: int | None
    per_address: int | None = None
    period: timedelta = timedelta(minutes=1)
    why: str = ""

    @property
    def said(self) -> str:
        """For a list of routes."""
        if self.per_person is None:
            return f"no limit: {self.why}"
        within = "minute" if self.period == timedelta(minutes=1) else str(self.period)
        return f"{self.per_person} per {within} and person, {self.per_address} per address"


PAGE = Rate("page", 120, 120 * 30)
FORM = Rate("form", 60, 60 * 30)
SIGN_IN = Rate("sign-in", 30, 2 * PEOPLE_PER_ADDRESS)
PHOTO = Rate("photo", 120, 120 * 30)
"""Changes of photos; a retry after a lost reply counts too."""
PICTURE = Rate("picture", 900, 900 * 30)
"""Stored pictures: a page of the list shows one preview a material."""
API = Rate("api", 120, 120)
"""Of other systems: per key; an address whose keys do not hold is no crowd."""
STATIC = Rate("static", None, why="immutable files from memory; a page loads several at once")
HEALTH = Rate("health", None, why="asked by the operator's own machines")


async def _session_key() -> str:
    # The limiter asks for every limit's key when it writes its headers, also for the limits that it skipped.
    if (machine := g.get("machine")) is not None:
        return f"key:{machine.key_id}"
    person = g.get("person")
    return f"session:{person.session_id if person else 'none'}"


async def _address_key() -> str:
    return f"address:{client_address()}"


async def _is_anonymous() -> bool:
    return g.get("person") is None and g.get("machine") is None


async def _is_signed_in() -> bool:
    return not await _is_anonymous()


def limits_of(limit: Rate) -> list[RateLimit]:
    """The two limits as the library knows them: of a session or key, and of an address without one."""
    if limit.per_person is None or limit.per_address is None:
        return []
    return [
        RateLimit(limit.per_person, limit.period, _session_key, _is_anonymous),
        RateLimit(limit.per_address, limit.period, _address_key, _is_signed_in),
    ]


def rate(limit: Rate) -> Callable[[Handler], Handler]:
    """Limits the route. Stands under ``@audience``."""

    def decorate(handler: Handler) -> Handler:
        setattr(handler, RATE_ATTRIBUTE, limit)
        limits = limits_of(limit)
        return rate_limit(limits=limits)(handler) if limits else rate_exempt(handler)

    return decorate


def client_address() -> str:
    """The client's address; proxies' headers have been applied already where they are trusted, nowhere else.

    Of an IPv6 address only the /64: a phone chooses the rest anew as often as it likes.
    """
    address = request.remote_addr or "unknown"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped is not None:  # how a socket for both kinds names an IPv4 client
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False).network_address)
