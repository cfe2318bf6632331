"""What an import is told to do beforehand is what it does."""

from __future__ import annotations

import random

from tests.house import House
from tests.registrations import id_number, sample_record
from webapp.actions.take_registrations import take_registrations
from webapp.clock import exam_now
from webapp.records import Candidate, Event, Registration
from webapp.records.reading.exams import open_exam
from webapp.records.reading.registrations import Terms, foretold, with_absent_kept
from webapp.rules.fields import Record
from webapp.rules.taking import Fate, Outcome


async def test_what_is_foretold_comes_true_whatever_the_rows_and_their_order(house: House) -> None:
    """Numbers, people, user names and sites from small sets, so that rows meet each other in every way."""
    exam, chance = await open_exam(), random.Random(20200423)
    fates: set[tuple[Fate, str]] = set()
    for _ in range(12):
        records = [any_record(chance) for _ in range(chance.randint(1, 12))]
        told = await foretold(exam, records, Terms(await exam_now()))
        taken = await take_registrations(exam, records, by="operator")
        assert told == taken.outcomes
        fates |= {(outcome.fate, outcome.code) for outcome in told}
    assert fates == {
        (Fate.ADDED, ""),
        (Fate.CHANGED, ""),
        (Fate.SAME, ""),
        (Fate.FAILED, "site_unknown"),
        (Fate.FAILED, "person_known"),
        (Fate.FAILED, "user_name_taken"),
    }


def any_record(chance: random.Random) -> dict[str, str]:
    number, person, name = (chance.randint(1, 6) for _ in range(3))
    if chance.random() < 0.6:
        number = person = name
    return sample_record(
        number,
        chance.choice(("kaosheng", "KAOSHENG")) + str(name),
        chance.choice(("1201", "1201", "1202", "9999")),
        registration_number=f"2020{number:09d}",
        id_number=id_number(person),
        former_name=chance.choice(("", "测试丙")),
    )


async def test_foretelling_writes_nothing(house: House) -> None:
    exam = await open_exam()
    (outcome,) = await foretold(exam, [sample_record(1, "zhang")], Terms(await exam_now()))
    assert outcome == Outcome("20201201000001", Fate.ADDED, case="collecting")
    assert await Registration.all().count() == await Candidate.all().count() == 0
    assert await Event.filter(what="registrations.taken").count() == 0


async def test_fields_without_a_column_keep_what_is_known(house: House) -> None:
    exam = await open_exam()
    known: list[Record] = [
        sample_record(number, f"k{number}", former_name="测试丙") for number in range(1, 451)
    ]
    await take_registrations(exam, known[:440], by="operator")
    shortened = [{code: value for code, value in row.items() if code != "former_name"} for row in known]
    assert await with_absent_kept(exam, shortened, ()) == shortened
    kept = await with_absent_kept(exam, shortened, ("former_name", "email"))
    assert kept[:440] == known[:440]
    assert kept[440:] == shortened[440:], "of people who are not there yet nothing is known"
