"""Every route took its decisions: the whole list by equality, and every route tried by every kind of person."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from quart import Quart

from tests.announcing import announcement, on_its_way
from tests.house import Answer, Browser, FindOffice, House, StaffHeld
from tests.photos import pictures
from webapp.app import UndecidedRoute, create_app, refuse_undecided
from webapp.guard.access import AUDIENCE_ATTRIBUTE, Audience
from webapp.guard.api_keys import all_keys
from webapp.guard.rate import RATE_ATTRIBUTE
from webapp.records import Photo
from webapp.rules.roles import Role
from webapp.settings import Settings

# Method and address, who it is for, and its rate: the whole product's doors on one page.
ROUTES = """
GET  /                                public            page
POST /                                public            sign-in
POST /enter                           public            sign-in
GET  /enter                           public            page
POST /enter/confirm                   public            sign-in
GET  /activate                        public            page
POST /activate                        public            sign-in
GET  /forgotten                       public            page
POST /forgotten                       public            sign-in
POST /forgotten/answers               public            sign-in
GET  /forgotten/code                  public            page
POST /forgotten/code                  public            sign-in
GET  /reset                           public            page
POST /reset                           public            sign-in
GET  /enter/password                  public            page
POST /enter/password                  public            sign-in
POST /my/recovery/read                candidate         form
POST /staff/cases/<uuid:case_id>/recovery-code    manager   form
POST /sign-out                        signed-in         form
POST /language                        public            form
POST /demo/clock                      public            form
GET  /staff/sign-in                   public            page
POST /staff/sign-in                   public            sign-in
GET  /staff/enrol                     public            page
POST /staff/enrol                     public            sign-in
POST /staff/enrol/confirm             public            sign-in
GET  /account                         signed-in         page
POST /account/password                signed-in         sign-in
POST /account/other-sessions          signed-in         form
GET  /my                              candidate         page
GET  /my/receipt                      candidate         page
GET  /my/deadline                     candidate         picture
GET  /my/photos/<uuid:photo_id>/view        candidate   page
POST /display                         public            form
GET  /my/materials/<code>             candidate         page
PUT  /my/photos/<uuid:photo_id>             candidate   photo
GET  /my/photos/<uuid:photo_id>             candidate   picture
GET  /my/photos/<uuid:photo_id>/state       candidate   picture
GET  /my/photos/<uuid:photo_id>/thumbnail   candidate   picture
DELETE /my/photos/<uuid:photo_id>           candidate   photo
POST /my/photos/<uuid:photo_id>/delete      candidate   photo
POST /my/photos/<uuid:photo_id>/undelete    candidate   photo
POST /my/photos/<uuid:photo_id>/turn        candidate   photo
POST /my/materials/<material>/photos        candidate   photo
POST /my/materials/<code>/declaration             candidate   form
POST /my/materials/<code>/declaration/take-back   candidate   form
GET  /my/submission                   candidate         page
POST /my/submission                   candidate         form
POST /my/submission/recall            candidate         form
POST /my/answer                       candidate         form
POST /my/answer/items/<uuid:item_id>  candidate         form
GET  /my/result                       candidate         page
GET  /my/record                       candidate         page
POST /my/record/doubts                candidate         form
POST /my/record/doubts/<uuid:doubt_id>/take-back  candidate   form
GET  /my/withdrawal                   candidate         page
POST /my/withdrawal                   candidate         form
POST /my/announcements                      candidate   photo
DELETE /my/announcements/<uuid:photo_id>    candidate   photo
POST /my/announcements/withdraw             candidate   form
GET  /review                          reviewer          page
GET  /review/calls                              reviewer   page
POST /review/calls/<uuid:request_id>            reviewer   form
POST /review/cases/<uuid:case_id>/cancel-ask    reviewer   form
GET  /review/cases/<uuid:case_id>/supply        reviewer   page
POST /review/cases/<uuid:case_id>/supply        reviewer   photo
POST /review/next                                     reviewer   form
GET  /review/cases/<uuid:case_id>                     reviewer   page
POST /review/cases/<uuid:case_id>/claim               reviewer   form
POST /review/cases/<uuid:case_id>/release             reviewer   form
POST /review/cases/<uuid:case_id>/lease               reviewer   form
GET  /review/cases/<uuid:case_id>/lease               reviewer   page
POST /review/cases/<uuid:case_id>/verdicts            reviewer   form
POST /review/cases/<uuid:case_id>/conclusion          reviewer   form
POST /review/cases/<uuid:case_id>/take-back           reviewer   form
POST /review/cases/<uuid:case_id>/flags               reviewer   form
GET  /review/cases/<uuid:case_id>/history             reviewer   page
GET  /review/photos/<uuid:photo_id>                   reviewer   picture
GET  /review/photos/<uuid:photo_id>/thumbnail         reviewer   picture
POST /review/photos/<uuid:photo_id>/seen              reviewer   picture
GET  /staff                           staff             page
GET  /staff/people                    manager           page
POST /staff/people                    manager           form
POST /staff/people/<uuid:staff_id>/invite   manager     form
POST /staff/people/<uuid:staff_id>/disable  manager     form
POST /staff/people/<uuid:staff_id>/enable   manager     form
GET  /staff/people/<uuid:staff_id>          manager     page
POST /staff/people/<uuid:staff_id>/change   manager     form
GET  /staff/exam                            auditor,manager   page
POST /staff/exam/bell                       manager     form
GET  /staff/materials                       auditor,manager   page
GET  /staff/events                    auditor,manager   page
GET  /staff/progress                  auditor,manager   page
POST /staff/extensions                manager           form
GET  /staff/cases                     auditor,manager   page
GET  /staff/cases/<uuid:case_id>      auditor,manager   page
POST /staff/cases/<uuid:case_id>/<any(withdraw,restore,reopen,extend,correct):act> manager form
POST /staff/proposals/<uuid:proposal_id>/<any(confirm,drop):answer> manager form
GET  /staff/publishing                auditor,manager   page
POST /staff/publishing/<any('approve','take-back','publish'):step> manager form
GET  /staff/results.csv               auditor,manager   page
GET  /staff/api-keys                          manager   page
POST /staff/api-keys                          manager   form
POST /staff/api-keys/<uuid:key_id>/revoke     manager   form
GET  /staff/registrations                     auditor,manager   page
POST /staff/registrations                     manager           form
GET  /staff/registrations/<any('template','example'):which>.xlsx  auditor,manager   page
GET  /staff/registrations/<uuid:import_id>            auditor,manager   page
GET  /staff/registrations/<uuid:import_id>/progress   auditor,manager   page
GET  /staff/registrations/<uuid:import_id>/failed.<any(xlsx,csv):form>  auditor,manager   page
POST /staff/registrations/<uuid:import_id>/import     manager           form
POST /staff/registrations/<uuid:import_id>/drop       manager           form
GET  /api/v1/results                  machine           api
GET  /api/v1/openapi.json             public            page
GET  /help                            public            page
GET  /help/<name>                     public            page
GET  /attachments/<name>              public            page
GET  /examples/<file>                 public            picture
GET  /healthz                         operator          health
GET  /readyz                          operator          health
GET  /static/<name>/<path:file>       public            static
"""


def decided(app: Quart) -> set[tuple[str, ...]]:
    """Method, address, audience and rate of every route."""
    found: set[tuple[str, ...]] = set()
    for rule in app.url_map.iter_rules():
        handler = app.view_functions[rule.endpoint]
        audience: frozenset[Audience] = getattr(handler, AUDIENCE_ATTRIBUTE)
        names = ",".join(sorted(one.value for one in audience))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found.add((method, rule.rule, names, getattr(handler, RATE_ATTRIBUTE).name))
    return found


def test_every_route_says_who_it_is_for_and_how_often(settings: Settings) -> None:
    assert decided(create_app(settings)) == {tuple(line.split()) for line in ROUTES.strip().splitlines()}


def test_outside_a_demo_nobody_can_move_the_clock(settings: Settings, tmp_path: Any) -> None:
    real = Settings(data=tmp_path, database_url=settings.database_url, origin="https://exam.example")
    assert not any(address == "/demo/clock" for _, address, *_rest in decided(create_app(real)))


def test_a_route_without_a_decision_is_refused_at_start(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/forgotten")
    async def forgotten() -> str:
        return "open to all"

    with pytest.raises(UndecidedRoute, match="/forgotten"):
        refuse_undecided(app)


# One form that the right person gets a 2xx or 3xx for, by address. ``{other}`` is another account of staff.
FORMS: dict[str, dict[str, Any]] = {
    "POST /sign-out": {},
    "POST /enter/confirm": {},
    "POST /display": {"text": "large", "back": "/help"},
    "POST /language": {"language": "en", "back": "/help"},
    "POST /demo/clock": {"move": "back", "back": "/"},
    "POST /account/other-sessions": {},
    "POST /my/materials/<code>/declaration": {"kind": "missing", "words": "证件遗失，正在补办"},
    "POST /my/materials/<code>/declaration/take-back": {},
    "POST /my/record/doubts": {"field": "name", "words": "应为测试乙"},
    "POST /my/announcements/withdraw": {},
    "POST /staff/people": {"name": "新人", "user_name": "xinren", "office": "{office}", "role": ["reviewer"]},
    "POST /staff/people/<uuid:staff_id>/invite": {},
    "POST /staff/people/<uuid:staff_id>/disable": {},
    "POST /staff/people/<uuid:staff_id>/enable": {},
    "POST /staff/extensions": {"office": "{office}", "bell": "2090-01-01T00:00", "reason": "停电"},
    "POST /staff/api-keys": {"name": "报名系统", "scope": ["results:read"]},
    "POST /staff/api-keys/<uuid:key_id>/revoke": {},
}
FORMS |= {
    "POST /review/cases/<uuid:case_id>/release": {},
    "POST /review/cases/<uuid:case_id>/flags": {"flag": "doubt", "set": "yes", "note": "再看一次"},
}
FORMS |= {
    "POST /staff/people/<uuid:staff_id>/change": {
        "name": "改名",
        "office": "{office}",
        "role": ["reviewer"],
        "why": "corrected",
    },
    "POST /staff/exam/bell": {"bell": "2090-01-01T00:00", "reason": "停电"},
}
# These need a password or a ticket in hand; the journeys of signing in, entering and of the account go through them.
# Or they need an open request; the journeys of calls go through them, with the right and the wrong people.
ELSEWHERE = {
    "POST /review/calls/<uuid:request_id>",
    "POST /review/cases/<uuid:case_id>/cancel-ask",
    "GET /review/cases/<uuid:case_id>/supply",
    "POST /review/cases/<uuid:case_id>/supply",
    "POST /enter",
    "POST /activate",
    "POST /",
    "POST /staff/sign-in",
    "POST /staff/enrol",
    "POST /staff/enrol/confirm",
    "POST /account/password",
    # The journeys of managing and of publishing go through these, and try them by everybody else.
    "GET /staff/cases/<uuid:case_id>",
    "POST /staff/cases/<uuid:case_id>/<any(withdraw,restore,reopen,extend,correct):act>",
    "POST /staff/proposals/<uuid:proposal_id>/<any(confirm,drop):answer>",
    "POST /staff/publishing/<any('approve','take-back','publish'):step>",
    "GET /staff/results.csv",
    # These need a case that stands elsewhere; tests/journeys/test_handing_in.py brings one there.
    "POST /my/submission",
    "POST /my/submission/recall",
    "POST /my/answer",
    "POST /my/answer/items/<uuid:item_id>",
    "POST /my/record/doubts/<uuid:doubt_id>/take-back",
    "POST /my/withdrawal",
}
# These need a case whose bell has rung, and more; the journeys of reviewing go through them.
ELSEWHERE |= {
    "POST /review/next",
    "POST /review/cases/<uuid:case_id>/claim",
    "POST /review/cases/<uuid:case_id>/lease",
    "POST /review/cases/<uuid:case_id>/verdicts",
    "POST /review/cases/<uuid:case_id>/conclusion",
    "POST /review/cases/<uuid:case_id>/take-back",
}
FORMS |= {
    "POST /forgotten": {"id_type": "居民身份证", "id_number": "99010119950203999X"},
    "POST /reset": {},
    "POST /enter/password": {},
    "POST /my/recovery/read": {},
}
# These need answers, a code, or a case; the journeys of recovering go through them, with everybody else as well.
ELSEWHERE |= {
    "POST /forgotten/answers",
    "POST /forgotten/code",
    "POST /staff/cases/<uuid:case_id>/recovery-code",
# These need an uploaded file; tests/journeys/test_importing.py has one, and tries them by everybody else.
ELSEWHERE |= {
    "POST /staff/registrations",
    "GET /staff/registrations/<any('template','example'):which>.xlsx",
    "GET /staff/registrations/<uuid:import_id>",
    "GET /staff/registrations/<uuid:import_id>/progress",
    "GET /staff/registrations/<uuid:import_id>/failed.<any(xlsx,csv):form>",
    "POST /staff/registrations/<uuid:import_id>/import",
    "POST /staff/registrations/<uuid:import_id>/drop",
}
STRANGER = "another candidate"
SERVES: dict[str, set[str]] = {
    "public": {"nobody", "candidate", STRANGER, "reviewer", "manager", "auditor", "machine"},
    "operator": {"nobody", "candidate", STRANGER, "reviewer", "manager", "auditor", "machine"},
    "signed-in": {"candidate", STRANGER, "reviewer", "manager", "auditor"},
    "staff": {"reviewer", "manager", "auditor"},
    "candidate": {"candidate", STRANGER},
    "reviewer": {"reviewer"},
    "manager": {"manager"},
    "auditor": {"auditor"},
    "machine": {"machine"},
}


PHOTO = UUID("0d6cf7f0-0000-4000-8000-000000000001")
"""Belongs to the first candidate."""


async def people(house: House, round_name: str) -> dict[str, Browser]:
    """One browser for each kind of person, and a second candidate, to whom nothing of the first belongs."""
    return {
        "nobody": house.browser(),
        "candidate": await house.signed_in_candidate(f"kaosheng-{round_name}"),
        STRANGER: await house.signed_in_candidate(f"bieren-{round_name}"),
        "reviewer": await house.signed_in_staff(f"shenhe-{round_name}", "1201", Role.REVIEWER),
        "manager": await house.signed_in_staff(f"guanli-{round_name}", "12", Role.MANAGER),
        "auditor": await house.signed_in_staff(f"chayue-{round_name}", "12", Role.AUDITOR),
        "machine": await house.machine(),
    }


def filled(address: str, other: StaffHeld) -> str:
    """An address with examples in its places."""
    examples = {"<uuid:staff_id>": str(other.id), "/help/<name>": "/help/entering"}
    examples |= {
        "<code>": "ID",
        "<material>": "ID",
        "<uuid:photo_id>": str(PHOTO),
        "/turn": "/turn?quarters=1",
    }
    examples["/examples/<file>"] = "/examples/ID.svg"
    examples |= {"/attachments/<name>": "/attachments/1-materials", "<name>/<path:file>": "none/none.js"}
    for place, example in examples.items():
        address = address.replace(place, example)
    return address


# Whoever did this is somebody else afterwards, so it is tried by people of its own, at the end.
CHANGES_THE_PERSON = ("POST /sign-out",)


def refused(kind: str, answer: Answer, address: str) -> bool:
    """Whether the door stayed shut: 403 for somebody, the way to sign in for nobody (401 for its scripts)."""
    if address.startswith("/api/"):
        return answer.status == 401  # whoever somebody is elsewhere, here only a key counts
    if kind == "machine":
        kind = "nobody"
    if kind == STRANGER and address.startswith("/my/") and "photo_id" in address:
        return answer.status == 404  # another's photo is not there at all
    if kind == "nobody" and answer.status == 401:
        return True
    return answer.status == 403 or (kind == "nobody" and answer.leads_to in {"/", "/staff/sign-in"})


def served(route: str, answer: Answer) -> bool:
    """Whether the door opened and the request did what it is for."""
    if "/static/" in route:
        return answer.status == 404  # open to everybody, but this file does not exist
    if route in {"GET /", "GET /staff/sign-in", "POST /demo/clock"}:
        return answer.status in {200, 302, 303}
    return answer.status in {200, 302, 303} and answer.leads_to not in {"/staff/sign-in", "/"}


async def asked(browser: Browser, method: str, path: str, form: dict[str, Any]) -> Answer:
    """What a person of some kind gets at an address, asked as its pages would ask."""
    small = pictures.written(pictures.page(320, 240, 0))
    if path.endswith("/photos"):
        return await browser.upload(path, {"photo": str(uuid4()), "slot": "front"}, small)
    if method == "POST" and path == "/my/announcements":
        return await browser.ask(
            method,
            path,
            announcement(on_its_way(uuid4(), b"chosen", slot="OTHER.page")),
            Content_Type="application/json",
        )
    if method == "PUT":
        return await browser.ask(method, f"{path}?slot=OTHER.page", small, Content_Type="image/jpeg")
    if method == "DELETE":
        return await browser.ask(method, path)
    return await (browser.get(path) if method == "GET" else browser.post(path, form))


async def test_every_route_serves_the_right_people_and_refuses_all_others(
    house: House, office_id: FindOffice
) -> None:
    leaks, closed = [], []
    office, other = str(await office_id("1201")), await house.staff("bieren", "1201", Role.REVIEWER)
    everybody = await people(house, "all")
    await everybody["candidate"].ask(
        "POST",
        "/my/announcements",
        announcement(on_its_way(PHOTO, b"chosen")),
        Content_Type="application/json",
    )
    key = str((await all_keys())[0].id)
    first = await asked(everybody["candidate"], "PUT", f"/my/photos/{PHOTO}", {})
    assert first.status == 201
    case_id = str((await Photo.get(id=PHOTO)).case_id)
    for line in sorted(ROUTES.strip().splitlines(), key=lambda one: one.startswith(CHANGES_THE_PERSON)):
        method, address, audience, _rate = line.split()
        route = f"{method} {address}"
        if route in ELSEWHERE:
            continue
        right = set().union(*(SERVES[one] for one in audience.split(",")))
        right -= {STRANGER} if "photo_id" in address else set()
        for kind, browser in everybody.items():
            form = {k: office if v == "{office}" else v for k, v in FORMS.get(route, {}).items()}
            if "user_name" in form:
                form["user_name"] += kind
            path = filled(address, other).replace("<uuid:key_id>", key).replace("<uuid:case_id>", case_id)
            answer = await asked(browser, method, path, form)
            if address.startswith("/my/photos/"):
                await everybody["candidate"].post(f"/my/photos/{PHOTO}/undelete")
            if kind in right and not served(route, answer):
                closed.append((route, kind, answer.status, answer.leads_to))
            if kind not in right and not refused(kind, answer, address):
                leaks.append((route, kind, answer.status, answer.leads_to))
    assert (leaks, closed) == ([], [])


async def test_a_manager_of_one_site_does_not_find_the_people_of_another(house: House) -> None:
    own = await house.staff("yishen", "1201", Role.REVIEWER)
    foreign = await house.staff("ershen", "1202", Role.REVIEWER)
    above = await house.staff("qushen", "12", Role.REVIEWER)
    manager = await house.signed_in_staff("yiguan", "1201", Role.MANAGER)
    shown = (await manager.get("/staff/people")).text
    assert own.user_name in shown
    assert foreign.user_name not in shown
    assert above.user_name not in shown
    for account in (foreign, above):
        assert (await manager.get(f"/staff/people/{account.id}")).status == 404
        assert (await manager.post(f"/staff/people/{account.id}/change", {"name": "改名"})).status == 404
    assert (await manager.get(f"/staff/people/{own.id}")).status == 200
    for deed in ("invite", "disable", "enable"):
        assert (await manager.post(f"/staff/people/{own.id}/{deed}")).status in {200, 303}
        assert (await manager.post(f"/staff/people/{foreign.id}/{deed}")).status == 404
        assert (await manager.post(f"/staff/people/{above.id}/{deed}")).status == 404
        assert (await manager.post(f"/staff/people/{UUID(int=0)}/{deed}")).status == 404


async def test_a_manager_of_a_site_cannot_give_a_post_elsewhere(house: House, office_id: FindOffice) -> None:
    manager = await house.signed_in_staff("yiguan", "1201", Role.MANAGER)
    form = {"name": "新人", "user_name": "xinren", "role": ["manager"]}
    assert (await manager.post("/staff/people", {**form, "office": str(await office_id("12"))})).status == 422
    assert (
        await manager.post("/staff/people", {**form, "office": str(await office_id("1202"))})
    ).status == 422
    assert (
        await manager.post("/staff/people", {**form, "office": str(await office_id("1201"))})
    ).status == 200
