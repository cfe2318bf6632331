"""Loading an exam package: what it says stands afterwards, and what people have done stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.house import EXAM
from tests.rules.small_exam import SMALL, changed, read
from webapp.actions.load_exam import load_exam
from webapp.database import opened_database
from webapp.records import Event, Exam, Office, Phase
from webapp.records.reading.exams import open_exam
from webapp.rules.windows import Window
from webapp.settings import Settings

CODE = "small_2020"
either_will_do = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database with the default exam, open."""
    async with opened_database(settings.database_url):
        yield


async def ids() -> dict[str, object]:
    """The ids of the small exam, its phases and its offices."""
    exam = await Exam.get(code=CODE)
    found: dict[str, object] = {"exam": exam.id}
    found |= {f"phase {phase.code}": phase.id for phase in await Phase.filter(exam_id=exam.id)}
    return found | {f"office {office.code}": office.id for office in await Office.filter(exam_id=exam.id)}


async def events() -> list[str]:
    """What the small exam's chain tells."""
    return [event.what for event in await Event.filter(chain=f"exam:{CODE}").order_by("sequence")]


async def test_a_new_exam_stands_as_its_package_says() -> None:
    package = read()
    loaded = await load_exam(package, by="operator")
    assert loaded.changed
    exam = await open_exam()
    assert (exam.id, exam.code) == (loaded.exam_id, CODE)
    assert exam.package == package, "it is read back from the table as it was"
    assert exam.window == package.phases[0].window
    region, site = exam.offices
    assert (region.code, region.kind, region.phone, region.parent_id) == (
        "12",
        "region",
        "022-00000012",
        None,
    )
    assert (site.code, site.kind, site.parent_id) == ("1201", "site", region.id)
    assert exam.region_office.id == region.id
    assert [office.code for office in exam.sites] == ["1201"]
    (event,) = await Event.filter(chain=f"exam:{CODE}")
    assert (event.actor, event.what, event.subject) == ("operator", "exam.loaded", f"exam:{exam.id}")
    assert set(event.facts) == {"digest"}


@either_will_do
async def test_loading_the_very_same_again_changes_nothing_and_tells_nothing() -> None:
    first = await load_exam(read(), by="operator")
    before = await ids()
    again = await load_exam(read(), by="operator")
    assert (again.exam_id, again.changed) == (first.exam_id, False)
    assert await ids() == before
    assert await events() == ["exam.loaded"]


@either_will_do
async def test_a_changed_package_changes_rows_and_makes_none_anew() -> None:
    await load_exam(read(), by="operator")
    before = await ids()
    text = changed('phone = "022-00000012"', 'phone = "022-00000099"')
    text = changed('title = { zh-Hans = "小考试"', 'title = { zh-Hans = "新考试"', text)
    assert (await load_exam(read(text), by="operator")).changed
    assert await ids() == before
    exam = await open_exam()
    assert exam.title("zh-Hans") == "新考试"
    assert exam.region_office.phone == "022-00000099"
    assert await events() == ["exam.loaded"] * 2


@either_will_do
async def test_a_new_office_of_a_changed_package_is_added_below_its_parent() -> None:
    await load_exam(read(), by="operator")
    before = await ids()
    third = '[[office]]\ncode = "1202"\nkind = "site"\nparent = "12"\nname.zh-Hans = "二考点"\n\n[candidate_password]'
    await load_exam(read(changed("[candidate_password]", third)), by="operator")
    after = await ids()
    assert after.items() >= before.items()
    exam = await open_exam()
    new = next(office for office in exam.offices if office.code == "1202")
    assert new.parent_id == exam.region_office.id


async def test_a_window_that_was_moved_stays_when_the_package_is_loaded_again() -> None:
    package = read()
    own = package.phases[0].window
    later = Window(own.opens, own.bell + timedelta(days=2))
    await load_exam(package, by="operator")
    assert (await load_exam(package, by="operator", windows={"main": later})).changed
    assert (await open_exam()).window == later
    assert not (await load_exam(package, by="operator")).changed
    assert (await load_exam(read(changed("lease_minutes = 15", "lease_minutes = 20")), by="operator")).changed
    assert (await open_exam()).window == later
    assert (await load_exam(package, by="operator", windows={"main": own})).changed
    assert (await open_exam()).window == own


async def test_one_exam_at_a_time_is_open_to_candidates() -> None:
    assert (await open_exam()).code == EXAM
    await load_exam(read(), by="operator", open_to_candidates=False)
    assert (await open_exam()).code == EXAM
    opened = await load_exam(read(), by="operator")
    assert opened.changed, "the package stood there already, but closed"
    assert (await open_exam()).code == CODE
    assert await Exam.filter(open_to_candidates=True).count() == 1
    await load_exam(read(), by="operator", open_to_candidates=False)
    assert await Exam.filter(open_to_candidates=True).count() == 0


@either_will_do
async def test_exams_share_no_office_and_no_phase() -> None:
    await load_exam(read(), by="operator")
    small = await Exam.get(code=CODE)
    assert await Office.filter(exam_id=small.id).count() == 2
    assert await Office.filter(code="12").count() == 2, "the default exam has an office of that code too"
    assert await Phase.filter(exam_id=small.id).count() == 1


@either_will_do
async def test_a_load_that_fails_leaves_the_exam_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    await load_exam(read(), by="operator")

    async def broken(*_given: object, **_facts: object) -> None:
        raise LookupError

    monkeypatch.setattr("webapp.actions.load_exam.record", broken)
    with pytest.raises(LookupError):
        await load_exam(read(changed('phone = "022-00000012"', 'phone = "022-00000099"')), by="operator")
    assert (await open_exam()).region_office.phone == "022-00000012"
    assert SMALL.count("022-00000012") == 1
