"""What the clock does to cases: whatever is due, once, in every process, and each case by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cases.rows import let_ten_seconds_pass
from tests.cases.way import exam_time, on_the_way
from webapp.actions import fall_due
from webapp.actions.extend import extend_case, extend_site
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.managing import Ground
from webapp.actions.moving import make_move
from webapp.clock import exam_now
from webapp.records import CaseMove, Event, Supplement
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import OpenExam
from webapp.rules.places import COLLECTING, WITHDRAWN, review, supplement
from webapp.rules.refusals import Refused
from webapp.rules.verdicts import Conclusion

either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@either_will_do
async def test_a_due_time_written_in_the_exams_zone_falls_due_at_its_instant(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(review(0))
    await way.claim(0)
    await way.want_again(0)
    due = (await way.usual_due()).astimezone(ZoneInfo(exam.time_zone))
    await way.conclude(0, Conclusion.ASKS, due=due)
    await let_ten_seconds_pass(way.case_id)
    await exam_time(due - timedelta(minutes=1))
    assert await cases_fall_due() == 0
    await exam_time(due)
    assert await cases_fall_due() == 1
    assert await way.place() == review(0)


async def test_what_is_due_is_moved_once_also_by_two_at_once(exam: OpenExam) -> None:
    people = [await on_the_way(f"kaosheng{number}", team="team") for number in range(4)]
    for way in people[:2]:
        await way.put("ID.front")
    await people[2].bring_to(review(0))
    await people[2].ask(0)
    await exam_time((await people[2].usual_due()) + timedelta(days=3))
    counts = await asyncio.gather(cases_fall_due(), cases_fall_due(), cases_fall_due())
    assert sum(counts) == 4
    assert await cases_fall_due() == 0
    assert [await way.place() for way in people] == [review(0), review(0), review(0), WITHDRAWN]
    told = await Event.filter(what__in=["case.close", "case.expire"]).count()
    assert told == 4
    for way in people:
        numbers = [row.number for row in await CaseMove.filter(case_id=way.case_id).order_by("number")]
        assert numbers == list(range(1, len(numbers) + 1))
    assert await all_breaks() == []


@either_will_do
async def test_a_case_that_cannot_be_moved_does_not_hold_up_the_others(
    exam: OpenExam, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    people = [await on_the_way(f"kaosheng{number}", team="team") for number in range(3)]
    broken = people[1].case_id

    async def breaks(*given: object, **facts: object) -> object:
        if given[1].case.id == broken:  # type: ignore[attr-defined]
            raise LookupError("something that nobody thought of")
        return await make_move(*given, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr("webapp.actions.fall_due.make_move", breaks)
    await exam_time(await people[0].bell())
    assert await cases_fall_due() == 2
    assert [await way.place() for way in people] == [WITHDRAWN, COLLECTING, WITHDRAWN]
    assert str(broken) in caplog.text
    monkeypatch.undo()
    assert await cases_fall_due() == 1


@either_will_do
async def test_a_bell_written_while_the_cases_are_being_closed_counts_for_those_to_come(
    exam: OpenExam,
) -> None:
    way = await on_the_way("zhangsan")
    await way.put("ID.front")
    bell = await way.bell()
    await exam_time(bell)
    read_before = exam
    await extend_site(exam, way.manager, (await way.case()).site_id, bell + timedelta(days=1), "停电")
    with pytest.raises(Refused) as refused:
        await fall_due.close(read_before, way.case_id)
    assert refused.value.code == "bell.ahead"
    site, sooner = (await way.case()).site_id, bell + timedelta(hours=1)
    with pytest.raises(Refused) as earlier:
        await extend_site(read_before, way.manager, site, sooner, "停电")
    assert earlier.value.code == "bell.not_later"
    assert await way.place() == COLLECTING


async def test_a_later_bell_gives_back_what_the_bell_had_taken_and_nothing_else(exam: OpenExam) -> None:
    closed, empty, handed_in, elsewhere, judged = [
        await on_the_way(f"kaosheng{number}", "1202" if number == 3 else "1201", team=f"team{number}")
        for number in range(5)
    ]
    for way in (closed, elsewhere, judged):
        await way.put_required()
    await handed_in.put_required()
    await handed_in.submit()
    bell = await closed.bell()
    await exam_time(bell)
    assert await cases_fall_due() == 4
    await judged.claim(0)
    await judged.want_again(0)
    await closed.claim(0)
    site = (await closed.case()).site_id
    await extend_site(exam, closed.manager, site, bell + timedelta(days=1), "停电")
    assert await cases_fall_due() == 2
    found = [await way.place() for way in (closed, empty, handed_in, elsewhere, judged)]
    assert found == [COLLECTING, COLLECTING, review(0), review(0), review(0)]
    assert (await closed.case()).lease_holder is None
    assert await cases_fall_due() == 0
    own = Ground((await elsewhere.case()).version, "住院", bell + timedelta(hours=1))
    await extend_case(exam, elsewhere.manager, elsewhere.case_id, own)
    assert await cases_fall_due() == 1
    await exam_time(bell + timedelta(hours=1))
    assert await cases_fall_due() == 1, "each falls due at its own bell"
    await exam_time(bell + timedelta(days=1))
    assert await cases_fall_due() == 2


@either_will_do
async def test_a_request_waits_for_a_bell_that_was_moved_beyond_its_due_time(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await way.bring_to(supplement(0))
    due = (await Supplement.get(case_id=way.case_id)).due
    ground = Ground((await way.case()).version, "住院", due + timedelta(days=1))
    await extend_case(exam, way.manager, way.case_id, ground)
    await exam_time(due)
    assert await cases_fall_due() == 0
    assert (await exam_now()) >= due
    await way.put("ID.front", replaces=(await way.file()).photos[0].photo.id)
    await exam_time(due + timedelta(days=1))
    assert await cases_fall_due() == 1
    assert (await Supplement.get(case_id=way.case_id)).outcome == "answered"
