"""After a new key came on the ring: what older keys have sealed is sealed by the newest, so that they can go.

It can be stopped at any moment, also by force, and begun again: what is done is done, and the rest still opens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from webapp.actions.sign_in import TOTP_PURPOSE
from webapp.clock import now
from webapp.database import transaction
from webapp.keyring import Keyring, KeyringProblem
from webapp.photos.shelf import NotOnShelf, Shelf, ShelfDamaged, ShelfKey
from webapp.records import Staff


@dataclass
class SealedAnew:
    """How many files and secrets were sealed anew, how many needed it not, and what could not be opened."""

    anew: int = 0
    before: int = 0
    closed: list[str] = field(default_factory=list)


async def seal_shelf_anew(shelf: Shelf, done: SealedAnew, told: Callable[[SealedAnew], None]) -> None:
    """Every file of a shelf; ``told`` hears of each."""
    async for key, _age in shelf.keys(now()):
        await _seal_file(shelf, key, done)
        told(done)


async def _seal_file(shelf: Shelf, key: ShelfKey, done: SealedAnew) -> None:
    try:
        if await shelf.seal_anew(key):
            done.anew += 1
        else:
            done.before += 1
    except NotOnShelf:
        return  # taken out while we looked
    except (ShelfDamaged, OSError):  # a bad spot of the disk: the rest is sealed anew all the same
        done.closed.append(key)


async def seal_secrets_anew(keyring: Keyring, done: SealedAnew) -> None:
    """The secrets with which staff prove who they are."""
    for staff in await Staff.all().order_by("id"):
        for column in ("totp_sealed", "pending_totp_sealed"):
            sealed: bytes | None = getattr(staff, column)
            if sealed is None:
                continue
            if keyring.sealed_by_newest(sealed):
                done.before += 1
                continue
            try:
                anew = keyring.seal(TOTP_PURPOSE, keyring.unseal(TOTP_PURPOSE, sealed))
            except KeyringProblem:
                done.closed.append(f"{column} of {staff.user_name}")
                continue
            done.anew += await _exchange(staff, column, sealed, anew)


@transaction
async def _exchange(staff: Staff, column: str, sealed: bytes, anew: bytes) -> int:
    row = await Staff.select_for_update().get(id=staff.id)
    if getattr(row, column) != sealed:
        return 0  # enrolled at this moment, with another secret under the newest key
    setattr(row, column, anew)
    await row.save(update_fields=[column])
    return 1
