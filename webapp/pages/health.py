"""What operators' machines ask: does the process live, and may it be sent people."""

from __future__ import annotations

import asyncio

from quart import Blueprint
from quart.typing import ResponseReturnValue

from webapp.clock import now
from webapp.database import database_now, unapplied
from webapp.guard.access import Audience, audience
from webapp.guard.rate import HEALTH, rate

blueprint = Blueprint("health", __name__)
MOST_CLOCK_DIFFERENCE_SECONDS = 1.0
MOST_WAIT_SECONDS = 3.0


@blueprint.get("/healthz")
@audience(Audience.OPERATOR)
@rate(HEALTH)
async def alive() -> ResponseReturnValue:
    """200 as long as the process answers."""
    return {"alive": True}


@blueprint.get("/readyz")
@audience(Audience.OPERATOR)
@rate(HEALTH)
async def ready() -> ResponseReturnValue:
    """200 if the database answers, has the newest schema, and its clock agrees with ours; else 503 and why."""
    try:
        async with asyncio.timeout(MOST_WAIT_SECONDS):
            before = now()
            theirs = await database_now()
            after = now()
            missing = await unapplied()
    except Exception:  # noqa: BLE001 - whatever keeps the database from answering, we are not ready
        return {"ready": False, "why": "the database does not answer"}, 503
    # Their moment lies between ours before and after asking, however long the answer took.
    apart = max((before - theirs).total_seconds(), (theirs - after).total_seconds())
    if missing:
        return {"ready": False, "why": f"{len(missing)} migrations have not been applied"}, 503
    if apart > MOST_CLOCK_DIFFERENCE_SECONDS:
        return {"ready": False, "why": f"our clock and the database's are {apart:.1f} s apart"}, 503
    return {"ready": True}
