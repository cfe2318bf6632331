"""A whole phase gets more time, and a single case: who may, what is kept, and whom it reaches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.way import exam_time, on_the_way
from tests.house import EXAM
from webapp.actions.extend import extend_case, extend_phase, extend_site
from webapp.actions.fall_due import cases_fall_due
from webapp.actions.managing import Ground
from webapp.clock import exam_now
from webapp.records import Event, Phase, SiteBell
from webapp.records.reading.exam_state import reached_by
from webapp.records.reading.exams import OpenExam, open_exam
from webapp.rules.places import COLLECTING, WITHDRAWN, review
from webapp.rules.refusals import Refused

DAY = timedelta(days=1)
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_later_bell_of_the_phase_gives_back_what_the_bell_had_taken(exam: OpenExam) -> None:
    closed, empty, handed_in, elsewhere, own, judged = [
        await on_the_way(f"kaosheng{number}", "1202" if number == 3 else "1201", team=f"team{number}")
        for number in range(6)
    ]
    for way in (closed, handed_in, own, judged):
        await way.put_required()
    await handed_in.submit()
    bell = await closed.bell()
    await extend_site(exam, closed.manager, (await elsewhere.case()).site_id, bell + 3 * DAY, "停电")
    await exam_time(bell)
    assert await cases_fall_due() == 4
    await judged.claim(0)
    await judged.want_again(0)
    before = Ground((await own.case()).version, "住院", bell + 5 * DAY)
    await extend_case(exam, own.manager, own.case_id, before)
    found = await reached_by(await open_exam(), bell + DAY)
    assert (found.uploading, found.opened_again, found.may_take_back) == (0, 2, 1)
    assert (found.asked, found.later_already, found.untouched) == (0, 2, 1)
    await extend_phase(exam, closed.manager, bell + DAY, "系统维护三小时")
    assert (await Phase.get(id=exam.phase.id)).bell == bell + DAY
    assert await cases_fall_due() == 3
    ways = (closed, empty, handed_in, elsewhere, own, judged)
    assert [await way.place() for way in ways] == [
        COLLECTING,
        COLLECTING,
        review(0),
        COLLECTING,
        COLLECTING,
        review(0),
    ]
    assert [await way.bell() for way in (closed, elsewhere, own)] == [
        bell + DAY,
        bell + 3 * DAY,
        bell + 5 * DAY,
    ]
    await exam_time(bell + DAY)
    assert await cases_fall_due() == 2, "the others have later bells of their own"


async def test_why_a_phase_got_more_time_is_kept_beside_the_bell_and_not_in_the_event(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    bell = await way.bell()
    await extend_phase(exam, way.manager, bell + DAY, "台风停工")
    written = await SiteBell.get(phase_id=exam.phase.id)
    assert (written.office_id, written.reason, written.bell) == (
        exam.region_office.id,
        "台风停工",
        bell + DAY,
    )
    assert written.set_by == way.manager.id
    event = await Event.filter(chain=f"exam:{EXAM}").order_by("-sequence").first()
    assert event is not None
    assert (event.what, event.actor) == ("phase.extended", way.manager.actor)
    assert set(event.facts) == {"before", "bell"}


@either_will_do
async def test_only_the_regions_manager_gives_a_phase_later_time_with_a_reason(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    bell = await way.bell()

    async def refused(manager: object, hours: float, reason: str) -> str:
        with pytest.raises(Refused) as told:
            await extend_phase(exam, manager, bell + hours * timedelta(hours=1), reason)  # type: ignore[arg-type]
        return told.value.code

    assert await refused(way.site_manager, 24, "停电") == "publish.not_region"
    assert await refused(way.manager, 0, "停电") == "bell.not_later"
    assert await refused(way.manager, -1, "停电") == "bell.not_later"
    assert await refused(way.manager, 24, " ") == "reason.missing"
    assert await refused(way.manager, 24, "长" * 501) == "reason.length"
    await extend_phase(exam, way.manager, bell + DAY, "停电")
    # ``exam`` was read before: what stands now counts.
    assert await refused(way.manager, 12, "停电") == "bell.not_later"
    await exam_time(bell + 2 * DAY)
    assert await refused(way.manager, 36, "停电") == "bell.not_later", "it would be over already"
    assert await SiteBell.filter(phase_id=exam.phase.id).count() == 1
    assert (await Phase.get(id=exam.phase.id)).bell == bell + DAY


async def test_a_case_is_not_extended_on_an_old_page_nor_once_it_is_settled(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    seen = (await way.case()).version
    await way.put("ID.front")
    later = await way.bell() + DAY

    async def refused(version: int) -> str:
        with pytest.raises(Refused) as told:
            await extend_case(exam, way.site_manager, way.case_id, Ground(version, "住院", later))
        return told.value.code

    assert await refused(seen) == "version.stale"
    await way.give_up()
    assert await refused((await way.case()).version) == "case.settled"
    assert (await way.case()).bell is None


@either_will_do
async def test_what_the_bell_found_empty_gets_more_time_and_opens_again(exam: OpenExam) -> None:
    way = await on_the_way("zhangsan")
    await exam_time(await way.bell())
    await cases_fall_due()
    assert await way.place() == WITHDRAWN
    later = await exam_now() + DAY
    ground = Ground((await way.case()).version, "住院", later)
    await extend_case(exam, way.site_manager, way.case_id, ground)
    assert await cases_fall_due() == 1
    assert await way.place() == COLLECTING


@either_will_do
async def test_the_region_gets_more_time_as_a_phase_and_not_as_one_of_its_sites(exam: OpenExam) -> None:
    way = await on_the_way("kaosheng", "1201")
    bell, site = await way.bell(), (await way.case()).site_id
    with pytest.raises(Refused, match=r"extend\.no_office"):
        await extend_site(exam, way.manager, exam.region_office.id, bell + DAY, "停电")
    assert await way.bell() == bell
    await extend_site(exam, way.manager, site, bell + DAY, "停电")
    assert await way.bell() == bell + DAY
