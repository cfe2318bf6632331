"""What falls due: work that no request asks for, done by a process of its own under the supervisor.

Every duty is an idempotent conditional change, safe in every process, so that two that run at once do no harm.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from webapp import clock
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.import_desk import ImportDesk, import_desk, sweep_imports
from webapp.actions.photo_desk import PhotoDesk, shrinking_desk
from webapp.actions.seal_chains import seal_chains
from webapp.actions.shrink_originals import shrink_originals
from webapp.actions.sweep_photos import sweep_photos
from webapp.actions.work_imports import work_imports
from webapp.database import opened_database
from webapp.guard.entries import forget_ended_entries
from webapp.guard.resets import forget_ended_resets
from webapp.guard.sessions import forget_ended_sessions
from webapp.guard.throttles import forget_old_tries
from webapp.guard.tickets import forget_used_tickets
from webapp.keyring import open_keyring
from webapp.settings import Settings

log = logging.getLogger("webapp.duties")


@dataclass(frozen=True)
class Duty:
    """One kind of work and how many seconds lie between two looks at it."""

    name: str
    every: float
    work: Callable[[], Awaitable[object]]


DUTIES = (
    Duty("move the cases that fall due", 2, cases_fall_due),
    Duty("seal the event chains", 600, seal_chains),
    Duty("forget ended sessions", 300, forget_ended_sessions),
    Duty("forget old tries", 3600, forget_old_tries),
    Duty("forget used tickets", 3600, forget_used_tickets),
    Duty("forget ended entries", 300, forget_ended_entries),
    Duty("forget ended resets", 300, forget_ended_resets),
)


def photo_duties(desk: PhotoDesk) -> tuple[Duty, ...]:
    """What is done with photos that no request waits for; ``desk`` has the processes that shrink."""
    return (
        Duty("shrink originals", 1, functools.partial(shrink_originals, desk)),
        Duty("sweep files without a row", 3600, functools.partial(sweep_photos, desk)),
    )


def import_duties(desk: ImportDesk) -> tuple[Duty, ...]:
    """What is done with uploaded files of registrations."""
    return (
        Duty("judge and take registrations", 1, functools.partial(work_imports, desk)),
        Duty("sweep files without an import", 3600, functools.partial(sweep_imports, desk)),
    )


async def keep_duties(settings: Settings, stop: asyncio.Event, duties: tuple[Duty, ...] = DUTIES) -> None:
    """Does each duty at once and then at its interval, until ``stop``. A duty that fails is tried again next time."""
    clock.allow_moving(movable=settings.movable_clock)
    keyring = open_keyring(settings.keys, settings.data / "keys")
    desk = shrinking_desk(settings.data, keyring)
    others = import_duties(import_desk(settings.data, keyring, stop))
    try:
        async with opened_database(settings.database_url):
            await asyncio.gather(*(_keep(duty, stop) for duty in (*duties, *photo_duties(desk), *others)))
    finally:
        await desk.close()


async def _keep(duty: Duty, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await duty.work()
        except Exception as problem:
            log.error("duty failed: %s", duty.name, exc_info=problem)
        try:
            await asyncio.wait_for(stop.wait(), duty.every)
        except TimeoutError:
            continue
