"""Results go back to the registration system: for a key, after publishing, in order, and never a word before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from quart import Quart

from tests.api_schema import breaks, document_breaks, operations
from tests.house import EXAM, Answer, Browser, House
from tests.registrations import registered
from webapp.actions import account_for, publish
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.managing import Ground, Manager
from webapp.clock import exam_now
from webapp.database import transaction
from webapp.guard.access import AUDIENCE_ATTRIBUTE, SCOPE_ATTRIBUTE, Audience
from webapp.guard.api_keys import Scope, all_keys
from webapp.guard.rows import ApiKey
from webapp.pages.api.description import DOCUMENT
from webapp.records import Case, Phase, Proposal, Result
from webapp.records.reading.exams import OpenExam, open_exam
from webapp.rules.roles import Role

RESULTS = "/api/v1/results"
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def two_managers(house: House) -> tuple[Manager, Manager]:
    """Two persons of the region."""
    exam = await open_exam()
    held = [await house.staff(name, "12", Role.MANAGER) for name in ("quguan1", "quguan2")]
    first, second = (Manager(one.id, frozenset({exam.region_office.id})) for one in held)
    return first, second


async def everybody_came_too_late(house: House, *user_names: str) -> OpenExam:
    """These registered and handed nothing in; the bell has rung, and every case is closed."""
    for user_name in user_names:
        await registered(user_name)
    exam = await open_exam()
    await house.exam_time(exam.window.bell + timedelta(minutes=1))
    await cases_fall_due()
    return exam


async def published(house: House, exam: OpenExam) -> tuple[Manager, Manager]:
    """Two managers publish."""
    first, second = await two_managers(house)
    state = await publish.phase_state(exam, await exam_now(), await exam_now())
    await publish.approve(exam, first, state.tally.digest)
    await publish.publish(exam, second)
    return first, second


async def corrected(
    house: House, case_id: UUID, persons: tuple[Manager, Manager], bell_after: timedelta
) -> None:
    """The case is restored by two, closed again, and its next Result is written by two."""
    exam, bell = await open_exam(), await exam_now() + bell_after
    await account_for.restore(exam, persons[0], case_id, Ground(await version(case_id), "漏看了", bell))
    await account_for.confirm(exam, persons[1], await open_proposal(case_id))
    await house.exam_time(bell + timedelta(minutes=1))
    await cases_fall_due()
    ground = Ground(await version(case_id), "重新审核过")
    proposal = await account_for.propose_correction(exam, persons[0], case_id, ground)
    await account_for.confirm(exam, persons[1], proposal.id)


async def version(case_id: UUID) -> int:
    """Of a case."""
    return (await Case.get(id=case_id)).version


async def open_proposal(case_id: UUID) -> UUID:
    """What waits for its second person."""
    return (await Proposal.get(case_id=case_id, ended_at=None)).id


def numbers(answer: Answer) -> list[str]:
    """The registration numbers of an answer."""
    assert answer.status == 200, answer.text
    return [one["registration_number"] for one in answer.told["results"]]


async def all_of(machine: Browser, limit: int, after: str = "") -> list[dict[str, Any]]:
    """Everything, fetched as the description says."""
    found: list[dict[str, Any]] = []
    while True:
        told = (await machine.get(f"{RESULTS}?limit={limit}" + (f"&after={after}" if after else ""))).told
        if not told["results"]:
            return found
        found, after = [*found, *told["results"]], told["next"]


async def test_only_a_key_in_force_with_the_scope_opens_the_door(house: House) -> None:
    good = await house.machine()
    assert (await good.get(RESULTS)).status == 200
    for authorization in ("", "Bearer", "Bearer wsr_00000000_" + "x" * 43, "Basic d3NyOng="):
        answer = await house.browser().get(RESULTS, Authorization=authorization)
        assert (answer.status, answer.code) == (401, "api_key.needed"), authorization
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge.startswith('Bearer realm="webapp"')
        assert ("invalid_token" in challenge) == bool(authorization), "who sent nothing is told no error"
    none = await house.machine()
    await _without_scopes(none)
    answer = await none.get(RESULTS)
    assert (answer.status, answer.code) == (403, "api_key.scope")
    assert 'error="insufficient_scope", scope="results:read"' in answer.headers["WWW-Authenticate"]
    assert list(breaks(DOCUMENT, {"$ref": "#/components/schemas/Problem"}, answer.told)) == []


@transaction
async def _without_scopes(_machine: Browser) -> None:
    newest = await ApiKey.all().order_by("-made_at").first()
    assert newest is not None
    await ApiKey.filter(id=newest.id).update(scopes=[])


@either_will_do
async def test_no_cookie_counts_and_none_is_set(house: House) -> None:
    manager = await house.signed_in_staff("quguan1", "12", Role.MANAGER)
    assert (await manager.get("/staff")).status == 200
    answer = await manager.get(RESULTS)
    assert (answer.status, answer.code) == (401, "api_key.needed")
    assert "Set-Cookie" not in (await (await house.machine()).get(RESULTS)).headers
    machine = await house.machine()
    assert (await machine.get("/staff")).leads_to == "/staff/sign-in", "and elsewhere no key counts"


@either_will_do
async def test_a_revoked_key_ends_at_once(house: House) -> None:
    machine, manager = await house.machine(), await house.signed_in_staff("quguan1", "12", Role.MANAGER)
    assert (await machine.get(RESULTS)).status == 200
    (key,) = await all_keys()
    asked = await manager.post(f"/staff/api-keys/{key.id}/revoke")
    assert (asked.status, (await machine.get(RESULTS)).status) == (200, 200), "it asks first"
    assert (await manager.post(f"/staff/api-keys/{key.id}/revoke", {"sure": "yes"})).status == 303
    assert (await machine.get(RESULTS)).status == 401


@either_will_do
async def test_a_key_that_asks_too_often_is_told_when_to_come_back(house: House) -> None:
    machine, other = await house.machine(), await house.machine()
    answer, served = await machine.get(RESULTS), 0
    while answer.status == 200 and served < 500:  # the limit lets some more in as time goes by
        answer, served = await machine.get(RESULTS), served + 1
    assert served >= 119
    assert (answer.status, answer.code) == (429, "http.429")
    assert int(answer.headers["Retry-After"]) > 0
    assert (await other.get(RESULTS)).status == 200, "each key has its own"


async def test_before_publishing_every_answer_is_the_same_to_the_byte(house: House) -> None:
    machine = await house.machine()

    async def asked() -> list[tuple[int, bytes, dict[str, str]]]:
        found = []
        for question in ("", "?after=r0", "?after=r7&limit=500"):
            answer = await machine.get(RESULTS + question)
            headers = {name.lower(): value for name, value in answer.headers.items()}
            for changing in ("ratelimit-remaining", "ratelimit-reset"):
                del headers[changing]
            found.append((answer.status, answer.body, headers))
        return found

    before_anybody_is_there = await asked()
    exam = await everybody_came_too_late(house, "wanle1", "wanle2")
    assert await Case.filter(stage="withdrawn").count() == 2
    assert await asked() == before_anybody_is_there
    told = (await machine.get(f"{RESULTS}?after=r7")).told
    assert told == {"exam": EXAM, "results": [], "next": "r7"}
    await published(house, exam)
    assert await asked() != before_anybody_is_there
    assert (await machine.get(RESULTS)).headers["Cache-Control"] == "no-store"
    assert "ETag" not in (await machine.get(RESULTS)).headers


@either_will_do
async def test_what_is_visible_later_is_not_given_yet_nor_what_stands_behind_it(house: House) -> None:
    machine = await house.machine()
    exam = await everybody_came_too_late(house, "yi", "er")
    await published(house, exam)
    assert len(numbers(await machine.get(RESULTS))) == 2
    await _visible_in_a_day()
    assert numbers(await machine.get(RESULTS)) == [], "else the cursor would leave the first behind"
    await house.exam_time(await exam_now() + timedelta(days=2))
    assert len(numbers(await machine.get(RESULTS))) == 2


@transaction
async def _visible_in_a_day() -> None:
    first = await Result.all().order_by("id").first()
    assert first is not None
    await Result.filter(id=first.id).update(visible_from=first.visible_from + timedelta(days=1))


async def test_published_results_are_paged_in_order_and_a_correction_is_a_later_entry(house: House) -> None:
    machine = await house.machine()
    exam = await everybody_came_too_late(house, "yi", "er", "san", "si", "wu")
    persons = await published(house, exam)
    rows = await Result.all().order_by("id")
    for limit in (1, 2, 3, 500):
        assert [one["registration_number"] for one in await all_of(machine, limit)] == [
            row.registration_number for row in rows
        ]
    phase = await Phase.get(id=exam.phase.id)
    assert phase.published_at is not None
    first = (await machine.get(f"{RESULTS}?limit=2")).told
    assert first["results"][0] == {
        "registration_number": rows[0].registration_number,
        "result": "nothing_handed_in",
        "version": 1,
        "published_at": phase.published_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "reasons": [],
        "rechecking": False,
    }
    # While somebody pages, the first case is corrected: what was read stays, and the correction comes at the end.
    await corrected(house, rows[0].case_id, persons, timedelta(hours=1))
    rest = await all_of(machine, 2, first["next"])
    assert [one["registration_number"] for one in rest] == [
        *(row.registration_number for row in rows[2:]), rows[0].registration_number
    ]  # fmt: skip
    assert [one["version"] for one in rest] == [1, 1, 1, 2]
    last = (await machine.get(f"{RESULTS}?after={first['next']}&limit=500")).told["next"]
    assert (await machine.get(f"{RESULTS}?after={last}")).told == {"exam": EXAM, "results": [], "next": last}


@either_will_do
async def test_reasons_come_with_their_words_and_a_case_opened_again_is_being_rechecked(house: House) -> None:
    machine = await house.machine()
    exam = await everybody_came_too_late(house, "yi", "er")
    persons = await published(house, exam)
    row = (await Result.all().order_by("id"))[0]
    await _failed_for(row.id, ["major_not_eligible", "of_an_older_package"])
    bell = await exam_now() + timedelta(hours=1)
    await account_for.restore(
        exam, persons[0], row.case_id, Ground(await version(row.case_id), "漏看了", bell)
    )
    one, other = (await machine.get(RESULTS)).told["results"]
    assert (one["rechecking"], other["rechecking"]) == (False, False), "proposed is not done"
    await account_for.confirm(exam, persons[1], await open_proposal(row.case_id))
    one, other = (await machine.get(RESULTS)).told["results"]
    assert one["result"] == "failed"
    assert [reason["code"] for reason in one["reasons"]] == ["major_not_eligible", "of_an_older_package"]
    words = exam.package.reason("major_not_eligible").candidate.zh_hans
    assert [reason["words"] for reason in one["reasons"]] == [words, "of_an_older_package"]
    assert (one["rechecking"], other["rechecking"]) == (True, False)


@transaction
async def _failed_for(result_id: int, reasons: list[str]) -> None:
    await Result.filter(id=result_id).update(word="failed", reasons=reasons)


@either_will_do
@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("after=7", "api.bad_after"),
        ("after=r-1", "api.bad_after"),
        ("after=r01", "api.bad_after"),
        ("after=r" + "9" * 19, "api.bad_after"),
        ("after=r%D9%A7", "api.bad_after"),
        ("limit=0", "api.bad_limit"),
        ("limit=501", "api.bad_limit"),
        ("limit=%D9%A7", "api.bad_limit"),
        ("limit=", "api.bad_limit"),
        ("limit=ten", "api.bad_limit"),
    ],
)
async def test_a_question_that_is_none_is_refused(house: House, question: str, code: str) -> None:
    machine = await house.machine()
    assert (await machine.get(f"{RESULTS}?after=r{'9' * 18}&limit=500")).status == 200
    answer = await machine.get(f"{RESULTS}?{question}")
    assert (answer.status, answer.code) == (422, code)
    assert list(breaks(DOCUMENT, {"$ref": "#/components/schemas/Problem"}, answer.told)) == []


@either_will_do
async def test_the_description_is_openapi_names_every_route_and_its_answers_are_as_it_says(
    house: House, app: Quart
) -> None:
    told = (await house.browser().get("/api/v1/openapi.json")).told
    assert list(document_breaks(told)) == []
    assert told["servers"] == [{"url": "http://localhost"}]
    described = {(method.upper(), path): operation for method, path, operation in operations(told)}
    routes = {
        (method, rule.rule): app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(described) == set(routes)
    for route, handler in routes.items():
        for_machines = getattr(handler, AUDIENCE_ATTRIBUTE) == {Audience.MACHINE}
        scope = getattr(handler, SCOPE_ATTRIBUTE)
        assert described[route]["security"] == ([{"key": [scope]}] if for_machines else [])
    machine = await house.machine(Scope.RESULTS_READ)
    exam = await everybody_came_too_late(house, "yi", "er")
    await published(house, exam)
    await _failed_for((await Result.all())[0].id, ["major_not_eligible"])
    answer = (await machine.get(RESULTS)).told
    assert len(answer["results"]) == 2
    schema = {"$ref": "#/components/schemas/Results"}
    assert list(breaks(told, schema, answer)) == []
    for wrong in (
        {**answer, "more": 1},
        {**answer, "next": 7},
        {"exam": EXAM, "results": [{}], "next": "r1"},
    ):
        assert list(breaks(told, schema, wrong)), "the check would see it"
    assert (await machine.get("/api/v1/nothing")).code == "http.404"
