"""Photos on their way, told in one small request before the bell; scripts ask and are answered in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Set
from typing import Any
from uuid import UUID

from quart import Blueprint, jsonify, redirect, request
from quart.typing import ResponseReturnValue

from webapp.actions.announce import Answered, Item, announce, withdraw_announcement
from webapp.actions.photo_places import SlotKey
from webapp.clock import exam_now
from webapp.guard.access import Audience, audience, current_person
from webapp.guard.rate import FORM, PHOTO, rate
from webapp.pages.candidate.photos import refuse_anothers
from webapp.pages.chrome import exam_shown
from webapp.pages.forms import read_body, read_form
from webapp.pages.words import moment_words, refusal
from webapp.rules.announcements import Fingerprint
from webapp.rules.refusals import Refused

blueprint = Blueprint("announcements", __name__, url_prefix="/my/announcements")

MOST_PHOTOS = 200
MOST_BYTES = 131_072
"""Two hundred photos with both fingerprints are 90 KB."""
_MOST_SIZE = 1 << 40
_PLACE = re.compile(r"([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{1,32})")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@blueprint.post("")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def tell() -> ResponseReturnValue:
    """Announces the photos named; what became of each."""
    refuse_anothers()
    items = _items(await read_body(MOST_BYTES))
    exam, moment = await exam_shown(), await exam_now()

    def told(answer: Answered) -> dict[str, object]:
        facts: dict[str, object] = {"photo": str(answer.photo), "state": answer.state}
        if answer.refused is not None:
            facts["code"], facts["sentence"] = answer.refused.code, refusal(answer.refused)[1]
        if answer.until is not None and answer.deadline is not None:
            facts["until"] = answer.until.isoformat()
            facts["until_words"] = moment_words(answer.until, exam.time_zone)
            facts["closes_in_seconds"] = max(0, int((answer.deadline - moment).total_seconds()))
        return facts

    answers = await announce(exam, current_person().id, items)
    return jsonify({"photos": [told(answer) for answer in answers]})


@blueprint.delete("/<uuid:photo_id>")
@audience(Audience.CANDIDATE)
@rate(PHOTO)
async def withdraw(photo_id: UUID) -> ResponseReturnValue:
    """The photo is not waited for any more."""
    refuse_anothers()
    await withdraw_announcement(await exam_shown(), current_person().id, photo_id)
    return jsonify({"photo": str(photo_id), "state": "withdrawn"})


@blueprint.post("/withdraw")
@audience(Audience.CANDIDATE)
@rate(FORM)
async def withdraw_by_form() -> ResponseReturnValue:
    """The same for the photos that a page named, from whichever phone they were to come."""
    form, exam = await read_form(), await exam_shown()
    try:
        photos = {UUID(named) for named in form.getlist("photo")}
    except ValueError as reason:
        raise Refused("form.unreadable") from reason
    for photo in photos:
        await withdraw_announcement(exam, current_person().id, photo)
    return redirect("/my", 303)


def _items(body: bytes) -> list[Item]:
    """Strictly: nothing that was not agreed; :class:`Refused` ``form.unreadable``."""
    if request.mimetype != "application/json":
        raise Refused("form.unreadable")
    try:
        told = json.loads(body.decode())
        listed = _keys(told, {"photos"})["photos"]
        if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_PHOTOS:
            raise ValueError("not so many")
        items = [_item(one) for one in listed]
        if len({item.photo for item in items}) != len(items):
            raise ValueError("one photo twice")
    except (ValueError, RecursionError) as reason:
        raise Refused("form.unreadable") from reason
    return items


def _item(told: object) -> Item:
    facts = _keys(told, {"photo", "slot", "chosen"}, {"shrunk", "replaces"})
    named = _PLACE.fullmatch(_text(facts["slot"]))
    if named is None:
        raise ValueError("no place")
    replaces, shrunk = facts.get("replaces"), facts.get("shrunk")
    return Item(
        photo=UUID(_text(facts["photo"])),
        place=SlotKey(named[1], named[2]),
        chosen=_fingerprint(facts["chosen"]),
        shrunk=None if shrunk is None else _fingerprint(shrunk),
        replaces=None if replaces is None else UUID(_text(replaces)),
    )


def _fingerprint(told: object) -> Fingerprint:
    facts = _keys(told, {"size", "sha256"})
    size, sha256 = facts["size"], _text(facts["sha256"])
    # bool is an int to Python, and true no size.
    if type(size) is not int or not 1 <= size < _MOST_SIZE or not _SHA256.fullmatch(sha256):
        raise ValueError("no fingerprint")
    return Fingerprint(size, sha256)


def _keys(told: object, needed: Set[str], allowed: Set[str] = frozenset()) -> Mapping[str, Any]:
    if not isinstance(told, dict) or not needed <= told.keys() <= needed | allowed:
        raise ValueError("other facts than agreed")
    return told


def _text(told: object) -> str:
    if not isinstance(told, str):
        raise ValueError("no text")
    return told
