"""Published results for the registration system, bit by bit, in the order in which they were written."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from quart import Blueprint, request
from quart.typing import ResponseReturnValue

from webapp.clock import exam_now
from webapp.guard.access import Audience, audience
from webapp.guard.api_keys import Scope
from webapp.guard.rate import API, rate
from webapp.pages.chrome import exam_shown
from webapp.records.reading.exams import OpenExam
from webapp.records.reading.published import Published, published_after
from webapp.rules.refusals import Refused

blueprint = Blueprint("api_results", __name__, url_prefix="/api/v1/results")

MOST = 500
USUAL = 100
BEGINNING = "r0"
_CURSOR = re.compile(r"r(0|[1-9][0-9]{0,17})", re.ASCII)
_LIMIT = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


@blueprint.get("")
@audience(Audience.MACHINE, scope=Scope.RESULTS_READ)
@rate(API)
async def results() -> ResponseReturnValue:
    """What was published after the cursor; before publishing nothing, and the same cursor again."""
    after, limit = request.args.get("after") or BEGINNING, _limit(request.args.get("limit"))
    exam, moment = await exam_shown(), await exam_now()
    found = await published_after(exam.id, _place(after), limit, moment)
    return {
        "exam": exam.code,
        "results": [_told(exam, one) for one in found],
        "next": f"r{found[-1].result.id}" if found else after,
    }


def _place(cursor: str) -> int:
    """The id that a cursor stands for. :class:`Refused` ``api.bad_after``."""
    if not (match := _CURSOR.fullmatch(cursor)):
        raise Refused("api.bad_after")
    return int(match[1])


def _limit(written: str | None) -> int:
    """:class:`Refused` ``api.bad_limit``."""
    if written is None:
        return USUAL
    if not _LIMIT.fullmatch(written) or int(written) > MOST:
        raise Refused("api.bad_limit", least=1, most=MOST)
    return int(written)


def _told(exam: OpenExam, one: Published) -> dict[str, Any]:
    row = one.result
    return {
        "registration_number": row.registration_number,
        "result": row.word,
        "version": row.version,
        "published_at": _rfc3339(row.visible_from),
        "reasons": [{"code": code, "words": _reason(exam, code)} for code in row.reasons],
        "rechecking": one.rechecking,
    }


def _reason(exam: OpenExam, code: str) -> str:
    """In Simplified Chinese; the code itself where a newer package no longer has it."""
    known = {reason.code: reason for reason in exam.package.reasons}
    return known[code].candidate.zh_hans if code in known else code


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
