"""Keys of other systems: made, listed and revoked by the region's managers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from quart import Blueprint, abort, redirect
from quart.typing import ResponseReturnValue

from webapp.actions.note_api_keys import note_key_made, note_key_revoked
from webapp.guard.access import Audience, NotForYou, audience, current_person
from webapp.guard.api_keys import MadeKey, Scope, all_keys, make_key, revoke_key, short_id
from webapp.guard.rate import FORM, PAGE, rate
from webapp.pages.chrome import exam_shown, render
from webapp.pages.forms import read_form
from webapp.pages.language import _, later
from webapp.pages.words import day_and_time, refusal
from webapp.records.reading.exams import OpenExam
from webapp.rules.refusals import Refused

blueprint = Blueprint("api_keys", __name__, url_prefix="/staff/api-keys")

SCOPES = {Scope.RESULTS_READ: later("读取已公布的结果")}


@dataclass(frozen=True)
class KeyRow:
    """One key; moments are empty where it has not come to that."""

    id: UUID
    name: str
    short: str
    scopes: list[str]
    made: str
    used: str
    revoked: str


@dataclass(frozen=True)
class ApiKeysPage:
    """See ``templates/staff/api_keys.html``."""

    keys: list[KeyRow]
    scopes: list[tuple[str, str]]
    made: MadeKey | None
    """Its key is shown on this page, and nowhere else."""
    to_revoke: KeyRow | None
    field_problems: dict[str, str]
    name: str
    ticked: tuple[str, ...]


async def _exam_of_its_manager() -> OpenExam:
    """The exam; whoever is no manager of the region itself has nothing to do here."""
    exam = await exam_shown()
    if exam.region_office.id not in {office.id for office in current_person().offices("manager")}:
        raise NotForYou
    return exam


async def _page(
    exam: OpenExam,
    *,
    made: MadeKey | None = None,
    to_revoke: UUID | None = None,
    refused: Refused | None = None,
    name: str = "",
    ticked: tuple[str, ...] = tuple(Scope),
) -> ResponseReturnValue:
    status, problem = refusal(refused) if refused else (200, "")
    at = "scope" if refused and refused.code == "api_key.no_scope" else "name"
    rows = [
        KeyRow(
            key.id,
            key.name,
            short_id(key.id),
            # One that no code knows any more opens nothing, and stands there under its own name.
            [_(SCOPES[Scope(scope)]) if scope in set(Scope) else scope for scope in key.scopes],
            day_and_time(key.made_at, exam.time_zone),
            day_and_time(key.used_at, exam.time_zone) if key.used_at else "",
            day_and_time(key.revoked_at, exam.time_zone) if key.revoked_at else "",
        )
        for key in await all_keys()
    ]
    page = ApiKeysPage(
        keys=rows,
        scopes=[(scope.value, _(words)) for scope, words in SCOPES.items()],
        made=made,
        to_revoke=next((row for row in rows if row.id == to_revoke), None),
        field_problems={at: problem} if problem else {},
        name=name,
        ticked=ticked,
    )
    return await render("staff/api_keys.html", page, current="api-keys", status=status)


@blueprint.get("")
@audience(Audience.MANAGER)
@rate(PAGE)
async def api_keys() -> ResponseReturnValue:
    """All keys, and the form for another."""
    return await _page(await _exam_of_its_manager())


@blueprint.post("")
@audience(Audience.MANAGER)
@rate(FORM)
async def make() -> ResponseReturnValue:
    """A new key; it is shown on the page that answers, and nowhere else."""
    exam, form = await _exam_of_its_manager(), await read_form()
    name, ticked = form.get("name", ""), tuple(form.getlist("scope"))
    note = partial(note_key_made, exam.code, current_person().actor)
    try:
        made = await make_key(name, [scope for scope in Scope if scope in ticked], note)
    except Refused as refused:
        return await _page(exam, refused=refused, name=name, ticked=ticked)
    return await _page(exam, made=made)


@blueprint.post("/<uuid:key_id>/revoke")
@audience(Audience.MANAGER)
@rate(FORM)
async def revoke(key_id: UUID) -> ResponseReturnValue:
    """Asks once, because it cannot be undone; with ``sure=yes`` the key ends."""
    exam, form = await _exam_of_its_manager(), await read_form()
    if key_id not in {key.id for key in await all_keys()}:
        abort(404)
    if form.get("sure") != "yes":
        return await _page(exam, to_revoke=key_id)
    await revoke_key(key_id, partial(note_key_revoked, exam.code, current_person().actor))
    return redirect("/staff/api-keys", 303)
