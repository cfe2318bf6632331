"""The rows that say more than their route does, in the order in which they are tried: it is one story.

Candidates first, while uploading is open; then the desks; then the console, until everything is published; at the end
whoever does something that makes somebody else of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from tests.announcing import announcement, on_its_way
from tests.house import CANDIDATE_PASSWORD, Answer
from tests.registrations import sample_record
from tests.tables import workbook
from tests.walls.doors import Asks, Form, Route, Row, example_of, opened_out
from tests.walls.world import (
    EXTENSION,
    World,
    close_all,
    decided_again,
    fetched,
    judged_file,
    look_again,
    note_proposal,
    note_published,
    picture,
)

Given = tuple[str, str, str, dict[str, Any]]
"""Method, address, answers, and more fields of the row."""


def putting(slot_number: int = 0) -> Asks:
    """A PUT of a small picture; the address has all the rest."""

    async def ask(world: World, person: str, path: str, _form: Form) -> Answer:
        picture_sent = picture(slot_number)
        return await world.browser(person).ask("PUT", path, picture_sent, Content_Type="image/jpeg")

    return ask


async def uploading(world: World, person: str, path: str, form: Form) -> Answer:
    """A form with a file."""
    return await world.browser(person).upload(path, form, picture(3))


async def importing(world: World, person: str, path: str, form: Form) -> Answer:
    """A form with a table of registrations."""
    return await world.browser(person).upload(
        path, form, workbook([sample_record(71, "tester71")]), "报名.xlsx"
    )


async def announcing(world: World, person: str, path: str, _form: Form) -> Answer:
    """A photo on its way, told by a script."""
    body = announcement(on_its_way(uuid4(), b"chosen", slot="DIPLOMA.page"))
    return await world.browser(person).ask("POST", path, body, Content_Type="application/json")


def row(method: str, address: str, answers: str = "", **more: Any) -> Given:
    """One row; ``answers`` reads ``owner:200 @site:303 all:404``, the first that fits."""
    return method, address, answers, more


ACT = {"version": "{version}", "reason": "核实过"}
LATER = {"deadline": "{later}"}
FILE = {"photo": "{new}"}
CALL = {"callee": "unit", "outcome": "told"}

OWN: Sequence[Given] = (
    row(
        "POST",
        "/my/materials/ID/declaration",
        "decided:423 all:303",
        form={"kind": "missing", "words": "证件遗失，正在补办"},
    ),
    row("POST", "/my/materials/ID/declaration/take-back", "decided:423 all:303"),
    row("GET", "/my/photos/{photo}"),
    row("GET", "/my/photos/{deleted}"),
    row("GET", "/my/photos/{waiting}", "all:404"),
    row("GET", "/my/photos/{announced}", "all:404"),
    row("GET", "/my/photos/{photo}/thumbnail"),
    row("GET", "/my/photos/{deleted}/thumbnail"),
    row("GET", "/my/photos/{photo}/state"),
    row("GET", "/my/photos/{waiting}/state", "owner:202"),
    row("GET", "/my/photos/{deleted}/state", "owner:410"),
    row("PUT", "/my/photos/{photo}?slot=ID.front", "owner:200", asks=putting(0), alone=True),
    row("PUT", "/my/photos/{waiting}?slot=ID.front", "owner:409", asks=putting(0), alone=True),
    row("PUT", "/my/photos/{new}?slot=ID.back&replaces={back}", "owner:201 all:423", asks=putting(5)),
    row("DELETE", "/my/photos/{photo}"),
    row("POST", "/my/photos/{photo}/undelete"),
    row("POST", "/my/photos/{photo}/delete"),
    row("POST", "/my/photos/{photo}/undelete#again"),
    row("POST", "/my/photos/{photo}/turn?quarters=1"),
    row("DELETE", "/my/photos/{waiting}"),
    row("DELETE", "/my/announcements/{announced}"),
    row("POST", "/my/announcements/withdraw", "owner:303 all:404", form={"photo": "{announced}"}),
    row("POST", "/my/answer/items/{item}", form={"words": "没有这份材料"}),
    row("POST", "/my/answer", "neighbour:303 all:409"),
    row("POST", "/my/record/doubts/{doubt}/take-back"),
    row("POST", "/my/submission", "owner:303 all:409"),
    row("POST", "/my/submission/recall", "owner:303 all:409"),
    row("POST", "/my/materials/OTHER/photos", form=FILE | {"slot": "page"}, asks=uploading),
    row(
        "POST",
        "/my/materials/ID/photos",
        form=FILE | {"slot": "front", "replaces": "{photo}"},
        asks=uploading,
    ),
    row("POST", "/my/announcements", "all:200", asks=announcing),
)
DESK: Sequence[Given] = (
    row("GET", "/review?tab=beyond", before=look_again),
    row("GET", "/review?q={foreign_numbers}", alone=True),
    row("GET", "/review?decided={foreign}"),
    row("GET", "/review/calls?show=all"),
    row("GET", "/review/calls?show=all&unit={foreign_unit}", "all:200"),
    row("GET", "/review/photos/{photo}"),
    row("GET", "/review/photos/{photo}?v=1"),
    row("GET", "/review/photos/{photo}/thumbnail?v=1"),
    row("GET", "/review/photos/{deleted}", "all:404"),
    row("GET", "/review/photos/{waiting}", "all:404"),
    row("POST", "/review/photos/{photo}/seen", before=fetched),
    row("POST", "/review/photos/{foreign_photo}/seen", "@elsewhere:409 @region:409"),
    row("GET", "/review/cases/{handed_in}?photo={own_photo}&beside={foreign_photo}", "@site:200 @region:200"),
    row("POST", "/review/calls/{asked_request}", "@site:303 @region:403", form=CALL),
    row("POST", "/review/calls/{asked_request}#with-another-site's", "@site:303 @region:403",
        form={**CALL, "also": "{foreign_request}"}),
    row("GET", "/review/cases/{asked}/supply", "@site:200 @region:403"),
    row("POST", "/review/cases/{asked}/supply", "@site:303 @region:403",
        form=FILE | {"slot": "ID.front", "why": "ill"}, asks=uploading),
    row("POST", "/review/cases/{asked}/cancel-ask", "@site:303 @region:403", form={"version": "{version}"}),
    row("POST", "/review/next", "@site:303 all:409"),
    row("POST", "/review/cases/{handed_in}/claim", "@site:303 @region:403"),
    row("POST", "/review/cases/{handed_in}/lease", "@site:200 @region:409"),
    row("POST", "/review/cases/{handed_in}/verdicts", "@site:303 @region:403",
        form={"material": "ID", "kind": "accepted", "version": "{version}"}),
    row("POST", "/review/cases/{handed_in}/flags", form={"flag": "doubt", "set": "yes", "note": "再看一次"}),
    row("POST", "/review/cases/{handed_in}/conclusion", "@site:303 @region:403",
        form={"conclusion": "fails", "reasons": ["blurred"], "version": "{version}"}),
    row("POST", "/review/cases/{handed_in}/take-back", "@site:303 @region:409"),
    row("POST", "/review/cases/{handed_in}/release"),
    row("GET", "/review/cases/{decided}"),
    row("GET", "/review/cases/{decided}/history"),
)  # fmt: skip
CONSOLE: Sequence[Given] = (
    row("GET", "/staff", "reviewer:302 all:200"),
    row("GET", "/staff/events", "@region:200 all:403"),
    row("GET", "/staff/cases?q={foreign_numbers}", alone=True),
    row("GET", "/staff/cases?stage=failed"),
    row("GET", "/staff/cases/{collecting}"),
    row("GET", "/staff/cases/{decided}"),
    row("GET", "/staff/publishing", "@region:200 all:403"),
    row("GET", "/staff/results.csv", "@region:409 all:403"),
    row("GET", "/staff/api-keys", "@region:200 all:403"),
    row("POST", "/staff/api-keys", "@region:200 all:403", form={"name": "新系统", "scope": ["results:read"]}),
    row("POST", "/staff/api-keys/{key}/revoke", "@region:200 all:403"),
    row("POST", "/staff/people", "@elsewhere:422 all:200",
        form={"name": "新人", "user_name": "xinren-{new}", "office": "{office}", "role": ["reviewer"]}),
    row("POST", "/staff/people/{colleague}/invite", "@site:200 @region:200"),
    row("POST", "/staff/people/{above}/invite", "@region:200 all:404"),
    row("POST", "/staff/people/{colleague}/disable"),
    row("POST", "/staff/people/{above}/disable", "@region:303 all:404"),
    row("POST", "/staff/people/{colleague}/enable"),
    row("POST", "/staff/people/{above}/enable", "@region:303 all:404"),
    row("GET", "/staff/people/{colleague}"),
    row("GET", "/staff/people/{above}", "@region:200 all:404"),
    row("POST", "/staff/people/{colleague}/change",
        form={"name": "改名", "office": "{office}", "role": ["reviewer"], "why": "corrected"}),
    row("POST", "/staff/people/{above}/change", "@region:303 all:404",
        form={"name": "改名", "office": "{office}", "role": ["reviewer"], "why": "corrected"}),
    row("POST", "/staff/cases/{handed_in}/recovery-code", "@site:200 @region:200",
        form={"document": "居民身份证", "identified": "yes"}),
    row("GET", "/staff/registrations", "@region:200 all:403"),
    row("POST", "/staff/registrations", "@region:303 all:403", asks=importing),
    row("GET", "/staff/registrations/template.xlsx", "@region:200 all:403"),
    row("GET", "/staff/registrations/example.xlsx", "@region:200 all:403"),
    row("GET", "/staff/registrations/{import}", "@region:200 all:403", before=judged_file),
    row("GET", "/staff/registrations/{import}/progress", "@region:200 all:403"),
    row("GET", "/staff/registrations/{import}/failed.xlsx", "@region:200 all:403"),
    row("GET", "/staff/registrations/{import}/failed.csv", "@region:200 all:403"),
    row("POST", "/staff/registrations/{import}/drop", "@region:303 all:403"),
    row("POST", "/staff/registrations/{import}/import", "@region:303 all:403", before=judged_file),
    row("POST", "/staff/extensions", "@region:303 all:403",
        form={"office": "{office}", "bell": "{later}", "reason": EXTENSION}),
    row("GET", "/staff/progress#extended"),
    row("POST", "/staff/cases/{handed_in}/withdraw", "@site:403 manager@region:303", form=ACT),
    row("POST", "/staff/cases/{handed_in}/restore", "@site:403 manager@region:303",
        form=ACT | LATER),
    row("POST", "/staff/cases/{reopened}/reopen", "@site:403 manager@region:303", form=ACT),
    row("POST", "/staff/cases/{handed_in}/extend", "@site:303 @region:-",
        form=ACT | {"bell": "{even_later}"}),
    row("POST", "/staff/exam/bell", "@region:303 all:403",
        form={"bell": "{latest}", "reason": "全市停电", "sure": "yes"}),
    row("POST", "/my/withdrawal", "decided:- all:303", form={"sure": "yes"}),
    row("POST", "/staff/publishing/approve", "@region:303 all:403", form={"digest": "{digest}"}, before=close_all),
    row("POST", "/staff/publishing/take-back", "manager@region:303 all:403"),
    row("POST", "/staff/publishing/approve#again", "manager@region:303 all:403", form={"digest": "{digest}"}),
    row("POST", "/staff/publishing/publish", "manager@region:403 second@region:303 all:403"),
    row("GET", "/staff/results.csv#published", "@region:200 all:403", before=note_published),
    row("GET", "/api/v1/results#published"),
    row("GET", "/my/result#published"),
    row("GET", "/review/cases/{decided}#published"),
    row("GET", "/staff/cases/{decided}#published"),
    row("POST", "/staff/cases/{reopened}/correct", "@site:403 @region:303", form=ACT,
        before=decided_again),
    row("POST", "/staff/proposals/{proposal}/drop", "@site:303 @region:-", before=note_proposal),
    row("POST", "/staff/cases/{decided}/reopen#published", "@region:303 @site:403", form=ACT),
    row("POST", "/staff/proposals/{proposal}/confirm", "@site:403 manager@region:403 second@region:303",
        before=note_proposal),
)  # fmt: skip
DOORWAY: Sequence[Given] = (
    row("GET", "/", "nobody:200 machine:200 all:302"),
    row("POST", "/", "all:422"),
    row("POST", "/enter", "all:422"),
    row("POST", "/enter/confirm", "all:303"),
    row("GET", "/enter", "nobody:200 machine:200 all:302"),
    row("GET", "/activate", "all:302"),
    row("POST", "/activate", "nobody:410 machine:410 all:303"),
    row("GET", "/staff/sign-in", "nobody:200 machine:200 all:302"),
    row("GET", "/forgotten", "all:200"),
    row("POST", "/forgotten", "all:200", form={"id_type": "居民身份证", "id_number": "99010119950203999X"}),
    row(
        "POST",
        "/forgotten/answers",
        "all:422",
        form={"id_type": "居民身份证", "id_number": "{new}"},
    ),
    row("GET", "/forgotten/code", "all:200"),
    row("POST", "/forgotten/code", "all:422"),
    row("GET", "/reset", "all:303"),
    row("POST", "/reset", "all:303"),
    row("GET", "/enter/password", "all:302"),
    row("POST", "/enter/password", "all:303"),
    row("POST", "/staff/sign-in", "all:422"),
    row("GET", "/staff/enrol", "all:200"),
    row("POST", "/staff/enrol", "all:422"),
    row("POST", "/staff/enrol/confirm", "all:422"),
    row("GET", "/help/entering", "all:200"),
    row("GET", "/attachments/1-materials", "all:200"),
    row("GET", "/examples/ID.svg", "all:200"),
    row("GET", "/static/{build}/css/candidate.css", "all:200"),
)
LAST: Sequence[Given] = (
    row("POST", "/account/password", "candidate:302 all:422", form={"old": CANDIDATE_PASSWORD,
        "password": "Yishi-9900", "password_again": "Yishi-9900"}),
    row("POST", "/account/other-sessions", "all:302"),
    row("POST", "/sign-out", "all:302"),
)  # fmt: skip


def rows_for(routes: Iterable[Route], forms: dict[str, dict[str, Any]]) -> list[Row]:
    """A row for each route that needs no story, then the story."""
    doors = [one for route in routes for one in opened_out(route)]
    told = [_row(given, doors) for given in (*OWN, *DESK, *CONSOLE, *DOORWAY, *LAST)]
    named = {row.route for row in told}
    plain = [
        Row(route, example_of(route.address), form=forms.get(route.key, {}))
        for route in doors
        if route not in named
    ]
    return [*plain, *told]


def _row(given: Given, doors: Sequence[Route]) -> Row:
    method, address, answers, more = given
    path = address.partition("#")[0].partition("?")[0]
    for door in doors:
        if door.method == method and re.fullmatch(_pattern(door.address), path):
            who = tuple(_answer(one) for one in answers.split())
            return Row(door, address, who, **more)
    raise AssertionError(f"no route for {method} {address}")


def _answer(text: str) -> tuple[str, int | None]:
    who, _colon, status = text.rpartition(":")
    return who, int(status) if status != "-" else None


def _pattern(address: str) -> str:
    parts = re.split(r"(<[^>]+>)", address)
    kinds = {"<uuid": r"\{\w+\}", "<path": ".+"}
    return "".join(
        kinds.get(part.partition(":")[0], "[^/]+") if part[:1] == "<" else re.escape(part) for part in parts
    )
