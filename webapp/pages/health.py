"""What operators' machines ask: does the process live, and may it be sent people."""

from __future__ import annotations

import asyncio
from datetime import datetime

from quart import Blueprint, current_app
from quart.typing import ResponseReturnValue

from webapp.clock import now
from webapp.database import database_now, unapplied
from webapp.guard.access import Audience, audience
from webapp.guard.rate import HEALTH, rate

blueprint = Blueprint("health", __name__)
MOST_CLOCK_DIFFERENCE_SECONDS = 1.0
MOST_WAIT_SECONDS = 3.0
_QUESTION = "readiness"
_Answer = tuple[datetime, datetime, datetime, list[str]]
"""Our moment before, the database's, ours after, and the migrations that it lacks."""


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
    asking = _asking()
    # Waited for, not cancelled: a connection whose first query is cut off while it is made never answers again.
    answered, _still = await asyncio.wait({asking}, timeout=MOST_WAIT_SECONDS)
    if not answered or asking.exception() is not None:
        return {"ready": False, "why": "the database does not answer"}, 503
    before, theirs, after, missing = asking.result()
    # Their moment lies between ours before and after asking, however long the answer took.
    apart = max((before - theirs).total_seconds(), (theirs - after).total_seconds())
    if missing:
        return {"ready": False, "why": f"{len(missing)} migrations have not been applied"}, 503
    if apart > MOST_CLOCK_DIFFERENCE_SECONDS:
        return {"ready": False, "why": f"our clock and the database's are {apart:.1f} s apart"}, 503
    return {"ready": True}


def _asking() -> asyncio.Task[_Answer]:
    """The question that is still open, or a new one: a database that hangs is not asked over and over."""
    open_one: asyncio.Task[_Answer] | None = current_app.extensions.get(_QUESTION)
    if open_one is None or open_one.done():
        open_one = current_app.extensions[_QUESTION] = asyncio.ensure_future(_ask())
        # Nobody may be waiting any more when it fails, and then asyncio would complain.
        open_one.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
    return open_one


async def _ask() -> _Answer:
    before = now()
    theirs = await database_now()
    after = now()
    return before, theirs, after, await unapplied()
