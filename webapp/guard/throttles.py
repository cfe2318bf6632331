"""How often something may be tried in vain, counted in a table because several processes guard one account.

A try is counted before it is judged, under a lock, so that fifty at once are fifty tries.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from webapp.clock import now
from webapp.database import transaction
from webapp.guard.rows import Throttle
from webapp.rules.chain import canonical
from webapp.rules.refusals import Refused
from webapp.rules.throttling import (
    ACCOUNT,
    ACCOUNT_AT_ADDRESS,
    ADDRESS,
    NETWORK,
    Allowance,
    Count,
    a_day,
    take_try,
)

_FORGET_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Counted:
    """One key under which tries are counted, with what is allowed under it."""

    key: str
    allowance: Allowance
    cleared_by_success: bool = False


class Throttles:
    """Counts under keys that only this installation can make: the table tells no user name and no address."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def _key(self, kind: str, *parts: str) -> str:
        # The kind comes first, and canonical JSON keeps the parts apart: nobody can name an account so that its
        # count becomes that of an address or of another account.
        return hmac.new(self._secret, canonical([kind, *parts]), hashlib.sha256).hexdigest()

    def for_sign_in(self, door: str, account: str, address: str, *, known_device: bool) -> list[Counted]:
        """What a try to sign in counts against.

        A browser that has signed in to this account before is not held up by what others try from elsewhere:
        else a third party could keep somebody out for ever. All such browsers are counted together, so that a
        stolen cookie does not try for ever either.
        """
        whose = "account from known browsers" if known_device else "account"
        return [
            Counted(
                self._key("account at address", door, account, address),
                ACCOUNT_AT_ADDRESS,
                cleared_by_success=True,
            ),
            *self.for_address(door, address),
            Counted(self._key(whose, door, account), ACCOUNT),
        ]

    def for_account(
        self, door: str, account: str, allowance: Allowance = ACCOUNT_AT_ADDRESS
    ) -> list[Counted]:
        """For a person who is signed in already, such as somebody who gives the old password for a new one."""
        return [Counted(self._key("signed in", door, account), allowance, cleared_by_success=True)]

    def for_address(self, door: str, address: str) -> list[Counted]:
        """For a door at which nobody names an account, such as that of the tickets."""
        counted = [Counted(self._key("address", door, address), ADDRESS)]
        if network := _network_of(address):
            counted.append(Counted(self._key("network", door, network), NETWORK))
        return counted

    def for_answers(self, id_type: str, number: str, tries_a_day: int) -> list[Counted]:
        """For somebody who answers recovery questions, whether or not such a person is known here."""
        key = self._key("recovery answers", id_type, number)
        return [Counted(key, a_day(tries_a_day), cleared_by_success=True)]

    def of_account(self, door: str, account: str, actor: str, address: str) -> list[Counted]:
        """What holds the account's owner up here and, from elsewhere, everybody; to be forgotten after a recovery."""
        counted = [
            one
            for known in (False, True)
            for one in self.for_sign_in(door, account, address, known_device=known)
        ]
        own = {one.key: one for one in counted if one.allowance not in (ADDRESS, NETWORK)}
        return [*own.values(), *self.for_account("password", actor)]

    async def take(self, counted: Sequence[Counted]) -> None:
        """Counts one try everywhere or nowhere; :class:`Refused` ``tries.wait`` with ``seconds`` if it is too many."""
        wait = await _take(sorted(counted, key=lambda one: one.key))
        if wait:
            raise Refused("tries.wait", seconds=max(1, round(wait.total_seconds())))

    async def succeeded(self, counted: Sequence[Counted]) -> None:
        """Takes the try back where it was counted: it was not in vain."""
        await _give_back(sorted(counted, key=lambda one: one.key))


def _network_of(address: str) -> str:
    """The /48 of an IPv6 address; empty for every other."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return ""
    return str(ipaddress.ip_network((int(parsed), 48), strict=False).network_address)


@transaction
async def forget_tries(counted: Sequence[Counted]) -> None:
    """As if nothing had been tried under these keys."""
    for key in sorted(one.key for one in counted):
        await Throttle.filter(key=key).delete()


@transaction
async def _take(counted: Sequence[Counted]) -> timedelta:
    new = []
    for one in counted:  # in the order of their keys, so that two never wait for each other
        row = await _locked(one.key)
        moment = now()  # under the lock: whoever waited for it must not take the count for one of the future
        count, wait = take_try(Count(row.tries, row.since, row.wait_until), one.allowance, moment)
        if wait:
            return wait
        new.append((one.key, count))
    for key, count in new:
        await Throttle.filter(key=key).update(
            tries=count.tries, since=count.since, wait_until=count.wait_until
        )
    return timedelta(0)


async def _locked(key: str) -> Throttle:
    """The row of a count, made where it is missing."""
    while True:
        await Throttle.bulk_create([Throttle(key=key, tries=0, since=now())], ignore_conflicts=True)
        row = await Throttle.select_for_update().get_or_none(key=key)
        if row is not None:  # else somebody has just been let in, which deletes it
            return row


@transaction
async def _give_back(counted: Sequence[Counted]) -> None:
    for one in counted:
        if one.cleared_by_success:
            await Throttle.filter(key=one.key).delete()
            continue
        row = await Throttle.select_for_update().get_or_none(key=one.key)
        if row is not None:
            await Throttle.filter(key=one.key).update(tries=max(row.tries - 1, 0), wait_until=None)


@transaction
async def forget_old_tries() -> int:
    """Deletes counts that no longer matter."""
    return await Throttle.filter(since__lt=now() - _FORGET_AFTER).delete()
