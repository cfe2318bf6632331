"""Registrations are taken in: people, units and cases are made, changed rows change, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.house import EXAM, House
from tests.registrations import id_number, sample_record
from webapp.actions.take_registrations import Taken, take_registrations
from webapp.records import Candidate, Case, Event, Registration, Unit
from webapp.records.reading.chains import all_breaks
from webapp.records.reading.exams import open_exam
from webapp.records.reading.own_case import own_case
from webapp.rules.refusals import Refused


async def take(*records: dict[str, str]) -> Taken:
    return await take_registrations(await open_exam(), records, by="operator")


async def test_a_new_registration_makes_a_person_a_unit_and_a_case(house: House) -> None:
    taken = await take(sample_record(1, "zhang", name="张某"), sample_record(2, "li", site="1202"))
    assert taken == Taken(added=2)
    zhang = await Candidate.get(user_name="zhang").prefetch_related("office", "unit")
    assert (zhang.name, zhang.office.code, zhang.activated_at) == ("张某", "1201", None)
    assert zhang.unit is not None
    assert zhang.unit.phone == "022-00000001"
    case = await Case.get(candidate_id=zhang.id)
    assert (case.stage, case.level, case.version) == ("collecting", None, 1)
    assert await Unit.all().count() == 1
    assert [e.what for e in await Event.filter(chain=f"case:{case.id}")] == ["case.made"]
    assert await all_breaks() == []


async def test_the_same_rows_again_change_nothing(house: House) -> None:
    rows = [sample_record(number, f"kaosheng{number}") for number in range(1, 4)]
    await take(*rows)
    before = await Event.all().count()
    assert await take(*rows) == Taken(same=3)
    assert await Event.all().count() == before


async def test_a_changed_row_changes_the_person_and_raises_the_version_of_the_case(house: House) -> None:
    await take(sample_record(1, "zhang"))
    assert await take(sample_record(1, "zhang", name="张改", former_name="张旧")) == Taken(changed=1)
    zhang = await Candidate.get(user_name="zhang")
    assert zhang.name == "张改"
    case = await Case.get(candidate_id=zhang.id)
    assert case.version == 2
    told = await Event.get(what="registration.changed")
    assert told.facts["fields"] == ["former_name", "name"]
    own = await own_case(await open_exam(), zhang.id)
    assert own is not None
    assert own.concern("NAME_CHG") is not None, "the list follows the record"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"site_code": "9999"}, "site_unknown"),
        ({"user_name": "ZHANG"}, "user_name_taken"),
        ({"id_number": id_number(1)}, "person_known"),
    ],
)
async def test_a_row_that_cannot_be_is_named_and_the_others_are_taken(
    house: House, changes: dict[str, str], code: str
) -> None:
    await take(sample_record(1, "zhang"), sample_record(2, "li"))
    wrong = {**sample_record(2, "li"), **changes}
    taken = await take(wrong, sample_record(3, "wang"))
    assert (taken.added, taken.failed) == (1, [(wrong["registration_number"], code)])
    assert await Registration.all().count() == 3


async def test_a_case_that_is_made_after_the_bell_begins_withdrawn(house: House) -> None:
    exam = await open_exam()
    await house.exam_time(exam.window.bell + timedelta(seconds=1))
    await take(sample_record(1, "zhang"))
    assert (await Case.get()).stage == "withdrawn"
    assert exam.code == EXAM


async def test_a_bell_for_late_cases_must_be_later_than_the_phases_and_ahead(house: House) -> None:
    exam = await open_exam()
    bell = exam.window.bell
    await house.exam_time(bell + timedelta(hours=1))
    row = sample_record(1, "zhang")
    for wrong in (bell, bell + timedelta(minutes=30)):
        with pytest.raises(Refused, match=r"bell\.not_later"):
            await take_registrations(exam, [row], by="operator", bell_for_late=wrong)
    own = bell + timedelta(days=1)
    await take_registrations(exam, [row], by="operator", bell_for_late=own)
    case = await Case.get()
    assert (case.stage, case.bell) == ("collecting", own)
    assert (await Event.get(what="case.made")).facts["bell"] == own.isoformat()
