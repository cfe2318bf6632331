"""Who a route is for. Every route says so; who is somebody else never reaches its handler."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar

from quart import current_app, g, request

from webapp.guard.api_keys import Machine, Scope
from webapp.guard.sessions import SignedIn
from webapp.rules.roles import Role

AUDIENCE_ATTRIBUTE = "_audience"
SCOPE_ATTRIBUTE = "_scope"
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
    MACHINE = "machine"
    """Another system with a key of ours; the route names the scope that its key must have."""


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has ended."""

    def __init__(self, *, staff: bool) -> None:
        super().__init__("sign-in needed")
        self.staff = staff


class NotForYou(Exception):
    """Somebody is signed in, but this page is for others."""


class KeyNeeded(Exception):
    """No key, or one that is not in force. ``given``: something stood in its place."""

    def __init__(self, *, given: bool) -> None:
        super().__init__("key needed")
        self.given = given


class WrongScope(Exception):
    """The key is in force, but not for this."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.value)
        self.scope = scope


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


def audience(*allowed: Audience, scope: Scope | None = None) -> Callable[[Handler], Handler]:
    """Serves the route to these people only. Stands directly under the route, above ``@rate``.

    A route for machines is for nobody else and names the ``scope`` of their keys.
    """
    wanted = frozenset(allowed)
    if (scope is not None) != (Audience.MACHINE in wanted) or (scope is not None and len(wanted) > 1):
        raise ValueError("a route for machines names a scope, and is for machines alone")

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            person: SignedIn | None = g.get("person")
            if scope is not None:
                _refuse_machine(g.get("machine"), scope)
            elif not belongs(person, wanted):
                if person is None:
                    raise SignInNeeded(staff=_is_staff_room())
                raise NotForYou
            return await handler(*args, **kwargs)

        setattr(guarded, AUDIENCE_ATTRIBUTE, wanted)
        setattr(guarded, SCOPE_ATTRIBUTE, scope)
        return guarded  # type: ignore[return-value]  # the same signature, which Callable[..., …] cannot say

    return decorate


def _refuse_machine(machine: Machine | None, scope: Scope) -> None:
    if machine is None:
        raise KeyNeeded(given="Authorization" in request.headers)
    if scope not in machine.scopes:
        raise WrongScope(scope)


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
