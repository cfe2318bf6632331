"""Who a route is for. Every route says so; who is somebody else never reaches its handler."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar

from quart import current_app, g, request

from webapp.guard.sessions import SignedIn
from webapp.rules.roles import Role

AUDIENCE_ATTRIBUTE = "_audience"
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Any]])


class Audience(StrEnum):
    """The people a route can be for."""

    PUBLIC = "public"
    """Anybody: the doorway, help, static files."""
    OPERATOR = "operator"
    """Health checks: anybody may ask, nothing personal is told."""
    SIGNED_IN = "signed-in"
    CANDIDATE = "candidate"
    STAFF = "staff"
    """Any staff account, whatever its posts."""
    REVIEWER = Role.REVIEWER.value
    MANAGER = Role.MANAGER.value
    AUDITOR = Role.AUDITOR.value


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has ended."""

    def __init__(self, *, staff: bool) -> None:
        super().__init__("sign-in needed")
        self.staff = staff


class NotForYou(Exception):
    """Somebody is signed in, but this page is for others."""


def belongs(person: SignedIn | None, allowed: frozenset[Audience]) -> bool:
    """Whether ``person`` is among the audiences ``allowed``."""
    if allowed & {Audience.PUBLIC, Audience.OPERATOR}:
        return True
    if person is None:
        return False
    own = {Audience.SIGNED_IN, *(Audience(role) for role in person.roles)}
    if person.kind == "staff":
        own.add(Audience.STAFF)
    return bool(own & allowed)


def audience(*allowed: Audience) -> Callable[[Handler], Handler]:
    """Serves the route to these people only. Stands directly under the route, above ``@rate``."""
    wanted = frozenset(allowed)

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            person: SignedIn | None = g.get("person")
            if not belongs(person, wanted):
                if person is None:
                    raise SignInNeeded(staff=_is_staff_room())
                raise NotForYou
            return await handler(*args, **kwargs)

        setattr(guarded, AUDIENCE_ATTRIBUTE, wanted)
        return guarded  # type: ignore[return-value]  # the same signature, which Callable[..., …] cannot say

    return decorate


def _is_staff_room() -> bool:
    if request.path.startswith(("/staff", "/review")):
        return True
    if request.path.startswith("/my"):
        return False
    # Pages for both kinds of people: whoever signed in here last is likely to be the one who comes back.
    browsers = current_app.extensions["browsers"]
    known = browsers.devices.accounts(request.cookies.get(browsers.device_cookie, ""))
    return bool(known) and known[0].startswith("staff:")


def current_person() -> SignedIn:
    """Whoever is served; only for routes whose audience demands a sign-in."""
    person: SignedIn | None = g.get("person")
    if person is None:
        raise SignInNeeded(staff=_is_staff_room())
    return person
