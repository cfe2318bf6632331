"""Every route took its decisions, and every route is tried by every kind of person on own and foreign things.

A new route is a line in ``ROUTES``, and in ``FORMS`` the form that whoever is right gets a 303 for. That is enough
where all of its audience is served with 200 (GET) or 303 (POST), and where what its address names is the owner's
(below ``/my``) or a thing of the site ``1201`` (below ``/review`` and ``/staff``), so that the candidates and staff of
others are told 404. Where it is otherwise it gets a row in ``tests/walls/rows.py`` that says who gets what; a new kind
of thing is made in ``tests/walls/world.py`` and named in ``EXAMPLES`` of ``tests/walls/doors.py``.

``pytest tests/test_routes.py -s -k list`` prints the routes with audience and rate.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from quart import Quart

from tests.house import FindOffice, House
from tests.walls.doors import opened_out, read_routes
from tests.walls.matrix import Matrix
from tests.walls.rows import rows_for
from tests.walls.world import built
from webapp.app import UndecidedRoute, create_app, refuse_undecided
from webapp.guard.access import AUDIENCE_ATTRIBUTE, Audience
from webapp.guard.rate import RATE_ATTRIBUTE, Rate
from webapp.logs import JsonLines
from webapp.records import Call, Event
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
GET  /help/home-screen                public            page
GET  /help/browser                    public            page
GET  /manifest.webmanifest            public            page
GET  /service-worker.js               public            page
GET  /offline                         public            page
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


# What whoever is right sends with a POST, where tests/walls/rows.py has no row for the route.
FORMS: dict[str, dict[str, Any]] = {
    "POST /language": {"language": "en", "back": "/help"},
    "POST /display": {"text": "large", "back": "/help"},
    "POST /demo/clock": {"move": "back", "back": "/"},
    "POST /my/record/doubts": {"field": "name", "words": "应为测试乙"},
}


def test_the_list_of_routes_can_be_read_with_audience_and_rate(settings: Settings) -> None:
    app = create_app(settings)
    rates: dict[str, Rate] = {}
    for handler in app.view_functions.values():
        limit: Rate = getattr(handler, RATE_ATTRIBUTE)
        rates[limit.name] = limit
    lines = [
        f"{method:7}{address:75}{audience:17}{rates[rate].said}"
        for method, address, audience, rate in sorted(decided(app), key=lambda one: (one[1], one[0]))
    ]
    print("", *lines, sep="\n")  # noqa: T201 - shown by pytest -s, for people
    assert any("per minute and person" in line for line in lines)
    assert any("no limit" in line for line in lines)


async def test_everybody_gets_at_every_route_what_is_theirs_and_nothing_tells_of_the_rest(
    house: House, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    routes, world = read_routes(ROUTES), await built(house)
    # What the walls before a handler refuse needs no row but the session's; and reading is the same for both.
    on_sqlite = database_url.startswith("sqlite")
    tried = await Matrix(world).run(rows_for(routes, FORMS), whole=on_sqlite)
    assert not tried.wrong, "\n".join(tried.wrong)
    assert tried.leaks == []
    assert tried.telling == []
    assert tried.bare == []
    personal = {mark for marks in world.marks.values() for mark in marks if len(mark) < 100}
    logged = "\n".join(JsonLines().format(entry) for entry in caplog.records).encode()
    assert b'"status": 404' in logged
    assert [mark.decode() for mark in personal if mark in logged] == []
    told = json.dumps(await Event.all().values_list("facts", flat=True), ensure_ascii=False).encode()
    # The chain of events stays when people go; a registration number is an id, and the registration system's.
    assert [mark.decode() for mark in personal - world.numbers if mark in told] == []
    assert not await Call.exists(supplement_id=world.things["foreign_request"])
    if on_sqlite:
        assert tried.seen == set(world.marks), "what nobody ever sees cannot be looked for"
        assert tried.without_twin(one for route in routes for one in opened_out(route)) == []


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
