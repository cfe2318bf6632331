"""Two processes: a phase is published while its cases move, and by two persons at once, with one outcome each."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx
import pytest

from tests.house import enrolled_staff
from tests.races.racing import Ask, all_asked, rounds, signed_in_cookie
from tests.served import Served
from webapp.clock import now
from webapp.database import transaction
from webapp.keyring import open_keyring
from webapp.records import Candidate, Case, CaseMove, Event, Phase, Proposal, Result
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.rules.roles import Role

pytestmark = pytest.mark.races
CASES = 150
"""So many that publishing takes a while, in which others come between."""
MOVED = 5
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Manager:
    """A manager of the region who has just signed in."""

    def __init__(self, running: Served, cookie: str) -> None:
        self.running, self.cookie = running, cookie

    def ask(self, path: str, form: dict[str, str] | None = None) -> Ask:
        return Ask("POST", f"/staff/{path}", form or {}, headers={"Cookie": self.cookie})

    async def approves(self, run: int) -> None:
        page = Ask("GET", "/staff/publishing", headers={"Cookie": self.cookie})
        (shown,) = await all_asked(self.running, [page], run)
        found = re.search(r'name="digest" value="(\w{64})"', shown.text)
        assert found, shown.text
        (answer,) = await all_asked(self.running, [self.ask("publishing/approve", {"digest": found[1]})], run)
        assert answer.status_code == 303, answer.text


async def manager(running: Served, name: str, run: int) -> Manager:
    keyring = open_keyring("", running.settings.data / "keys")
    held = await enrolled_staff(keyring, f"{name}-{run}", "12", [Role.MANAGER])
    return Manager(running, await signed_in_cookie(running, held.form(), run, 0))


@transaction
async def ready_to_publish(run: int) -> list[UUID]:
    """Nothing is published, and the cases of the phase are many new ones, all passed, whose ids these are."""
    exam = await open_exam()
    site, moment = exam.sites[0].id, now()
    await Result.all().delete()
    await Proposal.all().delete()
    await CaseMove.all().update(at=LONG_AGO)
    await Phase.filter(id=exam.phase.id).update(published_at=None)
    # Those of other races and rounds belong to a phase of long ago: the hundredth round is no longer than the first.
    past, _ = await Phase.get_or_create({"opens": LONG_AGO, "bell": LONG_AGO}, exam_id=exam.id, code="past")
    await Case.filter(phase_id=exam.phase.id).update(stage="passed", level=None, phase_id=past.id)
    people = [
        Candidate(
            exam_id=exam.id,
            id_type="居民身份证",
            id_number=f"race-{run}-{n}",
            registration_number=f"R{run:05d}{n:05d}",
            name="测试甲",
            office_id=site,
            user_name=f"race-{run}-{n}",
            user_name_key=f"race-{run}-{n}",
        )
        for n in range(CASES)
    ]
    await Candidate.bulk_create(people)
    cases = [
        Case(
            id=uuid4(),
            phase_id=exam.phase.id,
            candidate_id=one.id,
            site_id=site,
            stage="passed",
            made_at=moment,
        )
        for one in people
    ]
    await Case.bulk_create(cases)
    return [case.id for case in cases]


def told(answers: list[httpx.Response]) -> Counter[tuple[int, str]]:
    return Counter((one.status_code, one.headers.get("Location", "").partition("?")[2]) for one in answers)


async def half_done() -> list[str]:
    """What must never stand: a result beside a case that moved on alone, or only some of the results."""
    phase = (await open_exam()).phase
    published = phase.published_at is not None
    cases = {case.id: case for case in await Case.filter(phase_id=phase.id)}
    results = {row.case_id: row for row in await Result.all()}
    wrong = [] if set(results) == (set(cases) if published else set()) else ["not all, or not none"]
    return wrong + [
        f"{case.stage} but published as {results[case.id].word}"
        for case in cases.values()
        if case.id in results and results[case.id].move != case.arrived_by
    ]


async def published_against(running: Served, act: str, run: int) -> Counter[tuple[int, str]]:
    """One publishes while another does ``act`` to several cases."""
    cases = await ready_to_publish(run)
    first, second = await manager(running, "yi", run), await manager(running, "er", run)
    await first.approves(run)
    form = {"version": "1", "reason": "赛跑"}
    moves = [first.ask(f"cases/{case}/{act}", form) for case in cases[:MOVED]]
    # Somewhere among them, in each round elsewhere.
    moves.insert(run % (MOVED + 1), second.ask("publishing/publish"))
    return told(await all_asked(running, moves, run))


async def test_nobody_publishes_a_case_that_is_reopened_at_the_same_moment(running: Served) -> None:
    for run in rounds():
        answers = await published_against(running, "reopen", run)
        assert await half_done() == []
        if answers[303, "done=published"]:
            assert answers == {(303, "done=published"): 1, (303, "done=proposed"): MOVED}
        else:
            assert answers == {(409, ""): 1, (303, "done=reopen"): MOVED}
    assert await all_breaks() == []


async def test_nobody_publishes_a_case_that_is_withdrawn_at_the_same_moment(running: Served) -> None:
    for run in rounds():
        answers = await published_against(running, "withdraw", run)
        assert await half_done() == []
        if answers[303, "done=published"]:
            assert answers == {(303, "done=published"): 1, (409, ""): MOVED}
        else:
            assert answers == {(409, ""): 1, (303, "done=withdraw"): MOVED}
    assert await all_breaks() == []


async def test_of_two_second_persons_one_publishes_one_set_of_results(running: Served) -> None:
    for run in rounds():
        await ready_to_publish(run)
        before = await Event.filter(what="phase.published").count()
        first, *seconds = [await manager(running, name, run) for name in ("yi", "er", "san")]
        await first.approves(run)
        answers = told(await all_asked(running, [one.ask("publishing/publish") for one in seconds * 2], run))
        assert answers == {(303, "done=published"): 1, (409, ""): 3}
        assert await half_done() == []
        assert await Result.all().count() == CASES
        assert await Event.filter(what="phase.published").count() == before + 1
    assert await all_breaks() == []
