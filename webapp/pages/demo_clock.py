"""The demo's bar: moves the exam's clock, so that a window of two weeks is walked in ten minutes.

Registered in demo mode only. Sessions, one-time codes and waits stay on real time.
"""

from __future__ import annotations

from datetime import timedelta

from quart import Blueprint, g, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.move_exam_clock import move_exam_clock
from webapp.clock import exam_offset, now
from webapp.guard.access import Audience, audience
from webapp.guard.browser import same_site_path
from webapp.guard.rate import FORM, rate
from webapp.pages.chrome import exam_shown
from webapp.pages.forms import read_form
from webapp.rules.refusals import Refused

blueprint = Blueprint("demo_clock", __name__)
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@blueprint.post("/demo/clock")
@audience(Audience.PUBLIC)
@rate(FORM)
async def move() -> ResponseReturnValue:
    """``move`` is ``hour``, ``day``, ``to_minute_before_bell``, ``to_bell`` or ``back``."""
    form, exam = await read_form(), await exam_shown()
    asked, offset, bell = form.get("move", ""), await exam_offset(), exam.last_bell
    if asked in _STEPS:
        offset += _STEPS[asked]
    elif asked == "to_bell":
        offset = bell - now()
    elif asked == "to_minute_before_bell":
        offset = bell - timedelta(minutes=1) - now()
    elif asked == "back":
        offset = timedelta(0)
    else:
        raise Refused("clock.unknown_move")
    await move_exam_clock(exam.code, offset, by=g.person.actor if g.person else "nobody")
    return redirect(same_site_path(form.get("back", "/")), 303)
